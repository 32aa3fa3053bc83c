"""Tones to say and to recognise: what a line does to a known tone is measured, not guessed."""

from __future__ import annotations

import numpy as np

from ivr.audio import RATE, samples, to_pcm


def tone(hz: float, seconds: float, *, level: float = 0.3) -> bytes:
    """A sine as 8 kHz 16-bit mono PCM; `level` of full scale."""
    time = np.arange(round(seconds * RATE)) / RATE
    return to_pcm((level * np.sin(2 * np.pi * hz * time)).astype(np.float32))


def pitch(pcm: bytes) -> float:
    """The strongest frequency in Hz, to within one over the length in seconds."""
    signal = samples(pcm)
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(signal.size)))
    return float(np.argmax(spectrum)) * RATE / signal.size
