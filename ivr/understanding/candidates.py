"""A meaning that a turn may have, what it is worth and why; and what of several candidates is the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.understanding.digits import Reading, in_range
from ivr.understanding.rating import read_number
from ivr.understanding.result import DIGITS, VALUE, Digits, Result, Utterance, Wanted
from ivr.understanding.slots import Filled
from ivr.understanding.trust import OF_A_NUMBER, Hypothesis, Trust, hypotheses
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


def number_in(utterance: Utterance, wanted_digits: Digits) -> tuple[Hypothesis, Reading] | None:
    """The first reading with as many digits as wanted; else the first; None if there is none.

    Of a rating no alternative is read: nearly all of them are ratings, and no length tells which was meant.
    """
    alternatives = 0 if wanted_digits.scale else OF_A_NUMBER
    readings = hypotheses(utterance, alternatives)
    read = [(reading, read_number(reading.text, wanted_digits)) for reading in readings]
    fitting = (pair for pair in read if in_range(pair[1].digits, wanted_digits) and pair[1].share > MOSTLY_DIGITS)
    return next(fitting, read[0] if read else None)


def digits_candidate(number: tuple[Hypothesis, Reading], wanted_digits: Digits, believed: Trust) -> Candidate:
    """Worth the share of the turn that is digits, and where too few or too many were heard only as much of that as was
    wanted: one digit of eight is more likely a misheard 是的, if another reading says so, than a number."""
    hypothesis, reading = number
    factor = 1.0 if hypothesis.free else believed.confidence * believed.agreement
    count = len(reading.digits)
    fits = 1.0 if in_range(reading.digits, wanted_digits) else _fit(count, wanted_digits)
    notes = "".join(f", {fault}" for fault in _faults(reading, wanted_digits))
    score = round(max(0.0, reading.share * fits - hypothesis.penalty) * factor, 3)
    why = f"{heard(hypothesis)} is {count} {'digit' if count == 1 else 'digits'}{notes}"
    return Candidate(DIGITS, score, -1, why + ("" if factor == 1 else believed.doubt))


def _fit(count: int, wanted_digits: Digits) -> float:
    return min(count / wanted_digits.shortest, wanted_digits.longest / max(1, count))


def _faults(reading: Reading, wanted_digits: Digits) -> Iterator[str]:
    count = len(reading.digits)
    if wanted_digits.scale is not None:
        if not in_range(reading.digits, wanted_digits):
            yield "not on the scale"
    elif count < wanted_digits.shortest:
        yield f"{wanted_digits.shortest - count} too few"
    elif count > wanted_digits.longest:
        yield f"{count - wanted_digits.longest} too many"
    if reading.corrected:
        yield "corrected by the caller"
    if reading.by_sound:
        yield "homophones read as digits"


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
