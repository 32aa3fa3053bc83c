"""A fake voice: silence as long as the text would take to speak. For tests, dry runs and recorded calls.

Mandarin is spoken at about 4.5 characters a second, English at about 2.5 words a second; punctuation rests.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping

CHARACTERS_A_SECOND = 4.5
WORDS_A_SECOND = 2.5
_RATE = 8000
_PIECE_BYTES = _RATE * 2  # one second


def spoken_seconds(text: str) -> float:
    """How long a person takes for `text`, in seconds; 0 for text without anything to pronounce."""
    characters = len(re.findall(r"[\u3400-\u9fff〇]", text))
    words = len(re.findall(r"[A-Za-z0-9]+", text))
    return characters / CHARACTERS_A_SECOND + words / WORDS_A_SECOND


class SilentVoice:
    """A `Synthesizer`; `rate` 8,000 Hz; never fails, never waits."""

    rate = _RATE
    fingerprint = "silent/r1"

    async def speak(self, text: str, /) -> AsyncIterator[bytes]:
        """Digital silence in pieces of at most one second."""
        left = int(spoken_seconds(text) * _RATE) * 2
        while left > 0:
            yield bytes(min(left, _PIECE_BYTES))
            left -= _PIECE_BYTES

    async def close(self) -> None:
        """Nothing is held."""


def engine(options: Mapping[str, str], /) -> SilentVoice:
    """Entry point of `ivr.tts`; takes no options."""
    del options
    return SilentVoice()
