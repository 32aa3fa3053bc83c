"""Packets that are lost, in bursts or one by one, and packets that come late.

Decided: loss in bursts is the model of Gilbert (1960) and Elliott (1963): a line is good or bad; while it is good
nothing is lost, while it is bad every second packet is, and a bad time lasts 8 packets of 20 ms on average. How often
it turns bad follows from the mean loss that was asked for. A packet that is lost is not there at all: what comes from a
telephone has gaps, and no zeros.

Packets never change places on the hotline's side, since the PBX puts RTP in order, so one late packet holds up those
behind it, and they come together.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from ivr.audio import FRAME_MS

LOSSES = ("burst", "single")
MOST_LOST = 0.4
"""The greatest mean loss that can be asked for: in a bad time, half is lost."""
_BAD_PACKETS = 8.0
_LOST_WHILE_BAD = 0.5


def losses(kind: str, share: float, chance: np.random.Generator) -> Iterator[bool]:
    """For packet after packet, whether it is lost; `share` of them on average, in [0, MOST_LOST]."""
    if kind == "single":
        while True:
            yield bool(chance.random() < share)
    bad_share = share / _LOST_WHILE_BAD
    to_good = 1 / _BAD_PACKETS
    to_bad = to_good * bad_share / (1 - bad_share)  # the share of time spent bad is to_bad / (to_bad + to_good)
    bad = bool(chance.random() < bad_share)
    while True:
        yield bad and bool(chance.random() < _LOST_WHILE_BAD)
        bad = bool(chance.random() < (1 - to_good if bad else to_bad))


class Jitter:
    """Delays packets by exponential times of mean `mean_ms`, which is also their interarrival jitter (RFC 3550, 6.4.1:
    the mean difference of two delays that are drawn so). `ticked` is to be called every 20 ms."""

    def __init__(self, mean_ms: float) -> None:
        self._mean_ms = mean_ms
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._ticks = 0

    def ticked(self, packets: list[bytes], chance: np.random.Generator) -> list[bytes]:
        """Send `packets`; what arrives now, in the order sent."""
        at = float(self._ticks * FRAME_MS)
        for packet in packets:
            self._under_way.append((at + float(chance.exponential(self._mean_ms)), packet))
        self._ticks += 1
        arrived = []
        while self._under_way and self._under_way[0][0] < at + FRAME_MS:
            arrived.append(self._under_way.popleft()[1])
        return arrived
