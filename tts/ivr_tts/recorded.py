"""Prompts that a person has recorded: they take precedence over every voice.

A folder of recordings (WAV, FLAC, OGG, MP3; any rate). A recording belongs to a prompt by its name, which is the
prompt's text (`您好，欢迎致电云服务客服热线.wav`), or, for a text too long or too odd for a file name, by a line in
the folder's `index.toml`:

    "您好，欢迎致电云服务客服热线。" = "welcome.wav"

Punctuation, spaces and letter case do not count, and numbers are compared as they are said. Recordings are converted
to 8 kHz, otherwise left as the studio gave them.
"""

from __future__ import annotations

import logging
import tomllib
import unicodedata
from pathlib import Path

import numpy as np
import soundfile
import soxr

from ivr_tts.api import SynthesisError
from ivr_tts.prompt_audio import TELEPHONE_RATE, to_pcm
from ivr_tts.spoken_text import MANDARIN, spoken

_SUFFIXES = {".wav", ".flac", ".ogg", ".mp3"}
_LONGEST_S = 300
_log = logging.getLogger(__name__)


def _name(text: str, language: str) -> str:
    said = unicodedata.normalize("NFKC", spoken(text, language)).casefold()
    return "".join(sign for sign in said if sign.isalnum())


class RecordedPrompts:
    """The recordings in `folder`, listed once; a folder that does not exist holds none."""

    def __init__(self, folder: Path, *, language: str = MANDARIN) -> None:
        """Raises SynthesisError if `index.toml` cannot be read or names a recording that is not there."""
        self._language = language
        self._files = self._listed(folder)

    def _listed(self, folder: Path) -> dict[str, Path]:
        if not folder.is_dir():
            return {}
        found = {
            _name(path.stem, self._language): path for path in sorted(folder.iterdir()) if path.suffix in _SUFFIXES
        }
        index = folder / "index.toml"
        if not index.is_file():
            return found
        try:
            lines = tomllib.loads(index.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise SynthesisError(f'{index}: {fault}: write lines such as "您好。" = "welcome.wav".') from fault
        for text, file in lines.items():
            path = folder / str(file)
            if not path.is_file():
                raise SynthesisError(f"{index}: {file} is not in this folder: record it, or take out its line.")
            found[_name(text, self._language)] = path
        return found

    def __contains__(self, text: str) -> bool:
        return _name(text, self._language) in self._files

    def find(self, text: str) -> bytes | None:
        """The recording of `text` as 8 kHz 16-bit mono PCM; None if there is none or (logged) none that can be read."""
        path = self._files.get(_name(text, self._language))
        if path is None:
            return None
        try:
            with soundfile.SoundFile(path) as file:
                signal = file.read(int(file.samplerate) * _LONGEST_S, dtype="float32", always_2d=True).mean(axis=1)
                rate = int(file.samplerate)
        except (soundfile.LibsndfileError, OSError) as fault:
            _log.warning(
                "recorded prompt unreadable, the voice speaks it", extra={"path": str(path), "fault": str(fault)}
            )
            return None
        if rate != TELEPHONE_RATE:
            signal = soxr.resample(signal, rate, TELEPHONE_RATE)
        return to_pcm(np.asarray(signal, dtype=np.float32))
