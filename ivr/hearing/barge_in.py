"""Does what the caller utters interrupt the prompt? Only speech that lasts.

Decided: 200 ms of it. A click, a breath or the prompt's echo on a cheap phone is shorter, the shortest 是 or 喂 is
about as long, and 200 ms is how late people themselves notice that they are interrupted. A shorter word still counts
as a turn once it is over; it only does not cut the prompt at once.
"""

from __future__ import annotations


class BargeIn:
    """One turn: `hear` tells once, when the speech in it has lasted long enough."""

    def __init__(self, least_ms: int = 200) -> None:
        self._least_ms = least_ms
        self.interrupted = False

    def hear(self, speech_ms: int) -> bool:
        """`speech_ms` of speech stand now, silence after them not counted; True once."""
        if self.interrupted or speech_ms < self._least_ms:
            return False
        self.interrupted = True
        return True
