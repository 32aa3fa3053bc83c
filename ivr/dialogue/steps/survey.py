"""`survey`: a rating. It is the hotline that wants something here, so one who does not answer is thanked and let go."""

from __future__ import annotations

from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Outcome, StepKind
from ivr.dialogue.talk import Talk
from ivr.flow.step_schema import Step, Survey
from ivr.understanding.digits import in_range
from ivr.understanding.rating import read_rating
from ivr.understanding.result import Digits, State


class SurveyKind(StepKind):
    """Asks once; a number on the scale is kept, anything else is let pass."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        if step.survey is None:
            return "done"
        talk.session.values[step.survey.save] = None
        text = talk.say(step.survey.ask, step.barge_in)
        longest = len(str(step.survey.scale[1]))
        state = State((), digits=Digits(1, longest, step.survey.scale), threshold=talk.flow.hotline.threshold)
        talk.wait_for(Question(text, state, patience=step.patience, barge_in=step.barge_in, closed=True))
        return "wait"

    def takes_any_words(self, talk: Talk, step: Step) -> bool:
        """A rating comes in a sentence, too."""
        del talk, step
        return True

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        if step.survey is None:
            return "done"
        rating = turn.slots.get("digits", "") or read_rating(turn.text, step.survey.scale).digits
        if in_range(rating, Digits(1, len(rating), step.survey.scale)):
            talk.session.values[step.survey.save] = int(rating)
        _thank(talk, step.survey)
        return "done"

    def missed(self, talk: Talk, step: Step) -> Outcome:
        """One who does not answer is let go."""
        if step.survey is not None:
            _thank(talk, step.survey)
        return "done"


def _thank(talk: Talk, survey: Survey) -> None:
    if survey.thanks:
        talk.say(survey.thanks)
