"""A paused prompt goes on where it was, and what was heard of it is counted to the frame."""

import asyncio

import numpy as np
import pytest

from ivr.call.line import CallInfo
from ivr.call.mouth import Mouth
from ivr.clock import now
from ivr.dialogue.commands import Say
from ivr.dialogue.events import PromptEnded, PromptStarted
from ivr.simulate.virtual_loop import run
from ivr.simulate.wav_line import WavLine

pytestmark = pytest.mark.unit

FRAMES = 100  # two seconds
_QUIET = range(31, 100, 10)


def numbered():
    """Frame n is full of n + 1, and every tenth is quiet but for its number."""
    return [np.full(160, -(n + 1) if n in _QUIET else 1000 + n, dtype="<i2").tobytes() for n in range(FRAMES)]


class Voice:
    async def render(self, text, language):
        del text, language
        for frame in numbered():
            yield frame


class Hotline:
    """A mouth on a line that keeps every frame with when it went out."""

    def __init__(self):
        self.line = WavLine(CallInfo("test"), [])
        self.events, self.out = [], []
        self.mouth = Mouth(self.line, self.events.append, self.line.began, Voice(), "zh-CN")
        self.line.tap(lambda frame: self.out.append(int(np.frombuffer(frame, dtype="<i2")[0])))

    def numbers(self):
        """Which frames of the prompt went out, None for silence."""
        return [None if n == 0 else -n - 1 if n < 0 else n - 1000 for n in self.out]

    def ended(self):
        return [event for event in self.events if isinstance(event, PromptEnded)]


def speak(script, prompts=1):
    """What a hotline says whose mouth gets `script`: pairs of a moment in seconds and what to do then."""

    async def work():
        hotline = Hotline()
        tasks = [asyncio.create_task(part) for part in (hotline.line.player.run(), hotline.mouth.run())]
        for number in range(1, prompts + 1):
            hotline.mouth.say(Say(number, "您好"))
        for at, what in script:
            await asyncio.sleep(at - now())
            getattr(hotline.mouth, what)()
        await asyncio.sleep(9)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return hotline

    return run(work())


def test_a_pause_is_silence_at_the_next_frame_and_the_prompt_goes_on_from_a_quiet_place_before_the_cut():
    hotline = speak([(1.005, "pause"), (3.005, "resume")])
    numbers = hotline.numbers()
    cut = numbers.index(None, 5)
    last = numbers[cut - 1]
    again = next(n for n in numbers[cut:] if n is not None)
    assert again in _QUIET
    assert 200 <= (last + 1 - again) * 20 <= 500
    assert [n for n in numbers[cut:] if n is not None] == list(range(again, FRAMES))
    assert 1.9 <= (numbers[cut:].index(again)) * 0.02 <= 2.1


def test_a_prompt_that_went_on_to_its_end_was_heard_once_and_whole():
    hotline = speak([(0.5, "pause"), (1.0, "resume"), (1.4, "pause"), (2.0, "resume")])
    assert [(event.heard_ms, event.cut) for event in hotline.ended()] == [(2000, False)]
    assert len([event for event in hotline.events if isinstance(event, PromptStarted)]) == 1


def test_of_a_paused_prompt_that_is_dropped_what_went_out_was_heard():
    hotline = speak([(1.0, "pause"), (2.0, "stop")])
    (ended,) = hotline.ended()
    assert ended.cut
    assert ended.heard_ms == 20 * len([n for n in hotline.numbers() if n is not None])
    assert ended.at == pytest.approx(2.0, abs=0.02)


def test_a_prompt_that_went_on_and_is_cut_later_counts_as_far_as_the_caller_has_come():
    hotline = speak([(0.8, "pause"), (1.0, "resume"), (1.5, "stop")])
    (ended,) = hotline.ended()
    assert ended.heard_ms == (max(n for n in hotline.numbers() if n is not None) + 1) * 20


def test_what_waits_behind_a_paused_prompt_waits_too():
    hotline = speak([(0.5, "pause"), (4.0, "resume")], prompts=2)
    assert [(event.prompt, event.cut) for event in hotline.ended()] == [(1, False), (2, False)]
    assert min(event.at for event in hotline.ended()) > 4.0


def test_a_pause_between_two_prompts_and_one_taken_back_at_once_lose_nothing():
    hotline = speak([(0.5, "pause"), (0.5, "resume"), (2.5, "pause"), (2.6, "resume")], prompts=2)
    assert [(event.heard_ms, event.cut) for event in hotline.ended()] == [(2000, False)] * 2
