"""Runs of digits and letters, spoken or written, and where each of them stands.

A run is what a caller gives in one breath as a number: digits one by one (幺三八), multiplied (三个八, 双零, double
five), in pairs (八十六 二十三, only beside other digits), Arabic, and letters (AB12, "b c 1 2", 诶 and 比 only where
letters are awaited). Separators and hesitations between them belong to no digit but do not end the run; neither do they
get lost: `Run.parts` says where a run may be two numbers.

Positions are those of the text given: `numerals.folded` changes characters one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.understanding.entities import english_identifiers as english
from ivr.understanding.entities.numerals import folded

MAX_CHARACTERS = 400
"""What lies beyond is not looked at, as in normalise.py."""

MANDARIN = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
    **dict(zip("〇○洞幺妖两拐勾", "00011279", strict=True)),
}
LETTER_NAMES = {
    **dict.fromkeys(("诶", "欸", "哎", "艾"), "A"),
    **dict.fromkeys(("比", "必", "币", "逼", "毕"), "B"),
    **dict.fromkeys(("西", "希", "溪"), "C"),
    **dict.fromkeys(("弟", "帝", "迪", "蒂", "地"), "D"),
    **dict.fromkeys(("伊", "衣", "医", "意"), "E"),
    **dict.fromkeys(("艾弗", "艾福", "爱福", "埃夫", "艾夫", "爱抚"), "F"),
    **dict.fromkeys(("记", "鸡", "季", "寄", "吉", "基"), "G"),
    **dict.fromkeys(("艾尺", "爱吃", "艾取", "艾区", "埃区"), "H"),
    **dict.fromkeys(("杰", "街", "勾儿", "这诶", "接"), "J"),
    **dict.fromkeys(("开", "凯", "克诶"), "K"),
    **dict.fromkeys(("艾勒", "爱了", "艾儿", "埃勒", "艾偶"), "L"),
    **dict.fromkeys(("艾姆", "爱慕", "埃姆", "艾母"), "M"),
    **dict.fromkeys(("恩", "嗯", "摁", "艾恩"), "N"),
    **dict.fromkeys(("批", "屁", "皮", "劈"), "P"),
    **dict.fromkeys(("秋", "球", "丘", "扣", "抠"), "Q"),
    **dict.fromkeys(("阿", "啊", "阿儿", "艾尔", "尔"), "R"),
    **dict.fromkeys(("艾斯", "爱思", "埃斯", "艾丝"), "S"),
    **dict.fromkeys(("踢", "提", "梯", "题"), "T"),
    **dict.fromkeys(("优", "由", "油", "有"), "U"),
    **dict.fromkeys(("威", "维", "微", "为", "喂"), "V"),
    **dict.fromkeys(("达不溜", "达布溜", "答不溜", "打不溜", "大不溜"), "W"),
    **dict.fromkeys(("艾克斯", "埃克斯", "爱克斯", "叉"), "X"),
    **dict.fromkeys(("歪", "外"), "Y"),
    **dict.fromkeys(("贼", "贼的", "兹诶", "载的", "贼得"), "Z"),
}
"""How the names of the Latin letters are spelled by recognisers that know no letters."""

_DIGIT = "[" + "".join(MANDARIN) + "0-9]"
_ONE = "[" + "".join(character for character in MANDARIN if character not in "妖勾拐洞") + "]"
_ENGLISH = "|".join(english.DIGITS)
_WORDS = "|".join((*english.TENS, *english.TEENS))
_NAMES = "|".join(sorted(LETTER_NAMES, key=len, reverse=True))
_SPELLED = "|".join(sorted(english.SPELLED, key=len, reverse=True))
_PIECE = re.compile(
    rf"(?P<times>[一两二三四五六七八九1-9])个(?P<each>{_DIGIT})(?![十百千万亿个点\d])"
    rf"|双(?P<both>{_DIGIT})"
    rf"|\b(?P<multiple>double|triple|treble)\s+(?:(?P<what>{_ENGLISH}|[a-z])\b|(?P<figure>[0-9])\b)"
    rf"|(?P<teens>[二三四五六七八九]?十[一二三四五六七八九]?(?![百千万亿]))"
    rf"|(?P<written>[0-9]+)"
    rf"|(?P<mandarin>{_ONE}|[妖勾拐洞](?={_DIGIT}|$|\s)|(?<={_DIGIT})[妖勾拐洞])(?![十百千万亿])"
    rf"|\b(?P<pair>(?:{'|'.join(english.TENS)})(?:[\s-](?:{'|'.join(list(english.DIGITS)[1:10])}))?"
    rf"|{'|'.join(english.TEENS)})\b"
    rf"|\b(?P<english>{_ENGLISH})\b"
    rf"|\b(?P<spelled>{_SPELLED})\b"
    rf"|(?:(?<={_DIGIT})|(?<={_DIGIT} ))(?P<cross>叉|[艾埃爱]克斯|ex\b)"
    r"|(?<![a-z])(?P<letter>[a-z])(?![a-z])(?: (?:as in|for) [a-z]{2,12}\b)?"
    r"|(?<![a-z])(?P<letters>[a-z]{1,5})(?=-?\d)"
    r"|(?<=\d)(?P<tail>[a-z]{1,3})(?![a-z])",
    re.ASCII,
)
_NAMED = re.compile(rf"(?P<named>{_NAMES})")
_GAP = re.compile(
    r"[\s,，、.。·\-–—_/()（）]{0,4}(?:(?:嗯|呃|啊|额|哦|那个|然后|再来|再|就是|杠|横杠|减|and|um+|uh+|then|dash)[\s,，、.。]{0,2}){0,2}",
    re.ASCII,
)
_FIGURES = frozenset(["written", "mandarin"])
_STRONG = re.compile(r"[,，、。;；]|\s{2,}|然后|再来|\sand\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """What one word of a run stands for: `value` of ASCII digits and capital letters, said at [start, end)."""

    start: int
    end: int
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces that follow one another. `spoken`: some of them are words; `awkward`: it is all tens and teens, which are
    far more often a number of things (十三) than code."""

    pieces: tuple[Piece, ...]

    @property
    def value(self) -> str:
        return "".join(piece.value for piece in self.pieces)

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return self.pieces[-1].end

    @property
    def spoken(self) -> bool:
        return any(piece.name not in ("written", "letter", "letters", "tail") for piece in self.pieces)

    @property
    def awkward(self) -> bool:
        return all(piece.name in ("teens", "pair") for piece in self.pieces)

    def parts(self, plain: str) -> list[Run]:
        """The runs that this one may be instead: cut at commas, wide spaces and words like 然后."""
        parts: list[list[Piece]] = [[self.pieces[0]]]
        for before, piece in zip(self.pieces, self.pieces[1:], strict=False):
            gap = plain[before.end : piece.start]
            if _STRONG.search(gap) or (gap == " " and len(before.value) > 6 and len(piece.value) > 6):
                parts.append([])
            parts[-1].append(piece)
        return [Run(tuple(part)) for part in parts]


def plain_of(text: str) -> str:
    """`text` folded character by character, its beginning only."""
    return folded(text[:MAX_CHARACTERS])


def runs(plain: str, *, letter_names: bool = False) -> list[Run]:
    """All runs in `plain` (from `plain_of`), from the left. `letter_names`: 诶 and 比 are letters too."""
    found: list[Run] = []
    pieces: list[Piece] = []
    for piece in _pieces(plain, letter_names=letter_names):
        if pieces and not _GAP.fullmatch(plain, pieces[-1].end, piece.start):
            found.append(Run(tuple(pieces)))
            pieces = []
        pieces.append(piece)
    if pieces:
        found.append(Run(tuple(pieces)))
    return [run for each in found if (run := _without_words(each)) is not None]


def _pieces(plain: str, *, letter_names: bool) -> Iterator[Piece]:
    at = 0
    while at < len(plain):
        match = _PIECE.match(plain, at) or (_NAMED.match(plain, at) if letter_names else None)
        if match is None or match.end() == at:
            at += 1
            continue
        yield Piece(match.start(), match.end(), _value(match), match.lastgroup or "")
        at = match.end()


def _value(match: re.Match[str]) -> str:
    found, said = match.groupdict(), match[0]  # lastgroup: of the groups that took part, the last
    if match.lastgroup in _FIGURES:
        return _digits(said)
    if match.lastgroup == "teens":
        tens, _, ones = said.partition("十")
        return (_digits(tens) or "1") + (_digits(ones) or "0")
    if match.lastgroup == "each":
        return _digits(found["each"]) * int(_digits(found["times"]))
    if match.lastgroup == "both":
        return _digits(found["both"]) * 2
    return LETTER_NAMES[said] if match.lastgroup == "named" else _in_english(match)


def _in_english(match: re.Match[str]) -> str:
    said = match[0]
    match match.lastgroup:
        case "what" | "figure":
            each = match[match.lastgroup]
            value = english.DIGITS.get(each, each.upper()) * english.TIMES[match["multiple"]]
        case "pair":
            first, *rest = re.split(r"[\s-]", said)
            whole = english.TENS.get(first) or english.TEENS[first]
            value = str(whole + (int(english.DIGITS[rest[0]]) if rest else 0))
        case "english":
            value = english.DIGITS[said]
        case "spelled":
            value = english.SPELLED[said]
        case "cross":
            value = "X"
        case _:
            value = said[0].upper() if match.lastgroup == "letter" else said.upper()
    return value


def _digits(spoken: str) -> str:
    return "".join(MANDARIN.get(character, character) for character in spoken)


def _without_words(run: Run) -> Run | None:
    """`run` without the letters at its ends that are words (a, i, o), None if no digit is left."""
    pieces = list(run.pieces)
    while pieces and _is_word(pieces[0], pieces[1] if len(pieces) > 1 else None):
        pieces.pop(0)
    while pieces and _is_word(pieces[-1], None):
        pieces.pop()
    if not any(character.isdigit() for piece in pieces for character in piece.value):
        return None
    return Run(tuple(pieces))


def _is_word(piece: Piece, after: Piece | None) -> bool:
    apart = after is None or (after.start > piece.end and after.name != "letter")
    return piece.name == "letter" and piece.value.lower() in english.ARE_WORDS_TOO and apart
