"""The port between a call and whatever carries it.

A line turns the outside into a few events and carries a few commands out; it decides nothing. A telephone, a
browser, a text chat and a recording are each one class in a `*_line.py` file, and `run_call` (driver.py) is
the same for all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from ivr.dialogue.events import Heard, HungUp, KeyPressed


@dataclass(frozen=True, slots=True)
class CallInfo:
    """Who calls whom: `call_id` is unique and safe as a file name; `caller` and `called` as the network gave them."""

    call_id: str
    caller: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """20 ms of the caller's voice: 8 kHz 16-bit mono, 320 bytes, received `at` seconds after the call began."""

    at: float
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Speech:
    """One prompt to be played.

    `audio` gives 8 kHz 16-bit mono PCM in pieces of any even length, or None on a line that speaks text. The
    line calls `began` once, when the first frame is on its way to the caller: the reply gap ends there.
    """

    text: str
    audio: AsyncIterator[bytes] | None = None
    began: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Played:
    """`heard_ms`: how much of the speech really went out to the caller; `cut`: it was stopped before its end."""

    heard_ms: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to hand a caller: the people behind `queue`, and one line about the call for the agent's screen.

    `insist`: do not ask whether the queue has room; the caller would rather wait, or leave a message.
    """

    queue: str
    summary: str
    insist: bool = False


@dataclass(frozen=True, slots=True)
class HandOffResult:
    """`accepted`: the caller leaves us for the queue. Else `reason`: full, empty, unknown, or words of the
    line's own."""

    accepted: bool
    reason: str = ""


class Line(Protocol):
    """One call's way in and out. Every method is called on the loop and returns soon; none raises once the
    caller is gone."""

    info: CallInfo
    began: float
    """The loop's time when the call began: what every `at` counts from."""
    hears: Literal["audio", "text"]
    speaks: Literal["audio", "text"]

    def incoming(self) -> AsyncIterator[AudioFrame | Heard | KeyPressed | HungUp]:
        """What comes from the caller, `at` seconds after the call began; ends after HungUp."""
        ...

    async def play(self, speech: Speech, /) -> Played:
        """Play to the end, or until `cut` or the caller's hang-up. One at a time."""
        ...

    def cut(self) -> None:
        """Stop what plays now; `play` returns with cut=True. Nothing plays: no effect."""
        ...

    def tap(self, sink: Callable[[bytes], None], /) -> None:
        """Let `sink` have every 20 ms frame that goes out to the caller, silence too (for the recording, and to know
        its echo), beside those who have them already; text lines ignore it."""
        ...

    async def hand_off(self, to: Destination, /) -> HandOffResult:
        """Give the caller to a queue. Accepted: the line is over for us, and `incoming` ends."""
        ...

    async def hang_up(self, /) -> None:
        """End the call; `incoming` ends with HungUp(by="hotline")."""
        ...


@runtime_checkable
class GivesFrames(Protocol):
    """A line that can give the caller's frames as they come: a task that is woken fifty times a second costs more than
    what it does with a frame."""

    def frames_to(self, sink: Callable[[AudioFrame], None], /) -> None:
        """Let `sink` have every frame, in the order of things, and `incoming` the rest. It returns within microseconds;
        what it raises, `incoming` raises."""
        ...
