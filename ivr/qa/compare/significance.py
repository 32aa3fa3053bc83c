"""Whether a difference between two runs of the same cases is more than chance.

Decided: the same calls stand on both sides, so the tests are paired: right or wrong by McNemar's exact test, amounts
(reply gap, characters misheard) by a bootstrap that draws whole cases, because the turns of one call have one voice and
one line. The bootstrap is seeded: two looks at the same runs say the same. With fewer than 6 cases it says nothing:
even if all 5 went one way, chance would do that once in 16.

Sources: McNemar 1947 with the exact binomial tail; Efron and Tibshirani 1993, chapters 13 (percentile interval) and 8.3
(what is drawn is what is independent).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ivr.qa.outcomes import Interval

ALPHA = 0.05
FEWEST_CASES = 6
_ROUNDS = 4000
_AT_ONCE = 250
_SEED = 6


@dataclass(frozen=True, slots=True)
class Paired:
    """`pairs` things that were right or wrong on both sides: so many `better` and `worse` after than before."""

    pairs: int
    better: int
    worse: int

    @property
    def p(self) -> float:
        """McNemar's exact test, two-sided: how likely so lopsided a split of those that changed is by chance."""
        changed = self.better + self.worse
        if changed == 0:
            return 1.0
        tail = sum(math.comb(changed, count) for count in range(min(self.better, self.worse) + 1))
        return float(min(1.0, 2 * tail / 2**changed))

    def __str__(self) -> str:
        """Such as `3 of 62 better, 1 worse: no more than chance (p = 0.62)`."""
        if not self.better + self.worse:
            return f"none of {self.pairs} better or worse"
        chance = "more than chance" if self.p < ALPHA else "no more than chance"
        p = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.2g}"
        return f"{self.better} of {self.pairs} better, {self.worse} worse: {chance} ({p})"


def paired_bootstrap(cases: Sequence[tuple[float, float]]) -> Interval | None:
    """The difference as a share of the weight, with its 95 % interval, from each case's (difference, weight), such as
    (sum of the gaps' differences, how many gaps). None with fewer than FEWEST_CASES that have any weight."""
    drawn_from = np.array([pair for pair in cases if pair[1] > 0], dtype=np.float64)
    if len(drawn_from) < FEWEST_CASES:
        return None
    chance = np.random.default_rng(_SEED)
    means = []
    for _ in range(_ROUNDS // _AT_ONCE):  # in parts: a thousand cases at once would take 100 MB
        drawn = drawn_from[chance.integers(len(drawn_from), size=(_AT_ONCE, len(drawn_from)))].sum(axis=1)
        means.append(drawn[:, 0] / drawn[:, 1])
    low, high = np.quantile(np.concatenate(means), (ALPHA / 2, 1 - ALPHA / 2))
    total = drawn_from.sum(axis=0)
    return Interval(float(total[0] / total[1]), float(low), float(high))
