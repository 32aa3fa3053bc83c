"""Recognition errors as one can make them from text: characters replaced by others that sound alike.

As in the measurements this project began with: of the characters that are changed, 70 % become homophones (the same
syllable, any tone) and 30 % near-homophones, as accents and recognisers merge them (zh/z, ch/c, sh/s, n/l, h/f, -ng
after a, e, i). They are drawn evenly from the 3,755 common characters of GB 2312, so that noise does not know which
words are likely. What is not Mandarin stays. Seeded: the same texts, rate and seed give the same noise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from random import Random

from pypinyin import Style, lazy_pinyin

from ivr.understanding.phonetics import merged

_HOMOPHONES = 0.7


def common_characters() -> str:
    """The 3,755 characters of GB 2312's first level, rows 16 to 55, in its order (by pinyin)."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return b"".join(rows).decode("gb2312", "ignore")


@cache
def _alike() -> tuple[dict[str, list[str]], dict[tuple[str, str], list[str]]]:
    same: dict[str, list[str]] = defaultdict(list)
    near: dict[tuple[str, str], list[str]] = defaultdict(list)
    for character in common_characters():
        syllable = lazy_pinyin(character, style=Style.NORMAL)[0]
        same[syllable].append(character)
        near[merged(syllable)].append(character)
    return same, near


def misheard(texts: Sequence[str], rate: float, seed: int = 1) -> list[str]:
    """`texts` with each Mandarin character replaced with probability `rate` in [0, 1] by one that sounds alike."""
    random = Random(seed)  # noqa: S311 - noise, no secret
    return [
        "".join(_heard(character, random) if random.random() < rate else character for character in text)
        for text in texts
    ]


def _heard(character: str, random: Random) -> str:
    same, near = _alike()
    syllable = lazy_pinyin(character, style=Style.NORMAL)[0]
    homophones = [other for other in same.get(syllable, ()) if other != character]
    others = [other for other in near.get(merged(syllable), ()) if other != character and other not in homophones]
    first, second = (homophones, others) if random.random() < _HOMOPHONES else (others, homophones)
    return random.choice(first or second or [character])
