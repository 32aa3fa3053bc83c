"""When is the caller's turn over? After a pause that the question decides, counted in milliseconds of audio.

Decided: pauses inside a turn are part of it; a turn longer than 20 s is ended by force, so that a noisy line is
answered too; a sound shorter than 100 ms is no turn at all. How much silence ends a turn belongs to the question:
digits are said with longer pauses than 是的.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["goes_on", "over", "too_long", "blip"]


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """In milliseconds of audio: the longest turn, the shortest sound that is one, and how much speech interrupts a
    prompt.
    """

    longest_ms: int = 20_000
    shortest_ms: int = 100
    barge_in_ms: int = 120


class EndOfTurn:
    """One turn, from its first frame of speech. `pause_ms` may be changed while it lasts.

    `speech_ms`: from the first to the last speech so far, pauses between included; `silence_ms`: since then.
    """

    def __init__(self, pause_ms: int, settings: TurnSettings | None = None) -> None:
        self._settings = settings or TurnSettings()
        self._heard_ms = 0
        self.pause_ms = pause_ms
        self.silence_ms = 0

    @property
    def speech_ms(self) -> int:
        """From the first speech to the last."""
        return self._heard_ms - self.silence_ms

    def hear(self, ms: int, *, speaking: bool, quiet_ms: int) -> Verdict:
        """`ms` more audio was heard or is missing, after which VoiceActivity says so."""
        self._heard_ms += ms
        self.silence_ms = min(quiet_ms, self._heard_ms)
        if not speaking and self.silence_ms >= self.pause_ms:
            return "over" if self.speech_ms >= self._settings.shortest_ms else "blip"
        return "too_long" if self._heard_ms >= self._settings.longest_ms else "goes_on"
