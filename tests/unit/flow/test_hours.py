"""Opening hours: weekdays, holidays, make-up working days, past midnight, and years that the calendar does not know."""

from datetime import date, datetime

import pytest

from ivr.flow.hours import Hours, HoursFault, known_year, read_hours
from ivr.flow.load import examine

pytestmark = pytest.mark.unit

WEEKDAYS = Hours((read_hours("mon-fri 09:00-18:00"),))


def at(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T09:00", True),
        ("2026-11-20T08:59", False),
        ("2026-11-20T17:59", True),
        ("2026-11-20T18:00", False),
        ("2026-11-21T10:00", False),  # a Saturday
        ("2026-02-14T10:00", True),  # a Saturday that is worked for the Spring Festival
        ("2026-02-17T10:00", False),  # a Tuesday: the first day of the year
        ("2026-10-01T10:00", False),  # National Day
    ],
)
def test_an_office_is_open_as_china_works(moment, is_open):
    assert WEEKDAYS.open_at(at(moment)) is is_open


def test_a_hotline_without_holidays_goes_by_weekday_alone():
    plain = Hours((read_hours("mon-fri 09:00-18:00"),), "none")
    assert plain.open_at(at("2026-02-17T10:00"))
    assert not plain.open_at(at("2026-02-14T10:00"))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T21:59", False),
        ("2026-11-20T22:00", True),  # a Friday
        ("2026-11-21T05:59", True),  # still Friday's night
        ("2026-11-21T06:00", False),
        ("2026-11-21T22:30", False),
        ("2026-11-20T05:00", False),  # Thursday has no night
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(moment, is_open):
    assert Hours((read_hours("fri 22:00-06:00"),)).open_at(at(moment)) is is_open


def test_a_day_and_night_has_no_gap():
    always = Hours((read_hours("mon-sun 00:00-24:00"),))
    assert all(always.open_at(at(f"2026-02-17T{hour:02}:{minute}")) for hour in range(24) for minute in ("00", "59"))


def test_days_may_go_round_the_end_of_the_week():
    assert read_hours("sat-mon 10:00-12:00").days == {5, 6, 0}


def test_several_spans_are_open_when_any_is():
    noon = Hours((read_hours("mon-fri 09:00-12:00"), read_hours("mon-fri 13:30-18:00")))
    assert [noon.open_at(at(f"2026-11-20T{clock}")) for clock in ("11:59", "12:00", "13:29", "13:30")] == [
        True, False, False, True,
    ]  # fmt: skip


def test_a_year_that_is_not_known_goes_by_weekday():
    assert known_year(2026)
    assert not known_year(2099)
    assert WEEKDAYS.open_at(at("2099-01-01T10:00"))  # a Thursday, and surely a holiday


@pytest.mark.parametrize(
    "text",
    ["", "mon", "mon-fri", "mon-fri 9:00-18:00", "mon-fri 09:00-25:00", "mon-fri 09:60-18:00", "abc 09:00-18:00"],
)
def test_what_are_no_hours_is_refused_with_a_remedy(text):
    with pytest.raises(HoursFault, match=r".; write "):
        read_hours(text)


@pytest.mark.parametrize(("today", "told"), [(date(2026, 6, 1), False), (date(2026, 11, 20), True)])
def test_holidays_that_the_calendar_lacks_are_told_two_months_ahead(tmp_path, today, told):
    (tmp_path / "flow.yaml").write_text(
        "hotline: x\nlanguage: zh-CN\nstart: a\nhours:\n  day: {open: [mon-fri 09:00-18:00]}\n  raw: {open: [sat"
        " 09:00-18:00], holidays: none}\nsteps:\n  a: {branch: [{if: open('day') or open('raw'), next: b}, {else: b}]}"
        "\n  b: {hang_up: 再见。}\n",
        encoding="utf-8",
    )
    _, problems = examine(tmp_path, today)
    assert [(one.line, one.advice, "2027" in one.what) for one in problems] == ([(5, True, True)] if told else [])
