"""The coding of a telephone network, 20 ms by 20 ms: G.711 µ-law and A-law, and GSM full rate.

Decided: libsndfile codes, for its G.711 is the segmented one of ITU-T G.711 and its GSM is the reference coder of ETSI
GSM 06.10 (13 kbit/s, 160 samples a frame). `ivr.audio.through_g711` is the continuous µ-law curve that cases are
recorded through; the two differ by one step of the code at most.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache

import numpy as np
import soundfile
from numpy.typing import NDArray

from ivr.audio import RATE

CODECS = ("ulaw", "alaw", "gsm")

Coder = Callable[[bytes], bytes]
"""20 ms of PCM (320 bytes) to what the far end hears of it, as long. GSM keeps state from frame to frame."""

_ENDLESS = 33 * 50 * 3600 * 24  # bytes of a day of GSM: a reader of a file must know its length before it was written


def coder(name: str) -> Coder:
    """A fresh coder of one of CODECS; one a turn."""
    return _Gsm() if name == "gsm" else _companded(name.upper())


def _companded(subtype: str) -> Coder:
    table = _table(subtype)

    def code(frame: bytes) -> bytes:
        return bytes(table[np.frombuffer(frame, dtype="<u2")].data)

    return code


@cache
def _table(subtype: str) -> NDArray[np.int16]:
    """What each 16-bit sample becomes, by its bits read as unsigned."""
    every = np.arange(65536, dtype=np.uint16).view("<i2")
    coded = io.BytesIO()
    soundfile.write(coded, every, RATE, format="RAW", subtype=subtype)
    coded.seek(0)
    heard, _ = soundfile.read(coded, dtype="int16", samplerate=RATE, channels=1, format="RAW", subtype=subtype)
    return np.asarray(heard, dtype="<i2")


class _Gsm:
    """A coder and a decoder with a pipe between them."""

    def __init__(self) -> None:
        self._coded = io.BytesIO()
        self._encoder = soundfile.SoundFile(self._coded, "w", RATE, 1, format="RAW", subtype="GSM610")
        self._decoder: soundfile.SoundFile | None = None

    def __call__(self, frame: bytes) -> bytes:
        self._encoder.write(np.frombuffer(frame, dtype="<i2"))
        if self._decoder is None:  # it reads its first frame as it is opened
            self._decoder = soundfile.SoundFile(_Pipe(self._coded), "r", RATE, 1, format="RAW", subtype="GSM610")
        return np.asarray(self._decoder.read(len(frame) // 2, dtype="int16"), dtype="<i2").tobytes()


class _Pipe:
    """Reads what was written so far, from a file that says it goes on."""

    def __init__(self, written: io.BytesIO) -> None:
        self._written = written
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As files do."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: _ENDLESS}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """What is there of `size` bytes."""
        with self._written.getbuffer() as view:
            piece = bytes(view[self._at : self._at + size] if size >= 0 else view[self._at :])
        self._at += len(piece)
        return piece

    def readinto(self, buffer: memoryview) -> int:
        """As `read`."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def write(self, _: bytes) -> int:
        """soundfile asks for it of every file."""
        raise io.UnsupportedOperation("this end is read only")
