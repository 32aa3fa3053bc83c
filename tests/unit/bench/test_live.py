"""`ivr bench live`: what counts as an answer, what as a failed call, and what a report says of them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from argparse import Namespace
from contextlib import closing

import pytest
from rich.console import Console

from ivr.audio import FRAME_BYTES, SILENCE
from ivr.call.journal import Exchange
from ivr.cli.bench import parser_of, run
from ivr.cli.live_report import MeasuredLive, breaks_at, misses, picture, print_live, report
from ivr.dialogue.commands import NoteTurn
from ivr.dialogue.events import HungUp
from ivr.errors import UsageError
from ivr.qa.pbx.live_level import LiveLevel, judge_one
from ivr.qa.phone.caller_script import SCRIPTS, last_speech_frame
from ivr.qa.phone.recording import Recording
from ivr.qa.processes import children, machine_seconds, runs, seconds_used

pytestmark = pytest.mark.unit
LOUD = b"\x00\x20" * (FRAME_BYTES // 2)


def call(script="outage", fault="", **gaps):
    turns = [{"kind": kind, "intent": "", "at": 1.0, "gap_ms": gap} for kind, gap in gaps.items()]
    return {
        "user": "20000",
        "script": script,
        "turns": turns,
        "fault": fault,
        "answered_s": 0.1,
        "first_word_s": 0.2,
        "longest_packet_gap_ms": 30,
    }


def heard(*intents):
    notes = [
        NoteTurn(step="", heard="", intent=intent, score=1.0, runner_up="", runner_up_score=0.0) for intent in intents
    ]
    return [Exchange(1, HungUp(0.0, "caller"), list(notes))]


def test_the_shipped_scripts_have_open_and_closed_turns_and_their_recordings():
    kinds = {turn.kind for script in SCRIPTS for turn in script.turns}
    assert kinds == {"open", "digits", "yes_no", "choice", "keys"}
    for turn in (turn for script in SCRIPTS for turn in script.turns if turn.audio):
        pcm = turn.pcm()
        assert 10 <= last_speech_frame(pcm) < len(pcm) / FRAME_BYTES


def test_speech_ends_in_the_frame_that_holds_its_last_loud_sample():
    assert last_speech_frame(SILENCE * 5 + LOUD * 3 + SILENCE * 10) == 7
    assert last_speech_frame(SILENCE) == 0


def test_a_sound_is_timed_by_its_packet_and_not_by_its_place_in_the_recording():
    recording = Recording()
    for number in range(10):
        recording.hear(0.02 * number + 0.035 * (number >= 5), LOUD if number >= 5 else SILENCE)
    [sound] = recording.utterances(0.0)
    assert sound.start == pytest.approx(0.1)
    assert recording.arrived(sound.start) == pytest.approx(0.135)


def test_a_call_that_was_understood_wrongly_has_failed_and_its_gaps_do_not_count():
    right, wrong = call(choice=200.0), call(choice=20.0)
    wanted = [turn.intent for turn in SCRIPTS[1].turns]
    judge_one(right, heard(*wanted))
    judge_one(wrong, heard(wanted[0], "no_match", wanted[2]))
    level = LiveLevel(2, calls=[right, wrong])
    assert level.gaps("closed") == [200.0]
    assert "understood as outage, no_match" in wrong["fault"]


def test_a_call_without_a_journal_never_reached_the_hotline():
    lost = call()
    judge_one(lost, None)
    assert "never reached the hotline" in lost["fault"]


def test_the_report_says_what_misses_the_goals_and_where_the_first_call_failed():
    good = LiveLevel(1, calls=[call(digits=200.0, open=300.0)], echo_ms=[0.5], processor={"hotline": 3.0})
    bad = LiveLevel(2, calls=[call(digits=900.0, open=300.0), call(fault="not answered: SIP/2.0 503 Busy")])
    measured = MeasuredLive([1.0, 1.0, 1.0], levels=[good, bad])
    assert misses(good) == []
    assert misses(bad) == ["closed p50 900 > 250 ms", "closed p95 900 > 500 ms", "1 of 2 calls failed"]
    assert breaks_at(measured) == 2
    assert report(measured)["levels"][1]["failed"] == [{"user": "20000", "why": "not answered: SIP/2.0 503 Busy"}]
    assert "2 calls, closed" in picture(measured)
    out = io.StringIO()
    print_live(Console(file=out, width=120), measured)
    assert "the first call failed at 2 at once" in out.getvalue()
    assert "1 failed: not answered: SIP/2.0 503 Busy" in out.getvalue()


def test_processor_time_grows_with_work_and_is_nothing_for_who_is_gone():
    before, machine = seconds_used(os.getpid()), machine_seconds()
    end = time.perf_counter() + 0.1
    while time.perf_counter() < end:
        pass
    assert seconds_used(os.getpid()) - before >= 0.02
    assert machine_seconds() - machine >= 0.02
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        with closing(child.stdin):
            assert child.pid in children(os.getpid())
            assert runs(child.pid)
        child.wait()
    assert seconds_used(child.pid) == 0.0
    assert not runs(child.pid)


@pytest.mark.parametrize("wrong", ["0", "ten", "1,,2", "5000"])
def test_numbers_of_calls_that_cannot_be_are_refused_with_how_to_give_them(wrong, capsys):
    with pytest.raises(SystemExit):
        parser_of("live").parse_args(["--calls", wrong])
    said = capsys.readouterr().err
    assert "such as 1,5,10" in said or "from 1 to 200" in said


def test_a_report_into_a_folder_that_is_not_there_is_refused_before_anything_is_measured(tmp_path):
    with pytest.raises(UsageError, match="its folder does not exist"):
        run(Namespace(what="live", options=["--json", str(tmp_path / "no" / "x.json")]))
