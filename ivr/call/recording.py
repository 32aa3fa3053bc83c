"""Both directions of a call in one file: the caller left, the hotline right, 8 kHz FLAC.

The frames that go out are the clock: with each of them one frame of the caller is written, silence if none has
come, so that a position in the file is a time in the call, as both parties lived it. A server that is killed loses the
last second and its last block; what is before it stays readable (`ivr.audio.read_audio`).
"""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np
import soundfile

from ivr.audio import RATE, SILENCE
from ivr.call.scribe import SCRIBE

_CALLER_AHEAD_FRAMES = 50
_BLOCK_FRAMES = 50
_COMPRESSION = 0.0
"""FLAC's fastest: three quarters of the default's time (a twentieth of what a call costs without recognition), for
files that are 1 % longer."""


class Recorder:
    """Give it every frame of both directions; `close` ends the file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._file = soundfile.SoundFile(path, "w", RATE, 2, "PCM_16", format="FLAC", compression_level=_COMPRESSION)
        self._from_caller: deque[bytes] = deque(maxlen=_CALLER_AHEAD_FRAMES)
        self._left: list[bytes] = []
        self._right: list[bytes] = []

    def caller(self, frame: bytes) -> None:
        """20 ms from the caller."""
        self._from_caller.append(frame)

    def hotline(self, frame: bytes) -> None:
        """20 ms to the caller: both are written."""
        self._left.append(self._from_caller.popleft() if self._from_caller else SILENCE)
        self._right.append(frame)
        if len(self._left) >= _BLOCK_FRAMES:
            self._flush()

    async def close(self) -> None:
        """Write what is left and wait until it is on disk."""
        self._flush()
        SCRIBE.do(self._file.close)
        await SCRIBE.written()

    def _flush(self) -> None:
        left, right = b"".join(self._left), b"".join(self._right)
        self._left, self._right = [], []
        both = np.column_stack([np.frombuffer(left, "<i2"), np.frombuffer(right, "<i2")])
        SCRIBE.do(lambda: self._file.write(both), sound=True)
