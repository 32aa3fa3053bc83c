"""What is more than chance, and what is not sold as progress."""

import numpy as np
import pytest
from scipy.stats import binomtest

from ivr.qa.compare.significance import Paired, paired_bootstrap

pytestmark = pytest.mark.unit


def test_three_better_and_one_worse_are_not_sold_as_progress():
    assert str(Paired(62, 3, 1)) == "3 of 62 better, 1 worse: no more than chance (p = 0.62)"


def test_what_is_more_than_chance_is_said_to_be():
    assert str(Paired(62, 9, 0)) == "9 of 62 better, 0 worse: more than chance (p = 0.0039)"
    assert "p < 0.001" in str(Paired(100, 0, 30))


def test_where_nothing_changed_there_is_nothing_to_ask_chance_about():
    assert (Paired(5, 0, 0).p, str(Paired(5, 0, 0))) == (1.0, "none of 5 better or worse")


@pytest.mark.parametrize(("better", "worse"), [(1, 0), (5, 0), (6, 0), (3, 1), (10, 12), (40, 7), (2, 90)])
def test_mcnemars_exact_test_is_the_binomial_one(better, worse):
    expected = binomtest(better, better + worse, 0.5).pvalue
    assert Paired(200, better, worse).p == pytest.approx(expected)
    assert Paired(200, worse, better).p == pytest.approx(expected)


def test_five_cases_that_all_went_one_way_are_too_few_to_tell():
    assert paired_bootstrap([(300.0, 1.0)] * 5) is None
    assert paired_bootstrap([(300.0, 1.0)] * 5 + [(0.0, 0.0)]) is None  # a case without a reply is none


def test_the_same_delay_everywhere_is_beyond_chance():
    interval = paired_bootstrap([(600.0, 2.0)] * 6)
    assert (interval.value, interval.low, interval.high) == (300.0, 300.0, 300.0)


def test_differences_that_go_both_ways_are_no_more_than_chance():
    interval = paired_bootstrap([(40.0, 4.0), (-30.0, 3.0), (10.0, 2.0), (-50.0, 4.0), (60.0, 5.0), (-20.0, 3.0)] * 4)
    assert interval.low < 0 < interval.high


def test_two_looks_at_the_same_runs_say_the_same():
    cases = [(float(number % 7 - 2), 3.0) for number in range(40)]
    assert paired_bootstrap(cases) == paired_bootstrap(cases)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    chance = np.random.default_rng(1)
    held = 0
    for _ in range(100):
        interval = paired_bootstrap([(float(each), 1.0) for each in chance.normal(5, 20, 40)])
        held += interval.low <= 5 <= interval.high
    assert 86 <= held <= 100
