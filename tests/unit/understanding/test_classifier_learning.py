"""Kernel logistic regression: what it stops at is where the loss is least, and scores follow the steps."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.understanding.kernel_logistic import fit, softmax

pytestmark = pytest.mark.unit

PENALTY = 0.05


@pytest.fixture
def examples():
    """A kernel of 60 made-up examples and the targets of three labels."""
    made_up = np.random.default_rng(5)
    labels = np.arange(60) % 3
    vectors = (made_up.normal(size=(60, 8)) + made_up.normal(size=(3, 8))[labels]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors @ vectors.T, dtype=np.float32), np.eye(3, dtype=np.float32)[labels]


def test_given_enough_steps_no_coefficient_can_be_bettered(examples):
    kernel, targets = examples
    found = fit(kernel, targets, penalty=PENALTY, steps=200)
    gradient = softmax(kernel @ found) - targets + PENALTY * found
    assert np.abs(kernel @ gradient).max() < 1e-2


def test_steps_are_those_of_the_bound_taken_with_every_product_written_out(examples):
    kernel, targets = examples
    bound = kernel.astype(np.float64) / 2 + PENALTY * np.eye(len(kernel))
    now = ahead = np.zeros_like(targets, dtype=np.float64)
    pace = 1.0
    for _ in range(20):
        then = ahead - np.linalg.solve(bound, softmax(kernel @ ahead) - targets + PENALTY * ahead)
        faster = (1 + (1 + 4 * pace**2) ** 0.5) / 2
        now, ahead, pace = then, then + (pace - 1) / faster * (then - now), faster
    assert fit(kernel, targets, penalty=PENALTY, steps=20) == pytest.approx(now, rel=1e-3, abs=1e-3)
