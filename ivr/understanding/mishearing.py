"""Examples as a recogniser would misspell them, for training: a model that has seen homophones is not thrown by them.

The channel is the one of the measurements in FACTS, but of its own making: which characters change, and into what, is
decided by a checksum of text, place and copy, so that the same example gives the same copies in any process. Nothing
is drawn from the words of a hotline: noise does not know which characters are likely there.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from functools import cache

from pypinyin import Style, lazy_pinyin

from ivr.understanding.phonetics import merged

_HOMOPHONES = 0.7  # the rest are near-homophones, as accents merge them


def misheard(text: str, rate: float, copy: int = 0) -> str:
    """`text` with about `rate` in [0, 1] of its Mandarin characters replaced by others that sound alike."""
    return "".join(
        _alike(character, _chance(f"{text}/{at}/{copy}/into"), _chance(f"{text}/{at}/{copy}/kind"))
        if _chance(f"{text}/{at}/{copy}/whether") < rate
        else character
        for at, character in enumerate(text)
    )


def _chance(seed: str) -> float:
    """A number in [0, 1), evenly spread over seeds. crc32 alone keeps neighbours near: multiplied, they part."""
    return (zlib.crc32(seed.encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF) / 2**32


@cache
def _characters() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """The 3,755 common characters of GB 2312 by syllable and by merged syllable."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    same: dict[str, str] = defaultdict(str)
    near: dict[tuple[str, str], str] = defaultdict(str)
    for character in b"".join(rows).decode("gb2312", "ignore"):
        syllable = lazy_pinyin(character, style=Style.NORMAL)[0]
        same[syllable] += character
        near[merged(syllable)] += character
    return dict(same), dict(near)


def _alike(character: str, into: float, kind: float) -> str:
    if ord(character) < 0x3400:
        return character
    same, near = _characters()
    syllable = lazy_pinyin(character, style=Style.NORMAL)[0]
    homophones = same.get(syllable, "").replace(character, "")
    others = "".join(c for c in near.get(merged(syllable), "") if c != character and c not in homophones)
    first, second = (homophones, others) if kind < _HOMOPHONES else (others, homophones)
    found = first or second or character
    return found[int(into * len(found))]
