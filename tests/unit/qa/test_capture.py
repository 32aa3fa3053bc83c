"""A call becomes a case: what is cut out of its recording, what stands for personal data, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ivr.audio import RATE
from ivr.call.journal import Exchange, MemoryJournal, parse_journal
from ivr.cli import qa_capture
from ivr.cli.main import main
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import CallStarted, Heard, SpeechStarted
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.errors import JournalError, ModelError
from ivr.flow.load import load
from ivr.qa.capture import capture, write
from ivr.qa.case import load_case
from ivr.qa.twin import Twin, TwinTest, TwinTurn
from ivr.qa.twin_run import play_twin
from ivr.qa.whatif import lengths_in, what_if
from ivr.shipped import shipped
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit

CALLER, ACCOUNT, SPOKEN = "13912345678", "86520439", "八六五二零四三九"
BILL = {"/bills/": {"amount": 128.5, "due": "2026-12-01"}}


@pytest.fixture(scope="module")
def support():
    flow = load(shipped("flows/cloud_support"))
    return flow, vocabulary_for(flow)


def called(support, *turns, mock=None, refuse=()):
    """The journal of a call in text; `[1]` are keys, None is silence."""
    spoken = [
        TwinTurn(silence=True) if turn is None else TwinTurn(keys=turn[1:-1]) if turn[0] == "[" else TwinTurn(say=turn)
        for turn in turns
    ]
    test = TwinTest(test="a call", caller=CALLER, turns=spoken, mock=mock or {}, refuse=list(refuse))
    journal = MemoryJournal()
    run(play_twin(*support, Twin(test, "", 1, tuple(range(len(spoken)))), journal=journal))
    return parse_journal(journal.text().splitlines(), "a call")


def in_speech(call):
    """The same call as if each turn had sounded for a second and then been silent for 0.6; and its caller's channel, in
    which each sample tells its tenth of a second."""
    header, exchanges = call
    made = []
    for exchange in exchanges:
        event = exchange.event
        if isinstance(event, CallStarted):
            event = replace(event, hears="audio")
        if isinstance(event, Heard):
            made.append(Exchange(0, SpeechStarted(event.at - 0.4)))
            event = replace(event, at=event.at + 1.2, silence_ms=600, speech_ms=1000)
        made.append(replace(exchange, event=event))
    seconds = int(exchanges[-1].event.at) + 4
    return (header, made), (np.arange(seconds * RATE) // (RATE // 10)).astype("<i2").tobytes()


def captured(support, call, caller=b"", **how):
    return capture(*call, caller, support[0], seed=7, **how)


def test_no_number_of_the_caller_is_left_anywhere(support):
    call = called(support, "查账单", SPOKEN, "对", "我的号码是幺三九幺二三四五六七八", "[0]", mock=BILL)
    made = captured(support, call)
    whole = str(made.case) + made.journal
    for personal in (CALLER, ACCOUNT, SPOKEN, "幺三九幺二三四五六七八", "5678"):
        assert personal not in whole
    assert made.not_safe == []
    other = made.case["turns"][1]["expect"]["slots"]["digits"]
    assert len(other) == 8
    assert f"/bills/{other}" in made.case["mock"]
    assert other in made.journal
    assert made.case["caller"].startswith("139")


def test_the_numbers_may_be_kept(support):
    made = captured(support, called(support, "查账单", SPOKEN, "对", mock=BILL), keep_personal=True)
    assert (made.numbers, made.case["caller"]) == (0, CALLER)
    assert made.case["turns"][1]["text"] == SPOKEN


def test_the_case_is_one_that_the_flow_can_play(support, tmp_path):
    call = called(support, None, "[2]", "转人工", "报故障", refuse=["full"])
    write(captured(support, call), tmp_path / "mine")
    loaded = load_case(tmp_path / "mine")
    assert loaded.problems(support[0]) == []
    assert [bool(turn.silence) for turn in loaded.case.turns[:2]] == [True, False]
    assert (loaded.case.turns[1].keys, loaded.case.refuse) == ("2", ["full"])
    assert loaded.case.expect.intents[0] == "no_input"
    assert "confirm" in (tmp_path / "mine" / "case.yaml").read_text(encoding="utf-8").splitlines()[0]


def test_the_journal_beside_it_is_the_call_with_other_numbers(support):
    header, exchanges = called(support, "查账单", "[86520439]", "对", mock=BILL)
    made = captured(support, (header, exchanges))
    again = parse_journal(made.journal.splitlines(), "captured")
    assert [type(each.event) for each in again[1]] == [type(each.event) for each in exchanges]
    found = what_if(*again, Dialogue(*support), lengths_in(again[1]).get)
    assert (found.parted, found.after) == ("", found.before)


def test_each_turn_is_cut_from_the_callers_channel_with_its_beginning(support):
    call, caller = in_speech(called(support, "介绍一下产品", "没有了"))
    made = captured(support, call, caller)
    heard = [exchange.event.at for exchange in call[1] if isinstance(exchange.event, Heard)]
    first = np.frombuffer(made.sounds["01.flac"], "<i2")
    began = heard[0] - 1.6
    assert first[0] == pytest.approx((began - 0.2) * 10, abs=1)  # nothing was said in the 0.2 s since the prompt ended
    assert first[-1] == pytest.approx((heard[0] - 0.6 + 0.3) * 10, abs=1)
    assert made.case["turns"][0]["after"] == "0ms"
    assert made.to_speak == {}


def test_a_turn_with_a_number_loses_its_voice_and_no_other_does(support):
    call, caller = in_speech(called(support, "查账单", SPOKEN, "对", mock=BILL))
    made = captured(support, call, caller)
    assert set(made.to_speak) == {"02.flac"}
    assert set(made.sounds) == {"01.flac", "03.flac"}
    assert made.case["turns"][1]["voice"]
    assert made.case["turns"][1]["text"] != SPOKEN


def test_an_interruption_is_kept_at_its_words(support):
    header, exchanges = called(support, "查账单")
    said = next(place for place, each in enumerate(exchanges) if isinstance(each.event, Heard))
    prompts = [place for place, each in enumerate(exchanges) if type(each.event).__name__ == "PromptStarted"]
    into = exchanges[: prompts[1] + 1]
    heard = exchanges[said]
    at = into[-1].event.at + 1.5
    early = replace(heard, event=replace(heard.event, at=at))
    made = captured(support, (header, [*into, early, *(e for e in exchanges[said + 1 :])]))
    turn = made.case["turns"][0]
    assert (turn["when"], turn["after"]) == ('prompt "请问有什么可以帮您？您可"', "1500ms")


@pytest.fixture
def in_a_folder(support, tmp_path, monkeypatch):
    """`in_a_folder(*turns)` writes the journal calls/one.jsonl of such a call."""
    monkeypatch.chdir(tmp_path)

    def record(*turns, lines=None):
        spoken = [TwinTurn(say=turn) for turn in turns]
        journal = MemoryJournal()
        twin = Twin(TwinTest(test="a call", caller=CALLER, turns=spoken), "", 1, tuple(range(len(spoken))))
        run(play_twin(*support, twin, journal=journal))
        text = "".join(line + "\n" for line in journal.lines[:lines])
        (tmp_path / "calls").mkdir()
        (tmp_path / "calls" / "one.jsonl").write_text(text, encoding="utf-8")

    return record


def test_what_has_no_shape_to_keep_is_listed_and_nothing_is_written(in_a_folder, tmp_path, capsys, monkeypatch):
    in_a_folder("你好我叫张三丰", "转人工")
    assert main(["qa", "capture", "one"]) == 1
    said = capsys.readouterr().out
    assert "turn 1 says “我叫张三丰”" in said
    assert "--keep-personal" in said
    assert not (tmp_path / "audio_fixtures").exists()
    monkeypatch.setattr(qa_capture, "render", lambda _folders, **_: 0)
    assert main(["qa", "capture", "one", "--keep-personal", "--to", "mine"]) == 0
    assert "张三丰" in (tmp_path / "mine" / "case.yaml").read_text(encoding="utf-8")


def test_without_a_voice_the_turn_is_silent_and_the_case_says_so(in_a_folder, tmp_path, capsys, monkeypatch):
    def no_voice(_folders, **_):
        raise ModelError("no voice is installed")

    monkeypatch.setattr(qa_capture, "render", no_voice)
    in_a_folder("查账单", SPOKEN)
    assert main(["qa", "capture", "one", "--to", "mine"]) == 0
    assert "no voice is installed" in capsys.readouterr().out
    assert "02.flac is silence" in (tmp_path / "mine" / "case.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "mine" / "02.flac").exists()
    load_case(tmp_path / "mine")


def test_a_call_that_is_not_whole_or_a_place_that_is_taken_is_refused(in_a_folder, tmp_path, capsys):
    in_a_folder("转人工", lines=12)
    assert main(["qa", "capture", "one"]) != 0
    assert "cut off before the call's end" in capsys.readouterr().err
    assert main(["qa", "capture", "two"]) != 0
    assert "two.jsonl does not exist" in capsys.readouterr().err


def test_a_call_in_which_nobody_did_anything_is_no_case(support):
    header, exchanges = called(support, "转人工")
    with pytest.raises(JournalError, match="no turn of the caller"):
        captured(support, (header, exchanges[:2]))
