"""A hotline that speaks more than one language: a voice each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from ivr_tts.voice import Voice


class Voices:
    """`voices` by language; what is asked for in a language without one is spoken by `main`'s. Their owner closes
    them."""

    def __init__(self, voices: Mapping[str, Voice], main: str) -> None:
        self._voices = dict(voices)
        self._main = self._voices[main]

    def render(self, text: str, language: str) -> AsyncIterator[bytes]:
        """As `Voice.render`."""
        return self._voices.get(language, self._main).render(text, language)

    def ready(self, text: str, language: str) -> bool:
        """As `Voice.ready`."""
        return self._voices.get(language, self._main).ready(text, language)

    async def open(self) -> None:
        """Load them, one after the other, so that no caller waits for that. Raises SynthesisError."""
        for voice in self._voices.values():
            await voice.open()
