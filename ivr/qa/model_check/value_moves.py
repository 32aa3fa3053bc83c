"""What a caller may answer where a value is wanted: one that is right, one that cannot be, and half of one.

Decided: **right, wrong or incomplete is all that a value is to a call**, save where a condition looks at it: then each
side of the condition has a value of its own. What makes a value wrong (a digit too few, a day that is over) is the
finders' to tell and is tested there; here it is staged. A value said with the wish that leads to its question counts
as one that is answered at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.dialogue.session import Question, Session
from ivr.dialogue.template import aloud
from ivr.qa.model_check.moves import Move
from ivr.qa.model_check.representatives import DIGITS, Representatives
from ivr.understanding.entities.faults import Fault
from ivr.understanding.result import VALUE, Result, Wanted
from ivr.understanding.slots import NEEDS_TIME

_USUAL = {
    "date": "2026-11-23",
    "time": "15:00",
    "datetime": "2026-11-23T15:00",
    "phone": "13800138000",
    "id_card": "11010519491231002X",
    "bank_card": "6222020200112230012",
    "plate": "京A12345",
    "address": "北京市朝阳区建国路88号",
}
_AMOUNTS = ("money", "number")
_ONE_KEY = "1"


def value_moves(session: Session, question: Question, values: Representatives, language: str) -> Iterator[Move]:
    """The moves that answer `question` by a value, by voice and by keys."""
    wanted = question.state.wanted
    if wanted is None:
        return
    for value in _right(values, session.form.get("slot", ""), wanted):
        yield _said(value, wanted.kind, language, "", willing=True)
    wrong = Fault("out_of_range" if wanted.kind in _AMOUNTS else "too_short", wanted.kind, 1)
    yield _said("1", wanted.kind, language, str(wrong), willing=False)
    if wanted.kind == "datetime":
        yield _said(_USUAL["date"], wanted.kind, language, NEEDS_TIME, willing=False)
    if question.most_keys:
        yield Move("begin_number", _ONE_KEY)
        yield Move("keys", "#", willing=False)
        if wanted.kind not in _AMOUNTS:  # one key is an amount, and nothing else
            yield Move("keys", _ONE_KEY, willing=False)


def _said(value: str, kind: str, language: str, fault: str, *, willing: bool) -> Move:
    words = aloud(value, "date" if fault == NEEDS_TIME else kind, language)
    return Move("say", words, Result(f"{VALUE}{kind}", 1.0, slots={kind: value}, fault=fault), willing)


def _right(values: Representatives, name: str, wanted: Wanted) -> list[str]:
    """Values that are allowed, so that every condition on `name` is met and missed."""
    if wanted.kind in _AMOUNTS:
        least, most = wanted.at_least, wanted.at_most
        compared = [value for value in values.of(name, wanted.kind) if type(value) in {int, float}]
        allowed = [v for v in compared if (least is None or v >= least) and (most is None or v <= most)]
        usual = least if least is not None else most if most is not None else 128
        return [str(value) for value in allowed] or [str(usual)]
    usual_text = DIGITS[: (wanted.length or (8, 8))[0]] if wanted.kind == "order" else _USUAL[wanted.kind]
    texts = [text for text in values.constants(name) if isinstance(text, str) and text]
    return list(dict.fromkeys([usual_text, *texts]))
