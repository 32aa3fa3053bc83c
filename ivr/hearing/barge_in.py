"""Does what the caller utters interrupt the prompt? Only speech that lasts.

Decided: 120 ms of it, because the prompt is only paused by it and goes on when it was nothing (ivr/dialogue/
interruption.py): so a caller has silence within 200 ms. Clicks and breaths are shorter, and the prompt's own echo is
taken out before (echo.py). A shorter word still counts as a turn once it is over; it only does not pause the prompt at
once.
"""

from __future__ import annotations


class BargeIn:
    """One turn: `hear` tells once, when the speech in it has lasted long enough."""

    def __init__(self, least_ms: int = 120) -> None:
        self._least_ms = least_ms
        self.interrupted = False

    def hear(self, speech_ms: int) -> bool:
        """`speech_ms` of speech stand now, silence after them not counted; True once."""
        if self.interrupted or speech_ms < self._least_ms:
            return False
        self.interrupted = True
        return True
