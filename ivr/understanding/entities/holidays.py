"""Festivals and their days: by the sun's calendar, the moon's, a weekday of a month, or the sun's stations.

国庆后第一天 is the first day after the days off, not the second of October. Days off are those of the government's
notice where the installed chinesecalendar knows the year, else the usual number from the usual day on; the `why` says
which.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import chinese_calendar

from ivr.understanding.entities.calendar_days import fixed, lunar_to_solar, moved, nth_weekday, qingming, real, yearly
from ivr.understanding.entities.date_words import NUMBER, YEAR, Source, whole, year_of
from ivr.understanding.entities.moment import Day, Moment


@dataclass(frozen=True, slots=True)
class Festival:
    """`mark` is its month and day (or weekday) in TIMEX3; `of_year` the date, None where unknown. `nominal`: the mark
    counts by the moon or only about. `off`: the government's name of its days off; `first`: from how many days before
    the day itself they usually begin, `days` how many."""

    mark: str
    of_year: Callable[[int], date | None]
    nominal: bool = False
    off: str = ""
    first: int = 0
    days: int = 1


def _sun(month: int, day: int, off: str = "", days: int = 1) -> Festival:
    return Festival(f"{month:02d}-{day:02d}", lambda year: real(year, month, day), off=off, days=days)


def _moon(month: int, day: int, off: str = "", first: int = 0, days: int = 1) -> Festival:
    mark = f"{month:02d}-{day:02d}"
    return Festival(mark, lambda year: lunar_to_solar(year, month, day), True, off, first, days)


def _weekday(month: int, weekday: int, count: int) -> Festival:
    return Festival(f"{month:02d}-WXX-{weekday + 1}-{count}", lambda year: nth_weekday(year, month, weekday, count))


def _eve(year: int) -> date | None:
    new_year = lunar_to_solar(year + 1, 1, 1)
    return new_year - timedelta(days=1) if new_year else None


_SPRING = _moon(1, 1, "Spring Festival", first=1, days=8)
_EVE = Festival("12-31", lambda year: _eve(year - 1), True, "Spring Festival", days=8)

FESTIVALS: dict[str, Festival] = {
    **dict.fromkeys(("元旦", "元旦节", "新年", "阳历年"), _sun(1, 1, "New Year's Day")),
    **dict.fromkeys(("春节", "农历新年"), _SPRING),
    **dict.fromkeys(("除夕", "除夕夜", "年三十", "大年夜"), _EVE),
    "小年": Festival("12-23", lambda year: lunar_to_solar(year - 1, 12, 23), True),
    **dict.fromkeys(("元宵", "元宵节", "正月十五"), _moon(1, 15)),
    **dict.fromkeys(("情人节",), _sun(2, 14)),
    "女生节": _sun(3, 7),
    **dict.fromkeys(("妇女节", "三八节", "三八妇女节", "女神节"), _sun(3, 8)),
    "植树节": _sun(3, 12),
    "消费者权益日": _sun(3, 15),
    "愚人节": _sun(4, 1),
    **dict.fromkeys(("清明", "清明节"), Festival("04-04", qingming, True, "Tomb-sweeping Day")),
    **dict.fromkeys(("五一", "劳动节", "五一劳动节", "五一节"), _sun(5, 1, "Labour Day", 5)),
    **dict.fromkeys(("青年节", "五四青年节", "五四"), _sun(5, 4)),
    "护士节": _sun(5, 12),
    **dict.fromkeys(("儿童节", "六一", "六一儿童节"), _sun(6, 1)),
    **dict.fromkeys(("端午", "端午节"), _moon(5, 5, "Dragon Boat Festival")),
    **dict.fromkeys(("建党节", "七一建党节"), _sun(7, 1)),
    **dict.fromkeys(("建军节", "八一建军节"), _sun(8, 1)),
    **dict.fromkeys(("七夕", "七夕节"), _moon(7, 7)),
    **dict.fromkeys(("中元节",), _moon(7, 15)),
    "教师节": _sun(9, 10),
    **dict.fromkeys(("中秋", "中秋节"), _moon(8, 15, "Mid-autumn Festival")),
    **dict.fromkeys(("国庆", "国庆节", "十一国庆节", "十一国庆"), _sun(10, 1, "National Day", 7)),
    **dict.fromkeys(("重阳", "重阳节"), _moon(9, 9)),
    **dict.fromkeys(("万圣节",), _sun(10, 31)),
    **dict.fromkeys(("光棍节", "双十一", "双11"), _sun(11, 11)),
    **dict.fromkeys(("双十二", "双12"), _sun(12, 12)),
    "六一八": _sun(6, 18),
    "国家公祭日": _sun(12, 13),
    **dict.fromkeys(("平安夜", "圣诞夜"), _sun(12, 24)),
    **dict.fromkeys(("圣诞", "圣诞节"), _sun(12, 25)),
    "腊八节": Festival("12-08", lambda year: lunar_to_solar(year - 1, 12, 8), True),
    "母亲节": _weekday(5, 6, 2),
    "父亲节": _weekday(6, 6, 3),
    "感恩节": _weekday(11, 3, 4),
}
_NAME = "|".join(sorted(FESTIVALS, key=len, reverse=True))
_FESTIVAL = re.compile(rf"(?:{YEAR}的?)?(?<![一二三四五六七八九十廿\d])(?P<name>{_NAME})(?![月号日点天\d]|劳动者)")
_BESIDE = re.compile(
    rf"(?P<holidays>假期|节假日|长假|放假|节)?(?:过?完?之?(?P<after>以?后)|之?(?P<before>以?前))(?:的)?"
    rf"(?:第(?P<nth>{NUMBER})(?:个(?P<work>工作日)|天)|(?P<days>{NUMBER})天|(?P<week>一周|一个?星期|一个?礼拜))"
)
_DURING = re.compile("期间|假期|长假|小长假|放假期间|黄金周|当天|那天")


def find_festivals(source: Source) -> list[Moment]:
    """Festivals, days counted from them (国庆后第一天) and their days off (国庆期间)."""
    found = []
    for match in _FESTIVAL.finditer(source.text):
        festival = FESTIVALS[match["name"]]
        day = day_of(festival, year_of(match, source.today), source)
        plain = _moment(match.start(), match.end(), day, source)
        found += [plain, *_around(plain, festival, source)]
    return found


def day_of(festival: Festival, year: int | None, source: Source) -> Day:
    """The festival, of one year or of every year."""
    of_year = festival.of_year
    if festival.nominal and not source.habits.lunar:
        month, number = (int(part) for part in festival.mark.split("-"))

        def of_year(year: int) -> date | None:
            return real(year, month, number)

    if year is None:
        return yearly(f"XXXX-{festival.mark}", of_year, nominal=festival.nominal)
    # 除夕 and the days before it belong, in speech, to the year that they end.
    found = of_year(year)
    timex = found.isoformat() if found and "W" in festival.mark else f"{year:04d}-{festival.mark}"
    return fixed(found, timex, nominal=festival.nominal)


def _moment(start: int, end: int, day: Day, source: Source) -> Moment:
    return Moment("date", start, end, day.timex, day.last(source.today), day.next(source.today), day=day, unit="D")


def _around(plain: Moment, festival: Festival, source: Source) -> list[Moment]:
    text = source.text
    if (during := _DURING.match(text, plain.end)) is not None:
        if during[0] in ("当天", "那天"):
            return [replace(plain, end=during.end())]
        last, following = (days_off(festival, day) for day in (plain.past, plain.future))
        why = "the days off around the festival"
        return [
            replace(
                plain, kind="date_range", end=during.end(), past=last, future=following, day=None, vague=True, why=why
            )
        ]
    beside = _BESIDE.match(text, plain.end)
    if beside is None or (days := _counted(beside)) is None:
        return []
    past, future = (_beside(festival, day, beside, days) for day in (plain.past, plain.future))
    why = (
        "counted from the days off, not from the festival's own day" if beside["after"] else "counted back from the day"
    )
    found = replace(plain, end=beside.end(), past=past, future=future, confidence=0.9, why=why)
    return [replace(found, day=fixed(future, future.isoformat()), timex=future.isoformat())] if future else []


def _counted(beside: re.Match[str]) -> int | None:
    if beside["week"]:
        return 7
    return whole(beside["nth"] or beside["days"])


def _beside(festival: Festival, day: object, beside: re.Match[str], days: int) -> date | None:
    off = days_off(festival, day)
    if off is None or days > 400:
        return None
    if beside["before"]:
        return moved(day if isinstance(day, date) else off[0], -days)
    if not beside["work"]:
        return moved(off[1], days - 1)
    found = off[1]
    while days > 1 or not _works(found):
        days -= _works(found)
        found += timedelta(days=1)
    return found


def _works(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year that the government has not announced yet
        return day.weekday() < 5


def days_off(festival: Festival, day: object) -> tuple[date, date] | None:
    """First day off and the day after the last around the festival on `day`; None if `day` is no date."""
    if not isinstance(day, date):
        return None
    one = timedelta(days=1)
    first, after = day, day + one
    try:
        if festival.off and _named(day) and chinese_calendar.is_holiday(day):
            while _same_break(first - one):
                first -= one
            while _same_break(after):
                after += one
            return first, after
    except NotImplementedError:
        pass  # not announced yet: the usual days
    first = day - timedelta(days=festival.first)
    return first, first + timedelta(days=festival.days)


def _named(day: date) -> bool:
    return chinese_calendar.get_holiday_detail(day)[1] is not None


def _same_break(day: date) -> bool:
    return bool(chinese_calendar.is_holiday(day))
