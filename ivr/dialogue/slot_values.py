"""What a slot of a flow wants of understanding, how its value is kept, and what is said of one that is refused.

Decided: **a refused value is told why, once, and asked for again**: the sentence is the validator's (faults.py), its
limits are said as the hotline says such values. What is right as far as it goes is kept: who says 明天 is asked 几点,
and not for the day again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ivr.dialogue.talk import Talk
from ivr.dialogue.template import aloud
from ivr.dialogue.world import moment
from ivr.flow.slot_schema import Slot
from ivr.understanding.entities.faults import Fault, reprompt
from ivr.understanding.result import Digits, State, Utterance, Wanted
from ivr.understanding.slots import KINDS, NEEDS_DAY, NEEDS_MORE, NEEDS_TIME, OTHER_CURRENCY, fill
from ivr.understanding.trust import hypotheses

INCOMPLETE = frozenset([NEEDS_TIME, NEEDS_DAY, NEEDS_MORE])
"""Faults of a value that goes on with what is said next."""
_AMOUNTS = ("money", "number")
_MOMENTS = ("date", "time", "datetime")
_SIGNS = ("digits", "phone", "id_card", "bank_card", "order")
_LENGTHS = {"phone": 11, "id_card": 18, "bank_card": 19}
_PARTS = {
    "province": ("省", "the province"),
    "city": ("市", "the city"),
    "district": ("区县", "the district"),
    "road": ("哪条路", "the road"),
    "house": ("门牌号", "the house number"),
}


def expects(slot: Slot, intents: tuple[str, ...], threshold: float, known: str = "") -> State:
    """What understanding is to expect when `slot` is asked for, beside `intents`."""
    digits = Digits(*slot.length) if slot.type == "digits" else None
    any_words = slot.type == "text"
    return State(intents, digits=digits, threshold=threshold, wanted=wanted(slot, known), any_words=any_words)


def wanted(slot: Slot, known: str = "") -> Wanted | None:
    """The value that `slot` wants; None for digits, choices, yes or no, and text, which have ways of their own."""
    if slot.type not in KINDS:
        return None
    length = slot.length if "length" in slot.model_fields_set else None
    return Wanted(
        slot.type, slot.earliest, slot.latest, slot.direction or "", slot.at_least, slot.at_most, length,
        slot.down_to or "", known,
    )  # fmt: skip


def told(slot: Slot, utterance: Utterance, language: str) -> str:
    """The value for `slot` that a turn holds beside what it was asked for; "" unless it is allowed and the only one."""
    value = wanted(slot)
    filled = fill(hypotheses(utterance), value, utterance.at, language) if value is not None else None
    return filled.value if filled is not None and filled.alone and not filled.fault else ""


def would_clash(one: Slot, other: Slot) -> bool:
    """Whether the same words could be for either slot: two dates, a number and a price."""
    pair = {one.type, other.type}
    if one.type == other.type and one.type in KINDS:
        return True
    if pair <= set(_MOMENTS):
        return "datetime" in pair
    return pair <= set(_AMOUNTS) or (pair <= set(_SIGNS) and pair != {"digits"})


def kept(slot: Slot, value: str) -> Any:
    """What is kept of a value: an amount as a number, yes or no as such, of a choice the option's name, which is the
    same in every language and in conditions."""
    if slot.type == "yes_no":
        return value == "yes"
    if slot.type in _AMOUNTS:
        return float(value) if "." in value else int(value)
    return value


def said_of(talk: Talk, slot: Slot, value: str, fault: str) -> str:
    """What the caller hears of a `value` that is refused."""
    language, wording, year = talk.language, talk.wording, str(moment(talk.session).year)
    if fault in INCOMPLETE:
        known = aloud(value, _kind_of(value) if slot.type == "datetime" else "", language, year)
        part = _PARTS[slot.down_to or "house"][language.startswith("en")]
        text = {NEEDS_TIME: wording.needs_time, NEEDS_DAY: wording.needs_day}.get(fault, wording.needs_more)
        return text.format(known=known, part=part)
    if fault == OTHER_CURRENCY:
        return wording.other_currency
    refused = Fault.read(fault)
    least, most = (
        aloud(end, _kind_of(end) if slot.type in _MOMENTS else slot.type, language, year)
        for end in (refused.least, refused.most)
    )
    return reprompt(replace(refused, least=least, most=most), language)


def usual_faults(kind: str) -> tuple[Fault, ...]:
    """The faults that callers make most with a `kind` of value, as far as no figure of the flow is in them."""
    if kind in _LENGTHS:
        one_off = (Fault("too_short", kind, 1, _LENGTHS[kind]), Fault("too_long", kind, 1, _LENGTHS[kind]))
        return (*one_off, Fault("wrong_start" if kind == "phone" else "wrong_check_digit", kind))
    if kind in {"date", "datetime"}:
        return Fault("past", kind), Fault("no_such_date", kind)
    return ()


def _kind_of(text: str) -> str:
    return "datetime" if "T" in text else "time" if ":" in text else "date"
