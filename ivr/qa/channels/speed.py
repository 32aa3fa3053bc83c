"""Speech made faster or slower, the voice as high as before: who is in a hurry does not speak like a small child.

WSOLA (Verhelst and Roelands 1993): windows of 30 ms, overlapped by half, are taken from the recording at `factor` times
the pace at which they are laid down, each from where, within 5 ms, it continues the one before best.
"""

from __future__ import annotations

import numpy as np

from ivr.audio import RATE, samples, to_pcm
from ivr.qa.barge_in_scenes import Signal

SLOWEST, FASTEST = 0.8, 1.25
_HOP = RATE * 15 // 1000
_REACH = RATE * 5 // 1000


def at_speed(pcm: bytes, factor: float) -> bytes:
    """`pcm` in 1/`factor` of its time. `factor` is to lie from SLOWEST to FASTEST; 1.0 changes nothing."""
    signal = samples(pcm)
    if factor == 1.0 or len(signal) < 4 * _HOP:
        return pcm
    wanted = round(len(signal) / factor)
    steps = wanted // _HOP + 2
    around = np.pad(signal, (_HOP + _REACH, 4 * _HOP + _REACH))
    window = np.hanning(2 * _HOP + 1)[:-1].astype(np.float32)  # such windows, overlapped by half, add up to one
    laid = np.zeros((steps + 1) * _HOP, dtype=np.float32)
    begin = _REACH
    for step in range(steps):
        if step:
            begin = _continuation(around, begin + _HOP, _REACH + round(step * _HOP * factor))
        laid[step * _HOP : (step + 2) * _HOP] += around[begin : begin + 2 * _HOP] * window
    return to_pcm(laid[_HOP : _HOP + wanted])


def _continuation(signal: Signal, follows: int, about: int) -> int:
    """Where within reach of `about` a window is most like the one that begins at `follows`."""
    end = len(signal) - 2 * _HOP
    first, last = min(about - _REACH, end), min(about + _REACH, end)
    wanted = signal[min(follows, end) :][: 2 * _HOP]
    alike = np.correlate(signal[first : last + 2 * _HOP], wanted, mode="valid")
    return first + int(np.argmax(alike))
