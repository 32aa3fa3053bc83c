"""What the browser phone and the server say to each other over the call's WebSocket; no I/O.

Binary messages are audio both ways: one 20 ms frame, 320 bytes, 8 kHz 16-bit mono. Text messages are JSON objects
with a `type`. The page says `key`, `say` (typed instead of spoken) and `hang_up`; the server says `answered`, `clear`
(drop the audio you hold, the prompt was cut), `handed_off`, and every event and command of the call under its class's
name.

Decided: the page is not trusted, although it is ours. A page that breaks these rules is told which one and is closed.
Audio is held to the speed at which people speak: a client that sends an hour in a second would otherwise keep a
recogniser busy that others are waiting for.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from ivr.audio import FRAME_BYTES, FRAME_MS
from ivr.call.line import AudioFrame
from ivr.dialogue.commands import CancelTimer, Command, Listen, StartTimer, StopListening
from ivr.dialogue.events import Event, Heard, HungUp, KeyPressed, TimerFired
from ivr.errors import ProtocolError

MAX_MESSAGE_BYTES = 4096
MAX_TYPED_CHARACTERS = 200
KEYS = "0123456789*#"

_FRAMES_PER_S = 1000 / FRAME_MS * 1.02  # sound cards run fast by less than 2 %
_BURST_FRAMES = 150  # 3 s: what a stalled network delivers at once when it comes back
_WORDS_PER_S = 10.0
_BURST_WORDS = 40


class Allowance:
    """A token bucket: `per_s` on average, `burst` at once. Full at the start."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._left = float(burst)
        self._last_at = 0.0

    def take(self, at: float) -> bool:
        """Take one at `at` (seconds, never going back); False if none is left."""
        self._left = min(self._burst, self._left + (at - self._last_at) * self._per_s)
        self._last_at = at
        if self._left < 1:
            return False
        self._left -= 1
        return True


class PageReader:
    """Turns one page's messages into a line's events, and holds the page to the rules above."""

    def __init__(self) -> None:
        self._frames = Allowance(_FRAMES_PER_S, _BURST_FRAMES)
        self._words = Allowance(_WORDS_PER_S, _BURST_WORDS)

    def read(self, message: str | bytes, at: float) -> AudioFrame | Heard | KeyPressed | HungUp:
        """One WebSocket message, received `at` seconds after the call began.

        Raises ProtocolError; its message is fit for the page.
        """
        if isinstance(message, bytes):
            return self._audio(message, at)
        if not self._words.take(at):
            raise ProtocolError("too many messages at once: press and type more slowly")
        said = _json_object(message)
        match said.get("type"):
            case "key":
                return KeyPressed(at, _key(said.get("key")))
            case "say":
                return Heard(at, _typed(said.get("text")))
            case "hang_up":
                return HungUp(at, by="caller")
            case _:
                raise ProtocolError("unknown message type: send key, say or hang_up")

    def _audio(self, pcm: bytes, at: float) -> AudioFrame:
        if len(pcm) != FRAME_BYTES:
            raise ProtocolError(f"audio message of {len(pcm)} bytes: send {FRAME_BYTES} bytes, 20 ms at 8 kHz, 16 bit")
        if not self._frames.take(at):
            raise ProtocolError("audio came faster than real time: send one frame every 20 ms")
        return AudioFrame(at, pcm)


def to_page(what: Event | Command) -> str | None:
    """An event or a command as the page gets it: `{"type": class name, ...fields}`; None for what no page shows."""
    if isinstance(what, StartTimer | CancelTimer | TimerFired | Listen | StopListening):
        return None
    shown = {field.name: getattr(what, field.name) for field in fields(what)}
    return message(type(what).__name__, **shown)


def message(kind: str, **content: Any) -> str:
    """A text message to the page."""
    return json.dumps({"type": kind, **content}, ensure_ascii=False, separators=(",", ":"))


def _json_object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError("message is not JSON: send an object with a type") from None
    if not isinstance(said, dict):
        raise ProtocolError("message is not a JSON object: send an object with a type")
    return said


def _key(key: object) -> str:
    if not isinstance(key, str) or len(key) != 1 or key not in KEYS:
        raise ProtocolError("no such key: send one of 0-9 * #")
    return key


def _typed(text: object) -> str:
    if not isinstance(text, str):
        raise ProtocolError("typed text is missing: send it as text")
    if len(text) > MAX_TYPED_CHARACTERS:
        raise ProtocolError(f"typed text of {len(text)} characters: send at most {MAX_TYPED_CHARACTERS}")
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not plain:
        raise ProtocolError("typed text is empty: send what the caller would say")
    return plain
