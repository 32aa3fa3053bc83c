"""A call's recording as a page carries it: the sound in few bytes, and its shape in fewer.

Decided: Ogg Opus at libsndfile's default, both directions, the caller left. Measured on 28 s of shipped recordings and
prompts, bytes a second of stereo: Opus 4,830, 16-bit FLAC 10,640, µ-law WAV 16,000, MP3 3,400. MP3 is smaller, but its
encoder's delay of up to 0.14 s at 8 kHz is left in by some players, and then no mark stands where its sound is.
Chromium, Firefox, and Safari from 18.4 play Opus. What the recogniser heard to the bit stays in the run's folder.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ivr.errors import AudioError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PEAKS_PER_S = 40
"""25 ms a peak: a syllable has eight, and a minute of both directions is 6.4 kB in base64."""
_BLOCK_FRAMES = 8192  # libsndfile's Opus encoder is given a call piece by piece: whole calls overrun its buffer


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording of both directions: float32 (samples, 2), the caller first, at `rate` Hz."""

    signal: NDArray[np.float32]
    rate: int

    @property
    def ms(self) -> int:
        """How long it sounds."""
        return len(self.signal) * 1000 // self.rate

    def peaks(self) -> tuple[str, str]:
        """Both directions' shapes, `PEAKS_PER_S` bytes a second in base64: 0 is silence, 255 full scale. The square
        root of the greatest sample, so that one who speaks softly (at -40 dB) still is a tenth of the height."""
        return _peaks(self.signal[:, 0], self.rate), _peaks(self.signal[:, 1], self.rate)

    def data_uri(self) -> str:
        """The sound itself, for an audio element. Raises AudioError: this libsndfile cannot write Opus."""
        coded = io.BytesIO()
        try:
            with soundfile.SoundFile(coded, "w", self.rate, 2, format="OGG", subtype="OPUS") as file:
                for start in range(0, len(self.signal), _BLOCK_FRAMES):
                    file.write(self.signal[start : start + _BLOCK_FRAMES])
        except (soundfile.LibsndfileError, ValueError) as fault:
            raise AudioError(
                f"libsndfile {soundfile.__libsndfile_version__} writes no Opus ({fault}): update it, or give "
                "--audio none."
            ) from fault
        return "data:audio/ogg;base64," + base64.b64encode(coded.getvalue()).decode()


def read_sound(path: Path) -> Sound | None:
    """The recording of a call; None where none was kept. One direction alone counts as the caller's.

    Raises AudioError: a file that is no recording.
    """
    if not path.is_file():
        return None
    try:
        signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as fault:
        raise AudioError(f"{path} is not a recording that can be read ({fault}): run the case again.") from fault
    if signal.shape[1] == 1:
        signal = np.column_stack([signal[:, 0], np.zeros(len(signal), dtype=np.float32)])
    return Sound(np.ascontiguousarray(signal[:, :2]), int(rate))


def _peaks(signal: NDArray[np.float32], rate: int) -> str:
    size = rate // PEAKS_PER_S
    padded = np.pad(np.abs(signal), (0, -len(signal) % size))
    greatest = padded.reshape(-1, size).max(axis=1, initial=0.0)
    return base64.b64encode((np.sqrt(np.clip(greatest, 0.0, 1.0)) * 255).astype(np.uint8).tobytes()).decode()
