"""`ivr bench turn`: where the caller's speech ends, whether the stages make up the gap, and what a person is told."""

import asyncio
import dataclasses
import json

import numpy as np
import pytest
from rich.console import Console

from ivr.audio import SILENCE, to_pcm, write_audio
from ivr.call.driver import Equipment
from ivr.call.journal import MemoryJournal
from ivr.cli.bench import benchmarks
from ivr.cli.gap_report import Measured, MeasuredCall, picture, print_report, report
from ivr.cli.main import main
from ivr.dialogue.commands import Listen, Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Heard, PromptEnded, PromptStarted
from ivr.dialogue.vocabulary import interpreter_for
from ivr.flow.load import load
from ivr.qa.machine_limit import BareDecoding, TickLateness, decode_bare
from ivr.qa.reply_gap import Moments, Reply, ReplyGap, speech_end_s
from ivr.qa.turn_clock import (
    Decoded,
    TurnClock,
    WatchedInterpreter,
    WatchedRecognizer,
    WatchedRecorder,
    WatchedVoice,
)
from ivr.shipped import shipped
from ivr.simulate.caller import CallerTurn
from ivr.simulate.recorded_call import play
from ivr.simulate.virtual_loop import run as run_virtual
from ivr_asr.api import Hypothesis
from ivr_asr.scripted import Scripted

pytestmark = pytest.mark.unit

TONE = b"\x00\x20" * 160
MOMENTS = Moments(10.0, 10.65, 10.66, 0.002, 10.663, 10.67, 10.67)


def buzz(ms, *, lead_ms=100, tail_ms=300):
    """What WebRTC's detector takes for a vowel, between silences."""
    at = np.arange(ms * 8) / 8000
    signal = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    voiced = to_pcm((signal / np.abs(signal).max() * 0.2).astype(np.float32))
    return bytes(16 * lead_ms) + voiced + bytes(16 * tail_ms)


class InstantVoice:
    """Everything but the account's digits was rendered ahead."""

    def ready(self, text, _language):
        return not text.startswith("八")

    async def render(self, _text, _language):
        yield TONE * 20


def gap(**changes):
    reply = Reply("好的。", [True])
    return dataclasses.replace(ReplyGap("查账单", "查账单", False, 600, False, MOMENTS, reply), **changes)


def test_speech_ends_at_its_last_loud_sample_whatever_hiss_follows():
    rng = np.random.default_rng(1)
    speech = np.full(8000, 0.5, dtype=np.float32)
    hiss = (rng.uniform(-1, 1, 4000) * 0.5 * 10 ** (-31 / 20)).astype(np.float32)
    assert speech_end_s(to_pcm(np.concatenate([speech, hiss]))) == pytest.approx(1.0)
    quieter = np.concatenate([speech, hiss]) * 0.1
    assert speech_end_s(to_pcm(quieter)) == pytest.approx(1.0)
    assert speech_end_s(bytes(3200)) == 0.0


def test_speech_ends_before_the_noise_that_goes_on_after_it():
    noise = np.random.default_rng(3).normal(0.0, 0.02, 16000).astype(np.float32)
    speech = np.pad(np.sin(np.arange(8000) / 8).astype(np.float32) * 0.4, (2000, 6000))
    assert speech_end_s(to_pcm(speech + noise)) == pytest.approx(1.25, abs=0.02)


def test_the_stages_make_up_the_gap_and_what_they_do_not_explain_stands_as_other():
    stages = MOMENTS.stages_ms()
    assert sum(stages.values()) == pytest.approx(MOMENTS.gap_ms) == pytest.approx(670)
    assert stages == pytest.approx(
        {"end_of_turn": 650, "recognition": 10, "understanding": 2, "dialogue": 1, "mouth": 7, "other": 0}, abs=1e-6
    )
    seen_later = dataclasses.replace(MOMENTS, first_frame=10.75)
    assert seen_later.stages_ms()["other"] == pytest.approx(80)


@pytest.mark.parametrize(("left_over_ms", "shown"), [(-0.1, "0.0 / 0.0 / 0.0"), (80, "80.0 / 80.0 / 80.0")])
def test_what_roundings_leave_of_the_gap_is_shown_as_nothing(capsys, left_over_ms, shown):
    moments = dataclasses.replace(MOMENTS, first_frame=MOMENTS.first_frame + left_over_ms / 1000)
    measured = Measured([1.0], fresh_prompts=False, load_after=[1.0])
    measured.calls.append(MeasuredCall("bill", "demo", 1, [gap(moments=moments)], [], []))
    print_report(Console(width=160), measured)
    other = next(line for line in capsys.readouterr().out.splitlines() if " other " in line)
    assert shown in other


def test_a_whole_call_is_measured_from_the_recording_to_the_first_frame(tmp_path):
    flow = load(shipped("flows/cloud_support"))
    turns = [CallerTurn(pcm=buzz(900), label="查账单"), CallerTurn(pcm=buzz(2000, tail_ms=900), label="账号")]
    unsure = Hypothesis("查账单", 0.5, final=True)
    clock = TurnClock()

    async def call():
        await play(
            flow,
            [*turns, CallerTurn(hang_up=True)],
            Equipment(
                WatchedRecognizer(Scripted([unsure, "查账单", "八六五二零四三九"]), clock),
                WatchedVoice(InstantVoice(), clock),
            ),
            journal=MemoryJournal(),
            observers=[clock.observe],
            dialogue=Dialogue(flow, WatchedInterpreter(interpreter_for(flow), clock)),
            recorder=WatchedRecorder(tmp_path / "call.flac", clock),
            spoken=clock.spoken,
        )

    run_virtual(call())
    (bill, account), unanswered = clock.gaps()
    assert unanswered == []
    assert (bill.heard, bill.closed, bill.pause_ms, bill.second_look, bill.reply.kind) == (
        *("查账单", False, 600, True),
        "cached",
    )
    assert (account.closed, account.pause_ms, account.second_look, account.reply.kind) == (
        *(True, 1000, False),
        "partly rendered",
    )
    for each, waited_ms in ((bill, bill.pause_ms), (account, 160)):  # a number is over with its last digit
        stages = each.moments.stages_ms()
        assert waited_ms - 20 <= stages["end_of_turn"] <= waited_ms + 100
        assert stages["recognition"] == pytest.approx(0, abs=0.01)  # no time passes but the frames' own
        assert 0 <= stages["mouth"] <= 20.01
        assert each.moments.gap_ms == pytest.approx(stages["end_of_turn"] + stages["mouth"], abs=0.01)
    assert [bool(each.phrases) for each in clock.decoded] == [True, False, True]


def test_silence_inside_a_prompt_is_found_and_silence_after_it_is_none():
    clock = TurnClock()
    turn = CallerTurn(pcm=buzz(400), label="账号")

    async def call():
        clock.spoken(0.0, turn)
        for number in range(len(turn.pcm) // 320):
            clock.from_caller(turn.pcm[number * 320 : number * 320 + 320])
            await asyncio.sleep({10: 0.05, 11: 0.0, 12: 0.01}.get(number, 0.02))
        clock.observe(0, Listen(closed=True, pause_ms=1000))
        clock.observe(0, Heard(0.9, "八六"))
        clock.observe(0, Say(1, "您的账号是八六"))
        clock.rendering(ahead=True)
        clock.rendering(ahead=False)
        for number, frame in enumerate([*[bytes(320)] * 2, *[TONE] * 3, *[SILENCE] * 7, TONE, SILENCE, SILENCE]):
            clock.to_caller(frame)
            if number == 0:
                clock.observe(0, PromptStarted(asyncio.get_running_loop().time(), 1))
            await asyncio.sleep(0.02)
        clock.observe(0, PromptEnded(2.0, 1, 320, cut=False))
        clock.to_caller(SILENCE)

    run_virtual(call())
    ((found,), _) = clock.gaps()
    # A frame is handed over when it has been spoken, and those that come late do not move the end of speech.
    assert found.moments.speech_ended == pytest.approx(-0.02 + speech_end_s(turn.pcm), abs=1e-6)
    assert found.reply.stalls_ms == [140]
    assert found.reply.lead_ms == 40
    assert found.reply.kind == "partly rendered"


def test_a_turn_that_was_answered_before_it_was_over_is_named_and_not_measured():
    clock = TurnClock()
    turn = CallerTurn(pcm=buzz(2000), label="一个很长的号码")

    async def call():
        clock.spoken(0.0, turn)
        for start in range(0, len(turn.pcm), 320):
            clock.from_caller(turn.pcm[start : start + 320])
            await asyncio.sleep(0.02)
        clock.observe(0, Heard(0.9, "八六"))  # decided in the middle of the speech
        clock.observe(0, Say(1, "什么？"))
        clock.to_caller(TONE)
        clock.observe(0, PromptStarted(1.0, 1))

    run_virtual(call())
    assert clock.gaps() == ([], ["一个很长的号码"])


async def test_the_recogniser_alone_is_given_the_same_audio_and_the_same_phrases():
    recognizer = Scripted(["一", "二"])
    audio = buzz(500)
    done = []
    found = await decode_bare(recognizer, [Decoded(audio, ("一", "二")), Decoded(audio, ())], lambda: done.append(1))
    assert recognizer.opened == [("一", "二"), ()]
    assert [bytes(each) for each in recognizer.audio] == [audio, audio]
    assert [(each.free, each.audio_ms) for each in found] == [(False, 900), (True, 900)]
    assert len(done) == 2


def test_a_loop_that_stands_still_is_late_for_its_ticks():
    async def stand_still():
        loop = asyncio.get_running_loop()
        async with TickLateness() as ticks:
            await asyncio.sleep(0.1)
            loop.virtual_time += 0.5  # as a loop that is blocked for half a second
            await asyncio.sleep(0.1)
        return ticks.as_json()

    late = run_virtual(stand_still())
    assert late["max"] >= 480
    assert late["p50"] < late["max"]


def test_what_was_measured_is_told_to_people_and_to_programs_beside_the_limit(capsys):
    stalled = Reply("您的账号是八六", [True, False], stalls_ms=[640])
    measured = Measured([1.0, 1.0, 1.0], fresh_prompts=True, load_after=[1.0, 1.0, 1.0])
    measured.calls.append(MeasuredCall("bill", "demo", 1, [gap(), gap(closed=True, reply=stalled)], ["嗯"], []))
    measured.bare.append(BareDecoding(free=False, audio_ms=2000, rtf=0.03, finish_ms=7.0))
    found = json.loads(json.dumps(report(measured)))
    assert found["stages"]["all"]["turns"] == 2
    assert found["stages"]["closed"]["ms"]["end_of_turn"]["p50"] == 650
    assert found["limit"]["floor_ms"] == 617
    assert found["limit"]["ratio"] == pytest.approx(670 / 617, abs=0.001)
    assert found["turns"][1]["reply"]["stalls_ms"] == [640]
    print_report(Console(width=160), measured)
    told = capsys.readouterr().out
    assert "end of turn" in told
    assert "silence of [640] ms inside “您的账号是八六”" in told
    assert "bill, run 1, not measured: 嗯" in told
    assert ">closed<" in picture(measured)
    assert "unexplained" not in told


def test_a_gap_that_the_stages_do_not_explain_is_doubted_aloud(capsys):
    measured = Measured([1.0], fresh_prompts=False, load_after=[1.0])
    doubtful = gap(moments=dataclasses.replace(MOMENTS, first_frame=10.75))
    measured.calls.append(MeasuredCall("bill", "demo", 1, [doubtful], [], []))
    print_report(Console(width=160), measured)
    assert "leave 80.0 ms unexplained" in capsys.readouterr().out


def test_benchmarks_are_found_by_name():
    assert "turn" in benchmarks()


def test_an_unknown_benchmark_is_answered_with_those_there_are(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["bench", "everything"])
    assert ended.value.code == 2
    assert "turn" in capsys.readouterr().err


def one_line(capsys):
    told = capsys.readouterr().err.strip()
    assert told.startswith("ivr bench: ")
    assert "\n" not in told
    return told


def case(folder, turns):
    folder.mkdir()
    (folder / "case.yaml").write_text(f"case: x\nflow: cloud_support\nturns:\n{turns}", encoding="utf-8")
    return str(folder)


def test_bad_input_is_one_line_that_says_how_to_mend_it(tmp_path, capsys, monkeypatch):
    silent = case(tmp_path / "keys", "  - {keys: '2'}\n")
    lost = case(tmp_path / "lost", "  - {audio: 01.flac}\n")
    assert main(["bench", "turn", "--case", str(tmp_path / "nowhere")]) == 2
    assert "nowhere: give the folder of a recorded caller" in one_line(capsys)
    assert main(["bench", "turn", "--case", silent]) == 2
    assert "nobody speaks" in one_line(capsys)
    assert main(["bench", "turn", "--case", lost]) == 1
    assert "ivr qa render" in one_line(capsys)
    assert main(["bench", "turn", "--runs", "0"]) == 2
    assert "--runs is 0" in one_line(capsys)
    assert main(["bench", "turn", "--json", str(tmp_path / "none" / "x.json")]) == 2
    assert "folder does not exist" in one_line(capsys)


def test_a_missing_model_is_one_line_that_names_the_command_that_mends_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("IVR_MODELS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    spoken = case(tmp_path / "spoken", "  - {audio: 01.wav}\n")
    write_audio(tmp_path / "spoken" / "01.wav", buzz(300))
    assert main(["bench", "turn", "--case", spoken]) == 1
    assert "ivr models install" in one_line(capsys)
