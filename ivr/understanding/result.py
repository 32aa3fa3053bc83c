"""What goes into understanding and what comes out of it; see `understand` in interpreter.py."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Utterance:
    """A caller's turn as recognised: the best text, how sure the recogniser is in [0, 1], the n-best after it, and what
    free decoding made of the same audio ("" where no second look was taken)."""

    text: str
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    free_text: str = ""


@dataclass(frozen=True, slots=True)
class Digits:
    """A run of digits is wanted, `shortest` to `longest` of them."""

    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class State:
    """What a question expects: names of intents and of FAQ sets that are active here, in the order that breaks ties
    (earlier wins), and at most one slot. `threshold`: the least score that counts as a match."""

    intents: tuple[str, ...] = ()
    faqs: tuple[str, ...] = ()
    digits: Digits | None = None
    threshold: float = 0.7


@dataclass(frozen=True, slots=True)
class Result:
    """What a turn was taken for.

    `intent`: an intent's name, `faq:SET/ID`, `digits` when only the slot was filled, or "" for no match (then `score`
    is the best score that was not enough, and `runner_up` what it was for). `runner_up` is the best of another
    meaning. Scores in [0, 1]. `slots["digits"]` holds digits as ASCII. `why` says in one sentence of English which
    example matched, how, and through which hypothesis. `also` are further wishes told in the same breath, in order, with
    their scores. `ranking` are the best three meanings with their scores, the best first, whatever the threshold.
    """

    intent: str
    score: float
    runner_up: str = ""
    runner_up_score: float = 0.0
    slots: dict[str, str] = field(default_factory=dict)
    why: str = ""
    also: tuple[tuple[str, float], ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
