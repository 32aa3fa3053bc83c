"""A meaning that a turn may have, what it is worth and why; and what of several candidates is the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.understanding.digits import Reading, in_range, read_digits
from ivr.understanding.result import DIGITS, VALUE, Digits, Result, Wanted
from ivr.understanding.slots import Filled
from ivr.understanding.trust import Hypothesis, Trust
from ivr.understanding.views import heard

_RANKED = 3
_LEAST_OF_A_VALUE = 0.6  # what a wanted value is worth however much is said around it
MOSTLY_DIGITS = 0.5  # share of a turn above which it was a number and not a request with a number in it


@dataclass(frozen=True, slots=True)
class Candidate:
    """`order`: who comes first of equals. `spoilt`: its best example is denied by, or denies, the turn."""

    meaning: str
    score: float
    order: int
    why: str
    spoilt: bool = False


def best_reading(readings: Sequence[Hypothesis], wanted_digits: Digits) -> tuple[Hypothesis, Reading]:
    """The first reading with as many digits as wanted; else the first."""
    read = [(reading, read_digits(reading.text, wanted_digits)) for reading in readings]
    fitting = (pair for pair in read if in_range(pair[1].digits, wanted_digits) and pair[1].share > MOSTLY_DIGITS)
    return next(fitting, read[0])


def digits_candidate(number: tuple[Hypothesis, Reading], wanted_digits: Digits, believed: Trust) -> Candidate:
    hypothesis, reading = number
    factor = 1.0 if hypothesis.free else believed.confidence * believed.agreement
    count = len(reading.digits)
    faults = [
        f"{wanted_digits.shortest - count} too few" if count < wanted_digits.shortest else "",
        f"{count - wanted_digits.longest} too many" if count > wanted_digits.longest else "",
        "corrected by the caller" if reading.corrected else "",
        "homophones read as digits" if reading.by_sound else "",
    ]
    notes = "".join(f", {fault}" for fault in faults if fault)
    score = round(max(0.0, reading.share - hypothesis.penalty) * factor, 3)
    why = f"{heard(hypothesis)} is {count} {'digit' if count == 1 else 'digits'}{notes}"
    return Candidate(DIGITS, score, -1, why + ("" if factor == 1 else believed.doubt))


def value_candidate(filled: Filled, wanted_value: Wanted, believed: Trust) -> Candidate:
    factor = 1.0 if filled.hypothesis.free else believed.confidence * believed.agreement
    said = _LEAST_OF_A_VALUE + (1 - _LEAST_OF_A_VALUE) * filled.share * filled.sure
    score = round(max(0.0, said - filled.hypothesis.penalty) * factor, 3)
    why = f"{heard(filled.hypothesis)} holds {_one_of(wanted_value.kind)}: {filled.why}"
    fault = f", which is refused: {filled.fault}" if filled.fault else ""
    return Candidate(f"{VALUE}{wanted_value.kind}", score, -1, why + fault + ("" if factor == 1 else believed.doubt))


def _one_of(kind: str) -> str:
    """A value's kind with its article, as a sentence has it."""
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def result_of(candidates: Sequence[Candidate], found: dict[str, str], threshold: float) -> Result:
    """`candidates` best first."""
    if not candidates:
        return Result("", 0.0, slots=found, why="nothing that was said is like anything expected here")
    best = candidates[0]
    if best.score < threshold and not _is_value(best):
        value = next((candidate for candidate in candidates if _is_value(candidate)), None)
        if value is None:
            why = f"not enough: {best.why}, for {best.meaning}"
            return Result("", best.score, best.meaning, best.score, found, why, ranking=_ranking(candidates))
        best = value
    others = [candidate for candidate in candidates if candidate is not best]
    runner_up, runner_up_score = (others[0].meaning, others[0].score) if others else ("", 0.0)
    ranking = _ranking(candidates)
    return Result(best.meaning, best.score, runner_up, runner_up_score, found, best.why, ranking=ranking)


def _is_value(candidate: Candidate) -> bool:
    return candidate.meaning == DIGITS or candidate.meaning.startswith(VALUE)


def _ranking(candidates: Sequence[Candidate]) -> tuple[tuple[str, float], ...]:
    return tuple((candidate.meaning, candidate.score) for candidate in candidates[:_RANKED])
