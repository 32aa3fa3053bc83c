"""The confusion channel: what is heard for what, counted in corrected transcripts.

A syllable is an initial and a final, as in phonetics.py but without accents merged: what merges is to be learned. Said
and heard are aligned by the least number of changed halves, and pairs of halves are counted. Three more shares are
kept: how many of the wrong characters sound right (homophones), how many syllables are lost and how many come in.

    P(heard half | said half) = (count + 20 * prior) / (said + 20)

(additive smoothing; the prior: 97 % itself, 2 % what accents merge it with, 1 % anything.) So a channel without data
is an accent, and one with little data is not overconfident. `credit` puts a pair on the scale of matching: 1 for what
is heard right, 0 for what happens once in 100 times, linear in the logarithm between.

The shipped channel is data/confusions.json; it says what it was learned from. `ivr learn confusions` learns another.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import log
from typing import Any, Self

from rapidfuzz.distance import Levenshtein

from ivr.errors import IvrError
from ivr.understanding.normalise import normalise, tokens
from ivr.understanding.phonetics import FINALS, INITIALS, accent_of, halves, is_mandarin, syllables

_PRIOR_WEIGHT = 20.0
_PRIOR_ITSELF, _PRIOR_ACCENT, _PRIOR_ANY = 0.97, 0.02, 0.01
_NO_CREDIT_BELOW = 0.01
_FORMAT = 1
_SHIPPED = "confusions.json"

Half = str
"""`zh-` an initial, `-ang` a final; `-` alone is no initial."""


class ConfusionsError(IvrError):
    """A confusion channel that cannot be read. Learn it again: `ivr learn confusions PAIRS.tsv --into FILE`."""


@dataclass(frozen=True)
class Confusions:
    """What was counted. `heard[said][heard]`: pairs of halves; `homophones`: share of the wrong characters whose
    syllable was right; `lost` and `added`: syllables per said syllable; `source`: of what, in a sentence."""

    heard: Mapping[Half, Mapping[Half, int]] = field(default_factory=dict)
    homophones: float = 0.7
    lost: float = 0.0
    added: float = 0.0
    said_syllables: int = 0
    source: str = "no data: accents alone"

    def chance(self, said: Half, heard: Half) -> float:
        """P(heard | said) of two halves of one kind, both from INITIALS or both from FINALS."""
        counts = self.heard.get(said, {})
        prior = _prior(said, heard)
        return (counts.get(heard, 0) + _PRIOR_WEIGHT * prior) / (sum(counts.values()) + _PRIOR_WEIGHT)

    def credit(self, said: Half, heard: Half) -> float:
        """How far hearing `heard` speaks for `said`, in [0, 1]; 1 for itself."""
        if said == heard:
            return 1.0
        chance = self.chance(said, heard)
        return max(0.0, 1 - log(chance) / log(_NO_CREDIT_BELOW)) if chance > 0 else 0.0

    def worst(self, many: int = 12) -> list[tuple[Half, Half, int, float]]:
        """The commonest confusions: said, heard, times, share of what was said."""
        pairs = [
            (said, heard, times, times / sum(counts.values()))
            for said, counts in self.heard.items()
            for heard, times in counts.items()
            if said != heard
        ]
        return sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))[:many]

    def to_json(self) -> str:
        """Sorted, so that the same counts are the same file."""
        content = {
            "format": _FORMAT,
            "source": self.source,
            "said_syllables": self.said_syllables,
            "homophones": round(self.homophones, 4),
            "lost": round(self.lost, 4),
            "added": round(self.added, 4),
            "heard": {said: dict(sorted(counts.items())) for said, counts in sorted(self.heard.items())},
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str = "a confusion channel") -> Self:
        """Read what `to_json` wrote. Raises ConfusionsError."""
        remedy = "learn it again with `ivr learn confusions PAIRS.tsv --into FILE`"
        try:
            content: Any = json.loads(text)
            if content["format"] != _FORMAT:
                raise ConfusionsError(f"{where} is of format {content['format']}, this is {_FORMAT}; {remedy}")
            heard = {str(s): {str(h): int(n) for h, n in counts.items()} for s, counts in content["heard"].items()}
            return cls(
                heard,
                float(content["homophones"]),
                float(content["lost"]),
                float(content["added"]),
                int(content["said_syllables"]),
                str(content["source"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfusionsError(f"{where} is no confusion channel ({error}); {remedy}") from error


@cache
def _prior(said: Half, heard: Half) -> float:
    kind = INITIALS if said.endswith("-") else FINALS
    alike = [other for other in kind if other != said and accent_of(other) == accent_of(said)]
    itself = _PRIOR_ITSELF + (0.0 if alike else _PRIOR_ACCENT)
    if said == heard:
        return itself
    return (_PRIOR_ACCENT / len(alike) if heard in alike else 0.0) + _PRIOR_ANY / (len(kind) - 1)


@cache
def shipped() -> Confusions:
    """The channel that comes with the project."""
    text = files("ivr.understanding").joinpath("data", _SHIPPED).read_text("utf-8")
    return Confusions.from_json(text, f"the shipped {_SHIPPED}")


def learn(pairs: Iterable[tuple[str, str]], source: str) -> Confusions:
    """Count what was heard for what. `pairs`: said, heard, any spelling; only Mandarin is counted."""
    heard: dict[Half, Counter[Half]] = {}
    counts: Counter[str] = Counter()
    for said_text, heard_text in pairs:
        said, got = _mandarin(said_text), _mandarin(heard_text)
        _count_halves(syllables(said), syllables(got), heard, counts)
        for change in Levenshtein.editops(said, got):
            if change.tag == "replace":
                counts["wrong"] += 1
                before, after = said[change.src_pos], got[change.dest_pos]
                counts["homophones"] += syllables([before]) == syllables([after])
    total = max(1, counts["said"])
    share = counts["homophones"] / counts["wrong"] if counts["wrong"] else Confusions.homophones
    return Confusions(
        {said: dict(of) for said, of in heard.items()},
        share,
        counts["lost"] / total,
        counts["added"] / total,
        counts["said"],
        source,
    )


def _mandarin(text: str) -> tuple[str, ...]:
    """Its characters; digits and other words have sounds of their own and are left out."""
    return tuple(filter(is_mandarin, tokens(normalise(text))))


def _count_halves(
    said: tuple[str, ...], heard: tuple[str, ...], pairs: dict[Half, Counter[Half]], counts: Counter[str]
) -> None:
    left, right = [h for s in said for h in halves(s)], [h for s in heard for h in halves(s)]
    counts["said"] += len(said)
    for step in Levenshtein.opcodes(left, right):
        before, after = left[step.src_start : step.src_end], right[step.dest_start : step.dest_end]
        if step.tag in ("equal", "replace"):
            for one, other in zip(before, after, strict=True):
                if one.endswith("-") == other.endswith("-") and {one, other} <= _KNOWN:
                    pairs.setdefault(one, Counter())[other] += 1
        counts["lost"] += len(before) // 2 if step.tag == "delete" else 0
        counts["added"] += len(after) // 2 if step.tag == "insert" else 0


_KNOWN = frozenset((*INITIALS, *FINALS))
