"""What the turns were taken for against what they should have been: confusions, slots, and the threshold.

- A *confusion* is a turn whose case says what it is, taken for something else; `no_match` is one of the things.
- *Slot accuracy*: of the values that a case expects after a turn or at the call's end, the share that is there as
  written; one that is not there is missing, another is wrong.
- *False accepts, wrong, lost* are those of thresholds.py: of the turns that mean nothing here, the share that was taken
  for a meaning; of the others, the share taken for another meaning, or for none. At other thresholds than the flow's
  they follow from the best meaning and its score, which is told of refused turns, too; what a flow asks of the caller
  before it believes them is not part of it. Only what was spoken counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.qa.case import Case
from ivr.qa.expectations import same
from ivr.qa.measures.wanted import NOTHING, is_meant, taken_for, turns_with_wanted
from ivr.qa.outcomes import Interval, share_interval
from ivr.qa.run_result import RunResult
from ivr.qa.thresholds import Asked, AtThreshold, at_threshold

THRESHOLDS = tuple(n / 100 for n in range(0, 101, 5))


@dataclass(frozen=True, slots=True)
class Confusion:
    """`wanted` was taken for `taken`, so often; `examples` are (case, turn), three at most."""

    wanted: str
    taken: str
    times: int
    examples: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Intents:
    """`right`: the share of turns taken for what was wanted; `matrix[wanted][taken]`: turns; `worst`: the confusions,
    the most frequent first."""

    right: Interval
    turns: int
    matrix: Mapping[str, Mapping[str, int]]
    worst: tuple[Confusion, ...]


def intents(run: RunResult, cases: Mapping[str, Case]) -> Intents | None:
    """None where no case says what a turn means."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for result, number, turn, wanted in turns_with_wanted(run, cases):
        if wanted.intent is not None:
            pair = (wanted.intent, taken_for(turn, wanted.intent))
            found.setdefault(pair, []).append((result.case, number))
    if not found:
        return None
    matrix: dict[str, dict[str, int]] = {}
    for (wanted_intent, taken), places in sorted(found.items()):
        matrix.setdefault(wanted_intent, {})[taken] = len(places)
    wrong = [Confusion(*pair, len(places), tuple(places[:3])) for pair, places in found.items() if pair[0] != pair[1]]
    turns = sum(map(len, found.values()))
    missed = sum(each.times for each in wrong)
    worst = tuple(sorted(wrong, key=lambda each: (-each.times, each.wanted, each.taken)))
    return Intents(share_interval(turns - missed, turns), turns, matrix, worst)


@dataclass(frozen=True, slots=True)
class Slots:
    """`right`: the share of expected values that came; how many were `wrong` and `missing`, and by slot name (right,
    expected)."""

    right: Interval
    expected: int
    wrong: int
    missing: int
    by_name: Mapping[str, tuple[int, int]]


def slots(run: RunResult, cases: Mapping[str, Case]) -> Slots | None:
    """None where no case expects a value."""
    kinds: Counter[str] = Counter()
    names: dict[str, list[bool]] = {}

    def count(name: str, known: Mapping[str, object], written: object) -> None:
        right = same(known.get(name), written)
        kinds["right" if right else "missing" if known.get(name) in (None, "") else "wrong"] += 1
        names.setdefault(name, []).append(right)

    for _, _, turn, wanted in turns_with_wanted(run, cases):
        for name, written in wanted.slots.items():
            count(name, turn.slots, written)
    for result in run.cases:
        if (case := cases.get(result.case)) is None or result.verdict == "error":
            continue
        known = {name: value for turn in result.turns for name, value in turn.slots.items()}
        for name, written in (case.expect.slots | case.expect.values).items():
            count(name, known | result.values if name in case.expect.values else known, written)
    expected = kinds.total()
    if not expected:
        return None
    by_name = {name: (sum(right), len(right)) for name, right in sorted(names.items())}
    return Slots(share_interval(kinds["right"], expected), expected, kinds["wrong"], kinds["missing"], by_name)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`present`: as the run decided (its `threshold` is 0.0 and means nothing); `curve`: at THRESHOLDS. `strangers` and
    `known`: how many turns meant nothing here, and something."""

    present: AtThreshold
    curve: tuple[AtThreshold, ...]
    strangers: int
    known: int


def acceptance(run: RunResult, cases: Mapping[str, Case]) -> Acceptance | None:
    """None where no case says what a spoken turn means."""
    scored, decided = [], []
    for _, _, turn, wanted in turns_with_wanted(run, cases):
        if turn.kind != "speech" or wanted.intent is None:
            continue
        meaning = "" if wanted.intent in NOTHING else wanted.intent
        taken = taken_for(turn, wanted.intent)
        accepted = taken not in NOTHING
        best = taken if accepted else turn.runner_up
        if meaning and is_meant(best, meaning):
            best = meaning
        scored.append(Asked(meaning, best, turn.score if best else 0.0))
        decided.append(Asked(meaning, taken if accepted else "", 1.0 if accepted else -1.0))
    if not scored:
        return None
    strangers = sum(not one.meaning for one in scored)
    curve = tuple(at_threshold(threshold, scored) for threshold in THRESHOLDS)
    return Acceptance(at_threshold(0.0, decided), curve, strangers, len(scored) - strangers)
