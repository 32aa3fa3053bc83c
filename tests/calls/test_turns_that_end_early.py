"""Recorded callers whose partial texts end their turns, on virtual time: the same journal every time, which replays."""

import numpy as np
import pytest

from ivr.audio import to_pcm
from ivr.call.driver import Equipment, run_call
from ivr.call.journal import MemoryJournal, parse_journal
from ivr.call.line import CallInfo
from ivr.dialogue.commands import Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Heard, Partial
from ivr.dialogue.replay import replay
from ivr.simulate.caller import CallerTurn
from ivr.simulate.virtual_loop import run
from ivr.simulate.wav_line import WavLine
from ivr_asr.api import Hypothesis
from ivr_asr.scripted import Scripted, ScriptedHearing
from ivr_tts.cache import PromptCache
from ivr_tts.silent import SilentVoice
from ivr_tts.voice import Voice

pytestmark = pytest.mark.calls

READ_BACK = "幺二三四，五六七八"


def speech(seconds):
    """What voice activity takes for speech: a buzz with formants, loud and soft by syllables."""
    time = np.arange(int(8000 * seconds)) / 8000
    buzz = sum(np.sin(2 * np.pi * 140 * harmonic * time) / harmonic for harmonic in range(1, 20))
    return to_pcm((0.25 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32))


def spoken(*seconds):
    """Stretches of speech, with half a second between them."""
    return CallerTurn(pcm=bytes(8000).join(map(speech, seconds)))


class Understands(Scripted):
    """Each turn's texts by how many seconds of speech are in it, as partial and as final text."""

    def __init__(self, *turns):
        super().__init__()
        self.turns = list(turns)

    async def open(self, *, phrases=()):
        await super().open(phrases=phrases)
        return _Hearing(self, self.audio[-1])


class _Hearing(ScriptedHearing):
    async def feed(self, pcm, /):
        await super().feed(pcm)
        return Hypothesis(self._text())

    async def finish(self):
        await self.close()
        return Hypothesis(self._text(), 1.0, final=True)

    def _text(self):
        seconds = np.count_nonzero(np.frombuffer(bytes(self._audio), dtype="<i2")) / 8000 + 0.1
        turn = self._owner.turns[0] if self._owner.turns else {}
        return next((text for least, text in sorted(turn.items(), reverse=True) if seconds >= least), "")


@pytest.fixture
def play(cloud_support, tmp_path):
    def played(recognizer, turns):
        journal, happened, rendered = MemoryJournal(), [], []

        class Told(Voice):
            def render(self, text, language="zh-CN"):
                rendered.append((len(happened), text))
                return super().render(text, language)

        def observe(_at, what):
            happened.append(what)
            if isinstance(what, Heard) and recognizer.turns:
                recognizer.turns.pop(0)

        async def one_call():
            voice = Told(SilentVoice(), cache=PromptCache(tmp_path / "prompts"))
            try:
                return await run_call(
                    WavLine(CallInfo("wav"), turns),
                    Dialogue(cloud_support.flow, cloud_support.interpreter),
                    Equipment(recognizer, voice),
                    journal=journal,
                    local_time="2026-11-20T10:00:00+08:00",
                    observers=[observe],
                )
            finally:
                await voice.close()

        run(one_call())
        return journal, happened, rendered

    return played


CALL = ({0.3: "查账单"}, {0.4: "一二三四", 0.9: "一二三四五六七八"}, {0.1: "对"}, {0.3: "转人工"})


def caller():
    return [spoken(0.6), spoken(0.6, 0.6), spoken(0.4), spoken(0.6)]


def test_answers_are_taken_early_and_a_number_with_a_pause_in_it_is_one(play):
    _, happened, _ = play(Understands(*CALL), caller())
    heard = [what for what in happened if isinstance(what, Heard)]
    assert [what.text for what in heard] == ["查账单", "一二三四五六七八", "对", "转人工"]
    assert {what.silence_ms for what in heard} == {160}
    assert "一二三四" in [what.text for what in happened if isinstance(what, Partial)]


def test_such_a_call_is_the_same_every_time_and_replays(play, cloud_support):
    first, second = (play(Understands(*CALL), caller())[0] for _ in range(2))
    assert first.text() == second.text()
    _, exchanges = parse_journal(first.text().splitlines(), "journal")
    again = Dialogue(cloud_support.flow, cloud_support.interpreter)
    assert replay(again, ((exchange.event, exchange.commands) for exchange in exchanges)) is None


def test_the_reply_with_the_callers_number_is_rendered_before_the_number_is_heard(play):
    _, happened, rendered = play(Understands(*CALL), caller())
    first = next(before for before, text in rendered if READ_BACK in text)
    heard = next(n for n, what in enumerate(happened) if isinstance(what, Heard) and what.text == "一二三四五六七八")
    assert first <= heard


def test_a_reply_that_was_prepared_and_is_no_answer_any_more_is_never_said(play):
    corrected = {0.4: "一二三四五六七八", 0.9: "一二三四五六七八不对", 1.4: "一二三四五六七八不对八七六五四三二一"}
    turns = [spoken(0.6), CallerTurn(pcm=speech(0.6) + bytes(16 * 140) + speech(0.6) + bytes(8000) + speech(0.6))]
    _, happened, rendered = play(Understands(CALL[0], corrected), turns)
    assert any(READ_BACK in text for _, text in rendered)
    assert not any(READ_BACK in what.text for what in happened if isinstance(what, Say))
    assert any("八七六五，四三二幺" in what.text for what in happened if isinstance(what, Say))
