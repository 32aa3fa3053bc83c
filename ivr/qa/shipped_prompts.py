"""The hotline's voice in a run of cases: prompts that ship sound as they are, all others are silent for as long as they
would take to speak.

Decided: a run needs no synthesiser, and the same bytes come on any machine. Echo, interruptions and times are then
those of the hotline wherever its prompts are rendered ahead, and near them elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from ivr.audio import read_audio
from ivr.errors import AudioError
from ivr_tts.silent import SilentVoice


class ShippedPrompts:
    """Implements `ivr.call.mouth.Renders` for one hotline; `folder` (tts/prompts/<hotline>) need not exist."""

    def __init__(self, folder: Path) -> None:
        """Raises AudioError for an index that cannot be read."""
        self._files = _index(folder)
        self._read: dict[str, bytes] = {}
        self._silent = SilentVoice()

    async def render(self, text: str, language: str) -> AsyncIterator[bytes]:
        """8 kHz 16-bit mono PCM. Raises AudioError for a damaged recording."""
        del language
        if text in self._files:
            if text not in self._read:
                self._read[text] = read_audio(self._files[text])
            yield self._read[text]
            return
        async for piece in self._silent.speak(text):
            yield piece


def _index(folder: Path) -> dict[str, Path]:
    file = folder / "prompts.tsv"
    if not file.is_file():
        return {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise AudioError(f"{file} cannot be read ({fault}): make it again with `ivr prompts`.") from fault
    pairs = (line.split("\t", 1) for line in lines if "\t" in line)
    return {text: folder / name for name, text in pairs if (folder / name).is_file()}
