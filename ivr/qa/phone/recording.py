"""What a test phone heard, at the places in time where it heard it; pure, told every time by its caller.

Decided: a packet that comes when its turn is, give or take `JITTER_S`, follows the one before; one that comes later
leaves silence before it. So a position in the recording is a real time in the call, within 40 ms: a prompt that stops
is seen to stop when it did, and lost packets do not shorten anything. Packets that come in a burst follow each other,
as a phone's jitter buffer would play them.

Loud is what is over -45 dBFS in 20 ms. That is sound, be it speech, a tone or music; a test knows which it expects.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from ivr.audio import RATE, level_dbfs

JITTER_S = 0.04
LOUD_DBFS = -45.0
SHORTEST_S = 0.06


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of sound between pauses; times in seconds since the call was answered."""

    start: float
    end: float


class Recording:
    """One direction of a call as 8 kHz 16-bit mono PCM."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._loud: list[Utterance] = []
        self._starts: list[float] = []
        self.arrivals: list[float] = []

    def hear(self, at: float, pcm: bytes) -> None:
        """Add what a packet brought `at` seconds after the call was answered."""
        behind = at - len(self._pcm) / 2 / RATE
        if behind > JITTER_S:
            self._pcm += bytes(2 * int(behind * RATE))
        self.arrivals.append(at)
        start = len(self._pcm) / 2 / RATE
        self._starts.append(start)
        self._pcm += pcm
        if level_dbfs(pcm) > LOUD_DBFS:
            end = len(self._pcm) / 2 / RATE
            if self._loud and start - self._loud[-1].end < 0.001:
                self._loud[-1] = Utterance(self._loud[-1].start, end)
            else:
                self._loud.append(Utterance(start, end))

    def pcm(self, start: float = 0.0, end: float | None = None) -> bytes:
        """What was heard between two times in seconds; `end` None: up to now."""
        first = 2 * int(start * RATE)
        return bytes(self._pcm[first:] if end is None else self._pcm[first : 2 * int(end * RATE)])

    def utterances(self, pause: float, *, after: float = 0.0) -> list[Utterance]:
        """The stretches of sound since `after`, pauses shorter than `pause` seconds within them, clicks left out."""
        found: list[Utterance] = []
        for loud in self._loud:
            if loud.end <= after:
                continue
            start = max(loud.start, after)
            if found and start - found[-1].end < pause:
                found[-1] = Utterance(found[-1].start, loud.end)
            else:
                found.append(Utterance(start, loud.end))
        return [one for one in found if one.end - one.start >= SHORTEST_S - 0.001]

    def arrived(self, position: float) -> float:
        """When the packet came that holds the sound at `position` seconds: exact, where the position is within 40 ms.
        Raises IndexError while nothing has been heard."""
        return self.arrivals[max(0, bisect_right(self._starts, position + 1e-6) - 1)]

    @property
    def last_sound(self) -> float:
        """When it was last loud, in seconds; 0 if never."""
        return self._loud[-1].end if self._loud else 0.0

    @property
    def longest_gap_ms(self) -> int:
        """The longest time between two packets."""
        gaps = [later - earlier for earlier, later in zip(self.arrivals, self.arrivals[1:], strict=False)]
        return round(1000 * max(gaps, default=0.0))
