"""What a name that there is not may have meant.

Decided: whole names are compared, letter by letter. A scorer that looks for parts finds `speak` in `aks`.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_ALIKE = 60.0


def nearest(name: str, known: Iterable[str]) -> str:
    """The one of `known` that is most like `name`; "" if none is like it."""
    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return found[0] if found else ""


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """`did you mean …?` for the nearest of `known`, else `otherwise`."""
    near = nearest(name, known)
    return f"did you mean `{near}`?" if near else otherwise
