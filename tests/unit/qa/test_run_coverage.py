"""What a run has reached of a flow, and what CI is told of it: coverage, Cobertura, JUnit, the terminal."""

from xml.etree import ElementTree as ET

import pytest

from ivr.cli.case_report import as_text, in_short
from ivr.errors import UsageError
from ivr.flow.load import load
from ivr.qa.cobertura import write_cobertura
from ivr.qa.junit import write_cases_junit
from ivr.qa.run_coverage import coverage_of
from ivr.qa.run_result import CaseResult, Cost, Failure, RunResult, TurnResult

pytestmark = pytest.mark.unit

FLOW = """\
hotline: 花店
language: zh-CN
start: need
steps:
  need:
    ask: 要订花，还是想问养护？
    intents: [order, finished]
    faq: [flowers]
    then: {order: order, finished: bye}
  order:
    say: 好的，为您订花。
    next: bye
  bye:
    hang_up: 再见。
"""


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    for name in ("intents", "faq"):
        (folder / name).mkdir(parents=True)
    (folder / "flow.yaml").write_text(FLOW, encoding="utf-8")
    intents = "intents:\n  order: [订花, 我要订花]\n  finished: [没有了, 就这样]\n"
    (folder / "intents" / "main.yaml").write_text(intents, encoding="utf-8")
    entries = (
        "faq:\n  - {id: water, question: 怎么浇水, answer: 每天一次。}\n  - {id: sun, question: 要晒吗, answer: 要。}\n"
    )
    (folder / "faq" / "flowers.yaml").write_text(entries, encoding="utf-8")
    return load(folder)


def call(case="one", verdict="passed", **more):
    turns = (
        TurnResult("begin", prompts=("要订花，还是想问养护？",)),
        TurnResult(
            "speech", "怎么浇水", intents=("faq:flowers/water",), prompts=("每天一次。", "要订花，还是想问养护？")
        ),
        TurnResult("speech", "就这样", intents=("finished",), prompts=("再见。",)),
    )
    ways = (("*", "need"), ("need", "bye"))
    return CaseResult(case, "shop", verdict, "客户问养护", turns=turns, ways=ways, seconds=20.0, file="c.yaml", **more)


def reached(coverage, kind):
    return {item.name: item.hits for item in coverage.items if item.kind == kind}


def test_each_thing_of_a_flow_is_counted_by_the_cases_that_reached_it(shop):
    coverage = coverage_of(shop, [call(), call("two"), call("broken", "error")])
    assert reached(coverage, "step") == {"need": 2, "order": 0, "bye": 2}
    assert reached(coverage, "intent") == {"order": 0, "finished": 2}
    assert reached(coverage, "faq") == {"faq:flowers/water": 2, "faq:flowers/sun": 0}
    assert reached(coverage, "prompt") == {"要订花，还是想问养护？": 2, "好的，为您订花。": 0, "再见。": 2}
    assert {(way.start, way.end): hits for way, hits in coverage.ways} == {
        ("need", "order"): 0,
        ("need", "bye"): 2,
        ("order", "bye"): 0,
    }
    assert coverage.in_short().startswith("steps 2 of 3 (66 %), ways 1 of 3 (33 %), intents 1 of 2")


def test_things_stand_where_they_are_written(shop):
    lines = {item.name: (item.file.rpartition("/")[2], item.line) for item in coverage_of(shop, []).items}
    assert lines["order"] in {("flow.yaml", 10), ("main.yaml", 2)}
    assert lines["faq:flowers/sun"] == ("flowers.yaml", 3)
    assert lines["再见。"] == ("flow.yaml", 14)


def test_cobertura_names_every_line_and_the_ways_out_of_a_step(shop, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_cobertura(tmp_path / "c.xml", [coverage_of(shop, [call()])])
    root = ET.parse(tmp_path / "c.xml").getroot()  # noqa: S314  our own file
    flow = next(each for each in root.iter("class") if each.get("filename") == "shop/flow.yaml")
    lines = {int(line.get("number")): line for line in flow.iter("line")}
    assert lines[5].get("condition-coverage") == "50% (1/2)"
    assert [lines[number].get("hits") for number in (5, 10, 11, 13, 14)] == ["1", "0", "0", "1", "1"]
    assert (root.get("lines-covered"), root.get("lines-valid")) == ("6", "10")
    assert root.get("branches-valid") == "3"
    before = (tmp_path / "c.xml").read_bytes()
    write_cobertura(tmp_path / "c.xml", [coverage_of(shop, [call()])])
    assert (tmp_path / "c.xml").read_bytes() == before


FAILED = call(
    "bad", "failed", failures=(Failure(7, 1, "intent", "order", "faq\x00"), Failure(9, None, "queue", "a", ""))
)
RUN = RunResult(
    "0.1.0",
    "small",
    {},
    (call(), FAILED, call("soon", "known", known_failure="还没接"), CaseResult("x", "", "error", trouble="no <file>")),
    cost=Cost(wall_s=4.0, cpu_s=6.0, jobs=2, cached=3, decoded=1),
)


def test_junit_has_a_suite_a_flow_and_every_kind_of_outcome(tmp_path):
    write_cases_junit(tmp_path / "j.xml", RUN)
    root = ET.parse(tmp_path / "j.xml").getroot()  # noqa: S314  our own file
    suites = {suite.get("name"): dict(suite.attrib) for suite in root}
    assert [suites["shop"][name] for name in ("tests", "failures", "errors", "skipped")] == ["3", "1", "0", "1"]
    assert suites["unread"]["errors"] == "1"
    failure = root.find(".//testcase[@name='bad']/failure")
    assert failure.get("message") == "turn 1, 怎么浇水: intent: expected order; came faq"
    assert failure.text.splitlines()[1] == "c.yaml:9: the whole call: queue: expected a; came nothing"
    assert root.find(".//testcase[@name='x']/error").get("message") == "no <file>"


def test_a_place_that_cannot_be_written_is_told(tmp_path, shop):
    for write in (lambda: write_cases_junit(tmp_path, RUN), lambda: write_cobertura(tmp_path, [])):
        with pytest.raises(UsageError, match="cannot be written"):
            write()


def test_the_terminal_tells_a_failure_at_its_turn_and_line_and_nothing_of_what_passed():
    assert as_text(call()) == ""
    assert as_text(FAILED).splitlines()[:3] == [
        "✗ bad  客户问养护",
        "  c.yaml:7: turn 1, 怎么浇水",
        "      intent: expected  order",
    ]
    assert "take out `known_failure`" in as_text(call("m", "mended", known_failure="x"))


def test_what_a_run_took_is_told_in_a_line():
    said = in_short(RUN)
    assert said.startswith("4 calls, 60 s of audio in 4.0 s, 6.0 s of processor: 10.0 times real time a core")
    assert said.endswith("3 of 4 recognitions from the cache")
