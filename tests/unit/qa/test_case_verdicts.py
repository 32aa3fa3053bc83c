"""What a case expects, held against what a run saw of it: each miss at its turn and its line."""

import dataclasses

import pytest

from ivr.flow.load import load
from ivr.qa.case import load_case
from ivr.qa.run_result import CaseResult, TurnResult
from ivr.qa.verdict import failures_of, verdict_of
from ivr.shipped import shipped

pytestmark = pytest.mark.unit

CASE = """case: x
flow: cloud_support
turns:
  - text: 查账单
    expect: {intent: billing, heard: "查，账单", reply_gap: 800ms, prompt: 八位账号}
  - keys: "12345678"
    expect:
      step: need
      slots: {account: "12345678"}
      action: /bills/
expect:
  ended: handed_off
  queue: support
  steps: [bill, need]
  intents: [billing, digits]
  prompts: [八位账号, 再见]
  never: 出错
  agent: 账单
  values: {served: true}
  reply_gap: 1s
"""
SEEN = CaseResult(
    "x",
    "cloud_support",
    "error",
    turns=(
        TurnResult("begin", prompts=("您好。",)),
        TurnResult("speech", heard="查账单", intents=("billing",), prompts=("请说八位账号。",), gap_ms=700),
        TurnResult(
            "keys", intents=("digits",), step="need", slots={"account": "12345678"}, prompts=("再见。",),
            actions=("{env.CRM}/bills/12345678",), gap_ms=900,
        ),
    ),
    ended="handed_off",
    queue="support",
    summary="要查账单",
    values={"served": True},
    steps=("welcome", "bill", "need"),
)  # fmt: skip


@pytest.fixture
def loaded(tmp_path):
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    return load_case(tmp_path)


def after(turn, **changed):
    turns = list(SEEN.turns)
    turns[turn] = dataclasses.replace(turns[turn], **changed)
    return dataclasses.replace(SEEN, turns=tuple(turns))


def test_a_call_as_expected_has_no_failures(loaded):
    assert failures_of(loaded, SEEN) == ()


@pytest.mark.parametrize(
    ("seen", "line", "turn", "what"),
    [
        (after(1, heard="查张单"), 5, 1, "heard"),
        (after(1, gap_ms=801), 5, 1, "reply gap"),
        (after(1, gap_ms=None), 5, 1, "reply gap"),
        (after(2, step="bill"), 8, 2, "step"),
        (after(2, slots={"account": "1"}), 9, 2, "slot account"),
        (after(2, actions=()), 10, 2, "action"),
        (dataclasses.replace(SEEN, ended="hung_up"), 12, None, "ended"),
        (dataclasses.replace(SEEN, queue="sales"), 13, None, "queue"),
        (dataclasses.replace(SEEN, steps=("need", "bill")), 14, None, "steps"),
        (after(2, intents=("digits", "yes")), 15, None, "intents"),
        (after(2, prompts=("好的。",)), 16, None, "prompts"),
        (after(2, prompts=("出错了，再见。",)), 17, None, "never"),
        (dataclasses.replace(SEEN, summary=""), 18, None, "agent"),
        (dataclasses.replace(SEEN, values={}), 19, None, "value served"),
        (after(2, gap_ms=1001), 20, None, "reply gap"),
        (dataclasses.replace(SEEN, turns=SEEN.turns[:2], steps=("bill", "need")), 6, 2, "turn"),
    ],
)
def test_what_is_otherwise_is_told_at_its_turn_and_line(loaded, seen, line, turn, what):
    found = failures_of(loaded, seen)
    assert (line, turn, what) in [(failure.line, failure.turn, failure.what) for failure in found]


def test_a_known_failure_that_passes_is_a_failure(loaded):
    known = dataclasses.replace(loaded, case=loaded.case.model_copy(update={"known_failure": "the voice is odd"}))
    failures = failures_of(loaded, after(2, step="bill"))
    assert [verdict_of(one, why) for one in (loaded, known) for why in ((), failures)] == [
        "passed", "failed", "mended", "known",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("step: need", "step: neeed", "case.yaml:8:", "no step `neeed`: did you mean `need`?"),
        ("intent: billing", "intent: biling", "case.yaml:5:", "did you mean `billing`?"),
        ("[billing, digits]", "[billing, digts]", "case.yaml:15:", "no intent `digts`"),
        ("queue: support", "queue: suport", "case.yaml:13:", "did you mean"),
        ("steps: [bill, need]", "steps: [bill, gone]", "case.yaml:14:", "no step `gone`"),
        ("- text: 查账单", '- text: 查账单\n    when: prompt "请说密码"', "case.yaml:5:", "never says `请说密码`"),
    ],
)
def test_a_case_that_names_what_its_flow_does_not_have_is_wrong_at_that_line(tmp_path, old, new, place, said):
    assert CASE.count(old) == 1
    (tmp_path / "case.yaml").write_text(CASE.replace(old, new), encoding="utf-8")
    (problem,) = load_case(tmp_path).problems(load(shipped("flows/cloud_support")))
    assert place in str(problem)
    assert said in str(problem)
