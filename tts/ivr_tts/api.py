"""The port that every voice fills: text in, audio out.

Only text, bytes and a rate cross this border. An engine is a package with an entry point in the group
`ivr.tts`, naming a function `engine(options: Mapping[str, str]) -> Synthesizer`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Protocol


class SynthesisError(Exception):
    """The root of what voices raise; a message says what, and how to mend it."""


class VoiceUnusable(SynthesisError):  # noqa: N818
    """A voice's model or library is missing, damaged, or does not speak this language."""


class Synthesizer(Protocol):
    """A voice. `fingerprint` names engine, model, voice and speed: the same text and fingerprint sound the same,
    so it is part of the prompt cache's key."""

    rate: int
    fingerprint: str

    def speak(self, text: str, /) -> AsyncIterator[bytes]:
        """16-bit mono PCM at `rate`, in pieces of any even length, as soon as each is ready.

        `text` is what shall be spoken, written out already (see `spoken_text`). Rendering happens off the event loop.
        Raises SynthesisError. Text without anything to pronounce gives no audio.
        """
        ...

    async def close(self) -> None:
        """Free the model; may be repeated."""
        ...


class EngineFactory(Protocol):
    """What an entry point of the group `ivr.tts` names."""

    def __call__(self, options: Mapping[str, str], /) -> Synthesizer:
        """Make the voice; `options` are its settings as text, such as `model`, `voices`, `voice`, `speed`."""
        ...
