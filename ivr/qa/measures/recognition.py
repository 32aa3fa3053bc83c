"""How well the callers were heard: character and word error rates, and what is heard for what.

CER and WER are the fewest substitutions, deletions and insertions over what was said (recognition_errors.py), of the
first look, all turns together. Their intervals are bootstrap percentiles, turns drawn with replacement (Bisani and Ney
2004, ICASSP), seeded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ivr.qa.outcomes import Interval
from ivr.qa.recognition_errors import Errors, confused, errors, word_errors
from ivr.qa.run_result import RunResult

_DRAWS = 2000
_PAIRS = 20


@dataclass(frozen=True, slots=True)
class Misheard:
    """`said` was heard as `heard` (either may be ""), so often."""

    said: str
    heard: str
    times: int


@dataclass(frozen=True, slots=True)
class Recognition:
    """Of the turns whose words are known. `pairs` are the most frequent first, `worst` the turns with most errors, as
    (case, turn, said, heard)."""

    characters: Errors
    words: Errors
    cer: Interval
    wer: Interval
    pairs: tuple[Misheard, ...]
    worst: tuple[tuple[str, int, str, str], ...]


def recognition(run: RunResult) -> Recognition | None:
    """None where no turn of the run was spoken with its words written down."""
    turns = [
        (result.case, number, turn.said, turn.heard)
        for result in run.cases
        for number, turn in enumerate(result.turns)
        if turn.kind == "speech" and turn.said
    ]
    if not turns:
        return None
    by_character = [errors(said, heard) for *_, said, heard in turns]
    by_word = [word_errors(said, heard) for *_, said, heard in turns]
    pairs = Counter(pair for *_, said, heard in turns for pair in confused(said, heard))
    frequent = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:_PAIRS]
    edits = [found.edits for found in by_character]
    worst = sorted((-edits[index], index) for index in range(len(turns)) if edits[index])[:_PAIRS]
    return Recognition(
        total(by_character),
        total(by_word),
        rate_interval(by_character),
        rate_interval(by_word),
        tuple(Misheard(said, heard, times) for (said, heard), times in frequent),
        tuple(turns[index] for _, index in worst),
    )


def total(found: Iterable[Errors]) -> Errors:
    """All of them together."""
    return sum(found, Errors())


def rate_interval(found: Sequence[Errors], seed: int = 1) -> Interval:
    """The error rate of all of them (at least one), with its 95 % bootstrap interval."""
    edits = np.array([each.edits for each in found])
    said = np.array([each.said for each in found])
    drawn = np.random.default_rng(seed).integers(len(found), size=(_DRAWS, len(found)))
    rates = edits[drawn].sum(axis=1) / np.maximum(1, said[drawn].sum(axis=1))
    low, high = np.percentile(rates, [2.5, 97.5])
    return Interval(total(found).rate, float(low), float(high))
