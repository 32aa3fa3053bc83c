"""How far what the recogniser says is to be believed.

A recogniser that decodes with the hotline's own phrases bends speech from elsewhere into them: a conversation in the
room became 取消. Two signs tell, neither alone: the recogniser is less sure of its words (median 0.80 against 0.99),
and a free decoding of the same audio says something else. Speech in noise shows both signs too, though weaker. So:

- confidence below `SURE` lowers every score from that decoding by what is missing;
- a free decoding that shares less than `AGREES` of letters and sounds lowers them in proportion, at most to half,
  except for a meaning that the free decoding has too: two looks that agree on the meaning need not agree on the words;
- the free text is a hypothesis of its own, at a discount: it has twice the errors in the domain.

The figures are anchored to those measurements by hand, not fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from ivr.understanding.normalise import content, normalise
from ivr.understanding.phonetics import letters, sounds
from ivr.understanding.result import Utterance

SURE = 0.85
AGREES = 0.6
CONFIRMS = 0.6
"""The score from which the free decoding confirms a meaning."""
RANK_PENALTY = 0.03
FREE_PENALTY = 0.05
MOST_ALTERNATIVES = 5
OF_A_NUMBER = 10
"""Alternatives of a number: 一 and 幺 fill the first places with the same digits, and its length tells which fits."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of the turn: `penalty` is taken off its scores, `label` says which it is, "" for the first."""

    text: str
    penalty: float
    label: str
    free: bool = False


@dataclass(frozen=True, slots=True)
class Trust:
    """Factors in [0, 1] on scores from the grammar's decoding: `confidence`, and `agreement` with the free decoding
    (1 where there is none)."""

    confidence: float
    agreement: float

    @property
    def doubt(self) -> str:
        """What makes the decoding doubtful, as the end of a sentence; "" if nothing does."""
        doubts = []
        if self.confidence < 1:
            doubts.append("the recogniser was unsure")
        if self.agreement < 1:
            doubts.append("free decoding heard something else")
        return f" ({' and '.join(doubts)})" if doubts else ""


def hypotheses(utterance: Utterance, most: int = MOST_ALTERNATIVES) -> list[Hypothesis]:
    """The distinct readings of a turn, the best first: the text, `most` of its alternatives, the free decoding."""
    readings = [Hypothesis(utterance.text, 0.0, "")]
    readings += [
        Hypothesis(text, RANK_PENALTY * n, f"alternative {n}")
        for n, text in enumerate(utterance.alternatives[:most], start=1)
    ]
    readings.append(Hypothesis(utterance.free_text, FREE_PENALTY, "free decoding", free=True))
    distinct: dict[tuple[str, bool], Hypothesis] = {}
    for reading in readings:
        plain = normalise(reading.text)
        if plain:
            distinct.setdefault((plain, reading.free), reading)
    return list(distinct.values())


def trust(utterance: Utterance) -> Trust:
    """How far the grammar's decoding is believed."""
    sure = min(1.0, max(0.0, 1.0 - (SURE - utterance.confidence))) if utterance.confidence < SURE else 1.0
    if not utterance.free_text.strip() or not utterance.text.strip():
        return Trust(sure, 1.0)
    return Trust(sure, min(1.0, max(0.5, agreement(utterance.text, utterance.free_text) / AGREES)))


def agreement(text: str, other: str) -> float:
    """How much two decodings share, letters or sounds whichever is more, in [0, 1]."""
    left, right = content(normalise(text)), content(normalise(other))
    if not left or not right:
        return 1.0 if left == right else 0.0
    alike = max(fuzz.ratio(letters(left), letters(right)), fuzz.ratio(sounds(left), sounds(right)))
    return float(alike) / 100
