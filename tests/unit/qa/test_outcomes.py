"""Two versions compared by how their calls ended: intervals as published, nothing claimed of a few calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ivr.qa import outcomes
from ivr.qa.outcomes import CallOutcome, compare, finished, read_outcome

pytestmark = pytest.mark.unit
HEAD = {"call_id": "a", "caller": "", "called": "", "flow": "f", "flow_digest": "d", "started": "2026-11-20T10:00:00Z"}
NOTE = {"at": 1.0, "command": "NoteTurn", "step": "a", "heard": "嗯", "intent": "no_match"}


def calls(ended, count, *, turns=3, misses=1, wanted=False):
    return [CallOutcome("f", 1, datetime.now(UTC), ended, wanted, turns, misses)] * count


def row(name, first, second):
    return next(row for row in compare(first, second) if row.name == name)


@pytest.fixture
def journal(tmp_path):
    def write(*records, tail=""):
        path = tmp_path / "a.jsonl"
        lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records]
        path.write_text("".join(f"{line}\n" for line in lines) + tail, encoding="utf-8")
        return read_outcome(path)

    return write


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_wilsons(hits, of, low, high):
    """Newcombe 1998, Statistics in Medicine 17, pages 857 to 872, table I, method 3."""
    found = outcomes.share_interval(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [((48, 80), (56, 70), 0.0524, 0.3339), ((3, 10), (9, 10), 0.1705, 0.8090), ((0, 20), (10, 10), 0.6791, 1.0)],
)
def test_the_interval_of_a_difference_is_newcombes(first, second, low, high):
    """Newcombe 1998, the same volume, pages 873 to 890, table II, method 10."""
    found = outcomes._share_difference(outcomes.share_interval(*first), outcomes.share_interval(*second))
    assert found.low == pytest.approx(low, abs=0.0005)
    assert found.high == pytest.approx(high, abs=0.0005)


def test_a_clear_difference_is_told_and_a_small_one_is_not():
    first = calls("hotline", 150) + calls("handed_off", 50, wanted=True)
    assert row("contained", first, calls("hotline", 100) + calls("handed_off", 100, wanted=True)).verdict == "fewer"
    assert row("handed to a person", first, first[:140] + first[150:]).verdict == "no difference to be seen"


def test_of_fewer_than_30_calls_nothing_is_claimed():
    found = compare(calls("hotline", 29), calls("handed_off", 500))
    assert {row.verdict for row in found} == {"too few calls to tell"}
    assert row("contained", calls("hotline", 30), calls("handed_off", 500, wanted=True)).verdict == "fewer"


def test_means_are_compared_too():
    first = [*calls("hotline", 100, turns=4), *calls("hotline", 100, turns=6)]
    found = row("turns a call", first, [*calls("hotline", 100, turns=3), *calls("hotline", 100, turns=5)])
    assert (found.first.value, found.second.value, found.verdict) == (5, 4, "fewer")
    assert row("turns that brought nothing", first, first).verdict == "no difference to be seen"


def test_who_wanted_a_person_and_hung_up_was_not_served():
    assert not calls("caller", 1, wanted=True)[0].contained
    assert calls("caller", 1)[0].contained
    assert not calls("fault", 1)[0].contained


def test_a_journal_is_read_for_what_tells(journal):
    note = {**NOTE, "intent": "billing"}
    hand_off = {"at": 2.0, "command": "HandOff", "queue": "q", "summary": "", "insist": False}
    found = journal(
        {**HEAD, "flow_version": 3, "journal": 1}, note, NOTE, hand_off, {"at": 3.0, "event": "HandedOff", "queue": "q"}
    )
    assert (found.version, found.ended, found.wanted_person) == (3, "handed_off", True)
    assert (found.turns, found.misses) == (2, 1)


def test_a_call_that_goes_on_or_was_cut_off_is_not_finished(journal):
    found = journal({**HEAD, "journal": 1}, NOTE, tail='{"at":4.0,"event":"HungUp","by":"cal')
    assert (found.ended, found.version) == ("unfinished", 0)
    assert finished([found]) == []


@pytest.mark.parametrize("head", [{}, [], 17, {**HEAD, "started": "noon"}, {**HEAD, "flow_version": "x"}])
def test_what_is_no_journal_counts_for_nothing(journal, head):
    assert journal(head) is None
