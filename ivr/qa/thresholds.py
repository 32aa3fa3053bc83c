"""How sure is sure enough: a flow's threshold, measured on its own examples and on speech from elsewhere.

The examples of each meaning are dealt into five parts; each part is asked of an interpreter that never saw it, as
written and as a recogniser would hear it (channel_noise.py). Speech from elsewhere (understanding/data/elsewhere.*) is
asked of the same interpreters. For each threshold:

- *false accepts*: of the speech from elsewhere, the share that was taken for a meaning;
- *wrong*: of the held-out examples, the share that was taken for another meaning;
- *lost*: of them, the share that was taken for nothing, and is asked again.

Recommended is the least threshold with at most 5 % false accepts, or the one with the fewest where none is so good. A
held-out example is harder than a caller's sentence is on the whole flow: it is one that nobody thought of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.dialogue.vocabulary import REACHABLE_EVERYWHERE
from ivr.flow.load import Flow
from ivr.qa.channel_noise import heard_through
from ivr.understanding.confusions import Confusions
from ivr.understanding.elsewhere import elsewhere
from ivr.understanding.faq import FaqEntry
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import State, Utterance

PARTS = 5
THRESHOLDS = tuple(n / 100 for n in range(50, 95, 5))
_MOST_FALSE_ACCEPTS = 0.05
_LEAST_EXAMPLES = 3  # a meaning with fewer is not measured: without one of two it is another meaning


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """Shares in [0, 1]; see the head of the module."""

    threshold: float
    false_accepts: float
    wrong: float
    lost: float


@dataclass(frozen=True, slots=True)
class Asked:
    """`meaning`: what it should be taken for, "" for nothing; `taken`: its best meaning at `score`."""

    meaning: str
    taken: str
    score: float


def measure(flow: Flow, language: str, channel: Confusions, rate: float, seed: int = 1) -> list[AtThreshold]:
    """What each of THRESHOLDS would do at character error `rate` in [0, 1]. Builds five interpreters: seconds."""
    words = flow.words[language]
    intents = {**words.universals, **words.intents}
    asked: list[Asked] = []
    known, unknown = elsewhere(language)[::2], elsewhere(language)[1::2]
    strangers = heard_through(unknown, channel, rate, seed)
    for part in range(PARTS):
        kept = {name: _without(texts, part) for name, texts in intents.items()}
        banks = {name: [_entry_without(entry, part) for entry in bank] for name, bank in words.faqs.items()}
        interpreter = Interpreter(kept, banks, language, strangers=known)
        state = State(tuple(dict.fromkeys((*words.intents, *REACHABLE_EVERYWHERE))), tuple(words.faqs), threshold=0.0)
        held = [(name, text) for name, texts in words.intents.items() for text in _only(texts, part)]
        held += [
            (f"faq:{bank}/{entry.id}", text)
            for bank, entries in words.faqs.items()
            for entry in entries
            for text in _only(entry.wordings, part)
        ]
        heard = heard_through([text for _, text in held], channel, rate, seed + part)
        expected = [*(name for name, _ in held), *("" for _ in strangers)]
        for meaning, text in zip(expected, [*heard, *strangers], strict=True):
            result = interpreter.understand(Utterance(text), state)
            asked.append(Asked(meaning, result.intent, result.score))
    return [at_threshold(threshold, asked) for threshold in THRESHOLDS]


def recommended(figures: Sequence[AtThreshold]) -> AtThreshold:
    """The least with few false accepts. `figures` by rising threshold, at least one."""
    good = [figure for figure in figures if figure.false_accepts <= _MOST_FALSE_ACCEPTS]
    return good[0] if good else min(figures, key=lambda figure: figure.false_accepts)


def at_threshold(threshold: float, asked: Sequence[Asked]) -> AtThreshold:
    """What a `threshold` would have done to them."""
    ours = [one for one in asked if one.meaning]
    theirs = [one for one in asked if not one.meaning]
    return AtThreshold(
        threshold,
        _share(sum(one.score >= threshold and one.taken != "" for one in theirs), len(theirs)),
        _share(sum(one.score >= threshold and one.taken != one.meaning for one in ours), len(ours)),
        _share(sum(one.score < threshold for one in ours), len(ours)),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _without(texts: Sequence[str], part: int) -> Sequence[str]:
    return [text for n, text in enumerate(texts) if n % PARTS != part] if len(texts) >= _LEAST_EXAMPLES else texts


def _only(texts: Sequence[str], part: int) -> Sequence[str]:
    return [text for n, text in enumerate(texts) if n % PARTS == part] if len(texts) >= _LEAST_EXAMPLES else []


def _entry_without(entry: FaqEntry, part: int) -> FaqEntry:
    kept = _without(entry.wordings, part)
    return FaqEntry(entry.id, kept[0], tuple(kept[1:]), entry.answer) if kept else entry  # a table's cell has none
