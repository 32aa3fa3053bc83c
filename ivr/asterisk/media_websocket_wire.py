"""chan_websocket's control messages as a codec without I/O (Asterisk 22.8, `f(json)`): texts in, events out.

Sound is binary messages of 8 kHz 16-bit mono in both directions and needs no codec. Events and commands that we do not
use are passed over, because newer Asterisks add some.
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


MediaEvent = MediaStarted | CallerKey | QueueDrained


def media_event(text: str) -> MediaEvent | None:
    """One text message of Asterisk's; None for what we do not use. Raises ProtocolError for what is no event."""
    try:
        told = json.loads(text)
        kind = told["event"]
        if kind == "MEDIA_START":
            return MediaStarted(str(told["channel"]), int(told["optimal_frame_size"]))
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise ProtocolError(f"chan_websocket: no event as f(json) gives them: {text[:80]!r}") from fault
    if kind == "DTMF_END":
        key = told.get("digit")
        if not isinstance(key, str) or key not in _KEYS:
            raise ProtocolError(f"chan_websocket: {key!r} is no key.")
        return CallerKey(key)
    return QueueDrained() if kind == "QUEUE_DRAINED" else None


def command(name: str) -> str:
    """FLUSH_MEDIA, REPORT_QUEUE_DRAINED, HANGUP …"""
    return json.dumps({"command": name})


FLUSH = command("FLUSH_MEDIA")
REPORT_DRAINED = command("REPORT_QUEUE_DRAINED")
HANGUP = command("HANGUP")
