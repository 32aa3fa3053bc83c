"""Scores that are probabilities, and the probability that a turn is in scope at all.

Both are learned from texts that the scoring model had not seen. `Temperature` (Guo et al. 2017, "On Calibration of
Modern Neural Networks") divides scores so that of all that is called 80 % sure, 80 % is right. `Scope` is a logistic
regression on what tells a turn from elsewhere: `evidence` says what. Its odds are set so that 0.5 turns away one turn
in twenty that was in scope: with even odds a quarter of the callers would be asked again, because the hardest
strangers it learns from are intents so near to the hotline's own that callers of a real one hardly ever mean them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

Floats = NDArray[np.float32]

_TURNED_AWAY = 0.05  # of unseen turns in scope, at 0.5


@dataclass(frozen=True, slots=True)
class Temperature:
    """Scores are divided by `value`."""

    value: float = 1.0

    @classmethod
    def learned(cls, scores: Floats, right: NDArray[np.intp]) -> Temperature:
        """`scores` (n, labels) of texts unseen in training, `right` the place of each one's label."""
        if not len(scores):
            return cls()
        from scipy.optimize import minimize_scalar  # noqa: PLC0415  0.2 s, and only learning needs it

        chosen = scores[np.arange(len(scores)), right]

        def loss(log_value: float) -> float:
            value = np.exp(log_value)
            return float((logsumexp(scores / value, axis=1) - chosen / value).mean())

        return cls(float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x)))

    def probabilities(self, scores: Floats) -> Floats:
        """Of each label; shape as `scores`, rows add up to 1."""
        cooled = scores / self.value
        return np.asarray(np.exp(cooled - logsumexp(cooled, axis=1, keepdims=True)), dtype=np.float32)


def evidence(scores: Floats, likeness: Floats) -> Floats:
    """What speaks for being in scope, (n, 3 + m): the best score, its lead, the sum of all (log of exponentials), and
    `likeness` (n, m), whatever else is known, as the distances to the nearest label and example."""
    two = np.sort(scores, axis=1)[:, -2:] if scores.shape[1] > 1 else np.repeat(scores, 2, axis=1)
    energy = logsumexp(scores, axis=1) - np.log(scores.shape[1])
    return np.column_stack([two[:, 1], two[:, 1] - two[:, 0], energy, likeness]).astype(np.float32)


@dataclass(frozen=True)
class Scope:
    """Weights of the evidence. Without any text from elsewhere everything is in scope."""

    weights: NDArray[np.float64] | None = None
    offset: float = 0.0

    @classmethod
    def learned(cls, inside: Floats, outside: Floats) -> Scope:
        """From `evidence` of texts in scope and from elsewhere; each kind weighs half."""
        if len(inside) < 2 or len(outside) < 2:
            return cls()
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  0.8 s, and only learning needs it

        found = np.vstack([inside, outside]).astype(np.float64)
        middle, spread = found.mean(axis=0), found.std(axis=0) + 1e-6
        labels = np.repeat([1, 0], [len(inside), len(outside)])
        model = LogisticRegression(class_weight="balanced", max_iter=1000).fit((found - middle) / spread, labels)
        weights = model.coef_[0] / spread
        return cls(weights, -float(np.quantile(inside.astype(np.float64) @ weights, _TURNED_AWAY)))

    def probabilities(self, found: Floats) -> NDArray[np.float64]:
        """That each row of `evidence` is in scope, in [0, 1]."""
        if self.weights is None:
            return np.ones(len(found))
        return np.asarray(expit(found @ self.weights + self.offset), dtype=np.float64)
