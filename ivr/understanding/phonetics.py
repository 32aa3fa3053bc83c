"""How a text sounds, so that what a recogniser misspells is still understood.

Mandarin recognition errs mostly into homophones (查涨单 for 查账单), and accents merge sounds: zh/z, ch/c, sh/s, n/l,
h/f, and -ng after a, e, i. Tones are dropped, those pairs are merged, and each syllable becomes two symbols, its
initial and its final, from separate alphabets. So a text is one string in which rapidfuzz counts half-syllables:
人空 and 人工 differ in one symbol of four, not in one of two. r/l is not merged: it would make 人 sound like 冷.

The symbols are characters of Unicode's private use areas; position // 2 is the token.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from pypinyin import Style, lazy_pinyin

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_MERGED_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "h": "f"}
_MERGED_FINALS = {"ang": "an", "eng": "en", "ing": "in", "iang": "ian", "uang": "uan"}
_SPOKEN_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_FINALS = (
    *("a", "o", "e", "i", "u", "v", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er", "n", "m", "ng"),
    *("ia", "ie", "iao", "iu", "iong", "ong", "in", "ing", "ian", "iang"),
    *("ua", "uo", "uai", "ui", "uan", "un", "uang", "ue", "ve", "van", "vn"),
)
INITIALS = ("-", *(f"{initial}-" for initial in _INITIALS))
"""Every initial as a half of a syllable, `-` for none."""
FINALS = tuple(f"-{final}" for final in _FINALS)
"""Every final as a half of a syllable."""
# Symbols from the private use area of the basic plane.
_INITIAL_SYMBOLS = {initial: chr(0xE000 + n) for n, initial in enumerate(("", *_INITIALS))}
_FINAL_SYMBOLS = {final: chr(0xE100 + n) for n, final in enumerate(("", *_FINALS))}
_WHOLE_WORDS = 0xF0000  # supplementary private use area A: words that are not Mandarin
_WORD_END = "\ue7ff"


def is_mandarin(token: str) -> bool:
    """Whether a token is a Mandarin character."""
    return len(token) == 1 and (ord(token) >= 0x3400 or ord(token) == 0x3007)  # 〇 stands apart


def _as_they_are(unread: str) -> Any:  # pypinyin takes a list as one reading a character; its annotation says str
    return list(unread)


@lru_cache(maxsize=8192)
def _read_aloud(run: str) -> tuple[str, ...]:
    """Toneless pinyin of a run of characters, each as read in context; a character without any stands for itself."""
    read = lazy_pinyin(run, style=Style.NORMAL, errors=_as_they_are)
    if len(read) != len(run):
        read = [lazy_pinyin(character, style=Style.NORMAL, errors=_as_they_are)[0] for character in run]
    return tuple(read)


def syllables(tokens: Sequence[str]) -> tuple[str, ...]:
    """One syllable (toneless pinyin, ü as v) a token; digits as they are spoken, words of other scripts as written."""
    spoken = [_SPOKEN_DIGITS.get(token, token) for token in tokens]
    result: list[str] = []
    for mandarin, group in groupby(spoken, key=is_mandarin):
        run = tuple(group)
        result.extend(_read_aloud("".join(run)) if mandarin else run)
    return tuple(result)


@lru_cache(maxsize=4096)
def merged(syllable: str) -> tuple[str, str]:
    """Initial and final of a syllable with accents merged; ("", word) for anything that is not pinyin."""
    if not syllable.isascii():
        return "", syllable
    initial = next((i for i in _INITIALS if syllable.startswith(i)), "")
    final = syllable[len(initial) :]
    return _MERGED_INITIALS.get(initial, initial), _MERGED_FINALS.get(final, final)


@lru_cache(maxsize=4096)
def halves(syllable: str) -> tuple[str, str]:
    """Initial and final as `zh-` and `-ang`, nothing merged; a final alone has the initial `-`."""
    initial = next((i for i in _INITIALS if syllable.startswith(i)), "")
    return f"{initial}-", f"-{syllable[len(initial) :]}"


def accent_of(half: str) -> str:
    """What accents make of half a syllable: `zh-` and `z-` are one."""
    if half.endswith("-"):
        return _MERGED_INITIALS.get(half[:-1], half[:-1])
    return _MERGED_FINALS.get(half[1:], half[1:])


def half_of(symbol: str) -> str:
    """The half of a syllable that a symbol of `sounds` stands for, "" for one of another word."""
    place = ord(symbol)
    if 0xE000 <= place < 0xE000 + len(INITIALS):
        return INITIALS[place - 0xE000]
    return FINALS[place - 0xE101] if 0xE101 <= place < 0xE101 + len(FINALS) else ""


@lru_cache(maxsize=4096)
def _symbols(syllable: str, *, mandarin: bool) -> str:
    if not mandarin:
        return chr(_WHOLE_WORDS + zlib.crc32(syllable.encode("utf-8", "replace")) % 0xFFF0) + _WORD_END
    initial, final = merged(syllable)
    if initial not in _INITIAL_SYMBOLS or final not in _FINAL_SYMBOLS:
        return _symbols(syllable, mandarin=False)
    return _INITIAL_SYMBOLS[initial] + _FINAL_SYMBOLS[final]


def sounds(tokens: Sequence[str]) -> str:
    """Two symbols a token, for rapidfuzz; equal strings sound alike to a listener with an accent."""
    return "".join(
        _symbols(syllable, mandarin=is_mandarin(token) or token in _SPOKEN_DIGITS)
        for token, syllable in zip(tokens, syllables(tokens), strict=True)
    )


def letters(tokens: Sequence[str]) -> str:
    """One symbol a token: the character itself, or one private character for a whole word."""
    return "".join(token if len(token) == 1 else _symbols(token, mandarin=False)[0] for token in tokens)
