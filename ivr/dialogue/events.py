"""What can happen in a call. Every event carries `at`, the seconds since the call began.

Events are facts in the past tense, made by whatever carries the call (a telephone, a browser, a text chat, a recording,
yesterday's journal). Nothing else ever reaches a dialogue, so a journal of events is the whole call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ivr.hearing.line_fault import LineFault


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The line is open. `local_time` is the hotline's wall clock as ISO 8601 with offset: the only date a flow sees."""

    at: float
    caller: str
    called: str
    local_time: str
    hears: Literal["audio", "text"]


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller began to make a sound that is speech; nothing is understood yet."""

    at: float


@dataclass(frozen=True, slots=True)
class Partial:
    """What the caller seems to have said so far; it may still change."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller's turn is over.

    `text` is the best hypothesis and may be empty (a cough); `confidence` in [0, 1]; `alternatives` best first;
    `free_text` is what a free decoding of the same audio gave, where a second look was taken; `speech_ms` is how long
    the caller spoke, `silence_ms` how much silence ended the turn, `decoding_ms` how long the final result took after.
    """

    at: float
    text: str
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    free_text: str = ""
    speech_ms: int = 0
    silence_ms: int = 0
    decoding_ms: int = 0


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed one of 0-9 * # A-D."""

    at: float
    key: str


@dataclass(frozen=True, slots=True)
class PromptStarted:
    """The first frame of a `Say` is on its way to the caller: the reply gap ends here."""

    at: float
    prompt: int


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """A `Say` is over: the caller heard `heard_ms` of it; `cut` if it did not come to its end."""

    at: float
    prompt: int
    heard_ms: int
    cut: bool


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the dialogue started, and neither cancelled nor started anew, has run out."""

    at: float
    timer: str


@dataclass(frozen=True, slots=True)
class RecognitionSlow:
    """The caller's turn has been over for `waited_ms`, and the recogniser has not said yet what was in it."""

    at: float
    waited_ms: int


@dataclass(frozen=True, slots=True)
class RecognitionLost:
    """What the caller said is lost: the recogniser died in the turn, or could not answer in time."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class LineIsBad:
    """Something is found wrong with the caller's line: speech on it is `quiet` or `clipped`, it is `noisy` around it,
    there are `gaps` where audio was lost, or it is `dead`: no audio comes at all. It holds until `LineIsGood`."""

    at: float
    kind: LineFault


@dataclass(frozen=True, slots=True)
class LineIsGood:
    """All that was bad about the caller's line is over."""

    at: float


@dataclass(frozen=True, slots=True)
class PartFailed:
    """A part of what carries the call has failed (its mouth, its ears, the dialogue itself); why is in the log."""

    at: float
    part: str


@dataclass(frozen=True, slots=True)
class ActionDone:
    """A `RunAction` is over: `outcome` `ok` with its JSON `value`, or `failed`, `timeout`, `unfit` (not the answer that
    the flow expects) with a `reason` for the engineer."""

    at: float
    action: int
    outcome: Literal["ok", "failed", "timeout", "unfit"]
    value: Any = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandOffRefused:
    """The queue did not take the caller: `full`, `empty` (nobody is logged in), `unknown`, or a reason of the
    line's own."""

    at: float
    queue: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandedOff:
    """The caller is on the way to a person; the call is over for the dialogue."""

    at: float
    queue: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The line is gone: `by` the caller, the hotline, or a fault of the line."""

    at: float
    by: Literal["caller", "hotline", "fault"]


Event = (
    CallStarted
    | SpeechStarted
    | Partial
    | Heard
    | KeyPressed
    | PromptStarted
    | PromptEnded
    | TimerFired
    | RecognitionSlow
    | RecognitionLost
    | LineIsBad
    | LineIsGood
    | PartFailed
    | ActionDone
    | HandOffRefused
    | HandedOff
    | HungUp
)
