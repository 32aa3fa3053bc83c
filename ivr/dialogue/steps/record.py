"""`record`: a message in the caller's own voice. # ends it, and so does a pause of two seconds."""

from __future__ import annotations

from ivr.dialogue.commands import StartRecording, StopRecording
from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Patience, Step
from ivr.understanding.result import State

_PAUSE = Patience(pause=2.0, wait=8.0)
_SURELY = 0.95  # what is said into a message is for whoever listens to it, unless it surely is for us


class RecordKind(StepKind):
    """Keeps the recording's name, and what was recognised of it."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.record is None:
            return "done"
        text = talk.say(step.record.ask, "off")
        talk.commands.append(StartRecording(step.record.save, step.record.longest))
        question = Question(text, State(threshold=_SURELY), {"#": "recorded"}, _PAUSE, "off")
        talk.wait_for(question)
        return "wait"

    def takes_any_words(self, talk: Talk, step: Step) -> bool:
        """A message is whatever the caller says."""
        del talk, step
        return True

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        if step.record is None:
            return "done"
        if turn.by == "key" and turn.intent != "recorded":
            return "miss"
        talk.commands.append(StopRecording())
        talk.session.values[step.record.save] = turn.text if turn.by == "speech" else ""
        talk.say([talk.wording.recorded])
        return "done"
