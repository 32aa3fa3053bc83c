"""Which of a hotline's intents a text is: a linear model over how it is written, how it sounds and what it means.

Trained on the examples of all intents, from a handful each to thousands. One model over all channels, because the
channels mend each other: fixed weights between separate ones win either clean or noisy, not both. Mandarin examples
are learned twice, as written and misheard (mishearing.py), so that the model itself finds what survives recognition.

    scores = sum over channels of weight(channel) * likeness to the examples * coefficients      (kernel_logistic.py)

What is kept is one weight a run and label, not the kernel: a turn costs its own runs and one product with landmarks.
The model is the same for the same texts in any process; nothing in it is drawn by chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from ivr.errors import IvrError
from ivr.understanding.calibration import evidence
from ivr.understanding.encoder import Encoder
from ivr.understanding.features import seen
from ivr.understanding.intent_training import Trained, trained

Floats = NDArray[np.float32]

IN_SCOPE = 0.5
"""From where on a turn counts as in scope."""


class IntentModelError(IvrError):
    """The examples cannot be learned from."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """`probability` in [0, 1]: of all turns in scope called as sure as this, so many are right."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """`labels`: every label, best first; probabilities add up to 1. `in_scope` in [0, 1]: whether it is any of them;
    0.5 turns away one turn in twenty that is. Calibrated apart, on texts from elsewhere and on labels the model was not
    told of."""

    labels: tuple[Ranked, ...]
    in_scope: float


class IntentModel:
    """A trained model. It may be shared by all calls of one thread; nothing in it changes."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str], model: Trained, encoder: Encoder | None) -> None:
        """Use `train`."""
        self.labels = model.labels
        self._model = model
        self._encoder = encoder
        self._examples: Mapping[str, list[str]] = {label: [] for label in model.labels}
        for text, label in zip(texts, labels, strict=True):
            self._examples[label].append(text)

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        encoder: Encoder | None = None,
        elsewhere: Sequence[str] = (),
        seed: int = 0,
    ) -> IntentModel:
        """Learn from `texts`, `labels[n]` the intent of `texts[n]`; `elsewhere`: texts that are no intent's.

        `seed` chooses the misheard copies. A few hundred examples take about a second with an encoder, 15,000 about
        three minutes and 2 GB. Raises `IntentModelError` when there is nothing to learn from.
        """
        if len(texts) != len(labels):
            raise IntentModelError(f"{len(texts)} texts and {len(labels)} intents: give every text its intent.")
        if not texts:
            raise IntentModelError("There are no examples to learn from: give every intent at least one.")
        return cls(texts, labels, trained(texts, labels, encoder=encoder, elsewhere=elsewhere, seed=seed), encoder)

    def rank(self, text: str, *, sureness: float = 1.0) -> Ranking:
        """All labels, best first, for `text`; `sureness` in [0, 1]: the recogniser's, of its words."""
        return self.rank_all([text], sureness=sureness)[0]

    def rank_all(self, texts: Sequence[str], *, sureness: float = 1.0) -> list[Ranking]:
        """`rank` of each of `texts`; the encoder is asked once."""
        if not texts:
            return []
        scores, likeness = self._model.scores(texts, self._encoder, sureness)
        probabilities = self._model.temperature.probabilities(scores)
        scope = self._model.scope.probabilities(evidence(scores, likeness))
        return [self._ranking(row, float(inside)) for row, inside in zip(probabilities, scope, strict=True)]

    def why(self, text: str) -> str:
        """One sentence: what spoke for the best label, its nearest example, and what came next."""
        ranking = self.rank(text)
        best = ranking.labels[0]
        spoke = self._model.spoke_for(seen(text), self.labels.index(best.label))
        near, *_ = process.extractOne(text, self._examples[best.label], scorer=fuzz.ratio) or ("",)
        runs = "by meaning alone" if not spoke else "for " + ", ".join(f"“{run}”" for run in spoke)
        then = f", then {ranking.labels[1].label} {ranking.labels[1].probability:.0%}" if len(self.labels) > 1 else ""
        return f"“{text}” is {best.label} {best.probability:.0%} {runs}, as in the example “{near}”{then}"

    def _ranking(self, row: Floats, inside: float) -> Ranking:
        order = np.argsort(-row, kind="stable")
        return Ranking(tuple(Ranked(self.labels[place], float(row[place])) for place in order), inside)
