"""What a caller takes back inside a turn, so that the last word counts.

A repair has three parts: what is taken back, a mark (不对, 说错了, 应该是, sorry), and what stands instead. The mark
alone proves nothing, 我的账单不对 is a complaint; so a repair is carried out only where what comes after it is of the
same kind as something before:

- digits after digits: the new ones replace the whole number if they are one by themselves or no fewer than those
  before, otherwise as many at its end as they are (as in digits.py; 不对，最后两位是三五 says so);
- a quantity, a day, a time or a place after one with the same unit (三份不四份, 四栋不对五栋, 明天不对后天);
- the same words said again (我要查话费不对我要查流量), if about as many follow as are taken back;
- 不是四栋是五栋 and 五栋不是四栋, whatever the two are.

A number followed by 不对 and nothing else is taken back altogether. Nothing is rewritten: the result is made of the
caller's own characters, each with its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ivr.understanding.entities.bank_cards import luhn
from ivr.understanding.entities.id_cards import fault_of_id_card
from ivr.understanding.entities.phones import mainland_confidence
from ivr.understanding.entities.shapes import Shape, shape_at, shapes
from ivr.understanding.entities.spoken_digits import Run, plain_of, runs

_MOST = 8  # repairs in one turn; it bounds the time any text can cost
_EXAMINED = 20  # marks of each kind that are looked at for one repair
_PAUSE = r"[\s，,。.、!！…-]*"
_WORDS = (
    r"不对不对|不对|错了|(?:我)?(?:说|念|报|讲|记|搞|弄)错了?|更正(?:一下)?|纠正(?:一下)?|重新(?:说|来)(?:一遍)?|重来|应该是|应是"
    r"|(?<!是)不是|[哦啊噢呃]不|不不|不好意思|对不起|抱歉"
    r"|\bno wait\b|\bwait no\b|\bwait\b|\bno\b|\bsorry\b|\bi mean\b|\bi meant\b|\bactually\b"
    r"|\bmake (?:that|it)\b|\brather\b"
)
_AT_ITS_END = r"(?:最?后面?(?:[一二两三四]位)?|末(?:[一二两三四]位|位)|尾[号数])数?字?(?:应该)?是"
_MARK = re.compile(
    rf"{_PAUSE}(?:[哦啊噢呃嗯诶欸]{_PAUSE})?(?:(?:{_WORDS}){_PAUSE})+(?:[啊了哦]{_PAUSE})?(?:(?:{_AT_ITS_END}|我?(?:是|说的是|要的是|应该是|就是)){_PAUSE})?",
    re.ASCII,
)
_ONLY_NOT = re.compile(r"^[^，,。、 ]*不是[^，,。、 ]*$|\bnot\b")  # 四不是五: no pause, so perhaps no mistake
_BARE_NO = re.compile(rf"{_PAUSE}不{_PAUSE}")
_CONTRAST = re.compile(
    rf"{_PAUSE}(?<!是)不是(?P<wrong>[^，,。\s是不]{{1,14}}?){_PAUSE}(?:而|应该|应|我?说的|我?要的)?是(?=(?P<right>[^，,。\s]+))"
    rf"|\bnot (?P<not>[a-z0-9 ]{{1,20}}?){_PAUSE}(?:but|its|it's|it is) (?=(?P<but>[a-z0-9]+))",
    re.ASCII,
)
_AFTERTHOUGHT = re.compile(rf"{_PAUSE}(?:[，,\s]*(?:而)?不是|,? not )(?=(?P<wrong>[^，,。]{{1,14}}))", re.ASCII)
_TAKEN_BACK = re.compile(
    rf"{_PAUSE}(?:不对|错了|(?:我)?(?:说|念|报)错了?|不是){_PAUSE}(?:啊|了|哦|等等|等一下)?{_PAUSE}$"
)
_AGAIN = frozenset("去到在查要订买叫姓住从给退换")
_CLEAR = re.compile(r"说错|念错|报错|讲错|更正|纠正|重新|重来|i mean|no wait|wait no|make")


@dataclass(frozen=True, slots=True)
class Correction:
    """`text` is what the caller means in the end; its character i stood at `places[i]` of what was said."""

    text: str
    places: tuple[int, ...]
    repairs: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was taken back."""
        return self.repairs > 0

    def span(self, start: int, end: int) -> tuple[int, int]:
        """[start, end) of `text` as a span of what was said; it may hold what was taken back in between."""
        places = self.places[start:end]
        return min(places), max(places) + 1


def corrected(text: str, *, contrasts: bool = True) -> Correction:
    """`text` without what was taken back in it; beyond `spoken_digits.MAX_CHARACTERS` it is left as it is.

    `contrasts`: 不是四栋是五栋 takes 四栋 back; without them both are left to whoever can tell a fact (不是一却是五)
    from a mistake.
    """
    plain = plain_of(text)
    order: Sequence[int] = range(len(plain))
    repairs = 0
    while repairs < _MOST:
        mended = _mended("".join(plain[place] for place in order), contrasts=contrasts)
        if mended is None:
            break
        order = [order[index] for index in mended]
        repairs += 1
    if not repairs:
        return Correction(text, tuple(range(len(text))))
    places = (*order, *range(len(plain), len(text)))
    return Correction("".join(text[place] for place in places), places, repairs)


def _mended(said: str, *, contrasts: bool) -> list[int] | None:
    """The indices of `said` that remain, in their new order, after its first repair; None if there is none."""
    return (_contrasted(said) if contrasts else None) or _marked(said, contrasts=contrasts)


def _contrasted(said: str) -> list[int] | None:
    for match in _CONTRAST.finditer(said):
        return _contrast(said, match)
    for match in islice(_AFTERTHOUGHT.finditer(said), _EXAMINED):
        if (mended := _afterthought(said, match)) is not None:
            return mended
    return None


def _marked(said: str, *, contrasts: bool) -> list[int] | None:
    for match in islice(_MARK.finditer(said), _EXAMINED):
        if not contrasts and _ONLY_NOT.search(match[0]):
            continue
        mended = _repair(said, match.start(), match.end(), clear=_CLEAR.search(match[0]) is not None)
        if mended is not None:
            return mended
    for match in islice(_BARE_NO.finditer(said), _EXAMINED):
        before, after = shapes(said[: match.start()]), shape_at(said, match.end())
        if after and before and before[-1].end == match.start() and _alike(before[-1], after):
            return _without(said, before[-1].start, match.end())
        if (after is None or after.key == "number") and (mended := _digits(said, match.start(), match.end(), least=3)):
            return mended
    return _taken_back(said)


def _contrast(said: str, match: re.Match[str]) -> list[int]:
    """不是四栋是五栋: the wrong one goes, wherever it stood before the right one takes its place."""
    wrong, right = match["wrong"] or match["not"], match["right"] or match["but"]
    place = said.rfind(wrong, 0, match.start())
    if place < 0:
        return _replaced_like(said, match) or _without(said, match.start(), match.end())
    shape = shape_at(said, match.end())
    length = min(len(right), shape.end - shape.start if shape else _digits_from(said, match.end(), len(right)))
    return _moved(said, (place, place + len(wrong)), match.start(), (match.end(), match.end() + length))


def _replaced_like(said: str, match: re.Match[str]) -> list[int] | None:
    """我住四栋，不是三栋是五栋: what has the unit of the right one goes, too."""
    after, before = shape_at(said, match.end()), shapes(said[: match.start()])
    same = [shape for shape in before if after and shape.key == after.key]
    if after is None or not same:
        return None
    return _moved(said, (same[-1].start, same[-1].end), match.start(), (after.start, after.end))


def _digits_from(said: str, start: int, otherwise: int) -> int:
    run = next((run for run in runs(said) if run.start == start), None)
    return run.end - run.start if run else otherwise


def _repair(said: str, start: int, end: int, *, clear: bool) -> list[int] | None:
    """A mark at [start, end): what stands before it is replaced by what stands after, if the two are alike."""
    if end >= len(said) or start == 0:
        return None
    after = shape_at(said, end)
    if after is not None and (mended := _shape(said, start, end, after)) is not None:
        return mended
    return _digits(said, start, end) or _again(said, start, end, clear=clear)


def _shape(said: str, start: int, end: int, after: Shape) -> list[int] | None:
    before = shapes(said[:start])
    if after.key == "number":  # 一百块不对两百: the unit stays
        last = before[-1] if before and before[-1].end == start else None
        if last is None or not last.figure or (last.key == "number" and not last.large):
            return None
        return _moved(said, (last.start, last.start + last.figure), start, (after.start, after.end))
    same = [shape for shape in before if shape.key == after.key]
    if not same:
        return None
    last, rest = same[-1], said[after.end :]
    remainder = said[last.end : start]
    if remainder and (not rest or rest[0] in "，,。.的吧啊 ") and start - last.end <= 8:
        return _moved(said, (last.start, last.end), start, (after.start, after.end))
    return _without(said, last.start, end)


def _digits(said: str, start: int, end: int, least: int = 1) -> list[int] | None:
    """Digits before and after the mark: a whole number replaces a whole one, fewer digits the last ones."""
    head = next((run for run in runs(said[:start]) if run.end == len(said[:start].rstrip("，, 。.、"))), None)
    tail = next((run for run in runs(said[end:]) if run.start == 0), None)
    if head is None or tail is None or min(len(head.value), len(tail.value)) < least:
        return None
    if len(tail.value) >= len(head.value) or _is_whole(tail.value):
        return _without(said, head.start, end)
    return _without(said, _cut(head, len(head.value) - len(tail.value)), end)


def _cut(run: Run, keep: int) -> int:
    """Where to cut `run` so that `keep` characters of its value stay (fewer, if the cut falls into 三个八)."""
    for piece in run.pieces:
        if keep < len(piece.value):
            return piece.start + (keep if piece.end - piece.start == len(piece.value) else 0)
        keep -= len(piece.value)
    return run.end


def _is_whole(value: str) -> bool:
    return bool(mainland_confidence(value)) or (
        value.isdigit() and (fault_of_id_card(value) is None or (len(value) in (16, 19) and luhn(value)))
    )


def _again(said: str, start: int, end: int, *, clear: bool) -> list[int] | None:
    """The beginning of what comes after the mark was said before: from there on it is taken back."""
    after = said[end:]
    for length in (4, 3, 2, 1):
        begins = after[:length]
        place = said.rfind(begins, 0, start) if len(begins) == length and " " not in begins else -1
        if place < 0:
            continue
        difference = abs((start - place) - len(after))
        certain = length > 1 or begins in _AGAIN or (difference == 0 and len(after) > 4)
        if certain and difference <= (6 if clear else 2):
            return _without(said, place, end)
    return None


def _afterthought(said: str, match: re.Match[str]) -> list[int] | None:
    """五栋不是四栋: what comes after is what is not meant."""
    before, after = shapes(said[: match.start()]), shape_at(said, match.end())
    if after is None or not before or before[-1].end != match.start():
        return None
    if _alike(before[-1], after) or _is_figure(said, before[-1], after):
        return _without(said, match.start(), after.end)
    return None


def _alike(first: Shape, second: Shape) -> bool:
    return first.key == second.key and (first.key != "number" or (first.large and second.large))


def _is_figure(said: str, before: Shape, after: Shape) -> bool:
    """是四不是五: figures, and the first is what it is."""
    return before.key == after.key == "number" and said[before.start - 1 : before.start] in ("是", "要")


def _taken_back(said: str) -> list[int] | None:
    """A number and 不对, and nothing after it."""
    match = _TAKEN_BACK.search(said)
    last = next((run for run in runs(said[: match.start()]) if run.end == match.start()), None) if match else None
    if match is None or last is None or len(last.value) < 3 or last.awkward:
        return None
    return _without(said, last.start, match.end())


def _without(said: str, start: int, end: int) -> list[int]:
    return [*range(start), *range(end, len(said))]


def _moved(said: str, wrong: tuple[int, int], mark: int, right: tuple[int, int]) -> list[int]:
    """`right` in the place of `wrong`; the mark, from `mark` up to `right`, is left out."""
    return [*range(wrong[0]), *range(*right), *range(wrong[1], mark), *range(right[1], len(said))]
