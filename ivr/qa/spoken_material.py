"""Speech to measure a recogniser with: recordings with transcripts, or texts that synthetic voices speak.

A list is a TSV. With a header that names `file` and `text`, these columns count; without one, lines are
`path TAB text`, or `text` alone where voices speak it. Paths are relative to the list.

Noise is white, from 0 to 4 kHz, at a ratio to the mean power of the whole turn, pauses and the 400 ms of silence
around synthetic speech included, and goes in before the telephone's coding. The power of the speech alone (frames
within 30 dB of the loudest) is 1.5 dB higher, 0.8 to 2.3 on 120 synthetic questions, so a ratio to that would be the
harsher one. The noise's seed is the row's number: the same list is the same material anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.audio import RATE, read_audio, resample, samples, through_g711, to_pcm, write_audio
from ivr.errors import UsageError
from ivr.models.store import model_dir, root
from ivr_tts.kokoro import KokoroVoice

VOICES = ("zf_xiaoxiao", "zm_yunxi", "zf_xiaobei", "zm_yunjian")
"""Who speaks in turns; two women and two men, the clearest by free recognition and one that is not (tts/README.md)."""

_KOKORO = "kokoro-82m-v1.0-int8"
_AROUND = bytes(RATE * 2 // 5)  # 200 ms of silence, as a turn has around it


@dataclass(frozen=True, slots=True)
class Row:
    """One turn: what is said, and where its recording is, None where a voice has yet to speak it."""

    text: str
    path: Path | None


def read_rows(path: Path) -> list[Row]:
    """The rows of a list. Raises UsageError with file and line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"{path} cannot be read ({fault}): give a TSV of path and text in UTF-8.") from fault
    place, text = 0, 1
    first = lines[0].split("\t") if lines else []
    header = "text" in first and "file" in first
    if header:
        place, text = first.index("file"), first.index("text")
    rows: list[Row] = []
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        if not line.strip() or (header and number == 1):
            continue
        if len(cells) == 1:
            rows.append(Row(cells[0], None))
            continue
        if len(cells) <= max(place, text) or not cells[text].strip():
            raise UsageError(f"{path}, line {number} has no text: write the path, a tab and what is said.")
        rows.append(Row(cells[text], path.parent / cells[place]))
    if not rows:
        raise UsageError(f"{path} has no rows: write the path, a tab and what is said, a line each.")
    return rows


async def speak(
    rows: Sequence[Row], folder: Path | None = None, *, spoken: Callable[[str], None] = lambda _: None
) -> list[Row]:
    """The rows with recordings of those that had none; voices take turns. Kept in `folder`, if not in the user's
    cache, so that each is spoken once; `spoken` is called with each text that a voice spoke now.

    Raises ModelError, SynthesisError, AudioError.
    """
    kept = folder or root().parent / "bench-speech"
    kept.mkdir(parents=True, exist_ok=True)
    found = list(rows)
    for place, name in enumerate(VOICES):
        voice: KokoroVoice | None = None
        try:
            for number in range(place, len(found), len(VOICES)):
                row = found[number]
                if row.path is not None:
                    continue
                path = kept / f"{hashlib.sha256(f'{name}|{row.text}'.encode()).hexdigest()[:24]}.flac"
                if not path.is_file():
                    voice = voice or KokoroVoice(model_dir(_KOKORO), voice=name)
                    await _render(voice, row.text, path)
                    spoken(row.text)
                found[number] = Row(row.text, path)
        finally:
            if voice is not None:
                await voice.close()
    return found


async def _render(voice: KokoroVoice, text: str, path: Path) -> None:
    pcm = b"".join([piece async for piece in voice.speak(text)])
    part = path.with_name(f".{path.name}")
    write_audio(part, _AROUND + resample(pcm, voice.rate) + _AROUND)
    part.replace(path)


def sound(row: Row, number: int, *, phone: bool, noise_db: float | None) -> bytes:
    """The row's audio, 8 kHz PCM: with noise at `noise_db` dB below it if wanted, then G.711 if `phone`.

    Raises UsageError for a row without recording, AudioError for one that cannot be read.
    """
    if row.path is None:
        raise UsageError(f'"{row.text}" has no recording: give its path before a tab, or say --speak.')
    pcm = read_audio(row.path)
    if noise_db is not None:
        pcm = with_noise(pcm, noise_db, seed=number)
    return through_g711(pcm) if phone else pcm


def with_noise(pcm: bytes, ratio_db: float, *, seed: int) -> bytes:
    """`pcm` with white noise `ratio_db` dB below its mean power; silence stays silence."""
    signal = samples(pcm)
    power = float(np.mean(signal.astype(np.float64) ** 2)) if signal.size else 0.0
    noise = np.random.default_rng(seed).normal(0.0, np.sqrt(power / 10 ** (ratio_db / 10)), signal.size)
    return to_pcm((signal + noise).astype(np.float32))
