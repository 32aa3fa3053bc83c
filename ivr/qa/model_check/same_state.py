"""When two calls are the same for the search: what decides nothing any more is dropped, so that the states are finite.

Dropped: numbers of prompts and actions, what was said and which variant of it, the caller's last words, the clock (the
time of day counts through the moment at which the call began), how keys were pressed, values that decide nothing
(live_values.py), how many turns the recogniser lost (disturbances.py loses two in a row). Numbers beyond the flow's
largest constant are one. Of 返回's trail and of what digressions have put aside only the nearest counts; the search
tries 返回 apart wherever it would lead to another step.
"""

from __future__ import annotations

from typing import Any

from ivr.dialogue.session import Frame, Question, Session
from ivr.flow.load import Flow
from ivr.qa.model_check.call import Call
from ivr.qa.model_check.live_values import LiveValues
from ivr.qa.model_check.moves import NOISES_A_TURN

Key = tuple[Any, ...]


def _asked(question: Question) -> Key:
    aside = question.aside and (question.aside.means, question.aside.offers)
    return (question.state, tuple(question.keys), question.patient, aside, question.had_aside)


class SameState:
    """The keys of one flow's states."""

    def __init__(self, flow: Flow, live: LiveValues, largest: float, watched: frozenset[str]) -> None:
        """`largest`: numbers beyond it decide alike. `watched`: values of which it counts whether they are filled."""
        self._flow = flow
        self._live = live
        self._largest = largest + 1
        self._watched = watched

    def wish(self, call: Call) -> Key:
        """Equal for two calls in which the same wishes lead to the same: patience and refusals are left out."""
        session = call.session
        question = session.question
        live = self._live.of(session)
        ending = (type(call.ending).__name__, getattr(call.ending, "queue", "")) if call.ending else ()
        return (
            *(
                session.scope,
                session.step,
                session.position,
                session.language or self._flow.hotline.language,
                session.keys,
                session.began,
            ),
            session.caller,
            None if question is None else _asked(question),
            (tuple(session.later), bool(session.later_at)),
            tuple(sorted(self._form(session, live))),
            self._values(session.values, live),
            tuple(name for name in sorted(self._watched) if session.values.get(name) is not None),
            tuple(self._frame(frame) for frame in session.frames[-2:]),
            session.action is not None and call.action is not None and call.action.kind,
            ending,
        )

    def whole(self, call: Call) -> Key:
        """Equal for two calls that cannot be told apart by anything that happens next."""
        session = call.session
        insist = getattr(call.ending, "insist", False)
        patience = (session.misses, session.noises % NOISES_A_TURN, min(session.refusals, 1), insist)
        return (self.wish(call), patience, tuple(sorted(call.timers)))

    def way_back(self, call: Call) -> tuple[str, ...]:
        """Where 返回 would lead."""
        return tuple(call.session.trail[-2:])

    def _form(self, session: Session, live: frozenset[str]) -> list[tuple[str, str]]:
        slot = session.form.get("slot", "")
        kept = {name: value for name, value in session.form.items() if name != "value" or slot in live}
        return [(name, value if not name.startswith("heard.") else "heard") for name, value in kept.items()]

    def _values(self, values: dict[str, Any], live: frozenset[str]) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._value(values[name])) for name in sorted(live & values.keys()))

    def _value(self, value: Any) -> str:
        if type(value) in {int, float} and abs(value) > self._largest:
            return "large" if value > 0 else "small"
        return repr(value)

    def _frame(self, frame: Frame) -> Key:
        place = (frame.kind, frame.scope, frame.step, frame.position)
        live = self._live.at(*place[1:]) if frame.kind == "routine" else frozenset()
        return (*place, self._values(frame.values, live))
