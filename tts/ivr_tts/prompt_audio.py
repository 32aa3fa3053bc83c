"""What makes rendered speech fit for a telephone: silence trimmed, level set, edges faded; pure.

Engines leave 0.4 s of silence before a sentence and 0.8 s after it (measured with Kokoro), and a caller pays for the
first in reply gap and for the second before being heard. Levels follow telephone practice: active speech near -20 dB
below full scale (ITU-T P.56 measures active level; here: the mean over 10 ms blocks within 30 dB of the loudest).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Signal = NDArray[np.float32]

TELEPHONE_RATE = 8000
LEVEL_DBFS = -20.0
PEAK = 0.95
LEAD_MS = 25
TAIL_MS = 70
_BLOCK_MS = 10
_ACTIVE_BELOW_LOUDEST_DB = 30.0
_HEARD_BELOW_LOUDEST_DB = 42.0
_FADE_MS = 5


def for_telephone(signal: Signal, rate: int, *, pause_ms: int = 0) -> Signal:
    """One sentence as it goes out: trimmed to 25 ms before and 70 ms after the speech, levelled, `pause_ms` added."""
    speech = faded(levelled(trimmed(signal, rate), rate), rate)
    return np.concatenate([speech, np.zeros(rate * pause_ms // 1000, dtype=np.float32)])


def _blocks_db(signal: Signal, rate: int) -> NDArray[np.float64]:
    size = rate * _BLOCK_MS // 1000
    whole = signal[: len(signal) // size * size].reshape(-1, size).astype(np.float64)
    return np.asarray(10 * np.log10(np.mean(whole**2, axis=1) + 1e-12))


def trimmed(signal: Signal, rate: int) -> Signal:
    """Without the silence around the speech; an entirely silent signal becomes empty."""
    levels = _blocks_db(signal, rate)
    if not levels.size or levels.max() < -70:
        return signal[:0]
    heard = np.flatnonzero(levels > levels.max() - _HEARD_BELOW_LOUDEST_DB)
    block = rate * _BLOCK_MS // 1000
    start = max(0, int(heard[0]) * block - rate * LEAD_MS // 1000)
    return signal[start : (int(heard[-1]) + 1) * block + rate * TAIL_MS // 1000]


def levelled(signal: Signal, rate: int) -> Signal:
    """With active speech at -20 dBFS, or as near to it as leaves no sample above 0.95 of full scale."""
    levels = _blocks_db(signal, rate)
    if not levels.size:
        return signal
    active = levels[levels > levels.max() - _ACTIVE_BELOW_LOUDEST_DB]
    now_dbfs = 10 * np.log10(np.mean(10 ** (active / 10)))
    gain = min(10 ** ((LEVEL_DBFS - now_dbfs) / 20), PEAK / max(float(np.abs(signal).max()), 1e-9))
    return np.asarray(signal * np.float32(gain), dtype=np.float32)


def faded(signal: Signal, rate: int) -> Signal:
    """With 5 ms ramps at both ends, so that a cut in the noise floor does not click."""
    ramp = np.linspace(0, 1, min(rate * _FADE_MS // 1000, len(signal)), dtype=np.float32)
    shaped = signal.copy()
    shaped[: len(ramp)] *= ramp
    shaped[len(shaped) - len(ramp) :] *= ramp[::-1]
    return shaped


def to_pcm(signal: Signal) -> bytes:
    """Floats in [-1, 1] as 16-bit little-endian PCM, clipped."""
    return (np.clip(signal, -1.0, 32767 / 32768) * 32768.0).astype("<i2").tobytes()


def from_pcm(pcm: bytes) -> Signal:
    """16-bit little-endian PCM as floats in [-1, 1)."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768.0


class TelephoneRate:
    """Converts pieces of 16-bit mono PCM at `rate` to 8 kHz as they come; the joins are not heard."""

    def __init__(self, rate: int) -> None:
        self._stream = None if rate == TELEPHONE_RATE else soxr.ResampleStream(rate, TELEPHONE_RATE, 1)

    def convert(self, pcm: bytes, *, last: bool = False) -> bytes:
        """8 kHz PCM for this piece, short of a few milliseconds that come with the next or with `last`."""
        if self._stream is None:
            return pcm
        return to_pcm(np.asarray(self._stream.resample_chunk(from_pcm(pcm), last=last), dtype=np.float32))
