"""What changed at a turn, why as far as it can be seen, and whether a case is better or worse."""

from dataclasses import replace

import pytest

from ivr.qa.compare.case_diff import compare_case
from ivr.qa.run_result import Failure, TurnResult
from tests.unit.qa.compare.made_up import CASE, TURNS, with_turn

pytestmark = pytest.mark.unit

MISSED = Failure(9, 4, "intent", "faq:cloud/invoice", "no_match")


def test_a_call_that_went_the_same_has_no_differences():
    diff = compare_case(CASE, CASE)
    assert (diff.verdict, diff.changed, diff.turns, diff.aligned) == ("same", False, (), 5)


@pytest.mark.parametrize(
    ("number", "changed", "what", "cause"),
    [
        (4, {"prompts": ("七天内可以退款。",)}, ["prompts"], "another answer to faq:cloud/invoice"),
        (1, {"prompts": ("请报账号。",)}, ["prompts"], "the hotline's words changed"),
        (0, {"prompts": ("您好。",)}, ["prompts"], "the hotline's words changed"),
        (
            4,
            {"intents": ("no_match",), "step": "told"},
            ["intent"],
            "the same words with the same score 0.81 are no longer enough: a threshold was raised",
        ),
        (4, {"intents": ("no_match",), "score": 0.4}, ["intent", "score"], "the same words score 0.40, not 0.81"),
        (4, {"intents": ("faq:cloud/refund",)}, ["intent"], "the same words are taken for faq:cloud/refund"),
        (
            4,
            {"heard": "发飘怎么开", "intents": ("no_match",), "score": 0.4},
            ["heard", "intent", "score"],
            "other words were heard, farther from what was said",
        ),
        (1, {"heard": "我想", "intents": ("no_match",)}, ["heard", "intent"], "only a part of it was heard"),
        (1, {"heard": "", "intents": ()}, ["heard", "intent"], "nothing was heard"),
        (1, {"intents": ("no_match", "billing")}, ["intent"], "cut into 2 turns, not 1: its end was found too early"),
        (1, {"step": "menu"}, ["step"], "billing leads to menu: the flow's ways changed"),
        (1, {"actions": ("http /account",)}, ["actions"], "something else is asked of the world outside"),
        (2, {"slots": {"digits": "8652"}}, ["slots"], "the same words and meaning, with other values"),
        (4, {"cut": "在控制台"}, ["interrupted"], "the caller interrupts now"),
        (4, {"gap_ms": -200}, ["gap"], "the hotline answers before the caller has ended"),
        (3, {"ended_ms": 33_000}, ["silence"], "a silence is borne 3000 ms less: the patience changed"),
    ],
)
def test_a_change_that_a_caller_would_notice_is_named_at_its_turn_with_what_can_be_seen_of_why(
    number, changed, what, cause
):
    diff = compare_case(CASE, with_turn(number, **changed))
    assert diff.verdict == "different"
    assert diff.first.number == number
    assert [change.what for change in diff.first.changes] == what
    assert diff.first.cause.startswith(cause)


@pytest.mark.parametrize(
    "changed",
    [{"score": 0.7}, {"heard": "发飘怎么开"}, {"free_text": "发票"}, {"gap_ms": 640}, {"gap_ms": 200}],
)
def test_what_no_caller_would_notice_is_a_note_and_the_case_is_the_same(changed):
    diff = compare_case(CASE, with_turn(4, **changed))
    assert (diff.verdict, diff.changed, diff.first.noticed) == ("same", True, False)


@pytest.mark.parametrize("changed", [{"score": 0.82}, {"gap_ms": 600}, {"heard": "发票 怎么开。"}, {"confidence": 0.3}])
def test_what_is_within_tolerance_is_no_difference(changed):
    assert not compare_case(CASE, with_turn(4, **changed)).changed


def test_a_reply_that_comes_noticeably_later_names_the_stage_that_took_longer():
    stages = {"end_of_turn": 720, "recognition": 80, "voice": 60}
    diff = compare_case(CASE, with_turn(4, gap_ms=860, stages_ms=stages))
    assert diff.verdict == "different"
    assert diff.first.cause == "the reply came +320 ms, +300 of them in end_of_turn"


def test_turns_after_the_first_say_what_they_follow_from():
    after = with_turn(2, with_turn(1, step="menu"), step="menu", slots={})
    first, second = compare_case(CASE, after).turns
    assert "ways changed" in first.cause
    assert second.cause == "follows from before: the call stood at menu, not at account"


def test_a_hotline_that_says_something_else_after_a_miss_is_not_said_to_have_changed_its_words():
    after = with_turn(3, with_turn(1, intents=("no_match",)), prompts=("还是没有听到您的声音。",))
    assert compare_case(CASE, after).turns[1].cause == "follows from turn 1, or else the hotline's words changed"


def test_turns_are_aligned_by_the_callers_script_and_not_by_what_the_hotline_made_of_them():
    cut = with_turn(1, intents=("no_match", "billing"), prompts=("请再说一遍。", "请说您的账号。"))
    diff = compare_case(CASE, cut)
    assert [(turn.before, turn.after) for turn in diff.turns] == [(1, 1)]


def test_a_turn_written_into_the_case_moves_no_other():
    added = TurnResult("speech", said="等一下", heard="等一下")
    diff = compare_case(CASE, replace(CASE, turns=(*TURNS[:2], added, *TURNS[2:])))
    assert [(turn.before, turn.after, turn.said) for turn in diff.turns] == [(None, 2, "等一下")]


def test_a_call_that_ends_before_its_last_turn_is_named_at_the_turn_it_never_came_to():
    diff = compare_case(CASE, replace(CASE, turns=TURNS[:4], ended="handed_off", queue="support"))
    assert [(turn.before, turn.after) for turn in diff.turns] == [(4, None)]
    assert "never came to it (handed_off)" in diff.turns[0].cause
    assert [change.what for change in diff.changes] == ["ended", "queue"]


@pytest.mark.parametrize(
    ("was", "now", "verdict"),
    [
        ("passed", "failed", "worse"),
        ("passed", "error", "worse"),
        ("failed", "error", "worse"),
        ("passed", "known", "worse"),
        ("failed", "passed", "improved"),
        ("known", "mended", "improved"),
        ("error", "failed", "improved"),
        ("failed", "known", "same"),
        ("passed", "mended", "same"),
    ],
)
def test_what_the_case_expects_decides(was, now, verdict):
    assert compare_case(replace(CASE, verdict=was), replace(CASE, verdict=now)).verdict == verdict


def test_of_two_failed_calls_the_one_with_another_failure_is_worse():
    was = replace(CASE, verdict="failed", failures=(Failure(3, None, "ended", "handed_off", "hung_up"),))
    now = replace(was, failures=(*was.failures, MISSED))
    diff = compare_case(was, now)
    assert (diff.verdict, diff.new, diff.gone, diff.right, diff.wrong) == ("worse", (MISSED,), (), 0, 1)
    back = compare_case(now, was)
    assert (back.verdict, back.new, back.gone, back.right, back.wrong) == ("improved", (), (MISSED,), 1, 0)


def test_a_failure_that_only_moved_in_the_file_or_came_otherwise_is_the_same_failure():
    was = replace(CASE, verdict="failed", failures=(MISSED,))
    now = replace(CASE, verdict="failed", failures=(replace(MISSED, line=30, came="faq:cloud/refund"),))
    assert compare_case(was, now).verdict == "same"


def test_a_failure_keeps_its_turn_when_a_turn_is_written_in_before_it():
    added = TurnResult("silence")
    was = replace(CASE, verdict="failed", failures=(MISSED,))
    now = replace(was, turns=(TURNS[0], added, *TURNS[1:]), failures=(replace(MISSED, turn=5),))
    assert compare_case(was, now).new == ()


def test_a_value_that_is_filled_otherwise_is_told_at_its_turn_and_not_again_at_each_that_knows_it():
    after = CASE
    for number in (2, 3, 4):
        after = with_turn(number, after, slots={"digits": "8652"})
    assert [turn.number for turn in compare_case(CASE, after).turns] == [2]
    assert [turn.number for turn in compare_case(CASE, with_turn(4, after, slots={"digits": "1"})).turns] == [2, 4]


def test_of_a_case_that_could_not_be_played_no_turn_is_told():
    broken = replace(CASE, verdict="error", turns=(), ended="", ended_by="", trouble="01.flac is missing")
    diff = compare_case(CASE, broken)
    assert (diff.verdict, diff.turns, diff.changes, diff.trouble) == ("worse", (), (), "01.flac is missing")
