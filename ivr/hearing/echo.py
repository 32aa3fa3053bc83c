"""The prompt's own echo, taken out of what the caller's phone sends back before anybody listens to it.

Decided: a partitioned frequency-domain adaptive filter (Soo and Pang 1990: blocks of 20 ms, 16 of them, 320 ms of echo
path) needs no estimate of the delay, and a frame that comes 20 ms late does not put it out. Two of them (Ochiai 1977):
one always learns, the other cancels and takes over what was learned only where that is better, so the caller's voice
cannot spoil it. A frame is the caller's only if what is left stands 6 dB over the echo to be expected in it; until 0.8
a second of prompt has been heard the echo may be as loud as -3 dB of the prompt.
Where no echo shows (most lines), frames pass to the bit; while nothing is played the cost is a comparison.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

_BLOCK = 160
_PARTS = 16
_BINS = _BLOCK + 1
_STEP = 0.5
_LOUD = 1000.0  # mean square of samples; -60 dBFS
_LEARNING_FRAMES = 40
_MARGIN = 4.0
_LOUDEST_ECHO = 0.5
_LEAD_FRAMES = 1
_MOST_LEAD_FRAMES = 6
_EVIDENCE = 0.5
_SILENCE = bytes(2 * _BLOCK)

_Spectrum = NDArray[np.complex64]
_Signal = NDArray[np.float32]


class EchoCanceller:
    """One call's. Give it every frame that goes out (`played`), and every frame of the caller (`hear`)."""

    def __init__(self) -> None:
        self._coming: deque[bytes] = deque([_SILENCE] * _LEAD_FRAMES)
        self._last = np.zeros(_BLOCK, dtype=np.float32)
        self._unseen: deque[bytes] = deque(maxlen=_PARTS + 1)  # the last of all that went out since one looked
        self._spectra = np.zeros((_PARTS, _BINS), dtype=np.complex64)
        self._powers: deque[float] = deque([0.0] * _PARTS, maxlen=_PARTS)
        self._silent_frames = 0
        self._learner = np.zeros((_PARTS, _BINS), dtype=np.complex64)
        self._filter = np.zeros((_PARTS, _BINS), dtype=np.complex64)
        self._turn = 0
        self._learned_frames = 0
        self._heard_power = self._left_power = self._learner_power = 0.0
        self._leak = 2.0
        self._echo_tail = 0.0
        self.left = _SILENCE
        """The last frame less its echo, doubtful ones too: silence in their place would cost the first word."""

    @property
    def confirmed(self) -> bool:
        """Whether there is an echo on this line: more than 3 dB of what came back is taken out."""
        return self._left_power < _EVIDENCE * self._heard_power

    @property
    def playing(self) -> bool:
        """Whether the caller hears something just now."""
        return max(self._powers) >= _LOUD

    def played(self, frame: bytes) -> None:
        """20 ms went out to the caller."""
        self._coming.append(frame)
        while len(self._coming) > _MOST_LEAD_FRAMES:
            self._coming.popleft()

    def missing(self, frames: int) -> None:
        """That many of the caller's frames never came."""
        for _ in range(min(frames, _PARTS + len(self._coming))):
            self._reference()

    def hear(self, frame: bytes) -> bytes:
        """What of `frame` is surely the caller's: the frame, the frame less its echo, or silence. To judge by; `left`
        is what to recognise."""
        self.left = frame
        self._reference()
        if not self.playing:
            return frame
        heard = np.frombuffer(frame, dtype="<i2").astype(np.float32)
        if _power(heard) < _LOUD:  # no voice, and nothing to be learned but that there is no echo
            self._learned_frames += self._powers[0] >= _LOUD
            return frame
        self._look()
        echo, left = self._cancel(heard, self._filter)
        _, error = self._cancel(heard, self._learner)
        power, left_power = _power(heard), _power(left)
        is_callers = left_power > _MARGIN * self._expected(_power(echo), left_power)
        self._learn(error)
        self._compare(power, left_power, _power(error))
        if self.confirmed:
            self.left = np.clip(left, -32768, 32767).astype("<i2").tobytes()
        return self.left if is_callers else _SILENCE

    def _reference(self) -> None:
        frame = self._coming.popleft() if self._coming else _SILENCE
        if self._silent_frames > _PARTS and frame == _SILENCE:
            return  # all that is remembered is silence already: this was half of what a call cost besides decoding
        self._unseen.append(frame)
        self._powers.appendleft(_power(np.frombuffer(frame, dtype="<i2").astype(np.float32)))
        self._silent_frames = 0 if self._powers[0] else self._silent_frames + 1

    def _look(self) -> None:
        """The spectra of what went out; not before a caller is heard in it, for most of the time none is."""
        for frame in self._unseen:
            new = np.frombuffer(frame, dtype="<i2").astype(np.float32)
            self._spectra = np.roll(self._spectra, 1, axis=0)
            self._spectra[0] = np.fft.rfft(np.concatenate((self._last, new)))
            self._last = new
        self._unseen.clear()

    def _cancel(self, heard: _Signal, weights: _Spectrum) -> tuple[_Signal, _Signal]:
        echo = np.fft.irfft((self._spectra * weights).sum(axis=0))[_BLOCK:].astype(np.float32)
        return echo, heard - echo

    def _expected(self, echo: float, left: float) -> float:
        """How much of the echo may be left in this frame, as power."""
        self._echo_tail = max(echo, 0.7 * self._echo_tail)
        if self._learned_frames < _LEARNING_FRAMES:
            return _LOUDEST_ECHO * max(self._powers) / _MARGIN
        expected = self._leak * self._echo_tail
        if left < _MARGIN * expected and self._echo_tail > _LOUD:
            ratio = left / self._echo_tail
            pace = 0.05 if 2 * ratio > self._leak else 0.15  # the caller's voice may look like more of it, never less
            self._leak = min(2.0, max(0.1, self._leak + pace * (2 * ratio - self._leak)))
        return expected

    def _learn(self, error: _Signal) -> None:
        size = np.sqrt(np.einsum("pb,pb->p", self._learner, np.conj(self._learner)).real)
        share = (size + 0.1 * float(size.max()) + 1e-3)[:, None]  # parts that hold the echo learn faster (Duttweiler)
        conjugate = np.conj(self._spectra) * share
        energy = (self._spectra * conjugate).real.sum(axis=0) + _LOUD * _BLOCK * float(share.mean())
        padded = np.concatenate((np.zeros(_BLOCK, dtype=np.float32), error))
        self._learner += (conjugate * (_STEP * np.fft.rfft(padded) / energy)).astype(np.complex64)
        self._turn = (self._turn + 1) % _PARTS  # one partition a frame is made causal again, in turn
        taps = np.fft.irfft(self._learner[self._turn])
        taps[_BLOCK:] = 0
        self._learner[self._turn] = np.fft.rfft(taps)

    def _compare(self, heard: float, left: float, error: float) -> None:
        """Smooth the powers over 200 ms; take over what was learned if it is better, forget it if it is worse."""
        if self._powers[0] >= _LOUD:
            self._learned_frames += 1
        self._heard_power += 0.1 * (heard - self._heard_power)
        self._left_power += 0.1 * (left - self._left_power)
        self._learner_power += 0.1 * (error - self._learner_power)
        if self._learner_power < 0.8 * self._left_power:
            self._filter = self._learner.copy()
            self._left_power = self._learner_power
        elif self._learner_power > 2.0 * self._left_power:
            self._learner = self._filter.copy()
            self._learner_power = self._left_power


def _power(signal: _Signal) -> float:
    return float(np.dot(signal, signal)) / _BLOCK
