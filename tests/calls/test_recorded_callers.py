"""Recorded callers on virtual time: the telephone's frames, ears, mouth and player, with a scripted recogniser and a
silent voice in the place of the models."""

import numpy as np
import pytest
import soundfile

from ivr.audio import to_pcm
from ivr.call.driver import Equipment, run_call
from ivr.call.journal import MemoryJournal
from ivr.call.line import CallInfo
from ivr.call.recording import Recorder
from ivr.dialogue.commands import PauseSpeaking
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Heard, PromptEnded, PromptStarted
from ivr.simulate.caller import CallerTurn
from ivr.simulate.virtual_loop import run
from ivr.simulate.wav_line import WavLine
from ivr_asr.scripted import Scripted
from ivr_tts.cache import PromptCache
from ivr_tts.silent import SilentVoice
from ivr_tts.voice import Voice

pytestmark = pytest.mark.calls


def speech(seconds):
    """What voice activity takes for speech: a buzz with formants, loud and soft by syllables."""
    time = np.arange(int(8000 * seconds)) / 8000
    buzz = sum(np.sin(2 * np.pi * 140 * harmonic * time) / harmonic for harmonic in range(1, 20))
    return to_pcm((0.25 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32))


@pytest.fixture
def play(cloud_support, tmp_path):
    def played(script, turns, *, record=None):
        journal, happened, heard = MemoryJournal(), [], bytearray()

        async def one_call():
            voice = Voice(SilentVoice(), cache=PromptCache(tmp_path / "prompts"))
            line = WavLine(CallInfo("wav"), turns)
            line.tap(heard.extend)
            recorder = Recorder(record) if record else None
            try:
                return await run_call(
                    line,
                    Dialogue(cloud_support.flow, cloud_support.interpreter),
                    Equipment(Scripted(script), voice),
                    journal=journal,
                    local_time="2026-11-20T10:00:00+08:00",
                    recorder=recorder,
                    observers=[lambda at, what: happened.append((at, what))],
                )
            finally:
                await voice.close()

        return run(one_call()), journal, happened

    return played


def words(happened):
    return [what.text for _, what in happened if isinstance(what, Heard)]


def test_a_recorded_caller_is_heard_and_answered(play):
    outcome, _, happened = play(["查账单", "转人工"], [CallerTurn(pcm=speech(1.0)), CallerTurn(pcm=speech(0.8))])
    assert words(happened) == ["查账单", "转人工"]
    assert (outcome.ended, outcome.queue) == ("handed_off", "support")


def test_two_runs_of_one_recording_write_the_same_journal(play):
    turns = [CallerTurn(pcm=speech(1.0)), CallerTurn(pcm=speech(0.8), during=1.0), CallerTurn(keys="0")]
    script = ["查账单", "一二三四五六七八"]
    assert play(script, turns)[1].lines == play(script, turns)[1].lines


def test_interrupting_cuts_the_prompt_and_counts_exactly_what_was_heard(play):
    _, _, happened = play(["转人工"], [CallerTurn(pcm=speech(1.0), during=1.5)])
    started = {what.prompt: at for at, what in happened if isinstance(what, PromptStarted)}
    cut = next((at, what) for at, what in happened if isinstance(what, PromptEnded) and what.cut and what.heard_ms)
    assert cut[1].heard_ms % 20 == 0
    paused = next(at for at, what in happened if isinstance(what, PauseSpeaking))
    assert abs((paused - started[cut[1].prompt]) * 1000 - cut[1].heard_ms) <= 20
    assert 1500 < cut[1].heard_ms < 2500


def test_a_prompt_that_is_not_interrupted_is_heard_whole(play):
    _, _, happened = play(["转人工"], [CallerTurn(pcm=speech(1.0))])
    first = next(what for _, what in happened if isinstance(what, PromptEnded))
    assert not first.cut
    assert first.heard_ms == pytest.approx(14 / 4.5 * 1000, abs=400)


def test_the_recording_holds_both_sides_and_is_as_long_as_the_call(play, tmp_path):
    path = tmp_path / "both.flac"
    outcome, _, happened = play(["转人工"], [CallerTurn(pcm=speech(1.0))], record=path)
    both, rate = soundfile.read(path)
    assert (rate, both.shape[1]) == (8000, 2)
    assert len(both) / rate == pytest.approx(outcome.seconds, abs=0.1)
    loud = np.flatnonzero(np.abs(both[:, 0]) > 0.05) / rate
    assert 0.9 < loud[-1] - loud[0] < 1.1
    asked = [at for at, what in happened if isinstance(what, PromptEnded)][1]
    assert loud[0] == pytest.approx(asked + 0.6, abs=0.1)
    assert not np.any(both[:, 1])  # the voice is silent


def test_the_journal_says_what_was_heard(play):
    _, journal, _ = play(["查账单"], [CallerTurn(pcm=speech(1.0)), CallerTurn(hang_up=True)])
    assert '"event":"Heard","text":"查账单"' in journal.text()
    assert '"intent":"billing"' in journal.text()


def test_a_caller_who_hangs_up_while_speaking_ends_the_call(play):
    outcome, _, _ = play(["查账单"], [CallerTurn(pcm=speech(0.2)), CallerTurn(hang_up=True, at_once=True)])
    assert outcome.by == "caller"
