"""`record`: a message in the caller's own voice, from the end of the prompt. # ends it, and so does a pause of two
seconds. The ears end a turn of twenty seconds by force: that ends no message.
"""

from __future__ import annotations

from ivr.dialogue.commands import StartRecording
from ivr.dialogue.events import Heard
from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.slot_schema import Patience
from ivr.flow.step_schema import Step
from ivr.understanding.result import State

_PAUSE_S = 2.0
_PAUSE = Patience(pause=_PAUSE_S, wait=8.0, complete=0.0)
_LONG_MS = 10_000
_SURELY = 0.95  # what is said into a message is for whoever listens to it, unless it surely is for us


class RecordKind(StepKind):
    """Keeps the recording's name, and what was recognised of it."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.record is None:
            return "done"
        text = talk.say(step.record.ask, "off")
        recording = StartRecording(step.record.save, step.record.longest)
        anything = State(threshold=_SURELY, any_words=True)
        question = Question(text, anything, {"#": "recorded"}, _PAUSE, "off", recording=recording)
        talk.wait_for(question)
        return "wait"

    def takes_any_words(self, talk: Talk, step: Step) -> bool:
        """A message is whatever the caller says."""
        del talk, step
        return True

    def goes_on(self, talk: Talk, step: Step, event: Heard) -> bool:
        """A turn that no pause has ended goes on, until the message is as long as it may be."""
        since = talk.session.recording_since
        if step.record is None or since is None:
            return False
        ended_by_force = event.speech_ms >= _LONG_MS and event.silence_ms < _PAUSE_S * 1000
        if not ended_by_force or talk.session.at - since >= step.record.longest:
            return False
        talk.session.form["message"] = talk.session.form.get("message", "") + (event.free_text or event.text)
        return True

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        if step.record is None:
            return "done"
        if turn.by == "key" and turn.intent != "recorded":
            return "miss"
        talk.stop_recording()
        words = turn.text if turn.by == "speech" else ""
        talk.session.values[step.record.save] = talk.session.form.pop("message", "") + words
        talk.say([talk.wording.recorded])
        return "done"
