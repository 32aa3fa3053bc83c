"""Multinomial logistic regression on a kernel, by Böhning's bound.

F = K A are the scores of n examples for c labels, softmax(F) the probabilities. With loss
-sum log P(label) + penalty/2 trace(AᵀKA), Böhning (1992, "Multinomial logistic regression algorithm") bounds the
Hessian by K/2 + penalty, whatever A is: so one Cholesky factor serves every step, and no step can overshoot. Steps are
sped up after Nesterov (1983). A step S solves (K/2 + penalty) S = gradient, so K S = 2 (gradient - penalty S): scores
follow each step without another product with K. Stopping early is part of the regularisation: tuned, with the penalty,
by cross-validation inside the training files named in the benchmarks.

Chosen over one-against-rest SVM and ridge regression on the same kernel: within half a point of either on Mandarin, one
to two points better on 77 and 150 labels, and what comes out are probabilities.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

Floats = NDArray[np.float32]


def softmax(scores: Floats) -> Floats:
    """Row by row; shape (n, labels)."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def fit(kernel: Floats, targets: Floats, *, penalty: float, steps: int) -> Floats:
    """Coefficients A, shape (n, labels).

    `kernel`: (n, n), symmetric and positive. `targets`: (n, labels), one 1 a row. Takes n³/3 + steps n² labels
    multiplications, and one matrix of n² beside the kernel. Over hundreds of steps scores drift by rounding.
    """
    bound = kernel * np.float32(0.5)
    bound[np.diag_indices(len(bound))] += np.float32(penalty)
    factor = cho_factor(bound, overwrite_a=True, check_finite=False)
    now = ahead = np.zeros_like(targets)
    scores_now = scores = np.zeros_like(targets)  # kernel @ now, kernel @ ahead
    pace = 1.0
    for _ in range(steps):
        gradient = softmax(scores) - targets + np.float32(penalty) * ahead
        step = cho_solve(factor, gradient, check_finite=False).astype(np.float32)
        then, scores_then = ahead - step, scores - 2 * (gradient - np.float32(penalty) * step)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        on = np.float32((pace - 1) / faster)
        ahead, scores = then + on * (then - now), scores_then + on * (scores_then - scores_now)
        now, scores_now, pace = then, scores_then, faster
    return now
