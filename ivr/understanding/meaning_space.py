"""How near two sentences are in meaning, as a kernel of bounded cost, and how far one is from all labels.

The kernel is exp(-|a - b|²) of the encoder's vectors. Up to `_LANDMARKS` examples it is exact; beyond, it goes through
that many landmarks (Nyström: Williams and Seeger 2001), so that a turn costs the same however many examples there are.
The distance is Mahalanobis' to the nearest label's mean, under the covariance that all labels share, shrunk after
Ledoit and Wolf (Lee et al. 2018 use it so to tell what is out of scope).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Places = NDArray[np.intp]

_LANDMARKS = 1500
_JITTER = 1e-4
_LEAST_VARIANCE = 1e-5  # of a direction; labels with one example each have none of their own


def landmarks_for(labels: Places) -> Places:
    """At most `_LANDMARKS` of the examples, spread evenly over labels; `labels` (n,) are places of labels."""
    by_label = np.argsort(labels, kind="stable")
    chosen = np.linspace(0, len(labels) - 1, min(len(labels), _LANDMARKS)).astype(np.intp)
    return np.sort(by_label[chosen])


def _near(left: Floats, right: Floats) -> Floats:
    return np.asarray(np.exp(2 * np.minimum(left @ right.T, 1) - 2), dtype=np.float32)


@dataclass(frozen=True)
class MeaningSpace:
    """`places`: which of the examples are landmarks; `landmarks` (m, size); `whitened` (m, m): what turns
    likenesses to landmarks into coordinates whose inner products are the kernel."""

    places: Places
    landmarks: Floats
    whitened: Floats

    @classmethod
    def of(cls, vectors: Floats, places: Places) -> MeaningSpace:
        """`vectors` (m, size) of the landmarks, of length 1; `places`: theirs among the examples."""
        inner = _near(vectors, vectors).astype(np.float64)
        inner[np.diag_indices(len(inner))] += _JITTER
        return cls(places, vectors, np.linalg.inv(np.linalg.cholesky(inner)).T.astype(np.float32))

    def likeness(self, vectors: Floats) -> Floats:
        """To each landmark, in (0, 1]; shape (n, m)."""
        return _near(vectors, self.landmarks)


@dataclass(frozen=True)
class LabelDistance:
    """`means` (labels, size), already turned by `turn` (size, size)."""

    means: Floats
    turn: Floats

    @classmethod
    def of(cls, vectors: Floats, labels: Places) -> LabelDistance:
        """`labels` (n,): the place of each vector's label."""
        from sklearn.covariance import ledoit_wolf  # noqa: PLC0415  0.8 s, and only learning needs it

        present, places = np.unique(labels, return_inverse=True)
        means = np.stack([vectors[places == label].mean(axis=0) for label in range(len(present))])
        inner = _LEAST_VARIANCE * np.eye(vectors.shape[1])
        if len(vectors) > 1:
            inner += ledoit_wolf((vectors - means[places]).astype(np.float64), assume_centered=True)[0]
        turn = np.linalg.inv(np.linalg.cholesky(inner)).T.astype(np.float32)
        return cls(means @ turn, turn)

    def nearest(self, vectors: Floats) -> Floats:
        """Root of the squared distance to the nearest mean; shape (n,)."""
        turned = vectors @ self.turn
        squares = (turned**2).sum(axis=1)[:, None] - 2 * turned @ self.means.T + (self.means**2).sum(axis=1)
        return np.asarray(np.sqrt(np.maximum(squares.min(axis=1), 0)), dtype=np.float32)
