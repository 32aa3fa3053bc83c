"""How an intent model is learned: its channels' weights, its misheard copies, and what calibrates it.

Calibration needs texts the model has not seen, and out of scope needs labels it was not told of. Both come from the
same folds: each fold learns without a quarter of every label's examples and without a quarter of the labels. What it
says of the held back examples of its labels shows what in scope looks like; what it says of the labels it does not
know, and of texts from elsewhere, what out of scope looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.understanding.calibration import Scope, Temperature, evidence
from ivr.understanding.encoder import Encoder
from ivr.understanding.features import CHANNELS, Vocabulary, seen
from ivr.understanding.kernel_logistic import fit
from ivr.understanding.meaning_space import LabelDistance, MeaningSpace, landmarks_for
from ivr.understanding.mishearing import misheard
from ivr.understanding.phonetics import is_mandarin
from ivr.understanding.repair import Spelling
from ivr.understanding.spellings import Spelt, averaged, spelling_of, spellings

Floats = NDArray[np.float32]
Places = NDArray[np.intp]

_SPARSE = 0.5  # of the kernel, each of letters, sounds and parts
_MEANING = 2.0
_PENALTY = 0.005
_STEPS = 20
_MISHEARD = 0.15  # share of the characters of a copy that sound right and are written wrong
_FOLDS = 4


@dataclass(frozen=True)
class Trained:
    """Weights by channel (runs, labels), and by landmark for the meaning; what calibrates them."""

    labels: tuple[str, ...]
    channels: dict[str, tuple[Vocabulary, Floats]]
    spelling: Spelling | None
    space: MeaningSpace | None
    meaning: Floats
    distance: LabelDistance | None
    temperature: Temperature
    scope: Scope

    def scores(self, texts: Sequence[str], encoder: Encoder | None, sureness: float) -> tuple[Floats, Floats]:
        """Scores (n, labels) of `texts` and what `evidence` calls likeness; `sureness` as for `IntentModel.rank`."""
        turns = [spellings(text, self.spelling, sureness) for text in texts]
        scores = np.zeros((len(texts), len(self.labels)), dtype=np.float32)
        for vocabulary, weights in self.channels.values():
            for row, turn in enumerate(turns):
                for spelt in turn if vocabulary.by_spelling else turn[:1]:
                    places, values = vocabulary.of(spelt.tokens)
                    scores[row] += values @ weights[places] * (spelt.weight if vocabulary.by_spelling else 1)
        if self.space is None or self.distance is None or encoder is None:
            return scores, np.zeros((len(texts), 0), dtype=np.float32)
        vectors, near = averaged(turns, encoder, self.space.likeness)
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
    """How the examples spell, and all rows: examples, their misheard copies, texts from elsewhere. `origin`: the
    example a row is or was copied from; `right`: the place of its label, -1 for elsewhere. `near`: likeness in meaning
    to each landmark."""

    spelling: Spelling | None
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
    return Trained(names, channels, material.spelling, material.space, meaning, distance, temperature, scope)


def _material(
    texts: Sequence[str], right: Places, elsewhere: Sequence[str], encoder: Encoder | None, seed: int
) -> _Material:
    heard = [(misheard(text, _MISHEARD, seed), n) for n, text in enumerate(texts) if any(map(is_mandarin, text))]
    copies = [(copy, n) for copy, n in heard if copy != texts[n]]
    rows = [*texts, *(copy for copy, _ in copies), *elsewhere]
    origin = np.array([*range(len(texts)), *(n for _, n in copies), *[-1] * len(elsewhere)], dtype=np.intp)
    labels = np.where(origin >= 0, right[origin], -1)
    examples = [seen(text) for text in texts]
    spelling = spelling_of(examples)
    # An example is spelt right by definition; copies and what comes from elsewhere are read as turns will be.
    turns = [
        *((Spelt(tokens, text, 1.0),) for tokens, text in zip(examples, texts, strict=True)),
        *(spellings(row, spelling) for row in rows[len(texts) :]),
    ]
    vocabularies = {
        name: Vocabulary(examples, analyser, by_spelling=name == "letters") for name, analyser in CHANNELS.items()
    }
    matrices = {name: _matrix(vocabulary, turns) for name, vocabulary in vocabularies.items()}
    kernel = np.zeros((len(rows), len(rows)), dtype=np.float32)
    for matrix in matrices.values():
        kernel += np.float32(_SPARSE) * (matrix @ matrix.T).toarray()
    if encoder is None:
        nothing = np.zeros((len(rows), 0), dtype=np.float32)
        return _Material(spelling, vocabularies, matrices, origin, labels, kernel, None, None, nothing, nothing)
    places = landmarks_for(right)
    space = MeaningSpace.of(encoder.encode([texts[place] for place in places]), places)
    vectors, near = averaged(turns, encoder, space.likeness)
    coordinates = near @ space.whitened
    kernel += np.float32(_MEANING) * (coordinates @ coordinates.T)
    return _Material(spelling, vocabularies, matrices, origin, labels, kernel, vectors, space, near, coordinates)


def _matrix(vocabulary: Vocabulary, turns: Sequence[Sequence[Spelt]]) -> Any:
    """Of each turn's spellings the mean; shape (turns, runs)."""
    written = vocabulary.matrix([turn[0].tokens for turn in turns])
    if not vocabulary.by_spelling:
        return written
    return (written + vocabulary.matrix([turn[-1].tokens for turn in turns])) * np.float32(0.5)


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
    inside, outside = [], []
    for number in range(_FOLDS):
        told = np.arange(labels) if labels < 3 else np.flatnonzero(np.arange(labels) % _FOLDS != number)
        known, rows, held = _parted(right, told, fold == number)
        if len(known) < 2 or not len(held):
            continue
        found = _coefficients(material, rows, known)
        inside.append(evidence(*_judged(material, held, rows, found)))
        outside.append(evidence(*_judged(material, np.flatnonzero(~np.isin(right, told)), rows, found)))
    scope = Scope.learned(np.vstack(inside), np.vstack(outside)) if inside else Scope()
    # Fewer labels are fewer to be taken for: how sure to be is learned with all of them.
    known, rows, held = _parted(right, np.arange(labels), fold == 0)
    if len(known) < 2 or not len(held):
        return Temperature(), scope
    scores, _ = _judged(material, held, rows, _coefficients(material, rows, known))
    return Temperature.learned(scores, np.searchsorted(known, right[held])), scope


def _parted(right: Places, told: Places, held_back: NDArray[np.bool_]) -> tuple[Places, Places, Places]:
    """Which of the labels `told` are left to learn, the rows to learn from, and those held back of these labels."""
    rows = np.flatnonzero(np.isin(right, told) & ~held_back)
    known = np.unique(right[rows])
    return known, rows, np.flatnonzero(np.isin(right, known) & held_back)


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
