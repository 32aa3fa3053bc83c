"""`call`: a question to another system, with a way on for every way it can go wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ivr.dialogue.events import ActionDone
from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.dialogue.world import surroundings
from ivr.flow.expression import lookup
from ivr.flow.step_schema import Call, Step
from ivr.flow.values import VALUE

_REFERENCES = ("env", "secret")


class CallKind(StepKind):
    """Asks, keeps the answer under `save`, or goes to `failed`."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.call is None:
            return "done"
        talk.run_action("http", _request(talk, step.call), timeout=step.call.timeout, retries=step.call.retry)
        return "wait"

    def action_done(self, talk: Talk, step: Step, event: ActionDone) -> Outcome:
        if step.call is None or event.outcome == "ok":
            if step.call is not None and step.call.save:
                talk.session.values[step.call.save] = event.value
            return "done"
        return Go(step.call.failed)


def _request(talk: Talk, call: Call) -> dict[str, Any]:
    """The request with the call's values in it; references stay references."""
    request: dict[str, Any] = {
        "method": "GET" if call.get else "POST",
        "url": _address(talk, call.get or call.post or ""),
    }
    if call.headers:
        request["headers"] = dict(call.headers)
    if call.body:
        request["body"] = {name: talk.value(expression) for name, expression in call.body.items()}
    if call.expect:
        request["expect"] = dict(call.expect)
    return request


def _address(talk: Talk, address: str) -> str:
    """Values go in percent-encoded, so that nothing a caller says can lead to another address."""
    known = surroundings(talk.session, talk.flow)
    return VALUE.sub(
        lambda match: (
            match[0]
            if match[1].split(".")[0] in _REFERENCES
            else quote(_text(lookup(known, match[1].split("."))), safe="")
        ),
        address,
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
