"""Steady noise is taken out of a caller's turn before it is recognised; a clean line passes to the bit.

Short-time spectra of 32 ms are weighed by a Wiener gain over the decision-directed a priori SNR (Ephraim and Malah,
IEEE Trans. ASSP 32(6), 1984). Noise is the mean of the turn's pauses, the spectra hardly louder than its quietest
moment, smoothed over five bins: a turn begins with 300 ms from before its onset, so a pause comes first. Minima
controlled averaging bin by bin (Cohen and Berdugo, IEEE Signal Processing Letters 9(1), 2002) lost against it.

Decided: what is done depends on how far the quietest moment lies below the loudest. From `CLEAN_DB` on nothing is, not
one bit, because a model that was trained on clean speech loses by every artefact. Before the caller was heard, the
level that callers usually have stands in for theirs.

Off by default: it gains in white noise and loses among voices (docs/benchmarks.md), and callers have both.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]

CLEAN_DB = 30.0
NOISY_DB = 26.0
"""Loudest over quietest from which nothing is done, and below which all is; speech in noise of 10 dB has about 20."""
FLOOR = 0.3
"""The least gain, -10 dB: what is left covers the artefacts."""

_HOP_MS = 8
_OVERLAP = 4
_USUAL_SPEECH = (32768 * 10 ** (-26 / 20)) ** 2
"""Mean square at -26 dBFS, the active level that ITU-T P.56 measurements are usually set to."""
_PRIORI = 0.98
_FOLLOW = 0.3
_PAUSE = 2.0  # 3 dB over the quietest moment
_PAUSES_KEPT = 60
_NEIGHBOURS = 5
_TINY = 1e-3  # below the power of a single bit


class NoiseSuppressor:
    """One turn's audio: 16-bit mono PCM at `rate` Hz through `feed`, in pieces of any even length, then `flush`."""

    def __init__(self, rate: int) -> None:
        self._hop = rate * _HOP_MS // 1000
        self._length = _OVERLAP * self._hop
        turn = 2 * np.pi * np.arange(self._length) / self._length
        self._window = np.sqrt((1 - np.cos(turn)) / _OVERLAP)  # squared and overlapping they sum to 1
        self._delay = self._length - self._hop
        self._waiting = np.zeros(self._delay)  # so that the first sample too lies under all its windows
        self._sums = np.zeros(self._length)
        self._skip = self._delay
        self._gains = _Gains(self._length // 2 + 1, self._length / 2 * float(np.sum(self._window**2)))

    def feed(self, pcm: bytes) -> bytes:
        """What is ready: all that came in but the last 24 to 32 ms."""
        audio = np.concatenate((self._waiting, np.frombuffer(pcm, "<i2").astype(np.float64)))
        count = (len(audio) - self._delay) // self._hop
        self._waiting = audio[count * self._hop :]
        if not count:
            return b""
        frames = np.lib.stride_tricks.sliding_window_view(audio, self._length)[:: self._hop][:count]
        spectra = np.fft.rfft(frames * self._window, axis=1)
        spectra *= np.array([self._gains.next(power) for power in np.abs(spectra) ** 2])
        return self._joined(np.fft.irfft(spectra, axis=1) * self._window)

    def flush(self) -> bytes:
        """The rest; with what `feed` gave it is as long as what came in."""
        rest = len(self._waiting) - self._skip
        return self.feed(bytes(2 * self._length))[: 2 * rest]

    def _joined(self, frames: _Floats) -> bytes:
        ready = np.empty((len(frames), self._hop))
        for place, frame in zip(ready, frames, strict=True):
            self._sums += frame
            place[:] = self._sums[: self._hop]
            self._sums[: self._delay] = self._sums[self._hop :]
            self._sums[self._delay :] = 0.0
        samples = ready.reshape(-1)[self._skip :]
        self._skip -= min(self._skip, ready.size)
        return np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes()


class _Gains:
    """The gain of every bin, spectrum after spectrum; `scale` is the sum of a power spectrum over its mean square."""

    def __init__(self, bins: int, scale: float) -> None:
        self._ones = np.ones(bins)
        self._filling = _OVERLAP - 1  # windows that reach back before the first sample say nothing of the line
        self._pauses = 0
        self._noise = np.zeros(bins)
        self._even = np.zeros(bins)
        self._speech = np.ones(bins)  # over noise, in the spectrum before
        self._level: float | None = None
        self._loudest = scale * _USUAL_SPEECH
        self._quietest = math.inf
        self._learned_at = 0.0

    def next(self, power: _Floats) -> _Floats:
        """The gains for this power spectrum, in [FLOOR, 1]."""
        if self._filling:
            self._filling -= 1
            return self._ones
        total = float(power.sum())
        self._follow(total)
        if total <= _PAUSE * self._quietest or not self._pauses:
            self._learn(power)
        share = self._share()
        ratio = power / (self._even + _TINY)
        priori = _PRIORI * self._speech + (1 - _PRIORI) * np.maximum(ratio - 1, 0)
        gain = np.maximum(priori / (1 + priori), FLOOR)
        self._speech = gain * gain * ratio
        return self._ones if share == 0.0 else 1 - share * (1 - gain)

    def _follow(self, total: float) -> None:
        self._level = total if self._level is None else self._level + _FOLLOW * (total - self._level)
        self._loudest = max(self._level, self._loudest)
        self._quietest = min(self._level, self._quietest)
        if self._quietest < self._learned_at / _PAUSE:
            self._pauses = 0  # what was taken for noise was speech

    def _learn(self, power: _Floats) -> None:
        if not self._pauses:
            self._learned_at = self._quietest
        self._pauses = min(self._pauses + 1, _PAUSES_KEPT)
        self._noise += (power - self._noise) / self._pauses
        padded = np.pad(self._noise, _NEIGHBOURS // 2, mode="edge")
        self._even = np.convolve(padded, np.full(_NEIGHBOURS, 1 / _NEIGHBOURS), "valid")

    def _share(self) -> float:
        """How much of the gain is applied, in [0, 1]."""
        ratio = 10 * math.log10(self._loudest / max(self._quietest, _TINY))
        return min(1.0, max(0.0, (CLEAN_DB - ratio) / (CLEAN_DB - NOISY_DB)))
