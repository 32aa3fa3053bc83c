"""RTP packets, G.711 and telephone events without I/O (RFC 3550, ITU-T G.711, RFC 4733).

Decided: only G.711's decoders are written out, as the standard's tables; encoding is the nearest value that the decoder
can give, looked up. So the two can never disagree.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SAMPLES = 160  # in 20 ms at 8 kHz
KEYS = "0123456789*#ABCD"
_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_VOLUME = 10  # dBm0 below zero; nobody listens to it


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet; `timestamp` counts samples at 8 kHz."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    payload: bytes
    marker: bool = False

    def encode(self) -> bytes:
        """The datagram; sequence and timestamp wrap as they must."""
        kind = self.payload_type | (0x80 if self.marker else 0)
        sequence, timestamp = self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF
        return _HEADER.pack(0x80, kind, sequence, timestamp, self.source) + self.payload


def parse(datagram: bytes) -> RtpPacket | None:
    """A datagram as RTP, or None if it is not (RTCP, noise, cut short)."""
    if len(datagram) < _HEADER.size or datagram[0] >> 6 != 2 or 72 <= datagram[1] & 0x7F <= 76:
        return None
    first, kind, sequence, timestamp, source = _HEADER.unpack_from(datagram)
    start = _HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:  # a header extension: its length stands in words after its own four bytes
        if len(datagram) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4], "big")
    end = len(datagram) - (datagram[-1] if first & 0x20 else 0)
    return RtpPacket(kind & 0x7F, sequence, timestamp, source, datagram[start:end], bool(kind & 0x80))


def key_events(key: str, press_ms: int) -> Iterator[tuple[list[bytes], bool]]:
    """The payloads that tell of one key, for each 20 ms, with the marker bit; the end is told three times."""
    code, steps = KEYS.index(key), max(2, press_ms // 20)
    for step in range(1, steps + 1):
        last = step == steps
        payload = _EVENT.pack(code, _VOLUME | (0x80 if last else 0), step * SAMPLES)
        yield [payload] * (3 if last else 1), step == 1


def key_in(payload: bytes) -> tuple[str, bool]:
    """The key that an event payload tells of, and whether this is its end; an unknown event is an empty key."""
    code, flags, _ = _EVENT.unpack_from(payload)
    return (KEYS[code] if code < len(KEYS) else ""), bool(flags & 0x80)


def _mu_law() -> np.ndarray:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = ((((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -size, size)


def _a_law() -> np.ndarray:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, (code & 0x0F) << 4
    size = np.where(exponent == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size)


class G711:
    """One of the two laws; PCM is 8 kHz 16-bit mono."""

    def __init__(self, values: np.ndarray) -> None:
        self._values = values.astype("<i2")
        self._codes = np.argsort(values, kind="stable").astype(np.uint8)
        ordered = values[self._codes]
        self._borders = (ordered[1:] + ordered[:-1]) / 2

    def decode(self, coded: bytes) -> bytes:
        """One byte a sample to two."""
        return self._values[np.frombuffer(coded, dtype=np.uint8)].tobytes()

    def encode(self, pcm: bytes) -> bytes:
        """Two bytes a sample to one."""
        return self._codes[np.searchsorted(self._borders, np.frombuffer(pcm, dtype="<i2"))].tobytes()


LAWS = {"PCMU": G711(_mu_law()), "PCMA": G711(_a_law())}
