"""No means no: what a caller refuses must never be taken for what the caller wants.

不要转人工 holds 转人工 whole, so likeness alone would hand over a caller who asked not to be. Two rules:

1. A refusal (不要, 不想, 不用, 别 …) and what it governs is cut out before matching; what it governs ends at the end
   of the clause, at a 了 that closes it, or where the caller says what is wanted instead. So 不用转人工 refuses 转人工,
   不用了转人工 refuses only what came before, and 别转人工了帮我查账单 wants the bill. Examples that refuse themselves
   (不用了 for "no") are compared with the whole turn.
2. Elsewhere a negator (不, 没, 无 …) that stands on one side only, in or beside what matched, spoils the match; see
   matching.py. A-not-A questions (能不能) and words that only contain the character (特别, 不过) do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ivr.understanding.normalise import clauses, is_light, normalise, tokens

_REFUSAL = re.compile(
    r"(?<!是)不是(?!很|太|特别|本人|吗)|(?<!要)不要|(?<!想)不想要?|(?<!用)不用(?!的|谢|客气)|不需要|不必|不打算|没想|没要|甭"
    r"|(?<![区特分级类识性辨])别(?![的人处名])"
    r"|(?:^|(?<= ))(?:dont|do not|did not|didnt|not)(?: |$)"
)
_MEANWHILE = re.compile(r"(?:再|老是?|总是?|一直|又|现在|先|马上|直接|赶紧|急着|给我|帮我|请|麻烦)*")
"""What may stand between a refusal and what it governs: 不要给我转人工 wants nothing."""
_CLOSED = re.compile(r"了(?![解结])")
_INSTEAD = re.compile(
    r"我要|我想|我是|我需要|我就|(?<=.)(?:给我|帮我|(?<!申)请|直接|赶紧|赶快|马上|(?<![不想需主重])要)|而是|是要|是想|还是|怎么|怎样|如何|为什么|为啥|能不能|可不可以|可以"
    r"|(?:^|(?<= ))(?:i want|i need|i would|but|just|how|why)(?= )"
)
_ANSWER_NO = re.compile(
    r"不对|不是的|(?:不用了|不要了|不了|没有了|没了|没事了)(?!解|起)|(?:不用|不要)(?=我要|我想|$)"
    r"|(?:不是|不(?!用|要)|没有|no)(?=我要|我想|给我|帮我| i |$)"
)
_ASKS_ALONE = re.compile(r"(?:怎么办?|咋办?|为什么|可以吗?|行吗?|能不能|可不可以|有没有|好吗?|是吗?|的|呢|啊|吧)+")
"""What asks something only together with what was refused: 不想上班怎么办 leaves no question."""
_NEGATORS = frozenset("不没未无非别勿") | frozenset(
    ["no", "not", "dont", "cannot", "cant", "never", "wont", "doesnt", "isnt"]
)
_ONLY_LOOKS_SO = frozenset(
    ["不错", "没错", "不过", "不然", "没关", "没问", "无论", "非常", "别的", "未来", "不同", "不管", "不但"]
)
_ONLY_ENDS_SO = frozenset(
    ["区别", "特别", "识别", "类别", "分别", "级别", "性别", "辨别", "差不", "除非", "要不", "对不"]
)


def refuses(normalised: str) -> bool:
    """Whether something is refused in it, or it is itself a no."""
    return _REFUSAL.search(normalised) is not None or _ANSWER_NO.fullmatch(normalised) is not None


def wanted(text: str) -> str:
    """What is left of a turn, normalised, when all that is refused in it is cut out; "" if it says nothing."""
    parts = clauses(text)
    left = [_wanted_of_clause(part) for part in parts]
    if left == parts:
        return normalise(text)
    return normalise(" ".join(part for part in left if not (is_light(tokens(part)) or _ASKS_ALONE.fullmatch(part))))


def _wanted_of_clause(clause: str) -> str:
    answer = _ANSWER_NO.match(clause)
    rest = clause[answer.end() :] if answer else clause
    kept: list[str] = []
    while found := _REFUSAL.search(rest):
        kept.append(rest[: found.start()])
        rest = _after_refused(rest, found.end())
    return "".join([*kept, rest]).strip()


def _after_refused(clause: str, start: int) -> str:
    """What of a clause follows what is refused, whose refusal ends at `start`."""
    meanwhile = _MEANWHILE.match(clause, start)
    governed = clause[meanwhile.end() if meanwhile else start :]
    closed, instead = _CLOSED.search(governed), _INSTEAD.search(governed)
    if closed and not (instead and instead.start() < closed.start()):
        return governed[closed.end() :]
    return governed[instead.start() :] if instead else ""


def negators(found: Sequence[str]) -> tuple[bool, ...]:
    """For each token, whether it negates."""
    padded = ("", *found, "")
    return tuple(
        middle in _NEGATORS
        and not (before and before == after)
        and not (before == "有" and after == "有")
        and middle + after not in _ONLY_LOOKS_SO
        and before + middle not in _ONLY_ENDS_SO
        for before, middle, after in zip(padded, padded[1:], padded[2:], strict=False)
    )
