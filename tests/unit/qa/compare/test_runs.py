"""Two whole runs: the verdict of all, what they are not comparable in, and the files that come of it."""

import argparse
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from ivr.cli import qa_baseline, qa_compare
from ivr.errors import UsageError
from ivr.qa.compare.baseline import NAME, baseline_text, read_baseline, read_side, write_baseline
from ivr.qa.compare.run_diff import compare_runs, restricted
from ivr.qa.run_folder import write_run
from ivr.qa.run_result import Failure
from ivr.shipped import shipped
from tests.unit.qa.compare.made_up import CASE, KNOWN, many, run_of, with_turn

pytestmark = pytest.mark.unit

MISSED = Failure(9, 4, "intent", "faq:cloud/invoice", "no_match")
FAILED = replace(with_turn(4, intents=("no_match",)), verdict="failed", failures=(MISSED,))


def later(ms):
    return lambda case: with_turn(4, with_turn(1, case, gap_ms=520 + ms), gap_ms=540 + ms)


def test_a_run_against_itself_shows_no_difference():
    diff = compare_runs(many(8), many(8))
    assert (diff.verdict, diff.changed, diff.conditions) == ("same", (), ())
    assert (diff.by_case.pairs, diff.by_turn.pairs, diff.gap_ms.value, diff.cer.value) == (8, 40, 0, 0)


def test_one_call_that_goes_wrong_is_worse_though_it_be_no_more_than_chance():
    diff = compare_runs(run_of(), run_of(FAILED))
    assert (diff.verdict, diff.by_case.worse, diff.by_turn.worse) == ("worse", 1, 1)
    assert "no more than chance" in str(diff.by_case)


def test_what_is_different_counts_as_worse_until_it_is_accepted():
    other = run_of(with_turn(4, prompts=("七天内可以退款。",)))
    assert compare_runs(run_of(), other).verdict == "worse"
    assert compare_runs(run_of(), other, accept_changes=True).verdict == "same"
    assert compare_runs(run_of(), run_of(FAILED), accept_changes=True).verdict == "worse"


def test_replies_that_come_a_little_later_everywhere_are_worse_though_no_single_one_is():
    diff = compare_runs(many(8), many(8, later(100)))
    assert {case.verdict for case in diff.cases} == {"same"}
    assert (diff.slower, diff.verdict) == (True, "worse")
    assert not compare_runs(many(8), many(8, later(40))).slower
    assert not compare_runs(many(8), many(8, later(-100))).slower


def test_what_is_misheard_is_counted_over_the_characters_that_were_said():
    diff = compare_runs(many(8), many(8, lambda case: with_turn(4, case, heard="发飘怎么开")))
    assert diff.cer.value == pytest.approx(1 / 12)  # of 7 and 5 characters
    assert diff.verdict == "same"


def test_cases_of_one_side_are_named_and_decide_nothing():
    diff = compare_runs(run_of(CASE, replace(CASE, case="gone")), run_of(CASE, replace(FAILED, case="new")))
    assert (diff.only_before, diff.only_after, diff.verdict) == (("gone",), ("new",), "same")


def test_a_run_of_some_cases_is_compared_with_these_alone():
    diff = compare_runs(restricted(many(8), {"case_03"}), restricted(many(8), {"case_03"}))
    assert (len(diff.cases), diff.only_before) == (1, ())
    new = compare_runs(restricted(many(8), {"bill"}), run_of(FAILED))
    assert (new.cases, new.only_after, new.verdict) == ((), ("bill",), "same")


def test_another_release_model_flow_or_channel_is_said():
    diff = compare_runs(run_of(), run_of(release="0.2.0", model="big", flows={"cloud": "d2"}, channel="gsm"))
    assert diff.conditions == (
        "another release: 0.1.0, then 0.2.0",
        "another model: vosk-model-small-cn-0.22, then big",
        "another channel: none, then gsm",
        "another version of cloud",
    )


def test_a_case_played_through_two_channels_is_two():
    noisy = replace(FAILED, channel="gsm")
    diff = compare_runs(run_of(CASE, replace(CASE, channel="gsm")), run_of(CASE, noisy))
    assert [case.name for case in diff.cases if case.verdict == "worse"] == ["bill [gsm]"]


def test_two_cases_of_one_name_or_none_in_common_cannot_be_compared():
    with pytest.raises(UsageError, match="second run has two cases named bill"):
        compare_runs(run_of(), run_of(CASE, CASE))
    with pytest.raises(UsageError, match="no case in common"):
        compare_runs(run_of(), run_of(replace(CASE, case="other")))


def test_a_run_and_the_baseline_made_of_it_do_not_differ(tmp_path):
    run = run_of(CASE, replace(FAILED, case="other", queue="support", summary="客户问发票", values={"digits": 8}))
    write_baseline(tmp_path / "baseline.json", run)
    diff = compare_runs(read_side(tmp_path / "baseline.json"), run)
    assert (diff.changed, diff.conditions) == ((), ())


def test_a_baseline_is_a_line_a_turn_without_moments_and_the_same_whatever_the_order_of_the_cases():
    text = baseline_text(run_of(CASE, replace(FAILED, case="a")))
    assert text == baseline_text(run_of(replace(FAILED, case="a"), CASE, started="2026-11-20T10:00:00"))
    assert sum('"kind"' in line for line in text.splitlines()) == 10
    assert '_ms": 0' not in text
    assert json.loads(text)["cases"][0]["case"] == "a"
    early, late = (with_turn(4, began_ms=begun, ended_ms=begun + 1800) for begun in (20_000, 26_000))
    assert baseline_text(run_of(early)) == baseline_text(run_of(late))


def test_in_the_diff_of_a_baseline_one_changed_turn_is_one_line():
    before, after = (baseline_text(each).splitlines() for each in (run_of(), run_of(with_turn(1, step="menu"))))
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


def test_a_value_stands_in_a_baseline_where_it_was_filled_and_is_known_after_reading_it(tmp_path):
    write_baseline(tmp_path / "baseline.json", run_of())
    assert (tmp_path / "baseline.json").read_text(encoding="utf-8").count("slots") == 1
    assert [turn.slots for turn in read_baseline(tmp_path / "baseline.json").cases[0].turns] == [{}, {}, *[KNOWN] * 3]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": 99, "cases": []}', "is a baseline of format 99, and this release reads 1"),
        ('{"cases": []}', "is a baseline of format None"),
        ('{"format": 1, "cases": [', "is no baseline"),
        ("[]", "is no baseline"),
        ('{"format": 1, "cases": ["x"]}', "is damaged"),
        ('{"format": 1, "cases": [{"case": "x"}]}', "is damaged"),
        ("\ufeffnothing", "is no baseline"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_named_with_the_remedy(tmp_path, text, said):
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as error:
        read_baseline(path)
    assert str(path) in str(error.value)
    assert error.value.exit_status == 2


def test_the_shipped_baseline_holds_no_case_that_is_gone():
    shipped_cases = {file.parent.name for file in shipped("audio_fixtures").glob("*/case.yaml")}
    kept = {case.case for case in read_baseline(shipped("audio_fixtures") / NAME).cases}
    mend = "write it anew: `ivr qa run --to RUN`, look at `ivr qa compare audio_fixtures/baseline.json RUN`, "
    assert kept, mend
    assert kept <= shipped_cases, f"{mend}`ivr qa baseline RUN`"


def command(module, *words):
    parser = argparse.ArgumentParser()
    module.arguments(parser)
    return module.run(parser.parse_args([str(word) for word in words]))


def test_compare_prints_the_turn_and_its_cause_and_tells_ci_by_its_exit_status(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    write_run(tmp_path / "before", run_of())
    write_run(tmp_path / "after", run_of(FAILED))
    assert command(qa_baseline, tmp_path / "before", "--to", tmp_path / "baseline.json") == 0
    assert command(qa_compare, tmp_path / "baseline.json", tmp_path / "before") == 0
    assert "1 case: 1 same" in capsys.readouterr().out
    files = ("--json", tmp_path / "c.json", "--junit", tmp_path / "c.xml")
    assert command(qa_compare, tmp_path / "baseline.json", tmp_path / "after", *files) == 1
    shown = capsys.readouterr().out
    assert "worse     bill  客户查账单  (passed, then failed)" in shown
    assert "turn 4  发票怎么开  the same words with the same score 0.81 are no longer enough" in shown
    assert "verdict: worse" in shown
    assert json.loads((tmp_path / "c.json").read_text())["cases"][0]["turns"][0]["after"] == 4
    suite = ET.parse(tmp_path / "c.xml").getroot()[0]  # noqa: S314  written a line above
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "turn 4, 发票怎么开" in suite.find("testcase/failure").get("message")


def test_what_is_the_same_but_for_notes_is_told_and_exits_well(tmp_path, capsys):
    write_run(tmp_path / "before", run_of())
    write_run(tmp_path / "after", run_of(with_turn(4, score=0.6)))
    assert command(qa_compare, tmp_path / "before", tmp_path / "after") == 0
    assert "- 0.81" in capsys.readouterr().out
