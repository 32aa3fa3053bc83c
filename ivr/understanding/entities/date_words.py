"""The ground all finders of dates and times stand on: the text as they read it, numbers in it, and shared vocabulary.

Spaces beside Mandarin characters are dropped (a recogniser writes 明天 下午 三点, a keyboard 2018 年), width and
traditional characters are folded one to one, so that rules see one spelling and every span can be told in the
characters that were given. Every pattern is a regular expression without nested repetition over at most
`MAX_CHARACTERS`: time is bounded whatever the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from ivr.understanding.entities.moment import CALLERS, Habits
from ivr.understanding.entities.numerals import folded, value_of

MAX_CHARACTERS = 400

_TRADITIONAL = str.maketrans(
    "後曆農禮內當際剛連還勞動婦親氣閏臘舊這個來復", "后历农礼内当际刚连还劳动妇亲气闰腊旧这个来复"
)
_CJK = "\u3007\u3400-\u9fff"
_NEEDLESS_SPACE = re.compile(rf"(?<=[{_CJK}，。、：])\s+|\s+(?=[{_CJK}，。、：])")
_TITLE = re.compile("《[^《》]{0,60}》")

DIGIT = "零〇一二两三四五六七八九"
NUMBER = rf"(?:\d{{1,4}}(?:\.\d{{1,2}})?|[{DIGIT}十百千廿卅俩仨半]{{1,7}})"
MONTH_NUMBER = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
DAY_NUMBER = (
    r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|卅一?|[一二三四五六七八九])"
)
WEEK = "(?:周|星期|礼拜)"
WEEKDAY = "[一二三四五六日天1-6]"
SHIFT = "(?<![马晚早])(?:上上|下下|上一|下一|这一|上|下|这|本)(?:个)?"
YEARS_AWAY = {"大前": -3, "前": -2, "去": -1, "上一": -1, "今": 0, "本": 0, "明": 1, "下一": 1, "后": 2, "大后": 3}
UNIT = "(?:时(?![候间段期代])|年|个?季度|个?月|个?星期|个?礼拜|周|天|日|个?小时|个?钟头|刻钟|分钟|分|秒钟|秒)"
UNITS = {
    "年": "Y", "季度": "Q", "月": "M", "星期": "W", "礼拜": "W", "周": "W", "天": "D", "日": "D",
    "小时": "H",
    "时": "H", "钟头": "H", "刻钟": "QH", "分钟": "MIN", "分": "MIN", "秒钟": "S", "秒": "S",
}  # fmt: skip
REIGNS = {
    "贞观": 627, "神龙": 705, "开元": 713, "天宝": 742, "洪武": 1368, "建文": 1399, "永乐": 1403, "宣德": 1426,
    "正统": 1436, "景泰": 1450, "天顺": 1457, "成化": 1465, "弘治": 1488, "正德": 1506, "嘉靖": 1522, "隆庆": 1567,
    "万历": 1573, "天启": 1621, "崇祯": 1628, "顺治": 1644, "康熙": 1662, "雍正": 1723, "乾隆": 1736, "嘉庆": 1796,
    "道光": 1821, "咸丰": 1851, "同治": 1862, "光绪": 1875, "宣统": 1909, "民国": 1912,
}  # fmt: skip
"""The first year of each."""
YEAR = (
    rf"(?:(?P<year>\d{{4}}|(?<!\d)\d{{2,3}}|[{DIGIT}]{{2,4}}|[一两二]千[{DIGIT}十百]{{0,6}})年"
    rf"|(?P<reign>{'|'.join(REIGNS)})(?P<reign_year>元|\d{{1,2}}|[{DIGIT}十]{{1,4}})年"
    rf"|(?<![马晚早])(?P<year_away>{'|'.join(sorted(YEARS_AWAY, key=len, reverse=True))})年)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A turn as the finders read it: `text` compact and folded; `at` naive, on the hotline's wall clock."""

    given: str
    at: datetime
    habits: Habits = CALLERS
    text: str = field(init=False)
    places: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        plain = folded(self.given[:MAX_CHARACTERS]).lower().translate(_TRADITIONAL)
        dropped = {place for space in _NEEDLESS_SPACE.finditer(plain) for place in range(*space.span())}
        kept = tuple(place for place in range(len(plain)) if place not in dropped)
        text = "".join(plain[place] for place in kept)
        object.__setattr__(self, "text", _TITLE.sub(lambda title: "《" * len(title[0]), text))
        object.__setattr__(self, "places", kept)

    @property
    def today(self) -> date:
        return self.at.date()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """[start, end) of `text`, in characters of what was given."""
        return self.places[start], self.places[end - 1] + 1


def number(said: str) -> Decimal | None:
    """What `said` is worth: digits, read one by one (二零一六), by place (二十三), or half (半); None if nothing."""
    return Decimal("0.5") if said == "半" else value_of(said)


def whole(said: str) -> int | None:
    """The same for what must be a whole number."""
    value = number(said)
    return int(value) if value is not None and value == int(value) else None


def shift_of(word: str) -> int:
    """How many units 上上个, 上, 这, 下一个 … go."""
    word = word.removesuffix("个")
    return word.count("下") - word.count("上")


def year_of(match: re.Match[str], today: date) -> int | None:
    """The year that `YEAR` matched; of two digits, the one no more than 20 years ahead. None if none, or far off."""
    value: int | None = None
    if away := match["year_away"]:
        value = today.year + YEARS_AWAY[away]
    elif reign := match["reign"]:
        count = 1 if match["reign_year"] == "元" else whole(match["reign_year"])
        value = REIGNS[reign] + count - 1 if count else None
    elif said := match["year"]:
        value = whole(said)
        if value is not None and len(said) == 2 and value < 100:
            value += 2000 if value <= today.year % 100 + 20 else 1900
    return value if value is not None and 1 <= value <= 9000 else None


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
