"""chan_websocket's control messages as a codec without I/O (Asterisk 22.8, `f(json)`): texts in, events out.

Sound is binary messages of 8 kHz 16-bit mono in both directions and needs no codec. Events and commands that we do not
use are passed over, because newer Asterisks add some. MEDIA_XOFF and XON are among these: they come at 900 queued
frames, and we are never more than ten ahead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ivr.asterisk.audiosocket_wire import CallerKey
from ivr.errors import ProtocolError

_KEYS = frozenset("0123456789*#ABCD")
MAX_MESSAGE = 65_500
"""One message of more and Asterisk ends the call (FACTS.md)."""


@dataclass(frozen=True, slots=True)
class MediaStarted:
    """The first message: Asterisk's `channel`, and how many bytes it calls 20 ms."""

    channel: str
    frame_bytes: int


@dataclass(frozen=True, slots=True)
class QueueDrained:
    """Asterisk has played all it had: told once for each `report_drained`."""


@dataclass(frozen=True, slots=True)
class MarkPlayed:
    """Asterisk has played all that was sent before the `mark` of this number."""

    mark: int


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """How many `frames` of 20 ms Asterisk had and had not played when it was asked; marks are not counted."""

    frames: int


MediaEvent = MediaStarted | CallerKey | QueueDrained | MarkPlayed | QueueStatus


def media_event(text: str) -> MediaEvent | None:
    """One text message of Asterisk's; None for what we do not use. Raises ProtocolError for what is no event."""
    try:
        told = json.loads(text)
        match told["event"]:
            case "MEDIA_START":
                return MediaStarted(str(told["channel"]), int(told["optimal_frame_size"]))
            case "DTMF_END":
                return _key(told["digit"])
            case "QUEUE_DRAINED":
                return QueueDrained()
            case "MEDIA_MARK_PROCESSED":
                return MarkPlayed(int(told["correlation_id"]))
            case "STATUS":
                return QueueStatus(int(told["queue_length"]))
            case _:
                return None
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise ProtocolError(f"chan_websocket: no event as f(json) gives them: {text[:80]!r}") from fault


def command(name: str, **parameters: str) -> str:
    """FLUSH_MEDIA, REPORT_QUEUE_DRAINED, HANGUP …"""
    return json.dumps({"command": name, **parameters})


def mark(number: int) -> str:
    """A mark behind what was sent so far; MarkPlayed comes when Asterisk has played up to it."""
    return command("MARK_MEDIA", correlation_id=str(number))


FLUSH = command("FLUSH_MEDIA")
GET_STATUS = command("GET_STATUS")
REPORT_DRAINED = command("REPORT_QUEUE_DRAINED")
HANGUP = command("HANGUP")


def _key(digit: object) -> CallerKey:
    if not isinstance(digit, str) or digit not in _KEYS:
        raise ProtocolError(f"chan_websocket: {digit!r} is no key.")
    return CallerKey(digit)
