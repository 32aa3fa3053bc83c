"""The reply gap of one turn, from the end of the caller's speech to the first frame of the reply, cut into stages.

Decided: the gap is measured at both ends from audio alone, the caller's recording and the frames that went out. The
stages are measured inside the pipeline. So their sum proves something: what it leaves of the gap stands as `other`,
and a benchmark whose `other` is not near nothing has measured the wrong thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.audio import RATE, samples

STAGES = ("end_of_turn", "recognition", "understanding", "dialogue", "mouth", "other")
SPEECH_BELOW_PEAK_DB = 30.0
"""What is quieter than this below the recording's peak is no speech any more. In the shipped cases 24 dB instead moves
the end of speech by -23 ms at the median, 40 dB by +25 ms."""
_FRAME = RATE // 50
_OVER_NOISE, _LOUDEST_LIMIT = 2.0, 0.5


def speech_end_s(pcm: bytes, below_peak_db: float = SPEECH_BELOW_PEAK_DB) -> float:
    """Where the caller's speech truly ends in a recording of one turn, in seconds: its last sample that is louder
    than `below_peak_db` under its peak, and than twice the noise in it (the peaks that nine of ten 20 ms stand above).
    No voice activity detector is asked, since that is part of what is measured. 0.0 for a silent recording.
    """
    signal = np.abs(samples(pcm))
    peak = float(signal.max()) if signal.size else 0.0
    limit = max(peak * 10 ** (-below_peak_db / 20), min(_OVER_NOISE * _noise(signal), _LOUDEST_LIMIT * peak))
    loud = np.flatnonzero(signal >= limit) if peak else np.array([])
    return (int(loud[-1]) + 1) / RATE if loud.size else 0.0


def _noise(signal: NDArray[np.float32]) -> float:
    whole = signal.size // _FRAME * _FRAME
    return float(np.percentile(signal[:whole].reshape(-1, _FRAME).max(axis=1), 10)) if whole else 0.0


@dataclass(frozen=True, slots=True)
class Moments:
    """One turn by voice, in seconds on the call's clock: what happened when.

    `speech_ended`: the caller's last sample; `decided`: the frame that ended the turn came in; `heard`: the
    recogniser's answer reached the dialogue; `understanding_s`: how much of what follows was understanding; `said`:
    the dialogue gave the reply; `began`: the line reported its first frame; `first_frame`: it was seen going out.
    """

    speech_ended: float
    decided: float
    heard: float
    understanding_s: float
    said: float
    began: float
    first_frame: float

    @property
    def gap_ms(self) -> float:
        """From audio to audio."""
        return (self.first_frame - self.speech_ended) * 1000

    def stages_ms(self) -> dict[str, float]:
        """Milliseconds by STAGES; they sum up to `gap_ms`."""
        stages = {
            "end_of_turn": self.decided - self.speech_ended,
            "recognition": self.heard - self.decided,
            "understanding": self.understanding_s,
            "dialogue": self.said - self.heard - self.understanding_s,
            "mouth": self.began - self.said,
        }
        known = {name: seconds * 1000 for name, seconds in stages.items()}
        return known | {"other": self.gap_ms - sum(known.values())}


@dataclass(slots=True)
class Reply:
    """What the caller then heard. `rendered_ahead`: for each part of the prompt, whether it only had to be read from
    disk; `stalls_ms`: silences inside the prompt because the next part was not there yet; `lead_ms`: silence of the
    prompt's own before its first sound; None while nothing of it was heard."""

    text: str
    rendered_ahead: list[bool] = field(default_factory=list)
    stalls_ms: list[int] = field(default_factory=list)
    lead_ms: int | None = None

    @property
    def kind(self) -> str:
        """`cached`, `partly rendered` (it begins with what was there), or `rendered` (the caller waits for the
        voice)."""
        if all(self.rendered_ahead):
            return "cached"
        return "partly rendered" if self.rendered_ahead[0] else "rendered"


@dataclass(frozen=True, slots=True)
class ReplyGap:
    """One turn by voice and its reply. `audio`: the caller's label for it; `closed`: the question took one of a few
    short answers; `pause_ms`: the silence that the question waits for; `second_look`: it was decoded twice."""

    label: str
    heard: str
    closed: bool
    pause_ms: int
    second_look: bool
    moments: Moments
    reply: Reply

    def as_json(self) -> dict[str, Any]:
        """For `--json`: milliseconds, to a hundredth."""
        return {
            "caller": self.label,
            "heard": self.heard,
            "question": question_kind(closed=self.closed),
            "pause_ms": self.pause_ms,
            "second_look": self.second_look,
            "gap_ms": round(self.moments.gap_ms, 2),
            "stages_ms": {name: round(ms, 2) for name, ms in self.moments.stages_ms().items()},
            "reply": {
                "text": self.reply.text,
                "kind": self.reply.kind,
                "stalls_ms": self.reply.stalls_ms,
                "lead_ms": self.reply.lead_ms,
            },
        }


def question_kind(*, closed: bool) -> str:
    """How a table calls it."""
    return "closed" if closed else "open"


def spread(values: Iterable[float]) -> dict[str, float]:
    """p50, p95 (linear between ranks) and the greatest of `values`, which are not empty; to four places."""
    found = np.array(list(values), dtype=np.float64)
    p50, p95 = np.percentile(found, [50, 95])
    return {"p50": round(float(p50), 4), "p95": round(float(p95), 4), "max": round(float(found.max()), 4)}


def by_stage(gaps: Sequence[ReplyGap]) -> dict[str, dict[str, float]]:
    """The spread of the gap and of every stage, in milliseconds. `gaps` are not empty."""
    stages = [gap.moments.stages_ms() for gap in gaps]
    found = {"gap": spread(gap.moments.gap_ms for gap in gaps)}
    return found | {name: spread(each[name] for each in stages) for name in STAGES}
