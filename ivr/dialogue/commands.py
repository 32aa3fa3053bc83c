"""What a dialogue asks for. Commands are imperatives; the driver carries them out and answers with events.

They are data only, so that a journal can hold them and a replay can compare them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

BargeIn = Literal["on", "keys", "off"]


@dataclass(frozen=True, slots=True)
class Say:
    """Speak `text`, in `language` (empty: the flow's own), after whatever is being spoken; a `PromptEnded`
    with the same `prompt` number follows, always.

    `barge_in`: what may cut it, speech and keys, keys only, or nothing. Values in `text` are written out for
    the ear already; the rest is by the mouth. `parts`: the same text cut where values stand in it, so that
    what is fixed can be rendered ahead and begins at once; empty: not cut.
    """

    prompt: int
    text: str
    barge_in: BargeIn = "on"
    parts: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """Cut what is being spoken and drop what waits to be spoken; each is reported by its `PromptEnded`."""


@dataclass(frozen=True, slots=True)
class PauseSpeaking:
    """Be silent at once, but keep what is being spoken and what waits: the caller may have begun to speak."""


@dataclass(frozen=True, slots=True)
class ResumeSpeaking:
    """It was nothing: go on with what was paused, from shortly before where it was."""


@dataclass(frozen=True, slots=True)
class Listen:
    """From now on hear the caller so; stands until the next `Listen`.

    `intents`, `faqs`, `digits` (fewest, most), `scale` (of a rating: first, last) and `wanted` (a kind of value) are
    what this question understands; the driver makes the recogniser's
    grammar of them, which may hold thousands of phrases and so stays out of journals. `pause_ms`: how much
    silence ends a turn, `complete_ms` how much ends one that is a whole answer (0: as much as any other). `closed`: the
    answer is one of a few short ones, so no second look by free decoding.
    """

    intents: tuple[str, ...] = ()
    faqs: tuple[str, ...] = ()
    digits: tuple[int, int] | None = None
    pause_ms: int = 600
    closed: bool = False
    hints: tuple[str, ...] = ()
    language: str = ""
    wanted: str = ""
    complete_ms: int = 160
    scale: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class StopListening:
    """What the caller says is of no interest now; keys still arrive."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Send `TimerFired(timer)` after `seconds`; a running timer of that name starts anew."""

    timer: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget the timer; no event follows."""

    timer: str


@dataclass(frozen=True, slots=True)
class NoteTurn:
    """For the journal: what the caller's turn was taken for, and why.

    `intent` is an intent, `faq:ID`, `slot`, `key`, a universal such as `agent`, `no_match` or `no_input`;
    scores in [0, 1].
    """

    step: str
    heard: str
    intent: str
    score: float
    runner_up: str
    runner_up_score: float
    slots: dict[str, str] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunAction:
    """Have something done outside; an `ActionDone` with the same `action` number follows.

    `kind`: `http`, `send_code`, `check_code`, `check_totp` or `callback`; `request` is its JSON, in which addresses and
    secrets are references such as `{env.CRM}` that only whoever carries it out resolves. `timeout` in seconds
    holds for all tries together, of which there are `retries` + 1.
    """

    action: int
    kind: str
    request: dict[str, Any]
    timeout: float
    retries: int = 0


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Keep what the caller says from now on as a file of its own, `longest` seconds at most; `name` is part of
    its name."""

    name: str
    longest: float


@dataclass(frozen=True, slots=True)
class StopRecording:
    """The message is over."""


@dataclass(frozen=True, slots=True)
class HandOff:
    """Give the caller to the people behind `queue`; `HandedOff` or `HandOffRefused` follows.

    `summary` is one line for the agent's screen. `insist`: queue the caller even if the
    queue looks full or empty (a caller who asks twice may wait, or leave a message).
    """

    queue: str
    summary: str
    insist: bool = False


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""

    reason: str


Command = (
    Say
    | StopSpeaking
    | PauseSpeaking
    | ResumeSpeaking
    | Listen
    | StopListening
    | StartTimer
    | CancelTimer
    | NoteTurn
    | RunAction
    | StartRecording
    | StopRecording
    | HandOff
    | HangUp
)
