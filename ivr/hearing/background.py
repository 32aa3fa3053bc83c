"""How loud it is where the caller is, when the caller says nothing: what is not louder is not the caller.

Decided: it is measured while a prompt is played, when callers listen. Of the last eight seconds' half seconds, the
level that nine of ten frames stay under, in the one that three of four stay below, so that the pauses of a television
are not taken for its end (after the minimum statistics of Martin 2001, whose minimum would find just these); of the
first two seconds, the loudest. Voices in the background and a television are speech to every detector; only their level
tells them from the caller, who holds the telephone. Speech that has begun may be 4 dB softer, for its last syllables
are. In a quiet room nothing changes; among voices, whoever speaks at -30 dBFS is still heard. What is louder yet (a
car) is passed by 2 dB, and -24 dBFS is heard anywhere.

In its first half second, in which a prompt falls silent for whoever interrupts it, speech is no room: else a caller
who speaks into the first words of a call raises the floor over their own voice, and is cut off in mid-sentence. Only
what is 20 dB softer counts (active speech stays within 16 dB, P.56), for a phone may send noise only around words. What
goes on while the prompt does, too, is no caller, and room again.

Before the room is known it may be any room: in the first half second of listening only what is as loud as -24 dBFS is
the caller, in the first second -30 (a caller's active speech has about -23, ITU-T P.56). Without that a running car and
nearly every television paused the first prompt. Where the prompt's echo keeps the room from being heard, -35 holds
until a second of it was; longer it does not, because a soft first syllable would come late; and for interruptions only:
when nothing is played, whoever speaks is meant to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence

_BLOCK_FRAMES = 25
_BLOCKS = 16
_SHARE = 0.9
_STAYS_BELOW = 0.75
_FEW_BLOCKS = 4
_LEVEL_BLOCKS = 8
_MARGIN = 6.3  # 8 dB
_WITHIN = 2.5  # 4 dB


def _power(dbfs: float) -> float:
    return float((32768.0 * 10 ** (dbfs / 20)) ** 2)


_HIGHEST = _power(-30.0)
_ABOVE = 1.6  # 2 dB
_LOUDEST = _power(-24.0)
_UNTIL_FRAMES = (25, 50)
_UNKNOWN = (_power(-24.0), _power(-30.0), _power(-35.0))
_KNOWN_BLOCKS = 2
_BEGINS_FRAMES = 25
_UNDER_SPEECH = 0.01  # -20 dB


class Background:
    """One call's. `floor` is the mean square of samples that a frame reaches at least where the caller's speech begins,
    `floor_within` where it goes on. `level`: how loud the room is at least half of the time, 0 before 4 s of it were
    heard: who speaks into a prompt does not make it loud."""

    def __init__(self, lowest_floor: float) -> None:
        self._lowest = lowest_floor
        self._frames = self._speech_frames = 0
        self._block: list[float] = []
        self._last_block: list[float] = []
        self._blocks: deque[float] = deque(maxlen=_BLOCKS)
        self.floor = self.floor_within = lowest_floor
        self.level = 0.0

    @property
    def interrupting(self) -> float:
        """`floor`, where speech that begins would interrupt a prompt."""
        step = bisect_right(_UNTIL_FRAMES, self._frames)
        unknown = step < len(_UNTIL_FRAMES) or len(self._blocks) < _KNOWN_BLOCKS
        return max(self.floor, _UNKNOWN[step]) if unknown else self.floor

    def kept_back(self) -> None:
        """20 ms were doubtful echo: they tell nothing of how quiet the room is."""
        self._frames += 1

    def speech_began(self, frames: int) -> None:
        """The last `frames` that were heard (fewer than half a second) were not the room but the begin of speech."""
        self._speech_frames = 0
        here = min(frames, len(self._block))
        _soften(self._block, here)
        if self._blocks and frames > here:
            _soften(self._last_block, frames - here)
            self._blocks[-1] = _loudness(self._last_block)
            self._settle()

    def hear_speech(self, power: float) -> None:
        """Take 20 ms of speech: no room yet where it has just begun, but what is far softer is none of it."""
        self._speech_frames += 1
        begins = self._speech_frames <= _BEGINS_FRAMES
        self.hear(power * _UNDER_SPEECH if begins else power)

    def hear(self, power: float) -> None:
        """Take the mean square of 20 ms."""
        self._frames += 1
        self._block.append(power)
        if len(self._block) < _BLOCK_FRAMES:
            return
        self._blocks.append(_loudness(self._block))
        self._last_block, self._block = self._block, []
        self._settle()

    def _settle(self) -> None:
        loud = sorted(self._blocks)
        level = loud[-1] if len(loud) < _FEW_BLOCKS else loud[int(_STAYS_BELOW * len(loud))]
        self.level = loud[len(loud) // 2] if len(loud) >= _LEVEL_BLOCKS else 0.0
        self.floor = max(self._lowest, min(_MARGIN * level, _HIGHEST), min(_ABOVE * level, _LOUDEST))
        self.floor_within = max(self._lowest, self.floor / _WITHIN)


def _loudness(block: Sequence[float]) -> float:
    return sorted(block)[int(_SHARE * len(block))]


def _soften(block: list[float], last: int) -> None:
    for number in range(len(block) - last, len(block)):
        block[number] *= _UNDER_SPEECH
