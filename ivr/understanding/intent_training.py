"""How an intent model is learned: its channels' weights, its misheard copies, and what calibrates it.

Calibration needs texts the model has not seen, and out of scope needs labels it was not told of. Both come from the
same folds: each fold learns without a quarter of every label's examples and without a quarter of the labels. What it
says of the held back examples of its labels sets the temperature and what in scope looks like; what it says of the
labels it does not know, and of texts from elsewhere, what out of scope looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.understanding.calibration import Scope, Temperature, evidence
from ivr.understanding.encoder import Encoder
from ivr.understanding.features import CHANNELS, Vocabulary, is_mandarin, seen
from ivr.understanding.kernel_logistic import fit
from ivr.understanding.meaning_space import LabelDistance, MeaningSpace, landmarks_for
from ivr.understanding.mishearing import misheard

Floats = NDArray[np.float32]
Places = NDArray[np.intp]

_SPARSE = 0.5  # of the kernel, each of letters, sounds and parts
_MEANING = 1.0
_PENALTY = 0.005
_STEPS = 20
_MISHEARD = 0.15  # share of the characters of a copy that sound right and are written wrong
_FOLDS = 4


@dataclass(frozen=True)
class Trained:
    """Weights by channel (runs, labels), and by landmark for the meaning; what calibrates them."""

    labels: tuple[str, ...]
    channels: dict[str, tuple[Vocabulary, Floats]]
    space: MeaningSpace | None
    meaning: Floats
    distance: LabelDistance | None
    temperature: Temperature
    scope: Scope

    def scores(
        self, texts: Sequence[Sequence[str]], vectors: Floats | None, sureness: float = 1.0
    ) -> tuple[Floats, Floats]:
        """Scores (n, labels) of `texts` (tokens) and what `evidence` calls likeness."""
        _ = sureness
        scores = np.zeros((len(texts), len(self.labels)), dtype=np.float32)
        for vocabulary, weights in self.channels.values():
            for row, text in enumerate(texts):
                places, values = vocabulary.of(text)
                scores[row] += values @ weights[places]
        if self.space is None or self.distance is None or vectors is None:
            return scores, np.zeros((len(texts), 0), dtype=np.float32)
        near = self.space.likeness(vectors)
        likeness = np.column_stack([near.max(axis=1), self.distance.nearest(vectors)])
        return scores + near @ self.meaning, likeness

    def spoke_for(self, text: Sequence[str], label: int, many: int = 3) -> list[str]:
        """The runs of `text` that spoke most for the label at this place, longest share first."""
        vocabulary, weights = self.channels["letters"]
        places, values = vocabulary.of(text)
        shares = values * (weights[places, label] - weights[places].mean(axis=1))
        best = sorted(zip(-shares, places, strict=True))[:many]
        return [vocabulary.runs[place].replace(" ", "") for share, place in best if share < 0]


@dataclass(frozen=True)
class _Material:
    """All rows: examples, their misheard copies, texts from elsewhere. `origin`: the example a row is or was copied
    from; `right`: the place of its label, -1 for elsewhere. `near`: likeness in meaning to each landmark."""

    vocabularies: dict[str, Vocabulary]
    matrices: dict[str, Any]
    origin: Places
    right: Places
    kernel: Floats
    vectors: Floats | None
    space: MeaningSpace | None
    near: Floats
    coordinates: Floats


def trained(
    texts: Sequence[str], labels: Sequence[str], *, encoder: Encoder | None, elsewhere: Sequence[str], seed: int
) -> Trained:
    """See `IntentModel.train`."""
    names = tuple(sorted(set(labels)))
    place = {name: n for n, name in enumerate(names)}
    right = np.array([place[label] for label in labels], dtype=np.intp)
    material = _material(texts, right, elsewhere, encoder, seed)
    temperature, scope = _calibrated(material)
    rows = np.flatnonzero(material.right >= 0)
    found = _coefficients(material, rows, np.arange(len(names)))
    channels = {
        name: (material.vocabularies[name], np.asarray(_SPARSE * (matrix[rows].T @ found), dtype=np.float32))
        for name, matrix in material.matrices.items()
    }
    if material.space is None or material.vectors is None:
        meaning, distance = np.zeros((0, len(names)), dtype=np.float32), None
    else:
        meaning = np.float32(_MEANING) * (material.space.whitened @ (material.coordinates[rows].T @ found))
        distance = LabelDistance.of(material.vectors[rows], material.right[rows])
    return Trained(names, channels, material.space, meaning, distance, temperature, scope)


def _material(
    texts: Sequence[str], right: Places, elsewhere: Sequence[str], encoder: Encoder | None, seed: int
) -> _Material:
    heard = [(misheard(text, _MISHEARD, seed), n) for n, text in enumerate(texts) if any(map(is_mandarin, text))]
    copies = [(copy, n) for copy, n in heard if copy != texts[n]]
    rows = [*texts, *(copy for copy, _ in copies), *elsewhere]
    origin = np.array([*range(len(texts)), *(n for _, n in copies), *[-1] * len(elsewhere)], dtype=np.intp)
    labels = np.where(origin >= 0, right[origin], -1)
    found = [seen(row) for row in rows]
    vocabularies = {name: Vocabulary(found[: len(texts)], analyser) for name, analyser in CHANNELS.items()}
    matrices = {name: vocabulary.matrix(found) for name, vocabulary in vocabularies.items()}
    kernel = np.zeros((len(rows), len(rows)), dtype=np.float32)
    for matrix in matrices.values():
        kernel += np.float32(_SPARSE) * (matrix @ matrix.T).toarray()
    if encoder is None:
        nothing = np.zeros((len(rows), 0), dtype=np.float32)
        return _Material(vocabularies, matrices, origin, labels, kernel, None, None, nothing, nothing)
    vectors = encoder.encode(rows)
    space = MeaningSpace.of(vectors, landmarks_for(right))
    near = space.likeness(vectors)
    coordinates = near @ space.whitened
    kernel += np.float32(_MEANING) * (coordinates @ coordinates.T)
    return _Material(vocabularies, matrices, origin, labels, kernel, vectors, space, near, coordinates)


def _coefficients(material: _Material, rows: Places, known: Places) -> Floats:
    """What `fit` learns from `rows`, whose labels are all among `known` (places, rising); shape (rows, known)."""
    targets = np.eye(len(known), dtype=np.float32)[np.searchsorted(known, material.right[rows])]
    whole = len(rows) == len(material.right)
    kernel = material.kernel if whole else material.kernel[np.ix_(rows, rows)]
    return fit(kernel, targets, penalty=_PENALTY, steps=_STEPS)


def _calibrated(material: _Material) -> tuple[Temperature, Scope]:
    """Learned from folds; see the head of this file."""
    right = material.right
    fold = np.where(right >= 0, _spread(right)[material.origin], -1)
    labels = int(right.max()) + 1
    scores, places, inside, outside = [], [], [], []
    for number in range(_FOLDS):
        told = np.arange(labels) if labels < 3 else np.flatnonzero(np.arange(labels) % _FOLDS != number)
        rows = np.flatnonzero(np.isin(right, told) & (fold != number))
        known = np.unique(right[rows])
        if len(known) < 2:
            continue
        found = _coefficients(material, rows, known)
        held = np.flatnonzero(np.isin(right, known) & (fold == number))
        strange = np.flatnonzero(~np.isin(right, told))
        of_held, of_strange = (_judged(material, group, rows, found) for group in (held, strange))
        # A label that the fold does not know can get no share.
        padded = np.full((len(held), labels), -1e9, dtype=np.float32)
        padded[:, known] = of_held[0]
        scores.append(padded)
        places.append(right[held])
        inside.append(evidence(*of_held))
        outside.append(evidence(*of_strange))
    if not scores:
        return Temperature(), Scope()
    temperature = Temperature.learned(np.vstack(scores), np.concatenate(places))
    return temperature, Scope.learned(np.vstack(inside), np.vstack(outside))


def _judged(material: _Material, group: Places, rows: Places, found: Floats) -> tuple[Floats, Floats]:
    """As `Trained.scores`, of rows of the material, by a model that learned from `rows`."""
    scores = material.kernel[np.ix_(group, rows)] @ found
    if material.space is None or material.vectors is None:
        return scores, np.zeros((len(group), 0), dtype=np.float32)
    learned = np.isin(material.space.places, rows)
    distance = LabelDistance.of(material.vectors[rows], material.right[rows])
    near = material.near[np.ix_(group, np.flatnonzero(learned))].max(axis=1)
    return scores, np.column_stack([near, distance.nearest(material.vectors[group])])


def _spread(right: Places) -> Places:
    """The fold of each row: every label's rows go round the folds in turn."""
    turn = dict.fromkeys(set(right.tolist()), 0)
    folds = np.zeros(len(right), dtype=np.intp)
    for row, label in enumerate(right.tolist()):
        folds[row] = turn[label] % _FOLDS
        turn[label] += 1
    return folds
