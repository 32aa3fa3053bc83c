"""One small file a step kind, and the table that finds them."""

from __future__ import annotations

from ivr.dialogue.steps.answer import AnswerKind
from ivr.dialogue.steps.ask import AskKind
from ivr.dialogue.steps.call import CallKind
from ivr.dialogue.steps.callback import CallbackKind
from ivr.dialogue.steps.collect import CollectKind
from ivr.dialogue.steps.hand_off import HandOffKind
from ivr.dialogue.steps.hang_up import HangUpKind
from ivr.dialogue.steps.keeping import BranchKind, SetKind, SpeakKind
from ivr.dialogue.steps.kind import StepKind
from ivr.dialogue.steps.record import RecordKind
from ivr.dialogue.steps.run import ReturnKind, RunKind
from ivr.dialogue.steps.say import SayKind
from ivr.dialogue.steps.survey import SurveyKind
from ivr.dialogue.steps.verify import VerifyKind

KINDS: dict[str, StepKind] = {
    "say": SayKind(),
    "set": SetKind(),
    "branch": BranchKind(),
    "ask": AskKind(),
    "collect": CollectKind(),
    "answer": AnswerKind(),
    "call": CallKind(),
    "run": RunKind(),
    "record": RecordKind(),
    "verify": VerifyKind(),
    "survey": SurveyKind(),
    "callback": CallbackKind(),
    "speak": SpeakKind(),
    "hand_off": HandOffKind(),
    "hang_up": HangUpKind(),
    "return": ReturnKind(),
}
