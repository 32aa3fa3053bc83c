"""Examples as a recogniser would misspell them, for training: a model that has seen homophones is not thrown by them.

The channel is the one of the measurements in FACTS, but of its own making: which characters change, and into what, is
decided by a checksum of text, place and copy, so that the same example gives the same copies in any process. Nothing
is drawn from the words of a hotline: noise does not know which characters are likely there. ivr/qa/homophone_noise.py
measures with the same channel, drawn by chance.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from functools import cache, lru_cache

from ivr.understanding.phonetics import is_mandarin, merged, syllables

HOMOPHONES = 0.7
"""The share of changed characters that become homophones; the rest near-homophones, as accents merge them."""


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


def common_characters() -> str:
    """The 3,755 characters of GB 2312's first level, rows 16 to 55, in its order (by pinyin)."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return b"".join(rows).decode("gb2312", "ignore")


@cache
def _by_sound() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """The common characters by syllable and by merged syllable."""
    same: dict[str, str] = defaultdict(str)
    near: dict[tuple[str, str], str] = defaultdict(str)
    for character in common_characters():
        (syllable,) = syllables((character,))
        same[syllable] += character
        near[merged(syllable)] += character
    return dict(same), dict(near)


@lru_cache(maxsize=8192)
def _sounding_alike(character: str) -> tuple[str, str]:
    """Common characters of the same syllable, and those that are near it alone; none for what is not Mandarin."""
    if not is_mandarin(character):
        return "", ""
    same, near = _by_sound()
    (syllable,) = syllables((character,))
    homophones = same.get(syllable, "").replace(character, "")
    return homophones, "".join(c for c in near.get(merged(syllable), "") if c != character and c not in homophones)


def choices(character: str, *, homophone: bool) -> str:
    """What `character` may become: homophones, or else near-homophones; the other kind where it has none, itself
    where it has neither."""
    homophones, near = _sounding_alike(character)
    first, second = (homophones, near) if homophone else (near, homophones)
    return first or second or character


def _alike(character: str, into: float, kind: float) -> str:
    found = choices(character, homophone=kind < HOMOPHONES)
    return found[int(into * len(found))]
