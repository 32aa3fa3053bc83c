"""Is the caller's line fit to be understood on? Level, clipping and death, counted in audio and told once each.

Decided: `dead` is three seconds without a frame or of digital silence, which no living telephone sends; `clipped` is a
second of audio of which one frame in five touches full scale; `noisy` is eight seconds in which nothing is ever quieter
than -35 dBFS. Judged by 20 ms frames and never by a clock.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

import numpy as np

from ivr.hearing.voice_activity import FRAME_MS

Fault = Literal["dead", "clipped", "noisy"]
_DEAD_FRAMES = 3000 // FRAME_MS
_CLIPPING_FRAMES = 1000 // FRAME_MS
_NOISE_FRAMES = 8000 // FRAME_MS
_CLIPPED_SHARE = 0.2
_FULL_SCALE = 32000  # G.711's loudest sample is 32124
_NOISY = (32768.0 * 10 ** (-35.0 / 20)) ** 2


class LineQuality:
    """One call's. `hear` and `missing` return a fault when it is found, each at most once a call."""

    def __init__(self) -> None:
        self._told: set[Fault] = set()
        self._empty_frames = 0
        self._clipped: deque[bool] = deque(maxlen=_CLIPPING_FRAMES)
        self._noise_frames = 0

    def hear(self, frame: bytes) -> Fault | None:
        """Take 20 ms as it came, before any echo is taken out."""
        signal = np.frombuffer(frame, dtype="<i2").astype(np.float32)
        loudest = float(np.abs(signal).max())
        self._empty_frames = self._empty_frames + 1 if loudest <= 0 else 0
        self._clipped.append(loudest >= _FULL_SCALE)
        self._noise_frames = self._noise_frames + 1 if float(np.mean(signal**2)) >= _NOISY else 0
        return self._found()

    def missing(self, ms: int) -> Fault | None:
        """`ms` of audio never came."""
        self._empty_frames += ms // FRAME_MS
        return self._found()

    def _found(self) -> Fault | None:
        clipped = len(self._clipped) == _CLIPPING_FRAMES and sum(self._clipped) >= _CLIPPED_SHARE * _CLIPPING_FRAMES
        faults: dict[Fault, bool] = {
            "dead": self._empty_frames >= _DEAD_FRAMES,
            "clipped": clipped,
            "noisy": self._noise_frames >= _NOISE_FRAMES,
        }
        for fault, found in faults.items():
            if found and fault not in self._told:
                self._told.add(fault)
                return fault
        return None
