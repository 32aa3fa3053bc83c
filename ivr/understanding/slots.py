"""The value that a question wants, out of a turn: which of its readings, which of its entities, and is it allowed.

Decided: **a value that is allowed beats a better heard one that is not**: with 六月三十一号 first and 六月三十号 as an
alternative, the caller meant the latter. Of several values in one reading the last stands, because people correct
themselves forwards (明天，哦后天), unless it is the one that is refused (后天，不是明天). A value that is not allowed
is returned with its fault, so that the caller hears what is wrong with it.

Values are texts here, as `slots` and journals have them: dates and times as ISO 8601, amounts with a decimal point, the
rest as it is written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from ivr.understanding.asked_address import asked_addresses, reaches
from ivr.understanding.entities.dates import TimeEntity
from ivr.understanding.entities.entity import Entity, Money
from ivr.understanding.entities.faults import Fault, of_length
from ivr.understanding.entities.find import find
from ivr.understanding.limits import Limit, is_before
from ivr.understanding.normalise import normalise
from ivr.understanding.result import Wanted
from ivr.understanding.trust import Hypothesis

KINDS = (
    "date", "time", "datetime", "money", "number", "phone", "id_card", "bank_card", "plate", "address", "order",
)  # fmt: skip
"""What a question may want besides digits."""
NEEDS_TIME, NEEDS_DAY, NEEDS_MORE, OTHER_CURRENCY = "needs_time", "needs_day", "needs_more", "other_currency"
"""Faults of questions, beside those of values (faults.py): right as far as it goes, but it lacks the time, the day, the
rest of the address; or it is in a currency that was not asked for."""

_FOUND_FOR: dict[str, tuple[str, ...]] = {
    "datetime": ("datetime", "date", "time"),
    "money": ("money", "number"),
    "order": ("digits",),
}
_ASKED_FOR = {"phone": "手机号是", "id_card": "身份证号是", "bank_card": "银行卡号是", "order": "订单号是"}
"""What the question has said of a number: without it, one with a digit too few is no telephone number."""
_REFUSED = re.compile(r"(?:不是|不要|不用|别|not|no)\s*$")
_LETTERS = re.compile(r"(?<![a-z])[a-z]{2,4}(?![a-z])")


@dataclass(frozen=True, slots=True)
class Filled:
    """`value` as text; `fault`: why it is refused, "" if it is not; `share` of the turn in [0, 1] that said it;
    `sure`: the entity's confidence; `alone`: the turn holds no other value that it could be; `why` in English."""

    value: str
    fault: str
    share: float
    sure: float
    hypothesis: Hypothesis
    alone: bool = True
    why: str = ""


def fill(readings: Sequence[Hypothesis], wanted: Wanted, at: datetime | None, language: str) -> Filled | None:
    """The value that the turn holds for `wanted`; None if it holds none. `readings` best first."""
    found = [filled for reading in readings if (filled := _in_reading(reading, wanted, at, language)) is not None]
    return min(found, key=lambda one: (bool(one.fault), one.hypothesis.penalty - one.sure), default=None)


def _in_reading(reading: Hypothesis, wanted: Wanted, at: datetime | None, language: str) -> Filled | None:
    text = normalise(reading.text)
    if wanted.kind == "order" and language.startswith("zh"):
        text = _LETTERS.sub(lambda letters: " ".join(letters[0]), text)
    if wanted.kind == "address":
        found: Sequence[Entity] = asked_addresses(text, wanted.known)
    else:
        found = _found(text, wanted.kind, at, language)
    entities = [one for one in found if not _REFUSED.search(text[: one.start])]
    if wanted.kind == "datetime":
        entities, wanted = list(_joined(entities)), _in_its_part_of_the_day(wanted, text, at)
    if not entities:
        return None
    judged = [_judged(entity, wanted, at) for entity in entities]
    best = next((one for one in reversed(judged) if not one[1]), judged[-1])
    value, fault, entity = best
    said = sum(one.end - one.start for one in entities)
    alone = len({value for value, _, _ in judged}) == 1
    share = min(1.0, said / max(1, len(text)))
    return Filled(value, fault, share, entity.confidence, reading, alone, entity.why or f"“{entity.text}”")


def _found(text: str, kind: str, at: datetime | None, language: str) -> Sequence[Entity]:
    if at is None:
        at = datetime(2000, 1, 1)  # noqa: DTZ001  a wall clock's, and of no day: see _fault
    kinds, asked = _FOUND_FOR.get(kind, (kind,)), _ASKED_FOR.get(kind, "")
    found = find(text, at, kinds=kinds, language=language)
    if not asked or any(not one.fault for one in found):
        return found
    said = find(asked + text, at, kinds=kinds, language=language)
    return [replace(one, start=max(0, one.start - len(asked)), end=one.end - len(asked)) for one in said]


def _joined(entities: Sequence[Entity]) -> Iterator[Entity]:
    """A day and a time that stand apart (下午三点吧，明天) as one; a whole one alone, where there is one."""
    whole = [one for one in entities if one.kind == "datetime"]
    days = [one for one in entities if one.kind == "date"]
    times = [one for one in entities if one.kind == "time"]
    if whole or not days or not times:
        yield from whole or entities
        return
    day, clock = days[-1], times[-1]
    if isinstance(day.value, date) and isinstance(clock.value, time):
        value = datetime.combine(day.value, clock.value)
        start, end = min(day.start, clock.start), max(day.end, clock.end)
        sure, fault = min(day.confidence, clock.confidence), day.fault or clock.fault
        why = f"{day.why} and {clock.why}".strip()
        yield Entity("datetime", start, end, f"{day.text}{clock.text}", value, sure, fault, why)


def _judged(entity: Entity, wanted: Wanted, at: datetime | None) -> tuple[str, str, Entity]:
    value = entity.past if wanted.direction == "past" and isinstance(entity, TimeEntity) else entity.value
    if wanted.kind == "order":
        return str(value), str(order_fault(str(value), wanted) or ""), entity
    if wanted.kind == "money" and isinstance(value, Decimal):
        value = Money(value)  # 五十, to the question how much
    if wanted.kind == "datetime":
        value = _completed(value, wanted, at)
    return as_text(value) or entity.text, entity.fault or fault_of(value, wanted, at), entity


def _completed(value: object, wanted: Wanted, at: datetime | None) -> object:
    """A day or a time, with the other that was said before; a time alone is today's, if today allows it."""
    day, clock = _known(wanted.known)
    if isinstance(value, time) and day is not None:
        return datetime.combine(day, value)
    if isinstance(value, date) and not isinstance(value, datetime) and clock is not None:
        return datetime.combine(value, clock)
    if isinstance(value, time) and at is not None:
        today = datetime.combine(at.date(), value)
        ahead = wanted.direction == "past" or today >= at
        return today if ahead and not fault_of(today, wanted, at) else value
    return value


def _in_its_part_of_the_day(wanted: Wanted, text: str, at: datetime | None) -> Wanted:
    """`wanted` without the time known from before, where the turn names a part of the day that does not hold it: after
    晚上十一点, 后天下午 is not the day after tomorrow at eleven at night."""
    day, clock = _known(wanted.known)
    if at is None or clock is None:
        return wanted
    for part in find(text, at, kinds=("datetime_range", "time_range")):
        match part.value:
            case (datetime() as first, datetime() as last) if last - first < timedelta(days=1):
                begin, end = first.time(), last.time()
            case (time() as begin, time() as end):
                pass
            case _:
                continue
        held = begin <= clock < end if begin < end else begin <= clock or clock < end
        if not held:
            return replace(wanted, known=as_text(day))
    return wanted


def _known(text: str) -> tuple[date | None, time | None]:
    """The day and the time in `text`: 2026-11-21, 15:00, or both with a T between."""
    day, _, clock = text.partition("T") if "T" in text else ("", "", text) if ":" in text else (text, "", "")
    return date.fromisoformat(day) if day else None, time.fromisoformat(clock) if clock else None


def fault_of(value: object, wanted: Wanted, at: datetime | None) -> str:
    """Why the question does not allow `value`; "" if it does."""
    match value:
        case Money(currency=currency) if currency != "CNY":
            return OTHER_CURRENCY
        case Money(amount=amount) | (Decimal() as amount):
            too_little = wanted.at_least is not None and amount < wanted.at_least
            too_much = wanted.at_most is not None and amount > wanted.at_most
            return str(_out_of_range(wanted)) if too_little or too_much else ""
        case date() | time():
            return _fault_of_moment(value, wanted, at)
        case _:
            return NEEDS_MORE if wanted.down_to and not reaches(value, wanted.down_to) else ""


def _fault_of_moment(value: date | time, wanted: Wanted, at: datetime | None) -> str:
    if at is None:
        return ""
    now: date = at if isinstance(value, datetime) else at.date()
    least = wanted.earliest.moment(at) if wanted.earliest else None
    most = wanted.latest.moment(at) if wanted.latest else None
    kind = wanted.kind
    faults = (
        (NEEDS_DAY, kind == "datetime" and isinstance(value, time)),
        (Fault("past", kind), _is_now(wanted.earliest, wanted.direction == "future") and is_before(value, now)),
        (Fault("future", kind), _is_now(wanted.latest, wanted.direction == "past") and is_before(now, value)),
        (Fault("past", kind, least=as_text(least)), least is not None and is_before(value, least)),
        (Fault("future", kind, most=as_text(most)), most is not None and is_before(most, value)),
        (NEEDS_TIME, kind == "datetime" and not isinstance(value, datetime)),
    )
    return next((str(fault) for fault, holds in faults if holds), "")


def _out_of_range(wanted: Wanted) -> Fault:
    least, most = (as_text(end) if end is not None else "" for end in (wanted.at_least, wanted.at_most))
    return Fault("out_of_range", wanted.kind, least=least, most=most)


def _is_now(limit: Limit | None, direction: bool) -> bool:  # noqa: FBT001  read with its one caller
    """Whether what lies on the other side of now is not allowed: by the direction, or by a limit of today or now."""
    return direction or (limit is not None and not limit.fixed and limit.count == 0)


def order_fault(value: str, wanted: Wanted) -> Fault | None:
    """How many signs an order number has too few or too many."""
    shortest, longest = wanted.length or (1, 30)
    return of_length(len(value), min(max(len(value), shortest), longest), "digits")


def as_text(value: object) -> str:
    """A value as slots and journals have it; "" for None."""
    match value:
        case None:
            return ""
        case Money(amount=amount):
            return f"{amount.normalize():f}"
        case Decimal():
            return f"{value.normalize():f}"
        case datetime() | time():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case _:
            return str(value)
