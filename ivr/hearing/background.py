"""How loud it is where the caller is, when the caller says nothing: what is not louder is not the caller.

Decided: it is measured while a prompt is played, when callers listen, and in no turn of theirs. Of the last eight
seconds' half seconds, the level that nine of ten frames stay under, in the middle one (after the minimum statistics of
Martin 2001, whose minimum would find the pauses of a television). Voices in the background and a television are speech
to every detector; only their level tells them from the caller, who holds the telephone. Speech that has begun may be
4 dB softer, for its last syllables are. In a quiet room nothing changes; in the loudest, whoever speaks at -30 dBFS is
still heard.
"""

from __future__ import annotations

from collections import deque

_BLOCK_FRAMES = 25
_BLOCKS = 16
_SHARE = 0.9
_QUIETER = 0.5
_MARGIN = 6.3  # 8 dB
_WITHIN = 2.5  # 4 dB
_HIGHEST = (32768.0 * 10 ** (-30.0 / 20)) ** 2


class Background:
    """One call's. `floor` is the mean square of samples that a frame reaches at least where the caller's speech begins,
    `floor_within` where it goes on."""

    def __init__(self, lowest_floor: float) -> None:
        self._lowest = lowest_floor
        self._block: list[float] = []
        self._blocks: deque[float] = deque(maxlen=_BLOCKS)
        self.floor = self.floor_within = lowest_floor

    def hear(self, power: float) -> None:
        """Take the mean square of 20 ms."""
        self._block.append(power)
        if len(self._block) < _BLOCK_FRAMES:
            return
        self._blocks.append(sorted(self._block)[int(_SHARE * _BLOCK_FRAMES)])
        self._block.clear()
        self.floor = max(self._lowest, min(_MARGIN * sorted(self._blocks)[int(_QUIETER * len(self._blocks))], _HIGHEST))
        self.floor_within = max(self._lowest, self.floor / _WITHIN)
