"""How loud the caller is, and what a microphone that is too loud cuts off.

Decided: a level is that of active speech (ITU-T P.56), over all that the caller of a case says, so that the softly
spoken turn of a case stays the soft one; and speech is cut so many dB below its highest peak, so that a recording's own
level does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivr.audio import samples, to_pcm
from ivr.qa.barge_in_scenes import CALLER_DBFS, Signal, active_frames


def active_dbfs(recordings: Sequence[bytes]) -> float:
    """The active speech level of all of them, dB below full scale; that of a caller on the telephone where nobody
    says anything."""
    said = [samples(pcm) for pcm in recordings if pcm]
    _, power = active_frames(np.concatenate(said)) if said else (None, 0.0)
    return 10 * float(np.log10(power)) if power else CALLER_DBFS


def peak(recordings: Sequence[bytes]) -> float:
    """The highest sample of all of them, in [0, 1]; 1 where there is none."""
    return max((float(np.abs(samples(pcm)).max()) for pcm in recordings if len(pcm) > 1), default=0.0) or 1.0


def at_dbfs(recordings: Sequence[bytes], dbfs: float) -> list[bytes]:
    """The recordings, all louder or softer by the same, with their active speech at `dbfs`."""
    gain = np.float32(10 ** ((dbfs - active_dbfs(recordings)) / 20))
    return [to_pcm(samples(pcm) * gain) for pcm in recordings]


def clipped(signal: Signal, limit: float) -> Signal:
    """`signal` with everything beyond `limit` cut off."""
    return np.clip(signal, -limit, limit)
