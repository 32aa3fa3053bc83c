"""What can happen next in a call: one `Move` for every class of input, and the events it is made of.

Decided: **a turn is willing or not.** Silence, words that are not understood, coughs, a lost recognition, a number of
the wrong length, a wrong code, a key without meaning, and everything the world outside does (an action's outcome, a
queue that refuses) are not the caller's will. Only a circle of such moves is a trap; a caller who asks for the same
bill again and again has what they wish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ivr.understanding.completeness import Completeness
from ivr.understanding.result import VALUE, Result, State, Utterance

NOISES_A_TURN = 3
"""So many coughs in a row are one turn that is not understood; they are tried together."""
NONSENSE = "阿巴阿巴呜噜噜"
Disturbance = Literal["sound", "endless_sound", "late", "bad_line", "part_failed"]
"""What is no turn and leads to no state of its own (disturbances.py)."""
Turn = Literal["start", "say", "keys", "begin_number", "silence", "cough", "lost", "done", "accepted", "refused", "end"]
Kind = Turn | Disturbance


@dataclass(frozen=True, slots=True)
class Move:
    """`words` are what is said or pressed, `meaning` what that is taken for; `outcome` and `value` are an action's,
    `caller` and `moment` (ISO 8601) a start's."""

    kind: Kind
    words: str = ""
    meaning: Result | None = None
    willing: bool = True
    outcome: Literal["ok", "failed", "timeout", "unfit"] = "ok"
    value: Any = None
    caller: str = ""
    moment: str = ""

    @property
    def label(self) -> str:
        """What a person calls it."""
        said = {"say": f"“{self.words}”", "keys": f"presses {self.words}", "begin_number": f"presses {self.words} …"}
        outcome = self.outcome if self.value is None else f"answers {self.value!r}"
        plain = {
            "start": f"calls at {self.moment[:16].replace('T', ' ')}",
            "silence": "(is silent)",
            "cough": "(coughs, three times)",
            "lost": "(the recogniser dies)",
            "done": f"(the service: {outcome})",
            "accepted": "(the queue takes the caller)",
            "refused": "(the queue is full)",
            "end": "(the call is over)",
            "sound": "(a sound into the prompt that is nothing)",
            "endless_sound": "(a sound into the prompt that does not end)",
            "late": "(speaks, and the recogniser is late)",
            "bad_line": "(the line is bad)",
            "part_failed": "(a part of the call fails)",
        }
        return said.get(self.kind) or plain[self.kind]


class StagedUnderstanding:
    """Understands what it is told to: the explorer stages a meaning, and it is found where the question allows it."""

    def __init__(self) -> None:
        self.meaning = Result("", 0.0)

    def understand(self, utterance: Utterance, state: State) -> Result:
        """The staged meaning, or nothing if it is not active in `state`."""
        del utterance
        meaning = self.meaning
        faq = meaning.intent.removeprefix("faq:").partition("/")[0]
        fits = meaning.intent in state.intents or (meaning.intent.startswith("faq:") and faq in state.faqs)
        fits = fits or (meaning.intent == "digits" and state.digits is not None)
        fits = fits or (state.wanted is not None and meaning.intent == f"{VALUE}{state.wanted.kind}")
        close = meaning.ranking and all(name in state.intents or name.startswith("faq:") for name, _ in meaning.ranking)
        return meaning if fits or close else Result("", 0.0)

    def phrases(self, state: State) -> tuple[str, ...]:
        """Nothing is heard here, so there is no grammar."""
        del state
        return ()

    def completeness(self, text: str, state: State, at: datetime | None = None) -> Completeness:
        """Nothing is heard here, so no turn is judged before it is over."""
        del text, state, at
        return "open"
