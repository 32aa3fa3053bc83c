"""Regressions planted in a flow are found by comparing two runs, each at its turn with the cause that can be seen; a
change that changes nothing shows nothing."""

import pytest

from ivr.qa.compare.baseline import baseline_text
from ivr.qa.compare.run_diff import compare_runs
from tests.calls.flower_shop import FlowerShop

pytestmark = pytest.mark.calls


@pytest.fixture
def shop(tmp_path):
    return FlowerShop(tmp_path)


@pytest.fixture
def before(shop):
    run = shop.run()
    assert [turn.intents for turn in run.cases[0].turns] == [
        (),
        ("faq:flowers/keep",),
        ("no_input",),
        ("order",),
        ("no_match",),  # any words will do: they are the value
        ("finished",),
    ], run.cases[0]
    return run


def first(before, after):
    """The one thing that is told of the case: its verdict, and the turn with which it began."""
    diff = compare_runs(before, after)
    assert diff.verdict == "worse"
    assert diff.conditions == ("another version of flowers",)
    return diff.cases[0].first


def test_a_swapped_answer_is_found_at_the_question_that_is_answered_otherwise(shop, before):
    shop.change("faq/flowers.yaml", "每天换水，斜剪花茎。", "X")
    shop.change("faq/flowers.yaml", "市内三小时送到。", "每天换水，斜剪花茎。")
    shop.change("faq/flowers.yaml", "answer: X", "answer: 市内三小时送到。")
    turn = first(before, shop.run())
    assert (turn.number, turn.cause) == (1, "another answer to faq:flowers/keep")
    assert "三小时" in turn.changes[0].after


def test_a_raised_threshold_is_found_at_the_turn_that_is_not_sure_enough_any_more(shop, before):
    shop.change("flow.yaml", "threshold: 0.7", "threshold: 0.97")
    turn = first(before, shop.run())
    assert turn.number == 1
    assert turn.cause.endswith("are no longer enough: a threshold was raised")


def test_a_shortened_patience_is_found_at_the_silence(shop, before):
    shop.change("flow.yaml", "wait: 6s", "wait: 3s")
    turn = first(before, shop.run())
    assert (turn.number, turn.cause) == (2, "a silence is borne 3000 ms less: the patience changed")


def test_a_lost_hint_is_found_at_the_word_that_is_misheard_without_it(shop, before):
    shop.change("flow.yaml", "hints: [蝴蝶兰]", "hints: []")
    turn = first(before, shop.run())
    assert turn.number == 4
    assert turn.cause.startswith("other words were heard, farther from what was said")


def test_a_turn_that_ends_in_a_hesitation_is_found_where_it_is_cut(shop, before):
    shop.change("flow.yaml", "pause: 600ms", "pause: 250ms")
    turn = first(before, shop.run())
    assert turn.number == 3
    assert "too early" in turn.cause


def test_turns_that_end_later_are_found_by_the_stage_that_takes_longer(shop, before):
    shop.change("flow.yaml", "pause: 600ms", "pause: 1200ms, complete: 900ms")
    turn = first(before, shop.run())
    assert turn.number == 1
    assert "of them in end_of_turn" in turn.cause


def test_a_change_that_changes_nothing_shows_no_difference_in_three_runs(shop, before):
    shop.change("flow.yaml", "threshold: 0.7", "threshold: 0.7  # as sure as a careful listener")
    shop.change("intents/main.yaml", "[我要订花, 订一束花, 想买花, 送花上门]", "[送花上门, 想买花, 订一束花, 我要订花]")
    (shop.flow / "intents" / "main.yaml").rename(shop.flow / "intents" / "wishes.yaml")
    for _ in range(3):
        after = shop.run()
        diff = compare_runs(before, after)
        assert (diff.verdict, diff.changed, diff.by_turn.pairs) == ("same", (), 6)
        assert baseline_text(before).splitlines()[7:] == baseline_text(after).splitlines()[7:]
