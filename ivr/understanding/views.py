"""The readings of a turn as they are compared with examples, and which pairs are worth a careful look.

A reading is looked at whole, without what the caller refuses in it (polarity.py), and clause by clause (clauses.py). A
refusal is compared with the whole turn, a request with what is left when refusals are cut out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ivr.understanding.clauses import spoken_clauses
from ivr.understanding.examples import Example, Examples
from ivr.understanding.matching import Form, Likeness
from ivr.understanding.normalise import normalise
from ivr.understanding.polarity import wanted
from ivr.understanding.trust import Hypothesis

_COMPARED = 40  # pairs of a reading and an example that are compared with care
_OF_ONE_MEANING = 4  # so that a question with many wordings leaves room for the runner-up
_PIECE_PENALTY = 0.04  # what stands as one clause among others is a little less than the whole turn


@dataclass(frozen=True, slots=True)
class View:
    """A reading as it is compared: whole, without what the caller refuses in it, or one clause of what is left."""

    hypothesis: Hypothesis
    form: Form
    penalty: float
    whole: bool
    without_refusal: bool
    piece: bool = False


def views_of(readings: Sequence[Hypothesis], form: Callable[[str], Form]) -> list[View]:
    """Every way in which the readings are looked at; `form` makes a text ready."""
    views: list[View] = []
    for reading in readings:
        left = wanted(reading.text)
        same = left == normalise(reading.text)
        less = reading.penalty
        views.append(View(reading, form(reading.text), less, whole=True, without_refusal=same))
        if left and not same:
            views.append(View(reading, form(left), less, whole=False, without_refusal=True))
        views += [
            View(reading, form(piece), less + _PIECE_PENALTY, whole=False, without_refusal=True, piece=True)
            for piece in spoken_clauses(reading.text if same else left)
        ]
    return views


def worth_comparing(views: Sequence[View], active: Examples) -> list[tuple[View, Example]]:
    """The pairs that could win, best first by the quick score, a few of each meaning, and every exact hit.

    A refusal is compared with the whole turn, a request with what is left when refusals are cut out (polarity.py).
    """
    pairs: dict[tuple[int, int], None] = {}
    for v, view in enumerate(views):
        hits = active.exactly(view.form.plain)
        pairs |= {(v, n): None for n in hits if view.whole and (view.without_refusal or active.examples[n].refuses)}
    with_tokens = [v for v, view in enumerate(views) if view.form.tokens]
    quick = active.promising([views[v].form for v in with_tokens])
    for row, v in enumerate(with_tokens):
        quick[row] -= views[v].penalty
        allowed = active.refusing if not views[v].without_refusal else ~active.refusing | views[v].whole
        quick[row] = np.where(allowed, quick[row], -1.0)
    flat = quick.ravel()
    many = min(len(flat), 8 * _COMPARED)
    top = np.argpartition(-flat, many - 1)[:many] if many else np.array([], dtype=np.intp)
    taken: dict[tuple[str, bool], int] = {}
    compared = 0
    for place in sorted(top.tolist(), key=lambda p: (-float(flat[p]), p)):
        v, n = with_tokens[place // len(active.examples)], place % len(active.examples)
        kind = (active.examples[n].meaning, views[v].hypothesis.free)
        if flat[place] <= 0 or compared >= _COMPARED:
            break
        if taken.get(kind, 0) < _OF_ONE_MEANING:
            taken[kind] = taken.get(kind, 0) + 1
            compared += 1
            pairs[v, n] = None
    return [(views[v], active.examples[n]) for v, n in pairs]


def heard(hypothesis: Hypothesis) -> str:
    which = f" ({hypothesis.label})" if hypothesis.label else ""
    return f"“{normalise(hypothesis.text)}”{which}"


def why_alike(view: View, likeness: Likeness, example: Example) -> str:
    part = "" if view.whole else ", without what is refused in it,"
    if view.piece:
        part = f", in it “{view.form.plain}”,"
    return f"{heard(view.hypothesis)}{part} {likeness.how} the example “{example.text}”"
