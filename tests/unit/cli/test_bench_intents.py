"""`ivr bench intents` and `ivr bench oos` on sets small enough for a test."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ivr.cli.bench import parser_of
from ivr.cli.bench_intents import rates_of
from ivr.cli.bench_intents import run as run_intents
from ivr.cli.bench_oos import calibration_error
from ivr.cli.bench_oos import run as run_oos
from ivr.errors import UsageError

pytestmark = pytest.mark.unit

TRAIN = [("查账单", "bill"), ("账单多少钱", "bill"), ("我的话费", "bill"), ("话费账单", "bill")]
TRAIN += [("转人工", "agent"), ("人工客服", "agent"), ("找人工", "agent"), ("接客服", "agent")]
TRAIN += [("网断了", "outage"), ("宽带坏了", "outage"), ("网络断了", "outage"), ("上不了网", "outage")]
TEST = [("我的账单", "bill"), ("我找客服", "agent"), ("网又断了", "outage")]
OUTSIDE = [("天上有月亮", "oos"), ("猫睡着", "oos"), ("晚饭好吃", "oos")]


@pytest.fixture
def sets(tmp_path):
    for name, rows in (("train", [*TRAIN, *OUTSIDE[:2]]), ("test", [*TEST, *OUTSIDE[2:]])):
        lines = ["text\tintent", *("\t".join(row) for row in rows)]
        (tmp_path / f"{name}.tsv").write_text("\n".join(lines), encoding="utf-8")
    return ["--train", str(tmp_path / "train.tsv"), "--test", str(tmp_path / "test.tsv"), "--no-encoder"]


def test_intents_are_judged_at_every_rate_of_noise(sets, capsys):
    assert run_intents(parser_of("intents").parse_args([*sets, "--noise", "0,1", "--json", "-"])) == 0
    report = json.loads(capsys.readouterr().out)
    assert [row["rate"] for row in report["noise"]] == [0, 1]
    assert report["noise"][0]["accuracy"] == 100
    assert report["turns"] == 3
    assert report["ms"]["rank"]["p99"] >= report["ms"]["rank"]["p50"] > 0


def test_turns_from_elsewhere_are_judged_beside_turns_in_scope(sets, capsys):
    assert run_oos(parser_of("oos").parse_args([*sets, "--json", "-"])) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["in_scope_turns"], report["turns_from_elsewhere"]) == (3, 1)
    assert report["in_scope_accuracy"] == 100
    assert report["auroc"] == 1


def test_what_is_missing_is_said(sets, tmp_path):
    with pytest.raises(UsageError, match="--data"):
        run_oos(parser_of("oos").parse_args([]))
    (tmp_path / "test.tsv").write_text("text\tintent\n查账单\tbill\n", encoding="utf-8")
    with pytest.raises(UsageError, match="both kinds"):
        run_oos(parser_of("oos").parse_args(sets))
    with pytest.raises(UsageError, match="from 0 to 1"):
        rates_of("0,2")
    with pytest.raises(UsageError, match="list of numbers"):
        rates_of("much")


def test_a_model_that_is_as_sure_as_right_has_no_calibration_error():
    sure = np.array([0.75] * 4)
    assert calibration_error(sure, np.array([True, True, True, False])) == pytest.approx(0)
    assert calibration_error(sure, np.array([False] * 4)) == pytest.approx(0.75)
