"""Licence plates of mainland vehicles (GA 36-2018), as written and as read out.

A plate is the character of a province, a letter of the city (no I), and five characters, or six on a new-energy
vehicle, whose first or last is D or F (small: A to K). Letters are never I and O in the number. The province is heard
in homophones more often than not (井 for 京, 户 for 沪): where a letter and a whole number follow, its sound decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.understanding.entities.faults import Fault
from ivr.understanding.entities.spoken_digits import LETTER_NAMES, Piece, runs
from ivr.understanding.phonetics import syllables

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_BY_NAME = {
    "北京": "京",
    "天津": "津",
    "河北": "冀",
    "山西": "晋",
    "内蒙古": "蒙",
    "内蒙": "蒙",
    "辽宁": "辽",
    "吉林": "吉",
    "黑龙江": "黑",
    "上海": "沪",
    "江苏": "苏",
    "浙江": "浙",
    "安徽": "皖",
    "福建": "闽",
    "江西": "赣",
    "山东": "鲁",
    "河南": "豫",
    "湖北": "鄂",
    "湖南": "湘",
    "广东": "粤",
    "广西": "桂",
    "海南": "琼",
    "重庆": "渝",
    "四川": "川",
    "贵州": "贵",
    "云南": "云",
    "西藏": "藏",
    "陕西": "陕",
    "甘肃": "甘",
    "青海": "青",
    "宁夏": "宁",
    "新疆": "新",
}
_NUMBER = re.compile(r"(?=[A-HJ-NP-Z0-9]*[0-9])[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9学警港澳领挂]")
_NEW_ENERGY = re.compile(r"[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK]")
_LETTER = re.compile(
    r"(?P<latin>[a-z])|(?P<named>" + "|".join(sorted(LETTER_NAMES, key=len, reverse=True)) + r")", re.ASCII
)
_PROVINCE = re.compile(f"(?P<name>{'|'.join(_BY_NAME)})(?:的)?|(?P<short>[{PROVINCES}])|(?P<other>[㐀-鿿])")
_SPECIAL = frozenset("学警港澳领挂")  # vehicles of schools, police, Hong Kong, Macau, consulates; trailers
_BETWEEN = re.compile(r"[\s·.\-,，]{0,3}")


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate at [start, end) of the text; `by_sound` if the province was only heard so."""

    start: int
    end: int
    value: str
    by_sound: bool = False


def fault_of_plate(value: str) -> Fault | None:
    """What is wrong with `value` (province, letter, number), None if it is a plate."""
    number = value[2:]
    if value[:1] not in PROVINCES or not value[:1]:
        return Fault("unknown_area", "plate")
    if len(number) < 5:
        return Fault("too_short", "plate", 5 - len(number), 7)
    if len(number) > 6:
        return Fault("too_long", "plate", len(number) - 5, 7)
    return None if _NUMBER.fullmatch(number) or _NEW_ENERGY.fullmatch(number) else Fault("out_of_range", "plate")


def plates(plain: str) -> list[Plate]:
    """The plates in `plain` (folded), from the left."""
    if not re.search(r"[㐀-鿿]", plain):
        return []
    said = (piece for run in runs(plain, letter_names=True) for piece in run.pieces)
    pieces = [letter for piece in said for letter in _letters_apart(piece)]
    by_start = {piece.start: index for index, piece in enumerate(pieces)}
    found: list[Plate] = []
    at = 0
    while at < len(plain):
        plate = _plate(plain, at, pieces, by_start)
        if plate is None:
            at += 1
        else:
            found.append(plate)
            at = plate.end
    return found


def _plate(plain: str, at: int, pieces: list[Piece], by_start: dict[int, int]) -> Plate | None:
    province = _PROVINCE.match(plain, at)
    if province is None:
        return None
    letter = _LETTER.match(plain, _after(plain, province.end()))
    if letter is None:
        return None
    short = _BY_NAME.get(province["name"] or "", province["short"] or "")
    by_sound = not short
    short = short or _by_sound(province["other"])
    number = _number(plain, letter.end(), pieces, by_start) if short else None
    if number is None:
        return None
    first = letter[0].upper() if letter["latin"] else LETTER_NAMES[letter["named"]]
    value, end = number
    return None if first == "I" else Plate(at, end, short + first + value, by_sound)


def _number(plain: str, at: int, pieces: list[Piece], by_start: dict[int, int]) -> tuple[str, int] | None:
    """The five or six characters from `at`, and where they end: as many as make a plate."""
    value, best = "", None
    index = by_start.get(_after(plain, at))
    while index is not None and len(value) < 6:
        piece = pieces[index]
        value, at = value + piece.value, piece.end
        if _NUMBER.fullmatch(value) or _NEW_ENERGY.fullmatch(value):
            best = value, at
        index = by_start.get(_after(plain, at))
    if best is None and len(value) == 4 and index is None and plain[at : at + 1] in _SPECIAL:
        return value + plain[at], at + 1
    return best


def _letters_apart(piece: Piece) -> list[Piece]:
    if piece.name not in ("letters", "tail"):
        return [piece]
    return [Piece(piece.start + n, piece.start + n + 1, letter, "letter") for n, letter in enumerate(piece.value)]


def _after(plain: str, at: int) -> int:
    gap = _BETWEEN.match(plain, at)
    return gap.end() if gap else at


def _by_sound(character: str) -> str:
    sound = syllables((character,))[0]
    return _SOUNDS.get(sound, "")


_SOUNDS = {syllables((province,))[0]: province for province in PROVINCES if province not in "吉冀晋津京豫渝鄂"} | {
    "jing": "京",
    "jin": "津",
    "ji": "冀",
    "yu": "豫",
    "e": "鄂",
}
