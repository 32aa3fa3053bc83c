"""What callers of these tests say: the recordings of audio_fixtures/, made by our own voices and sent through G.711."""

from __future__ import annotations

from ivr.audio import FRAME_BYTES, RATE, frames, level_dbfs, read_audio
from ivr.shipped import shipped

SPEECH_DBFS = -40.0


def recorded(name: str) -> bytes:
    """What a caller says, named `case/NN`, as 8 kHz PCM."""
    return read_audio(shipped("audio_fixtures") / f"{name}.flac")


def onset(pcm: bytes) -> float:
    """Seconds of silence before the speech in `pcm` begins, to within a frame of 20 ms."""
    loud = (number for number, frame in enumerate(frames(pcm)) if level_dbfs(frame) > SPEECH_DBFS)
    return next(loud) * FRAME_BYTES / 2 / RATE
