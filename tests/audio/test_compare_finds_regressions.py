"""Regressions planted in a shipped hotline are found with the real recogniser and a shipped recorded caller; what did
not change is the same in every run."""

import dataclasses
import shutil

import pytest

from ivr.cli.case_setup import setup_for
from ivr.qa.case_worker import CasePlayer
from ivr.qa.compare.run_diff import compare_runs
from ivr.qa.run_result import RunResult
from ivr.settings import load_settings
from ivr.shipped import shipped

pytestmark = pytest.mark.audio

CASE = "faq_and_goodbye"
REFUND = "新购产品五天内可以无理由退款，请在控制台的费用中心选择退订，款项原路退回。"
QUESTIONS = "    faq: cloud\n"


def play(flow, case=None):
    """A shipped case, or the one in the folder `case`, called to the hotline in the folder `flow`."""
    setup = dataclasses.replace(setup_for(load_settings(environment={})), flow_folder=lambda _name: flow)
    player = CasePlayer(setup)
    played = player.play(case or shipped("audio_fixtures") / CASE)
    assert not played.trouble, played.trouble
    return RunResult("0.1.0", setup.model, {name: flow.digest for name, (flow, _) in player.flows.items()}, (played,))


@pytest.fixture(scope="module")
def before(model):
    model("vosk-model-small-cn-0.22")
    return play(shipped("flows/cloud_support"))


@pytest.fixture
def change(tmp_path):
    """`change(file, old, new)` is a copy of the hotline in which `old` has become `new`, wherever it stands."""
    copy = tmp_path / "cloud_support"
    shutil.copytree(shipped("flows/cloud_support"), copy)

    def changed(file, old, new):
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return copy

    return changed


FREE = """
hotline: 问题登记
language: zh-CN
start: question
steps:
  question:
    collect:
      what: {{type: text, ask: 您好，请说您的问题。, hints: {hints}}}
    next: taken
  taken:
    hang_up: 记下了。
"""
PLANTED = {
    "another answer": ("faq/cloud.yaml", REFUND, "满三十天才可以退款。"),
    "a raised threshold": ("flow.yaml", "language: zh-CN\n", "language: zh-CN\nthreshold: 0.97\n"),
    "a shortened patience": ("flow.yaml", QUESTIONS, f"{QUESTIONS}    patience: {{wait: 3s}}\n"),
    "later ends": ("flow.yaml", QUESTIONS, f"{QUESTIONS}    patience: {{pause: 1500ms, complete: 1200ms}}\n"),
}


@pytest.mark.parametrize(
    ("planted", "turn", "cause"),
    [
        ("another answer", 5, "another answer to faq:cloud/refund"),
        ("a raised threshold", 5, "a threshold was raised"),
        ("a shortened patience", 4, "the patience changed"),
        ("later ends", 1, "of them in end_of_turn"),
    ],
)
def test_a_planted_regression_is_found_at_its_turn_with_its_cause(before, change, planted, turn, cause):
    diff = compare_runs(before, play(change(*PLANTED[planted])))
    assert diff.verdict == "worse"
    assert diff.cases[0].first.number == turn
    assert cause in diff.cases[0].first.cause


def test_a_lost_hint_is_found_at_the_word_that_is_misheard_without_it(model, tmp_path):
    model("vosk-model-small-cn-0.22")
    case = tmp_path / "question"
    case.mkdir()
    shutil.copy(shipped("audio_fixtures") / CASE / "02.flac", case / "01.flac")
    (case / "case.yaml").write_text(
        "case: 客户说出自己的问题\nflow: any\nturns:\n  - {audio: 01.flac, text: 介绍一下对象存储}\n", encoding="utf-8"
    )
    runs = []
    for hints in ("[介绍一下对象存储]", "[]"):
        flow = tmp_path / hints / "any"
        flow.mkdir(parents=True)
        (flow / "flow.yaml").write_text(FREE.format(hints=hints), encoding="utf-8")
        runs.append(play(flow, case))
    turn = compare_runs(*runs).cases[0].first
    assert turn.number == 1
    assert turn.cause.startswith("other words were heard, farther from what was said")


def test_a_comment_changes_nothing_in_three_runs(before, change):
    after = change("flow.yaml", QUESTIONS, f"{QUESTIONS}    # asked for most\n")
    for _ in range(3):
        diff = compare_runs(before, play(after))
        assert (diff.verdict, diff.changed, diff.by_turn.pairs) == ("same", (), 7)
