"""`verify`: is the caller who they say they are?

A code that was sent, or that an authenticator shows, is checked by whoever sent it (`send_code`, `check_code`,
`check_totp`), so no secret and no code that is still to come is ever in a flow, a command or a journal. What the caller
types is in the journal like every turn; a code is good for once, and for five minutes. Tries are limited; where to then
is the flow's.
"""

from __future__ import annotations

from ivr.dialogue.events import ActionDone
from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step, Verify
from ivr.understanding.result import Digits, State

_CHECK_S = 5.0


class VerifyKind(StepKind):
    """`form`: `stage` is sending, asking or checking; `tries` counts wrong answers."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.verify is None:
            return "done"
        talk.session.values["verified"] = False
        if step.verify.by == "code":
            talk.session.form["stage"] = "sending"
            request = {"to": _subject(talk, step.verify), "length": step.verify.length[1]}
            talk.run_action("send_code", request, timeout=_CHECK_S)
        else:
            _ask(talk, step, step.verify)
        return "wait"

    def resume(self, talk: Talk, step: Step) -> Outcome:
        if step.verify is not None and talk.session.form.get("stage") == "asking":
            _ask(talk, step, step.verify)
            return "wait"
        return self.enter(talk, step)

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        verify, digits = step.verify, turn.slots.get("digits", "")
        if verify is None:
            return "done"
        if not digits:
            return "miss"
        if verify.by == "answer":
            right = talk.value(verify.is_) if verify.is_ else None
            return self._judged(talk, step, verify, right=right is not None and str(right) == digits)
        talk.session.form["stage"] = "checking"
        request = {"to": _subject(talk, verify), "code": digits}
        talk.run_action("check_code" if verify.by == "code" else "check_totp", request, timeout=_CHECK_S)
        return "wait"

    def action_done(self, talk: Talk, step: Step, event: ActionDone) -> Outcome:
        if step.verify is None:
            return "done"
        if event.outcome != "ok":
            return Go(step.verify.failed)
        if talk.session.form.get("stage") == "sending":
            _ask(talk, step, step.verify)
            return "wait"
        return self._judged(talk, step, step.verify, right=event.value is True)

    def _judged(self, talk: Talk, step: Step, verify: Verify, *, right: bool) -> Outcome:
        if right:
            talk.session.values["verified"] = True
            return "done"
        tries = int(talk.session.form.get("tries", "0")) + 1
        talk.session.form["tries"] = str(tries)
        if tries >= verify.attempts:
            return Go(verify.failed)
        talk.say([talk.wording.wrong_code], step.barge_in)
        _ask(talk, step, verify)
        return "wait"


def _ask(talk: Talk, step: Step, verify: Verify) -> None:
    talk.session.form["stage"] = "asking"
    text = talk.say(verify.ask, step.barge_in)
    state = State((), digits=Digits(*verify.length), threshold=talk.flow.hotline.threshold)
    talk.wait_for(Question(text, state, patience=step.patience, barge_in=step.barge_in, closed=True))


def _subject(talk: Talk, verify: Verify) -> str:
    value = talk.value(verify.to) if verify.to else ""
    return "" if value is None else str(value)
