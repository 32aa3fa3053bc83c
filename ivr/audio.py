"""PCM as the hotline carries it: 8,000 Hz, one channel, signed 16-bit little-endian, 20 ms (320 bytes) a frame.

That is what Asterisk's AudioSocket speaks (FACTS.md) and what a telephone line can carry; everything else is
converted at the edge, here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from ivr.errors import AudioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 8000
FRAME_MS = 20
FRAME_BYTES = RATE * FRAME_MS // 1000 * 2
SILENCE = bytes(FRAME_BYTES)
MAX_MINUTES = 60
_UNKNOWN_LENGTH = 2**63 - 1  # libsndfile's word for a FLAC file whose writer was killed before it could say
_FLAC_BLOCK = 4096


def duration_ms(pcm: bytes, rate: int = RATE) -> int:
    """How long 16-bit mono `pcm` sounds, in milliseconds, rounded down."""
    return len(pcm) // 2 * 1000 // rate


def frames(pcm: bytes) -> Iterator[bytes]:
    """Cut `pcm` into 20 ms frames; the last is filled up with silence."""
    for start in range(0, len(pcm), FRAME_BYTES):
        yield pcm[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")


def samples(pcm: bytes) -> NDArray[np.float32]:
    """16-bit PCM as floats in [-1, 1)."""
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float32) / 32768.0


def to_pcm(signal: NDArray[np.float32]) -> bytes:
    """Floats as 16-bit PCM; what is louder than full scale is clipped."""
    return (np.clip(signal, -1.0, 32767 / 32768) * 32768.0).astype("<i2").tobytes()


def resample(pcm: bytes, rate: int, to: int = RATE) -> bytes:
    """Convert a whole recording from `rate` to `to` Hz."""
    return pcm if rate == to else to_pcm(np.asarray(soxr.resample(samples(pcm), rate, to), dtype=np.float32))


def level_dbfs(pcm: bytes) -> float:
    """Root mean square level in dB below full scale; -100 for digital silence."""
    signal = samples(pcm)
    return dbfs(float(np.mean(signal**2)) if signal.size else 0.0)


def dbfs(power: float) -> float:
    """A mean square of samples in [-1, 1) in dB below full scale; -100 for digital silence."""
    return max(-100.0, 10 * float(np.log10(power))) if power > 0 else -100.0


def read_audio(path: Path, *, channel: int | None = None) -> bytes:
    """A recording in any format libsndfile reads (WAV, FLAC, µ-law, MP3 …), any rate, mixed down to 8 kHz mono PCM; or
    one `channel` of it alone, from 0, such as the caller's.

    Of a call's FLAC that a killed server left behind, everything up to its last whole block (half a second) is read.
    Raises AudioError: no such file, not a recording, empty, or longer than an hour.
    """
    if path.is_dir():
        raise AudioError(f"{path} is a folder: give the recording itself, a WAV or FLAC file.")
    if not path.is_file():  # libsndfile says "System error." of that
        raise AudioError(f"there is no file {path}: check the path.")
    try:
        with soundfile.SoundFile(path) as file:
            if _UNKNOWN_LENGTH > file.frames > MAX_MINUTES * 60 * file.samplerate:
                raise AudioError(f"{path} is longer than {MAX_MINUTES} minutes: cut it into calls first.")
            if channel is not None and channel >= file.channels:
                raise AudioError(f"{path} has {file.channels} channel, and not both directions of a call.")
            whole = _read_whole(file)
            signal = whole.mean(axis=1) if channel is None else whole[:, channel]
            rate = int(file.samplerate)
    except (soundfile.LibsndfileError, OSError, TypeError) as fault:
        raise AudioError(f"{path} is not a recording that can be read ({fault}): give a WAV or FLAC file.") from fault
    if not signal.size:
        raise AudioError(f"{path} holds no sound at all: record it again.")
    if rate != RATE:
        signal = soxr.resample(signal, rate, RATE)
    return to_pcm(np.asarray(signal, dtype=np.float32))


def _read_whole(file: soundfile.SoundFile) -> NDArray[np.float32]:
    """All samples, (frames, channels). A recording whose writer was killed is read up to its last whole block."""
    if file.frames != _UNKNOWN_LENGTH:
        return np.asarray(file.read(dtype="float32", always_2d=True))
    blocks = [np.empty((0, file.channels), dtype=np.float32)]
    for _ in range(MAX_MINUTES * 60 * file.samplerate // _FLAC_BLOCK):
        try:
            blocks.append(file.read(_FLAC_BLOCK, dtype="float32", always_2d=True))
        except soundfile.LibsndfileError:  # here it was torn off
            break
        if not len(blocks[-1]):
            break
    return np.concatenate(blocks)


def write_audio(path: Path, pcm: bytes, *, channels: int = 1) -> None:
    """Write 8 kHz PCM (interleaved if two `channels`) as the file name says: `.flac`, `.wav` (16 bit).

    Raises AudioError where that cannot be.
    """
    if why := cannot_write(path):
        raise AudioError(why)
    signal = np.frombuffer(pcm, dtype="<i2").reshape(-1, channels)
    try:
        soundfile.write(path, signal, RATE, subtype="PCM_16")
    except (soundfile.LibsndfileError, OSError) as fault:
        raise AudioError(f"{path} cannot be written ({fault}): give another place.") from fault


def cannot_write(path: Path) -> str:
    """Why `write_audio` could not write to `path`, as far as its name tells; "" if it could."""
    if path.suffix.lower() not in {".wav", ".flac"}:
        return f"{path} is neither a .wav nor a .flac: give it one of these endings."
    return "" if path.parent.is_dir() else f"there is no folder {path.parent}: make it, or give another place."


def through_g711(pcm: bytes) -> bytes:
    """What a µ-law telephone line leaves of the signal (ITU-T G.711, continuous form, 8 bits, mu = 255)."""
    mu = 255.0
    signal = samples(pcm)
    compressed = np.sign(signal) * np.log1p(mu * np.abs(signal)) / np.log1p(mu)
    coded = np.round((compressed + 1) / 2 * mu) / mu * 2 - 1
    return to_pcm((np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(mu)) / mu).astype(np.float32))
