"""A flow's hints in words that were heard freely: what its author says may be said, free decoding has never heard of.

Decided: free decoding writes a caller's own words better than any list of phrases, but not names (蝴蝶兰 is 胡蝶蓝).
So a hint that the phrases' decoding of the same turn holds takes the place in the free one that sounds most like it,
and only one that does: what sounds otherwise is what the list of phrases bent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from ivr.understanding.normalise import normalise, tokens
from ivr.understanding.phonetics import sounds

_ALIKE = 0.6
"""As alike as two decodings that agree: AGREES in trust.py."""


def with_hints(free_text: str, text: str, hints: Sequence[str]) -> str:
    """`free_text` with those `hints` that stand in `text`, the decoding with phrases; as it is where there are none."""
    for hint in hints:
        name = normalise(hint)
        if name and name in normalise(text) and name not in normalise(free_text):
            free_text = _placed(name, normalise(free_text))
    return free_text


def _placed(name: str, plain: str) -> str:
    likest = max(_windows(plain, len(tokens(name))), key=lambda window: _likeness(window, name), default="")
    return plain.replace(likest, name, 1) if likest and _likeness(likest, name) >= _ALIKE else plain


def _windows(plain: str, length: int) -> Iterator[str]:
    """Every `length` tokens that follow each other, as they are written."""
    found = tokens(plain)
    starts, at = [], 0
    for token in found:
        starts.append(plain.index(token, at))
        at = starts[-1] + len(token)
    for first in range(len(found) - length + 1):
        last = first + length - 1
        yield plain[starts[first] : starts[last] + len(found[last])]


def _likeness(window: str, name: str) -> float:
    """In [0, 1]: letters or sounds, whichever is more."""
    by_sound = fuzz.ratio(sounds(tokens(window)), sounds(tokens(name)))
    return float(max(by_sound, fuzz.ratio(window, name))) / 100
