"""AudioSocket as a codec without I/O: bytes in, frames out; frames in, bytes out.

A frame is a type byte, the payload's length in two bytes (big-endian), the payload (app_audiosocket of Asterisk 22):

    00 hang-up, empty    01 the call's uuid, 16 bytes, first    03 one key in ASCII, from Asterisk only    10 audio
    ff error

Decided here: audio is 8 kHz 16-bit little-endian mono, in any even length up to MAX_AUDIO; what Asterisk sends by
default is 320 bytes each 20 ms. Types that we do not know are passed over, because newer Asterisks add some (11–18
are other rates).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from uuid import UUID

from ivr.errors import ProtocolError

_HEADER = struct.Struct(">BH")
_HANGUP, _UUID, _DTMF, _AUDIO, _ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
# 100 ms; a payload of more is no telephone call, and memory is bounded by it.
MAX_AUDIO = 1600
_MAX_PAYLOAD = {_HANGUP: 0, _UUID: 16, _DTMF: 1, _AUDIO: MAX_AUDIO}
_MAX_UNKNOWN = 4096
_KEYS = frozenset(b"0123456789*#ABCD")

HANGUP_FRAME = _HEADER.pack(_HANGUP, 0)
# 20 ms in one piece is nearly all that ever comes: it is taken without a copy into the buffer and out again.
_USUAL_HEADER = _HEADER.pack(_AUDIO, 320)
_USUAL = _HEADER.size + 320


@dataclass(frozen=True, slots=True)
class CallUuid:
    """The first frame: which waiting call this socket belongs to."""

    uuid: UUID


@dataclass(frozen=True, slots=True)
class CallerAudio:
    """The caller's voice, 8 kHz 16-bit mono."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class CallerKey:
    """One key: 0-9 * # A-D."""

    key: str


@dataclass(frozen=True, slots=True)
class SocketHangup:
    """Asterisk ends the socket in good order."""


AudioSocketFrame = CallUuid | CallerAudio | CallerKey | SocketHangup


def audio_frame(pcm: bytes) -> bytes:
    """One audio frame, to be written at once; `pcm` is 8 kHz 16-bit mono, 2 to 1,600 bytes (320 for 20 ms)."""
    if len(pcm) == _USUAL - _HEADER.size:
        return _USUAL_HEADER + pcm
    if not 0 < len(pcm) <= MAX_AUDIO or len(pcm) % 2:
        raise ValueError(f"an audio frame of {len(pcm)} bytes")
    return _HEADER.pack(_AUDIO, len(pcm)) + pcm


def uuid_frame(call: UUID) -> bytes:
    """What Asterisk sends first; for tests and for a phone of one's own."""
    return _HEADER.pack(_UUID, 16) + call.bytes


def key_frame(key: str) -> bytes:
    """What Asterisk sends for a key; for tests. Never send it to Asterisk: it ends the call."""
    return _HEADER.pack(_DTMF, 1) + key.encode("ascii")


class AudioSocketWire:
    """One AudioSocket connection, seen from the server. Holds at most one payload."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._named = False
        self._over = False

    def receive(self, data: bytes) -> list[AudioSocketFrame]:
        """Take the next bytes, split anywhere; give the frames they complete.

        Raises ProtocolError: a payload longer than its type allows, a wrong uuid or key, a first frame that is no
        uuid, a second uuid, anything after a hang-up, or an error frame.
        """
        if len(data) == _USUAL and data.startswith(_USUAL_HEADER) and not self._buffer and self._named:
            self._check(_AUDIO, _USUAL - _HEADER.size)
            return [CallerAudio(data[_HEADER.size :])]
        self._buffer += data
        frames: list[AudioSocketFrame] = []
        start = 0
        while len(self._buffer) - start >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._buffer, start)
            self._check(kind, length)
            if len(self._buffer) - start < _HEADER.size + length:
                break
            payload = bytes(self._buffer[start + _HEADER.size : start + _HEADER.size + length])
            start += _HEADER.size + length
            frame = self._frame(kind, payload)
            if frame is not None:
                frames.append(frame)
        del self._buffer[:start]
        return frames

    def receive_eof(self) -> None:
        """The peer has closed. Raises ProtocolError if it did so inside a frame or before its uuid."""
        if self._buffer:
            raise ProtocolError(
                f"AudioSocket: the connection was closed inside a frame ({len(self._buffer)} bytes of it came)."
            )
        if not self._named and not self._over:
            raise ProtocolError("AudioSocket: the connection was closed before the call's uuid came.")

    def _check(self, kind: int, length: int) -> None:
        if self._over:
            raise ProtocolError("AudioSocket: a frame after the hang-up.")
        if kind == _ERROR:
            raise ProtocolError("AudioSocket: Asterisk reports an error of its own; its log says which.")
        if not self._named and kind not in (_UUID, _HANGUP):
            raise ProtocolError(
                f"AudioSocket: the first frame is of type {kind:02x}, not the call's uuid (01): this is not Asterisk."
            )
        if length > _MAX_PAYLOAD.get(kind, _MAX_UNKNOWN):
            raise ProtocolError(f"AudioSocket: a frame of type {kind:02x} with {length} bytes, which is too long.")

    def _frame(self, kind: int, payload: bytes) -> AudioSocketFrame | None:
        if kind == _AUDIO:
            return CallerAudio(payload[: len(payload) // 2 * 2]) if len(payload) > 1 else None
        if kind == _DTMF:
            if not payload or payload[0] not in _KEYS:
                raise ProtocolError(f"AudioSocket: {payload!r} is no key.")
            return CallerKey(payload.decode("ascii"))
        if kind == _UUID:
            if len(payload) != 16 or self._named:
                raise ProtocolError("AudioSocket: a wrong or second uuid.")
            self._named = True
            return CallUuid(UUID(bytes=payload))
        if kind == _HANGUP:
            self._over = True
            return SocketHangup()
        return None
