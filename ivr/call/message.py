"""A message that a caller leaves: their side alone, 8 kHz FLAC, beside the call's recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from ivr.audio import FRAME_MS, RATE
from ivr.call.scribe import SCRIBE

_BLOCK_FRAMES = 50


def fresh_path(beside: Path, name: str) -> Path:
    """Where the message `name` of the call `beside` goes; a second one of the same name gets a number, for nobody's
    voice is written over."""
    path = beside.with_name(f"{beside.name}-{name}.flac")
    number = 2
    while path.exists():
        path = beside.with_name(f"{beside.name}-{name}-{number}.flac")
        number += 1
    return path


class MessageRecorder:
    """Give it the caller's frames from the beginning of the message; it takes `longest_s` of them at most."""

    def __init__(self, path: Path, longest_s: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._file = soundfile.SoundFile(path, "w", RATE, 1, "PCM_16", format="FLAC")
        self._left = round(longest_s * 1000 / FRAME_MS)
        self._frames: list[bytes] = []

    def caller(self, frame: bytes) -> None:
        """20 ms from the caller."""
        if self._left <= 0:
            return
        self._left -= 1
        self._frames.append(frame)
        if len(self._frames) >= _BLOCK_FRAMES:
            self._flush()

    def close(self) -> None:
        """Have the rest written, and the file closed."""
        self._flush()
        SCRIBE.do(self._file.close)

    def _flush(self) -> None:
        pcm = np.frombuffer(b"".join(self._frames), "<i2")
        self._frames = []
        SCRIBE.do(lambda: self._file.write(pcm))
