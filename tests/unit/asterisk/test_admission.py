"""Who is let in: by number, by lasting strain, not while we drain."""

from __future__ import annotations

import asyncio

import pytest

from ivr.asterisk.admission import Admission, Strain, StrainWatch
from ivr.asterisk.settings import AsteriskSettings
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit


def admission(**settings):
    return Admission(AsteriskSettings(**settings))


def strained(one, *strains):
    for strain in strains:
        one.note(strain)
    return one


def test_there_is_room_up_to_the_greatest_number_of_calls():
    one = admission(max_calls=3)
    assert [one.refusal(calls) for calls in (0, 2, 3, 4)] == ["", "", "calls", "calls"]


@pytest.mark.parametrize(
    ("strain", "why"),
    [(Strain(lag_ms=1000.0), "recogniser"), (Strain(late_ms=100.0), "loop"), (Strain(999.0, 99.0), "")],
)
def test_strain_that_lasts_lets_nobody_in(strain, why):
    assert strained(admission(), *[strain] * 30).refusal(0) == why


def test_one_slow_turn_turns_nobody_away_and_one_quick_one_lets_nobody_in():
    assert strained(admission(), *[Strain()] * 20, *[Strain(5000.0, 5000.0)] * 10).refusal(0) == ""
    assert strained(admission(), *[Strain(5000.0)] * 20, *[Strain()] * 10).refusal(0) == "recogniser"


def test_strain_that_is_over_is_forgotten_after_three_seconds():
    assert strained(admission(), *[Strain(5000.0)] * 30, *[Strain()] * 16).refusal(0) == ""


def test_a_limit_of_nothing_is_not_looked_at():
    one = admission(busy_lag_ms=0, busy_late_ms=0)
    assert strained(one, *[Strain(9000.0, 9000.0)] * 30).refusal(0) == ""


def test_who_drains_has_no_room_whatever_the_number():
    one = admission()
    one.draining = True
    assert one.refusal(0) == "draining"


def test_strain_is_measured_until_it_is_told_to_stop():
    one = admission()

    async def measure():
        watch = StrainWatch(one, lambda: 1500.0)
        watch.start()
        await asyncio.sleep(2.0)
        await watch.stop()

    run(measure())
    assert one.strain == Strain(1500.0, pytest.approx(0.0, abs=1.0))
