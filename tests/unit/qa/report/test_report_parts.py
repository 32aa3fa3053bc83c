"""What the report is made of, before a browser sees it: marks, shapes of sounds, differences, the page."""

import base64
import re

import numpy as np
import pytest
import soundfile

from ivr.call.journal import Exchange
from ivr.cli.main import main
from ivr.dialogue.commands import CancelTimer, HandOff, NoteTurn, Say, StartTimer
from ivr.dialogue.events import (
    CallStarted,
    HandedOff,
    Heard,
    HungUp,
    LineIsBad,
    Partial,
    PromptEnded,
    PromptStarted,
    SpeechStarted,
    TimerFired,
)
from ivr.errors import AudioError
from ivr.qa.compare.case_diff import compare_case
from ivr.qa.report.difference import parts, shown
from ivr.qa.report.html import CallFiles, measures, report_html
from ivr.qa.report.timeline import timeline
from ivr.qa.report.waveform import PEAKS_PER_S, Sound, read_sound
from ivr.qa.run_folder import write_run
from ivr.qa.run_result import CaseResult, RunResult, TurnResult

pytestmark = pytest.mark.unit


def marks(*exchanges):
    called = Exchange(1, CallStarted(0.0, "", "", "2026-11-20T10:00:00+08:00", "audio"))
    return timeline([called, *(Exchange(2, event, list(commands)) for event, *commands in exchanges)])


def case(name="bill", **rest):
    turns = (TurnResult("begin"), TurnResult("speech", said="查账单。", heard="查账单", intents=("bill",), gap_ms=200))
    return CaseResult(name, "bank", **({"verdict": "passed", "turns": turns, "seconds": 4.0} | rest))


def run_of(*cases):
    return RunResult("0.1.0", "model", {}, cases)


def test_a_turn_lies_where_it_was_spoken_and_its_silence_after_it():
    heard = Heard(3.0, "查账单", 0.9, free_text="茶账单", silence_ms=600)
    note = NoteTurn("need", "查账单", "billing", 0.93, "outage", 0.4, why="by sound")
    drawn = marks((SpeechStarted(1.0),), (Partial(1.6, "查"),), (heard, note))
    assert drawn == [
        {"lane": "heard", "kind": "heard", "from": 1000, "to": 2400, "text": "查账单", "more": "茶账单", "score": 0.9},
        {"lane": "heard", "kind": "partial", "from": 1600, "to": 1600, "text": "查"},
        {"lane": "waited", "kind": "silence", "from": 2400, "to": 3000, "text": "600 ms"},
        {"lane": "decided", "kind": "intent", "from": 3000, "to": 3000, "text": "billing", "score": 0.93}
        | {"more": "need · by sound · outage 0.40"},
    ]


def test_a_prompt_is_drawn_as_far_as_it_was_heard_and_not_at_all_if_it_never_sounded():
    said = Say(1, "您好"), Say(2, "请问"), Say(3, "再见")
    drawn = marks(
        (PromptStarted(0.1, 1), *said),
        (PromptEnded(0.9, 1, 800, cut=True),),
        (PromptEnded(0.9, 2, 0, cut=True),),
        (PromptStarted(1.0, 3),),
        (HungUp(1.5, "caller"),),
    )
    assert [(mark["kind"], mark["from"], mark["to"], mark["text"]) for mark in drawn] == [
        ("cut", 100, 900, "您好"),
        ("cut", 1000, 1500, "再见"),
        ("end", 1500, 1500, "caller"),
    ]


def test_timers_end_when_they_are_cancelled_run_out_or_the_call_ends():
    drawn = marks(
        (PromptEnded(1.0, 9, 0, cut=False), StartTimer("no_input", 6)),
        (SpeechStarted(2.0), CancelTimer("no_input"), StartTimer("no_input", 30), CancelTimer("no_input")),
        (PromptEnded(3.0, 9, 0, cut=False), StartTimer("no_input", 6)),
        (TimerFired(9.0, "no_input"), StartTimer("other", 60)),
        (LineIsBad(9.5, "noisy"),),
        (HandedOff(10.0, "support"),),
    )
    waits = [(mark["kind"], mark["from"], mark["to"]) for mark in drawn if mark["lane"] == "waited"]
    assert waits == [("waited", 1000, 2000), ("fired", 3000, 9000), ("waited", 9000, 10000), ("line", 9500, 10000)]


def test_the_person_who_takes_the_call_is_drawn_with_what_they_were_told():
    (mark,) = marks((TimerFired(1.0, "x"), HandOff("support", "账号 12345678")), (HandedOff(1.5, "support"),))
    assert (mark["text"], mark["more"]) == ("→ support", "账号 12345678")


def test_the_shape_of_a_sound_shows_soft_speech_and_each_direction_alone():
    signal = np.zeros((8000, 2), dtype=np.float32)
    signal[4000:, 0] = 0.01  # -40 dB
    signal[:4000, 1] = 1.0
    caller, hotline = (base64.b64decode(peaks) for peaks in Sound(signal, 8000).peaks())
    assert len(caller) == PEAKS_PER_S
    assert (caller[0], caller[-1]) == (0, 25)
    assert (hotline[0], hotline[-1]) == (255, 0)


def test_a_recording_goes_into_the_page_as_long_as_it_was_in_a_quarter_of_its_bytes(tmp_path):
    time = np.arange(8000 * 60)
    voice = (0.2 * np.sin(time * 0.3) * (time % 8000 < 5000)).astype(np.float32)
    sound = Sound(np.column_stack([voice, np.roll(voice, 5000)]), 8000)
    coded = base64.b64decode(sound.data_uri().removeprefix("data:audio/ogg;base64,"))
    (tmp_path / "call.ogg").write_bytes(coded)
    again, rate = soundfile.read(tmp_path / "call.ogg")
    assert len(again) == len(voice)
    assert rate == 8000
    assert len(coded) < len(voice) * 4 / 4


def test_a_recording_that_is_none_is_said_to_be_and_one_that_was_not_kept_is_none(tmp_path):
    (tmp_path / "call.flac").write_bytes(b"no sound")
    assert read_sound(tmp_path / "other.flac") is None
    with pytest.raises(AudioError, match=r"call\.flac is not a recording"):
        read_sound(tmp_path / "call.flac")


def test_wording_is_compared_letter_by_letter_and_a_number_as_a_whole():
    assert parts("查账单", "茶账单") == [("-", "查"), ("+", "茶"), ("=", "账单")]
    turns = case().turns
    later = TurnResult("speech", said="查账单。", heard="茶账单", intents=("bill",), gap_ms=491)
    diff = shown(compare_case(case(), case(turns=(turns[0], later))))
    changes = {change["what"]: change["parts"] for change in diff["turns"][1]["changes"]}
    assert changes["heard"] == [("-", "查"), ("+", "茶"), ("=", "账单")]
    assert changes["gap"] == [("-", "200 ms"), ("+", "491 ms")]


def test_the_measures_say_what_share_was_heard_to_the_letter_and_how_long_callers_wait():
    misheard = TurnResult("speech", said="查账单", heard="茶账单", gap_ms=400)
    found = measures([case(), case("other", turns=(misheard,))])
    assert found == {"seconds": 8.0, "turns": 2, "heard": 0.5, "gap_p50": 300, "gap_p95": 390, "gap_max": 400}


def test_a_damaged_journal_or_recording_takes_its_own_place_only(tmp_path):
    (tmp_path / "call.jsonl").write_text("nonsense\nmore\n", encoding="utf-8")
    (tmp_path / "call.flac").write_bytes(b"no sound")
    files = CallFiles(tmp_path / "call.jsonl", tmp_path / "call.flac")
    page = report_html(run_of(case(), case("second")), lambda _case: files, sounds="all")
    assert page.count("call.jsonl:1 is damaged") == 2
    assert page.count("call.flac is not a recording") == 2


def test_nothing_that_a_run_holds_is_markup_and_the_policy_lets_only_the_page_itself_run(tmp_path):
    hostile = "</script><script>alert(1)</script><!--DATA-->"
    files = CallFiles(tmp_path / "none", tmp_path / "none")
    page = report_html(run_of(case(title=hostile, tags=(hostile,), owner=hostile)), lambda _case: files)
    assert "alert(1)</script>" not in page
    scripts = re.findall(r"<script(?! type=\"application/json\")[^>]*>", page)
    assert scripts == ["<script>"]
    assert "default-src 'none'; script-src 'sha256-" in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_the_command_writes_the_page_and_says_what_is_missing(tmp_path, capsys):
    write_run(tmp_path / "run", run_of(case()))
    assert main(["qa", "report", str(tmp_path / "run"), "--to", str(tmp_path / "report.html")]) == 0
    assert "1 call" in capsys.readouterr().out
    assert "查账单" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert main(["qa", "report", str(tmp_path / "none"), "--to", str(tmp_path / "report.html")]) != 0
    assert main(["qa", "report", str(tmp_path / "run"), "--to", str(tmp_path / "no" / "report.html")]) != 0
    assert "cannot be written" in capsys.readouterr().err
