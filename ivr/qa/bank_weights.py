"""Learns the weights of ivr/understanding/bank_likeness.py: `python -m ivr.qa.bank_weights PAIRS.tsv ...` prints them.

Of each file's distinct queries every other one teaches and the rest tests, each clean and at 10 % and 30 % homophones.
Learned is which candidate of a query is right: softmax over its candidates, the log of what falls on the right ones,
and a square penalty (L-BFGS). A second, logistic fit on the first three of each query (Platt 1999) makes the score a
probability; it scales, and changes no order. Same files, same figures.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ivr.qa.homophone_noise import misheard
from ivr.qa.question_pairs import read_pairs
from ivr.understanding.bank import Bank
from ivr.understanding.encoder import Encoder, installed_encoder

_NOISE = (0.0, 0.1, 0.3)
_QUERIES = 1200
_SEED = 11
_PENALTY = 3e-3
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One query's candidates: `features` of shape (candidates, features), and which of them are right."""

    features: Numbers
    right: NDArray[np.bool_]


def cases(path: Path, encoder: Encoder | None) -> tuple[list[Case], list[Case]]:
    """Those that teach and those that test."""
    pairs = read_pairs(path)
    bank = Bank.build(((str(row), text) for row, text in enumerate(pairs.bank)), encoder=encoder)
    distinct = {query.text: query for query in pairs.queries if query.right - {query.verbatim}}
    queries = list(distinct.values())[:: max(1, len(distinct) // _QUERIES)]
    texts = [query.text for query in queries]
    found: tuple[list[Case], list[Case]] = ([], [])
    for rate in _NOISE:
        for n, (query, text) in enumerate(zip(queries, misheard(texts, rate, _SEED), strict=True)):
            places, channels, _ = bank.candidates(text)
            if channels is None:
                continue
            rows = np.array([int(shelf.key(row)) for shelf, row in places])
            kept = rows != (-1 if query.verbatim is None else query.verbatim)
            right = np.isin(rows, list(query.right))
            found[n % 2].append(Case(channels.features()[kept], right[kept]))
    return found


def learned(teaching: Sequence[Case]) -> tuple[Numbers, float]:
    """Weights and offset."""
    told = [case for case in teaching if case.right.any()]
    features = np.concatenate([case.features for case in told])
    scale = features.std(axis=0) + 1e-9
    features = (features - features.mean(axis=0)) / scale
    right = np.concatenate([case.right for case in told])
    sizes = [len(case.right) for case in told]
    starts = np.cumsum([0, *sizes[:-1]])
    of = np.repeat(np.arange(len(told)), sizes)

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        scores = features @ weights
        likely = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        whole, good = np.add.reduceat(likely, starts), np.add.reduceat(likely * right, starts)
        slope = features.T @ (likely / whole[of] - likely * right / good[of]) / len(told)
        return float(-np.log(good / whole).mean() + _PENALTY * weights @ weights), slope + 2 * _PENALTY * weights

    weights = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B").x / scale
    return _as_probability(weights, teaching)


def _as_probability(weights: Numbers, teaching: Sequence[Case]) -> tuple[Numbers, float]:
    first = [(case, np.argsort(-(case.features @ weights), kind="stable")[:3]) for case in teaching]
    scores = np.concatenate([case.features[rows] @ weights for case, rows in first])
    signs = np.concatenate([2.0 * case.right[rows] - 1 for case, rows in first])
    fit = minimize(lambda p: np.logaddexp(0, -signs * (p[0] * scores + p[1])).mean(), [1.0, -5.0]).x
    return weights * fit[0], float(fit[1])


def first_right(weights: Numbers, testing: Sequence[Case]) -> float:
    """Share of the cases whose best candidate is right."""
    return float(np.mean([case.right[int((case.features @ weights).argmax())] for case in testing]))


def main(paths: Sequence[str]) -> None:
    """Print the weights with and without meaning, and how each file's other half fares."""
    for encoder in dict.fromkeys((installed_encoder(), None)):
        found = {path: cases(Path(path), encoder) for path in paths}
        weights, offset = learned([case for teaching, _ in found.values() for case in teaching])
        print("with meaning" if encoder else "without", tuple(round(float(w), 2) for w in weights), round(offset, 2))  # noqa: T201
        for path, (_, testing) in found.items():
            print(f"  {Path(path).name}: {first_right(weights, testing):.4f} of {len(testing)}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
