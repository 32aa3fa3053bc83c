"""The pipe between the hotline and a recognition worker: length-prefixed frames, a codec without I/O.

A frame is a 4-byte big-endian length, then a type byte, a 4-byte stream number and the payload. Audio travels as it is,
everything else as JSON; after the phrases of an `Open`, U says that it is unhurried, L that it is live.

Decided: every request on a stream gets exactly one reply, in order, so a reply needs no number of its own and a client
that waits for its replies cannot flood the worker. `Drop` alone gets none. Stream 0 is the worker itself: `Ready` once
its model is loaded, or `Failed` if it cannot be.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ivr_asr.api import Hypothesis, RecognitionError, Word

MAX_FRAME_BYTES = 8 << 20
"""About 50,000 phrases, or eight minutes of audio; more than that is a broken peer and not a caller."""

_LISTS_KEPT = 64
"""A question's phrases, often thousands, are the same at each call: writing and reading them takes 2 ms each time."""

_HEAD = struct.Struct(">I")
_BODY = struct.Struct(">BI")


class WireFault(RecognitionError):  # noqa: N818  the peer is at fault, in the protocol's words
    """The other end of the pipe does not speak this protocol; the worker must be replaced."""


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a stream with this grammar; `Opened` follows. `unhurried`: it is decoded when no caller waits."""

    stream: int
    phrases: tuple[str, ...]
    unhurried: bool = False


@dataclass(frozen=True, slots=True)
class Audio:
    """More 16-bit PCM; `Result` follows."""

    stream: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Finish:
    """No more audio: the stream ends with a final `Result`."""

    stream: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget the stream; nothing follows. A stream that is not open is no fault."""

    stream: int


@dataclass(frozen=True, slots=True)
class Check:
    """Which of these phrases can the model not hear? `Opened` follows, no stream is opened."""

    stream: int
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""

    stream: int


@dataclass(frozen=True, slots=True)
class Opened:
    """`missing`: the phrases left out of the grammar, each split, with what the model lacks in brackets."""

    stream: int
    missing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The hypothesis after this audio, None if it is the same as before, and what it cost: `cpu_ms` of one core."""

    stream: int
    hypothesis: Hypothesis | None
    cpu_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Failed:
    """This request could not be carried out, and the stream is closed."""

    stream: int
    reason: str


Message = Open | Audio | Finish | Drop | Check | Ready | Opened | Result | Failed
_TYPES: tuple[type[Message], ...] = (Open, Audio, Finish, Drop, Check, Ready, Opened, Result, Failed)


def encode(message: Message) -> bytes:
    """One frame. Raises WireFault if it would be larger than MAX_FRAME_BYTES."""
    payload = message.pcm if isinstance(message, Audio) else _to_json(message)
    length = _BODY.size + len(payload)
    if length > MAX_FRAME_BYTES:
        raise WireFault(
            f"a message of {length} bytes is too large for a recognition worker: send fewer phrases or less audio."
        )
    return _HEAD.pack(length) + _BODY.pack(_TYPES.index(type(message)), message.stream) + payload


class Decoder:
    """Bytes in any split in, whole messages out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are complete now. Raises WireFault; the decoder is of no use after that."""
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            (length,) = _HEAD.unpack_from(self._buffer)
            if not _BODY.size <= length <= MAX_FRAME_BYTES:
                raise WireFault(
                    f"a frame of {length} bytes came through a recognition worker's pipe: something else writes to it."
                )
            end = _HEAD.size + length
            if len(self._buffer) < end:
                return
            frame = bytes(self._buffer[_HEAD.size : end])
            del self._buffer[:end]
            yield _decode(frame)


def _to_json(message: Message) -> bytes:
    body: Any
    match message:
        case Open(_, phrases, unhurried):
            return _phrases_to_json(phrases) + (b"U" if unhurried else b"L")
        case Check(_, phrases):
            return _phrases_to_json(phrases)
        case Opened(_, missing):
            body = missing
        case Failed(_, reason):
            body = reason
        case Result(_, hypothesis, cpu_ms):
            body = [None if hypothesis is None else hypothesis_to_json(hypothesis), round(cpu_ms, 3)]
        case _:
            return b""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _decode(frame: bytes) -> Message:
    number, stream = _BODY.unpack_from(frame)
    payload = frame[_BODY.size :]
    if number >= len(_TYPES):
        raise WireFault(f"a recognition worker's pipe carried a message of unknown type {number}.")
    kind = _TYPES[number]
    try:
        return _build(kind, stream, payload)
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise WireFault(f"a recognition worker's pipe carried a broken {kind.__name__} message ({fault}).") from fault


def _build(kind: type[Message], stream: int, payload: bytes) -> Message:
    if kind is Audio:
        return Audio(stream, payload)
    if kind is Finish or kind is Drop or kind is Ready:
        return kind(stream)
    if kind is Open:
        return Open(stream, _phrases_from_json(payload[:-1]), payload[-1:] == b"U")
    if kind is Check:
        return Check(stream, _phrases_from_json(payload))
    return _build_from_json(kind, stream, json.loads(payload))


def _build_from_json(kind: type[Message], stream: int, body: Any) -> Message:
    if kind is Result:
        hypothesis, cpu_ms = body
        return Result(stream, None if hypothesis is None else hypothesis_from_json(hypothesis), float(cpu_ms))
    if kind is Opened:
        return Opened(stream, tuple((_text(phrase), _text(lacking)) for phrase, lacking in body))
    return Failed(stream, _text(body))


@lru_cache(maxsize=_LISTS_KEPT)
def _phrases_to_json(phrases: tuple[str, ...]) -> bytes:
    return json.dumps(phrases, ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache(maxsize=_LISTS_KEPT)
def _phrases_from_json(payload: bytes) -> tuple[str, ...]:
    return tuple(_text(phrase) for phrase in json.loads(payload))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {type(value).__name__}")
    return value


def hypothesis_to_json(hypothesis: Hypothesis) -> dict[str, Any]:
    """As plain JSON values; times in ms, probabilities to four places."""
    return {
        "text": hypothesis.text,
        "confidence": round(hypothesis.confidence, 4),
        "final": hypothesis.final,
        "words": [[word.text, word.start_ms, word.end_ms, round(word.confidence, 4)] for word in hypothesis.words],
        "alternatives": list(hypothesis.alternatives),
    }


def hypothesis_from_json(body: dict[str, Any]) -> Hypothesis:
    """The reverse. Raises ValueError, TypeError or KeyError if it is none."""
    return Hypothesis(
        text=_text(body["text"]),
        confidence=float(body["confidence"]),
        final=bool(body["final"]),
        words=tuple(Word(_text(text), int(start), int(end), float(sure)) for text, start, end, sure in body["words"]),
        alternatives=tuple(_text(text) for text in body["alternatives"]),
    )
