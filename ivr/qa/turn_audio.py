"""A recording of one turn, judged before it is played.

Decided: what can be brought to 8 kHz mono without guessing is, and advice says so: another rate, two channels that are
one voice, a name that is not what the file holds. What would put something else into the test than was recorded is
refused: a file that was torn off, silence, two voices in two channels.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from ivr.audio import FRAME_BYTES, RATE, dbfs, read_audio, samples
from ivr.errors import AudioError

LONGEST_S = 120
_SILENT_DBFS = -60.0
_ALIKE = 0.9
_RIFF_HEAD = 8
_STREAMED = {0, 0xFFFFFFFF}  # a writer that could not go back to say how long it was
_ENDINGS = {"WAV": {".wav", ".wave"}, "WAVEX": {".wav", ".wave"}, "FLAC": {".flac"}}


@dataclass(frozen=True, slots=True)
class TurnAudio:
    """8 kHz 16-bit mono `pcm`; `advice`: what was converted, a sentence each that names the file and the remedy."""

    pcm: bytes
    advice: tuple[str, ...] = ()


def read_turn_audio(path: Path) -> TurnAudio:
    """The recording of a turn. Raises AudioError (what, where, how to mend it): missing, no recording, empty, silent,
    torn off, longer than two minutes, two voices in two channels."""
    if not path.exists():
        raise AudioError(f"{path} is missing: render it with `ivr qa render {path.parent}`, or record it.")
    try:
        with soundfile.SoundFile(path) as file:
            kind, rate, channels, promised = file.format, int(file.samplerate), int(file.channels), int(file.frames)
            if promised > LONGEST_S * rate:  # a writer that was killed promises no end: torn off, too
                raise AudioError(f"{path} is longer than {LONGEST_S} s: cut it into turns.")
            signal = _read_whole(file, path)
    except soundfile.LibsndfileError as fault:
        raise AudioError(f"{path} is not a recording that can be read ({fault}): give a WAV or FLAC file.") from fault
    except OSError as fault:
        raise AudioError(f"{path} cannot be read ({fault.strerror}): check the file.") from fault
    if len(signal) < promised or _riff_is_short(path):
        raise AudioError(_torn(path))
    advice = list(_advice(path, kind, rate, channels))
    if channels > 1:
        _one_voice(path, signal)
    pcm = read_audio(path)
    if _loudest_dbfs(pcm) < _SILENT_DBFS:
        raise AudioError(f"{path} holds only silence: record it again, or write `silence: true` for the turn.")
    return TurnAudio(pcm, tuple(advice))


def _read_whole(file: soundfile.SoundFile, path: Path) -> NDArray[np.float32]:
    """All samples, (frames, channels). Raises AudioError where the head is good and the rest is not."""
    try:
        return np.asarray(file.read(dtype="float32", always_2d=True))
    except soundfile.LibsndfileError as fault:
        raise AudioError(_torn(path)) from fault


def _torn(path: Path) -> str:
    return f"{path} is torn off before its end, or damaged: copy it again, or record it again."


def _advice(path: Path, kind: str, rate: int, channels: int) -> list[str]:
    found = []
    endings = _ENDINGS.get(kind)
    if endings and path.suffix.lower() not in endings:
        found.append(f"{path} is a {kind} file by its content: rename it to {path.stem}{min(endings, key=len)}.")
    if rate != RATE:
        found.append(f"{path} has {rate} Hz and is converted to {RATE}, without a telephone's coding: record it so.")
    if channels > 1:
        found.append(f"{path} has {channels} channels, which are mixed down: record one.")
    return found


def _loudest_dbfs(pcm: bytes) -> float:
    """The level of the loudest 20 ms; of all in one go, for it is asked of every recording of a run."""
    whole = samples(pcm.ljust(-(-len(pcm) // FRAME_BYTES) * FRAME_BYTES, b"\0")).reshape(-1, FRAME_BYTES // 2)
    return dbfs(float(np.max(np.mean(whole**2, axis=1))))


def _riff_is_short(path: Path) -> bool:
    """Whether a WAV file is shorter than its head says; libsndfile reads what is there and says nothing."""
    with path.open("rb") as file:
        head = file.read(_RIFF_HEAD)
    if len(head) < _RIFF_HEAD or head[:4] != b"RIFF":
        return False
    length = struct.unpack("<I", head[4:])[0]
    return length not in _STREAMED and path.stat().st_size < length + _RIFF_HEAD


def _one_voice(path: Path, signal: NDArray[np.float32]) -> None:
    """Raise AudioError unless the channels are one voice: alike, or all but one silent."""
    power = np.sqrt(np.mean(signal**2, axis=0))
    sounding = [channel for channel, level in enumerate(power) if 20 * np.log10(max(float(level), 1e-9)) > _SILENT_DBFS]
    for channel in sounding[1:]:
        first, other = signal[:, sounding[0]], signal[:, channel]
        alike = float(np.dot(first, other)) / (len(signal) * float(power[sounding[0]] * power[channel]))
        if alike < _ALIKE:
            mend = "give the caller's channel alone"
            raise AudioError(f"{path} has different sounds in its {signal.shape[1]} channels: {mend}.")
