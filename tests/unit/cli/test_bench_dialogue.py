"""`ivr bench dialogue`: the figures it gives, and that two runs of the same calls are the same."""

import json

import pytest

from ivr.cli.bench_dialogue import sayings
from ivr.cli.main import main
from ivr.flow.load import load
from ivr.shipped import shipped

pytestmark = pytest.mark.unit


def test_two_runs_give_identical_journals_and_json_alone_on_standard_output(capsys):
    assert main(["bench", "dialogue", "--calls", "6", "--turns", "20", "--json", "-"]) == 0
    out, told = capsys.readouterr()
    report = json.loads(out)
    assert report["journals_identical"]
    assert report["turns"]["count"] == 20
    assert [run["count"] for run in report["calls"]] == [6, 6]
    assert report["bare_loop"]["a_minute_cpu"] > report["calls"][0]["a_minute_cpu"]
    assert "identical" in told


def test_its_callers_say_whatever_callers_say():
    flow = load(shipped("flows/cloud_support"))
    said = sayings(flow)
    assert {texts[0] for texts in flow.intents.values()} <= set(said)


def test_no_calls_are_no_measurement(capsys):
    assert main(["bench", "dialogue", "--calls", "0"]) == 2
    assert "give at least 1" in capsys.readouterr().err
