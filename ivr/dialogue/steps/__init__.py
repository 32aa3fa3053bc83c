"""One small file a step kind, and the table that finds them."""

from __future__ import annotations

from ivr.dialogue.steps.answer import AnswerKind
from ivr.dialogue.steps.ask import AskKind
from ivr.dialogue.steps.collect import CollectKind
from ivr.dialogue.steps.hand_off import HandOffKind
from ivr.dialogue.steps.hang_up import HangUpKind
from ivr.dialogue.steps.kind import StepKind
from ivr.dialogue.steps.say import SayKind

KINDS: dict[str, StepKind] = {
    "say": SayKind(),
    "ask": AskKind(),
    "collect": CollectKind(),
    "answer": AnswerKind(),
    "hand_off": HandOffKind(),
    "hang_up": HangUpKind(),
}
