"""Times of day: 下午三点半, 九点一刻, 差五分八点, 19:30, 大约早上十点左右.

An hour from one to twelve without its part of the day is open: it is kept as said, with its other half beside it.
下午 and later words lift an hour below their own by twelve (下午三点, 晚上八点); 晚上 from one to five is the night
that follows, as said (晚上两点). 一点 alone is a time only where something says so: 便宜一点 is none.
"""

from __future__ import annotations

import re

from ivr.understanding.entities.date_words import DIGIT, Source, whole
from ivr.understanding.entities.moment import Clock, Moment

PARTS = {
    **dict.fromkeys(("凌晨", "后半夜"), ("TDM", 0)),
    **dict.fromkeys(
        ("清晨", "清早", "大清早", "一大早", "大早上", "早上", "早晨", "早间", "上午", "早", "晨"), ("TMO", 0)
    ),
    **dict.fromkeys(("中午", "正午", "晌午"), ("TMI", 11)),
    **dict.fromkeys(("下午", "午后"), ("TAF", 12)),
    **dict.fromkeys(("白天", "日间"), ("TDT", 0)),
    **dict.fromkeys(("傍晚", "晚上", "晚间", "夜里", "夜晚", "晚"), ("TEV", 18)),
    **dict.fromkeys(("半夜", "午夜", "夜间", "深夜"), ("TNI", 18)),
}
"""Each word's TIMEX3 mark, and the hour below which a clock is lifted by twelve."""
PART = "(?:" + "|".join(sorted(PARTS, key=len, reverse=True)) + ")"
_NIGHT = {"晚上", "晚间", "夜里", "夜晚", "半夜", "午夜", "夜间", "深夜", "晚"}

_ABOUT = (
    "(?:大[约概]|差不多|可能|也许|将近|接近|几乎要?|快要|差点|至少|起码|最[多少早晚]|不到|不超过|不[早晚]于"
    "|不多[于过]|少于|超过|超出|约)"
)
_AFTER_ABOUT = "(?:左右|前后|上下)"
HOUR = rf"(?:2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[{DIGIT}])"
_MINUTE = rf"(?:[0-5]?\d|[二三四五]?十[{DIGIT}]?|[零〇][一二三四五六七八九]|[{DIGIT}])"
_MINUTES_SAID = (
    rf"(?:过|又|零|〇)?(?:(?P<minute>{_MINUTE})分钟?(?:(?P<second>{_MINUTE})秒钟?)?"
    r"|(?P<minute_alone>[0-5]\d|[二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九])"
    r"(?![个块元天号月年周日万千百名人次折秒度钟小件点分])"
)
_CLOCK = (
    rf"(?<![第\d.点]){{hour}}(?:点钟|点整|点(?!建议|要求|问题|意见|原因|疑问|说明|不同|要[说讲问注])|时(?![间候段期代]))(?!儿)"
    rf"(?:(?P<half>过?半)|过?(?P<quarters>[一两二三123])刻钟?|{_MINUTES_SAID}))?"
)
_TIME = re.compile(
    rf"(?P<about>{_ABOUT})?(?:(?P<part>{PART})的?)?{_CLOCK.format(hour=f'(?P<hour>{HOUR})')}(?:{_AFTER_ABOUT})?"
)
_DIGITAL = re.compile(
    rf"(?P<about>{_ABOUT})?(?:(?P<part>{PART})的?)?(?<![\d:.])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)"
    rf"(?::(?P<second>[0-5]\d))?(?![\d:])(?:{_AFTER_ABOUT})?(?:\s?(?P<half_day>[ap]\.?\s?m(?![a-z])\.?))?"
)
_SHORT_OF = re.compile(
    rf"(?:(?P<part>{PART})的?)?(?:差(?P<short>{_MINUTE})分钟?(?P<hour>{HOUR})点钟?|差(?P<quarter>一刻钟?)(?P<hour2>{HOUR})点钟?"
    rf"|(?P<hour3>{HOUR})点差(?:(?P<short3>{_MINUTE})分钟?|一刻钟?))"
)
_A_LITTLE = re.compile(r"一点(?!钟|整)")
_SAYS_IT_IS_A_TIME = re.compile(r"(?:^|[在到至从天日号前约今明昨周一二三四五六是])$")
_AND_ONLY_A_TIME = re.compile(r"(?:$|[到至之以前后来去能行可有吧吗的左，。？])")


def find_clocks(source: Source) -> list[Moment]:
    """Every time of day with an hour in it."""
    found = [_said(match, source) for match in _TIME.finditer(source.text)]
    found += [_digital(match) for match in _DIGITAL.finditer(source.text)]
    found += [_short(match) for match in _SHORT_OF.finditer(source.text)]
    return [moment for moment in found if moment]


def clock(hour: int, minute: int = 0, second: int = 0, part: str = "", *, grain: int = 1) -> Clock:
    """The clock of an hour as said, after the word for a part of the day ("" for none)."""
    mark, least = PARTS.get(part, ("", 0))
    lifted = hour + 12 if hour < min(least, 12) and not (part in _NIGHT and hour < 6) else hour
    if part == "中午" and hour == 12:
        lifted = 12
    if hour == 12 and (part in _NIGHT or mark == "TDM"):
        lifted = 0
    return Clock(lifted % 24, minute, second, open=not part and 1 <= hour <= 12, part=mark, grain=grain)


def as_moment(start: int, end: int, when: Clock, why: str = "") -> Moment:
    """`when` as a time, its other half of the day beside it where it is open."""
    other = None
    if when.open:
        later = when.other_half()
        other = Moment("time", start, end, later.timex, later.time, later.time, clock=later)
    return Moment("time", start, end, when.timex, when.time, when.time, clock=when, unit="clock", other=other, why=why)


def _said(match: re.Match[str], source: Source) -> Moment | None:
    if _A_LITTLE.fullmatch(match[0]) and not (
        _SAYS_IT_IS_A_TIME.search(source.text, 0, match.start()) and _AND_ONLY_A_TIME.match(source.text, match.end())
    ):
        return None
    hour = whole(match["hour"])
    if hour is None or hour > 24:
        return None
    minute, second, grain = 0, 0, 1
    if match["half"]:
        minute, grain = 30, 2
    elif match["quarters"]:
        minute, grain = 15 * (whole(match["quarters"]) or 1), 2
    elif said := match["minute"] or match["minute_alone"]:
        minute, grain = whole(said) or 0, 2
        if match["second"]:
            second, grain = whole(match["second"]) or 0, 3
    if minute > 59 or second > 59:
        return None
    when = clock(hour, minute, second, match["part"] or "", grain=grain)
    if "时" in match[0] and not match["part"]:
        when = Clock(when.hour, when.minute, when.second, open=False, grain=grain)
    return as_moment(match.start(), match.end(), when)


def _digital(match: re.Match[str]) -> Moment:
    part = match["part"] or {"a": "上午", "p": "下午"}.get((match["half_day"] or "")[:1], "")
    hour = int(match["hour"])
    if match["half_day"] and hour == 12:
        hour = 12 if part == "下午" else 0
    second = int(match["second"] or 0)
    when = clock(hour, int(match["minute"]), second, part, grain=3 if match["second"] else 2)
    return as_moment(match.start(), match.end(), when)


def _short(match: re.Match[str]) -> Moment | None:
    hour = whole(match["hour"] or match["hour2"] or match["hour3"])
    less = whole(match["short"] or match["short3"] or "15")
    if hour is None or not less or hour > 24 or less > 59:
        return None
    when = clock(hour, 0, 0, match["part"] or "")
    before = Clock((when.hour - 1) % 24, 60 - less, 0, open=when.open, part=when.part, grain=2)
    return as_moment(match.start(), match.end(), before)
