"""Twin tests of a flow: what they see of a call, and what `ivr test` says of it."""

from xml.etree import ElementTree as ET

import pytest

from ivr.cli.main import main
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.dialogue.walk import ANYWHERE
from ivr.flow.load import load
from ivr.qa.coverage import Coverage
from ivr.qa.twin import twins_of
from ivr.qa.twin_run import play_twin
from ivr.shipped import shipped
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.calls

FLOW = """
hotline: 测试热线
language: zh-CN
start: need
values:
  level: {type: number, start: 1}
anywhere: {weather: forecast}
routines:
  who:
    gives: {code: digits}
    start: tell
    steps:
      tell:
        collect:
          code: {type: digits, length: 4, ask: 请说工号。}
        next: done
      done:
        return: {code: code}
steps:
  need:
    ask: 要什么？
    intents: [bill, quit]
    keys: {1: bill}
    then: {quit: bye}
  bill:
    run: {routine: who, save: {worker: code}}
    call: {get: "{env.CRM}/bills/{worker}", save: bill, expect: {amount: money, id: text}, failed: need}
    set: {level: level + 1}
    say: 一共{bill.amount|money}。
    next: need
  bye:
    hang_up: 再见。
  forecast:
    say: 今天晴。
    next: back
"""
INTENTS = "intents:\n  bill: [查账单]\n  quit: [没事了]\n  weather: [天气怎么样]\n"


@pytest.fixture
def flow_folder(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "intents").mkdir()
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "intents" / "main.yaml").write_text(INTENTS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def played(flow_folder):
    """Plays the tests written in YAML; returns what came of each."""

    def play(tests):
        (flow_folder / "tests" / "main.yaml").write_text(tests, encoding="utf-8")
        flow = load(flow_folder)
        return [run(play_twin(flow, vocabulary_for(flow), twin)) for twin in twins_of(flow)]

    return play


BILL = """
tests:
  - test: a bill, by voice and keys
    mock: {"/bills/": {amount: 128.5, id: "0012"}}
    turns:
      - say: 查账单
        expect: {intent: bill, step: who/tell, prompt: [工号]}
      - keys: "1234"
        expect: {slots: {worker: "1234"}, action: /bills/1234, prompt: 一百二十八, step: need}
    expect:
      ended: hung_up
      steps: [need, bill, who/tell, need]
      values: {worker: "1234", level: 2, bill: {amount: 128.50, id: "0012"}}
"""


def test_a_call_as_expected_passes(played):
    (result,) = played(BILL)
    assert result.faults == []


def test_every_expectation_can_fail_and_says_what_came(played):
    wrong = BILL.replace("intent: bill,", "intent: quit,").replace("step: who/tell", "step: bye")
    wrong = wrong.replace("[工号]", "[天气]").replace('{worker: "1234"}', '{worker: "9"}')
    wrong = wrong.replace("action: /bills/1234", "action: send_code").replace("level: 2", "level: 3")
    wrong = wrong.replace("ended: hung_up", "ended: handed_off\n      queue: support").replace("need, bill,", "bye,")
    (result,) = played(wrong)
    places = [(fault.line, fault.what) for fault in result.faults]
    assert places[:5] == [(6, "intent"), (6, "step"), (6, "prompt"), (8, "slot worker"), (8, "action")]
    assert places[5:] == [(3, "ended"), (3, "queue"), (3, "steps"), (3, "value level")]
    assert result.faults[0].came == "bill"
    assert result.faults[3].came == "1234"


def test_turns_after_the_calls_end_are_a_fault(played):
    (result,) = played("tests:\n  - test: too long\n    turns: [{say: 没事了}, {say: 查账单}, {say: 查账单}]\n")
    assert [(fault.turn, fault.came) for fault in result.faults] == [("查账单", "the call was over before it")]


def test_a_service_that_is_not_mocked_has_failed(played):
    (result,) = played(
        "tests:\n  - test: no mock\n    turns:\n      - say: 查账单\n      - keys: '1234'\n"
        "        expect: {step: need, action: http}\n    expect: {steps: [need, bill, need]}\n"
    )
    assert result.faults == []


def test_a_refused_hand_off_and_a_silence_are_played(played):
    (result,) = played(
        "tests:\n  - test: refused\n    refuse: full\n    turns:\n      - silence: true\n"
        "        expect: {intent: no_input, prompt: 要什么}\n      - say: 转人工\n        expect: {intent: agent}\n"
        "      - keys: '0'\n    expect: {ended: handed_off, queue: support}\n"
    )
    assert result.faults == []


def test_coverage_counts_ways_and_not_the_main_menu(played, flow_folder):
    result = played(
        "tests:\n  - test: about\n    turns: [{say: 查账单}, {say: 天气怎么样}, {say: 主菜单}, {say: 没事了}]\n"
    )[0]
    coverage = Coverage(load(flow_folder))
    coverage.add(result.walk)
    gone = {(way.start, way.end) for way in coverage.ways}
    assert gone == {("need", "bill"), ("bill", "who/tell"), (ANYWHERE, "forecast"), ("need", "bye")}
    assert [name for name, _ in coverage.missed_steps()] == ["who/done"]
    assert {(way.start, way.end, way.label) for way, _ in coverage.missed_ways()} == {
        ("bill", "need", "failed"),
        ("who/tell", "who/done", ""),
    }


def test_ivr_test_tells_a_failure_in_one_screen_and_writes_junit(flow_folder, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    tests = BILL + "  - test: never so\n    turns:\n      - say: 查账单\n        expect: {step: bye}\n"
    (flow_folder / "tests" / "main.yaml").write_text(tests, encoding="utf-8")
    junit = flow_folder / "junit.xml"
    assert main(["test", str(flow_folder), "--junit", str(junit), "--coverage"]) == 1
    out = capsys.readouterr().out
    assert "✗ never so" in out
    assert f"{flow_folder}/tests/main.yaml:16: after 查账单" in out
    assert "expected  bye" in out
    assert "came      who/tell" in out
    assert "1 passed, 1 failed; steps 4 of 6 (67%)" in out
    assert len(out.splitlines()) < 24
    suite = ET.parse(junit).getroot()[0]  # noqa: S314  written here
    assert suite.attrib["tests"] == "2"
    assert [case.attrib["name"] for case in suite if len(case)] == ["never so"]


def test_only_what_is_asked_for_is_played_and_coverage_is_not_asked_then(flow_folder, capsys):
    (flow_folder / "tests" / "main.yaml").write_text(BILL, encoding="utf-8")
    assert main(["test", str(flow_folder), "-k", "by voice", "--min-steps", "100"]) == 0
    assert main(["test", str(flow_folder), "--min-steps", "100"]) == 1
    assert "too few steps: at least 100% are asked for." in capsys.readouterr().out
    assert main(["test", str(flow_folder), "-k", "nothing"]) == 2
    assert "no test in" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(folder.parent.name for folder in shipped("flows").glob("*/tests")))
def test_every_shipped_flow_passes_its_own_tests(name):
    flow = load(shipped("flows") / name)
    vocabulary = vocabulary_for(flow)
    faults = [fault for twin in twins_of(flow) for fault in run(play_twin(flow, vocabulary, twin)).faults]
    assert faults == []
