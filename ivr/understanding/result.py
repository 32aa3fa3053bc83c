"""What goes into understanding and what comes out of it; see `understand` in interpreter.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from ivr.understanding.limits import Limit

DIGITS, VALUE = "digits", "slot:"
"""The meaning of a turn that is a number, and of one that is another value: `slot:date`."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A caller's turn as recognised: the best text, how sure the recogniser is in [0, 1], the n-best after it, and what
    free decoding made of the same audio ("" where no second look was taken). `at`: the hotline's wall clock, naive;
    without it nothing is understood that depends on the day, such as 明天."""

    text: str
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    free_text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Digits:
    """A run of digits is wanted, `shortest` to `longest` of them; with a `scale`, one number from its first to its
    last, such as a rating."""

    shortest: int
    longest: int
    scale: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value of a `kind` of entity is wanted, and what is allowed of it.

    `earliest`, `latest` and `direction` for what has a day or a time; `at_least` and `at_most` for money and numbers;
    `length` for order numbers; `down_to`, a part of an address that must be there. `known`: what was said in a turn
    before and is completed or corrected by this one: of a date and time either or both, as ISO 8601; an address.
    """

    kind: str
    earliest: Limit | None = None
    latest: Limit | None = None
    direction: Literal["past", "future", ""] = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    length: tuple[int, int] | None = None
    down_to: str = ""
    known: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What a question expects: names of intents and of FAQ sets that are active here, in the order that breaks ties
    (earlier wins), and at most one slot: `digits` or `wanted`. `threshold`: the least score that counts as a
    match. `subject`: the meaning that was answered last, on which a follow-up question may lean. `any_words`: whatever
    else the caller says is the answer, so that no part of it is a wish."""

    intents: tuple[str, ...] = ()
    faqs: tuple[str, ...] = ()
    digits: Digits | None = None
    threshold: float = 0.7
    wanted: Wanted | None = None
    subject: str = ""
    any_words: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a turn was taken for.

    `intent`: an intent's name, `faq:SET/ID`, `digits` or `slot:KIND` when only the slot was filled, or "" for no
    match (then `score` is the best score that was not enough, and `runner_up` what it was for). `runner_up` is the best
    of another meaning. Scores in [0, 1]. `slots["digits"]` holds digits as ASCII, `slots[KIND]` a wanted value
    (slots.py) and `fault` why it is refused. `why` says in one sentence of English which example matched, how, and
    through which hypothesis. `also` are further wishes told in the same breath, in order, with their scores. `ranking`
    are the best three meanings with their scores, the best first, whatever the threshold.
    """

    intent: str
    score: float
    runner_up: str = ""
    runner_up_score: float = 0.0
    slots: dict[str, str] = field(default_factory=dict)
    why: str = ""
    also: tuple[tuple[str, float], ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    fault: str = ""
