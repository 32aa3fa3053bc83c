"""`callback`: a call back in the morning, the afternoon or the evening."""

from __future__ import annotations

from ivr.dialogue.events import ActionDone
from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step
from ivr.understanding.result import State

_TIMES = ("morning", "afternoon", "evening")
_KEYS = {str(key): time for key, time in enumerate(_TIMES, 1)}
_NOTE_S = 3.0


class CallbackKind(StepKind):
    """Asks when, has it noted, and goes to `failed` if nobody can note it."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.callback is None:
            return "done"
        text = talk.say(step.callback.ask, step.barge_in)
        state = State(_TIMES, threshold=talk.flow.hotline.threshold)
        talk.wait_for(Question(text, state, _KEYS, step.patience, step.barge_in, closed=True))
        return "wait"

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        if step.callback is None:
            return "done"
        if turn.intent not in _TIMES:
            return "miss"
        talk.session.values[step.callback.save] = talk.label(turn.intent)
        number = talk.value(step.callback.number)
        talk.run_action("callback", {"number": number, "when": turn.intent}, timeout=_NOTE_S)
        return "wait"

    def action_done(self, talk: Talk, step: Step, event: ActionDone) -> Outcome:
        del talk
        return "done" if event.outcome == "ok" or step.callback is None else Go(step.callback.failed)
