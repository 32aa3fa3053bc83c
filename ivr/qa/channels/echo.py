"""The hotline's own voice, sent back by the caller's telephone: made of what the hotline really sends, frame by frame,
so that a hotline that falls silent has no echo any more.
"""

from __future__ import annotations

import numpy as np

from ivr.audio import FRAME_BYTES, SILENCE, samples
from ivr.qa.barge_in_scenes import Signal

_FRAME = FRAME_BYTES // 2


class Echo:
    """`path`: the taps at 8 kHz from what is sent to what comes back (barge_in_scenes.room); none: no echo."""

    def __init__(self, path: Signal) -> None:
        self._path = path
        self._sent = np.zeros(max(0, len(path) - 1) + _FRAME, dtype=np.float32)
        self._silent_frames = len(self._sent) // _FRAME + 1

    def sent(self, frame: bytes) -> None:
        """Take 20 ms that go to the caller."""
        if not len(self._path):
            return
        self._silent_frames = self._silent_frames + 1 if frame is SILENCE else 0
        self._sent = np.concatenate((self._sent[_FRAME:], samples(frame)))

    def back(self) -> Signal:
        """The 20 ms that come back with the last that went out."""
        if self._silent_frames > len(self._sent) // _FRAME or not len(self._path):
            return np.zeros(_FRAME, dtype=np.float32)
        return np.convolve(self._sent, self._path, mode="valid").astype(np.float32)
