"""Curves: task success over the strength of a fault, counted by case."""

import json
from xml.etree import ElementTree as ET

import pytest

from ivr.cli.main import main
from ivr.qa.curve_picture import curve_picture
from ivr.qa.outcomes import Interval, share_interval
from ivr.qa.robustness import Strength, curve
from ivr.qa.run_result import CaseResult, RunResult

pytestmark = pytest.mark.unit


def run_of(**verdicts):
    cases = tuple(CaseResult(name, f"flow_{name[0]}", verdict, trouble="torn") for name, verdict in verdicts.items())
    return RunResult("1", "m", {}, cases)


def test_a_curve_tells_success_by_flow_and_where_each_case_breaks():
    found = curve(
        "noise=car@20,10dB",
        [
            Strength("as recorded", (run_of(a1="passed", a2="passed", b1="failed"),)),
            Strength("noise=car@20dB", (run_of(a1="passed", a2="failed", b1="failed"),)),
            Strength("noise=car@10dB", (run_of(a1="error", a2="failed", b1="mended"),)),
        ],
    )
    assert [round(point.success.value, 2) for point in found.points] == [0.67, 0.33, 0.33]
    assert found.points[1].by_flow["flow_a"] == share_interval(1, 2)
    assert found.breaks_at() == {"a2": "noise=car@20dB", "a1": "noise=car@10dB"}
    assert found.points[2].unplayed == {"a1": "torn"}
    assert json.loads(json.dumps(found.as_json()))["points"][0]["label"] == "as recorded"


def test_more_seeds_do_not_make_more_cases():
    two = Strength("x", (run_of(a1="passed", a2="passed"), run_of(a1="failed", a2="passed")))
    point = curve("x", [two]).points[0]
    assert (point.met, point.calls) == ({"a1": 1, "a2": 2}, 2)
    assert point.success == share_interval(1.5, 2)


def test_a_curve_is_drawn_as_an_image_that_stands_alone():
    svg = curve_picture({"<all>": [Interval(1, 0.5, 1), Interval(0.5, 0.2, 0.8)]}, ["clean", "10 dB"], title="a & b")
    root = ET.fromstring(svg)  # noqa: S314  our own
    assert [each.text for each in root.iter() if each.text == "<all>"] == ["<all>"]
    assert len([each for each in root.iter() if each.tag.endswith("circle")]) == 2
    with pytest.raises(ValueError, match="no curve"):
        curve_picture({}, [], title="")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--over", "noise=babbel@5dB"], "did you mean `babble`?"),
        (["--over", "codec=gsm", "--seeds", "0"], "at least"),
        (["--over", "codec=gsm", "--svg", "nowhere/a.svg"], "make it first"),
    ],
)
def test_what_cannot_be_swept_is_told_before_anything_is_played(options, told, capsys):
    assert main(["qa", "curve", *options]) == 2
    assert told in capsys.readouterr().err


def test_a_run_that_is_none_is_told(tmp_path, capsys):
    assert main(["qa", "measure", str(tmp_path)]) == 2
    assert "ivr qa run --to" in capsys.readouterr().err
