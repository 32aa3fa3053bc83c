"""A message that a caller leaves is a file of its own: their side alone, whole, from the end of the prompt."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import soundfile

from ivr.audio import FRAME_MS, RATE
from ivr.call.driver import Equipment, run_call
from ivr.call.journal import MemoryJournal
from ivr.call.line import CallInfo
from ivr.call.scribe import SCRIBE
from ivr.dialogue.commands import Say, StartRecording, StopRecording
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Heard, PromptEnded
from ivr.flow.load import load
from ivr.simulate.caller import CallerTurn
from ivr.simulate.virtual_loop import run
from ivr.simulate.wav_line import WavLine
from ivr_asr.scripted import Scripted

pytestmark = pytest.mark.calls

FLOW = """
hotline: 测试热线
language: zh-CN
start: message
steps:
  message:
    record: {ask: 请留言，说完请按井号键。, save: message, longest: 60s}
    next: bye
  bye: {hang_up: 再见。}
"""


class Beeps:
    """A voice of a second of tone a prompt."""

    async def render(self, _text, _language):
        yield tone(1.0)


def tone(seconds):
    at = np.arange(round(seconds * RATE)) / RATE
    return (8000 * np.sin(2 * np.pi * 300 * at) * (1 + np.sin(2 * np.pi * 4 * at)) / 2).astype("<i2").tobytes()


@pytest.fixture
def recorded(tmp_path):
    """Plays a caller's turns; gives what happened, and the messages that were kept."""
    (tmp_path / "flow").mkdir()
    (tmp_path / "flow" / "flow.yaml").write_text(FLOW, encoding="utf-8")
    happened = []

    async def call(turns):
        recognizer = Scripted(["请给我回电"] * 20)
        await recognizer.start()
        try:
            return await run_call(
                WavLine(CallInfo("call"), turns),
                Dialogue(load(tmp_path / "flow")),
                Equipment(recognizer, Beeps()),
                journal=MemoryJournal(),
                local_time="2026-11-20T10:00:00+08:00",
                messages=tmp_path / "calls" / "call",
                observers=[lambda at, what: happened.append((at, what))],
            )
        finally:
            await recognizer.close()
            await SCRIBE.written()

    def play(*turns):
        run(call(list(turns)))
        return happened, sorted((tmp_path / "calls").glob("*.flac"))

    return play


def seconds(path):
    signal, rate = soundfile.read(path)
    assert (rate, signal.ndim) == (RATE, 1)
    return len(signal) / rate


def first(happened, kind):
    return next(at for at, what in happened if isinstance(what, kind))


def test_a_message_begins_when_the_prompt_has_ended_and_ends_with_the_key(recorded):
    happened, (file,) = recorded(CallerTurn(pcm=tone(3.0)), CallerTurn(keys="#", at_once=True))
    assert file.name == "call-message.flac"
    begin, end = first(happened, StartRecording), first(happened, StopRecording)
    assert begin == pytest.approx(first(happened, PromptEnded))
    assert end - begin == pytest.approx(3.6, abs=0.1)
    assert seconds(file) == pytest.approx(end - begin, abs=2 * FRAME_MS / 1000)


def test_a_pause_ends_a_message(recorded):
    happened, (file,) = recorded(CallerTurn(pcm=tone(3.0)))
    assert seconds(file) == pytest.approx(0.6 + 3.0 + 2.0, abs=0.3)
    assert [what.text for _, what in happened if isinstance(what, Say)][-1] == "再见。"


def test_a_message_longer_than_the_ears_longest_turn_is_kept_whole(recorded):
    happened, (file,) = recorded(CallerTurn(pcm=tone(45.0)))
    assert len([what for _, what in happened if isinstance(what, Heard)]) > 1
    assert len([what for _, what in happened if isinstance(what, StartRecording)]) == 1
    assert seconds(file) == pytest.approx(0.6 + 45.0 + 2.0, abs=0.5)


def test_a_message_is_no_longer_than_the_flow_allows(recorded):
    _, (file,) = recorded(CallerTurn(pcm=tone(90.0)))
    assert seconds(file) == pytest.approx(60.0, abs=0.1)


def test_a_caller_who_is_silent_first_is_asked_again_and_nothing_is_written_over(recorded):
    happened, files = recorded(CallerTurn(silence=True), CallerTurn(pcm=tone(3.0)))
    assert [file.name for file in files] == ["call-message-2.flac", "call-message.flac"]
    recordings = [what for _, what in happened if isinstance(what, StartRecording | StopRecording)]
    assert all(type(one) is not type(two) for one, two in pairwise(recordings))
