"""What expressions and prompts see of a call: its values, its caller, its clock. The only clock is the call's own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ivr.dialogue.session import Session
from ivr.flow.expression import Value, as_number, evaluate
from ivr.flow.hours import Hours
from ivr.flow.load import Flow
from ivr.flow.scalars import Expression, in_language


def moment(session: Session) -> datetime:
    """The hotline's wall clock now: where it stood when the call began, and the time since."""
    began = datetime.fromisoformat(session.began) if session.began else datetime(2000, 1, 1)  # noqa: DTZ001  no call yet
    return began + timedelta(seconds=session.at)


def surroundings(session: Session, flow: Flow) -> dict[str, Value]:
    """Every value by name, those of every call among them; what the flow keeps under such a name hides it."""
    now = moment(session)
    return {
        "caller": session.caller,
        "called": session.called,
        "verified": False,
        "language": session.language or flow.hotline.language,
        "today": now.strftime("%Y-%m-%d"),
        "now": now.strftime("%H:%M"),
        **session.values,
    }


def chosen(session: Session, flow: Flow, language: str) -> dict[str, str]:
    """The values that are options of a choice, as the hotline says them in `language`."""
    ways = flow.derived.get(("choices", session.scope))
    if ways is None:
        slots = [item for step in flow.steps(session.scope).values() for item in (step.collect or {}).items()]
        ways = flow.derived["choices", session.scope] = {}
        for name, slot in slots:
            ways.setdefault(name, {}).update(slot.options)
    kept = {name: (options, session.values.get(name)) for name, options in ways.items()}
    return {
        name: in_language(options[value], language)[0]
        for name, (options, value) in kept.items()
        if isinstance(value, str) and value in options
    }


def value_of(expression: Expression, session: Session, flow: Flow) -> Value:
    """The value of `expression` at this moment of the call."""
    return evaluate(expression.node, surroundings(session, flow), functions(session, flow))


def functions(session: Session, flow: Flow) -> Mapping[str, Callable[..., Value]]:
    """The functions of functions.py, bound to this call; total, like expressions."""

    def is_open(name: Value) -> bool:
        hours = flow.hotline.hours.get(str(name))
        return hours is not None and Hours(tuple(hours.open), hours.holidays).open_at(moment(session))

    return {
        "open": is_open,
        "count": lambda value: len(value) if isinstance(value, str | list | dict) else 0,
        "starts": lambda text, begin: _text(text).startswith(_text(begin)),
        "ends": lambda text, end: _text(text).endswith(_text(end)),
        "last": lambda text, number: _text(text)[-max(1, int(as_number(number) or 1)) :],
        "round": lambda number: None if (exact := as_number(number)) is None else round(exact),
        "random_share": lambda: share_of(session.caller),
    }


def share_of(caller: str) -> int:
    """0 to 99, evenly spread over callers and always the same for the same one."""
    return int.from_bytes(hashlib.sha256(caller.encode()).digest()[:8]) % 100


def _text(value: Any) -> str:
    return "" if value is None else str(value)
