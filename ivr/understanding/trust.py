"""How far what the recogniser says is to be believed.

A recogniser that decodes with the hotline's own phrases bends speech from elsewhere into them: a conversation in the
room became 取消. Two signs tell, neither alone: the recogniser is less sure of its words (median 0.80 against 0.99),
and a free decoding of the same audio says something else. Speech in noise shows both signs too, though weaker. So:

- confidence below `SURE` lowers every score from that decoding by what is missing;
- a free decoding that shares less than `AGREES` of letters and sounds lowers them in proportion, at most to half,
  except for a meaning that the free decoding has too: two looks that agree on the meaning need not agree on the words;
- the free text is a hypothesis of its own, at a discount: it has twice the errors in the domain;
- words that do not stand beside each other as in the hotline's phrases (familiar.py) are speech from elsewhere: the
  grammar's decoding counts half, less than any threshold, and only the free decoding can still say what it was.

That last one is measured there and bears most; the other figures are anchored to FACTS.md by hand, not fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from ivr.understanding.familiar import Familiar
from ivr.understanding.normalise import content, normalise
from ivr.understanding.phonetics import letters, sounds
from ivr.understanding.result import Utterance

LOOK_AGAIN = 0.9
"""Confidence below which an open question is decoded a second time, freely: nine in ten sentences from elsewhere are,
and of questions in the domain one in six when clean, one in two at 10 dB. Free decoding costs 0.2 of real time."""
SURE = 0.85
SURELY = 0.97
"""No sentence from elsewhere was heard so surely (97 % of 74 below 0.94), so what is surer is the hotline's own."""
LESS_FAMILIAR = 0.31
"""How far below `Familiar.typical` speech from elsewhere begins: at 0.50 with 6,030 phrases, where regression puts
it; at 0.33 with 1,000 and at 0.20 with 300, where as few honest turns are lost, and less is told apart."""
DOUBTED = 0.5
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
    elsewhere: bool = False

    @property
    def doubt(self) -> str:
        """What makes the decoding doubtful, as the end of a sentence; "" if nothing does."""
        doubts = []
        if self.confidence < 1:
            doubts.append("the recogniser was unsure")
        if self.elsewhere:
            doubts.append("its words do not go together as in any phrase")
        elif self.agreement < 1:
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


def needs_second_look(confidence: float) -> bool:
    """Whether a decoding with phrases is so unsure that the same audio is worth a free decoding."""
    return confidence < LOOK_AGAIN


def from_elsewhere(utterance: Utterance, familiar: Familiar) -> bool:
    """Whether the decoding with the phrases of `familiar` is speech that none of them is like.

    Only for turns that were decoded with these phrases: what somebody typed, or said to a grammar of digits, is not
    judged by them.
    """
    if utterance.confidence >= SURELY or not utterance.text.strip():
        return False
    return familiar.share(utterance.text) < familiar.typical - LESS_FAMILIAR


def believed_text(utterance: Utterance, familiar: Familiar) -> str:
    """The text of a turn where one is wanted: the free decoding's, if there is one, of speech from elsewhere."""
    if utterance.free_text.strip() and from_elsewhere(utterance, familiar):
        return utterance.free_text
    return utterance.text


def trust(utterance: Utterance, familiar: Familiar | None = None) -> Trust:
    """How far the grammar's decoding is believed. `familiar`: the phrases of that grammar, None where it has others."""
    sure = min(1.0, max(0.0, 1.0 - (SURE - utterance.confidence))) if utterance.confidence < SURE else 1.0
    if familiar is not None and from_elsewhere(utterance, familiar):
        return Trust(sure, DOUBTED, elsewhere=True)
    if not utterance.free_text.strip() or not utterance.text.strip():
        return Trust(sure, 1.0)
    return Trust(sure, min(1.0, max(DOUBTED, agreement(utterance.text, utterance.free_text) / AGREES)))


def agreement(text: str, other: str) -> float:
    """How much two decodings share, letters or sounds whichever is more, in [0, 1]."""
    left, right = content(normalise(text)), content(normalise(other))
    if not left or not right:
        return 1.0 if left == right else 0.0
    alike = max(fuzz.ratio(letters(left), letters(right)), fuzz.ratio(sounds(left), sounds(right)))
    return float(alike) / 100
