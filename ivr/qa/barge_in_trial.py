"""One call of a barge-in scene, played on virtual time with everything real but the telephone, and what came of it.

Decided: a *false pause* (the prompt falls silent for a moment and goes on where it was) and a *false interruption* (the
prompt is given up) are two things, and both are told. The caller has silence from the first frame after which nothing
is sent for 300 ms, on the way to the phone; a pause that a breath before the first word brought is silence in 0 ms, and
one that was there before the caller's end sounded at all is no measurement. Missed is who gets no silence within a
second, or is spoken over afterwards. Half of the recordings is for tuning, the other for reporting: by their digest, so
that a recording is always on the same side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ivr.call.driver import Equipment, run_call
from ivr.call.journal import MemoryJournal
from ivr.call.line import CallInfo
from ivr.dialogue.commands import Command, PauseSpeaking, StopSpeaking
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Event, Heard
from ivr.qa.barge_in_scenes import Scene, Signal
from ivr.qa.echo_line import EchoLine

_MISSED_AFTER_S = 1.0
_LASTING_FRAMES = 15
_LOCAL_TIME = "2026-11-20T10:00:00+08:00"
Half = Literal["all", "tuning", "reporting"]


@dataclass(frozen=True, slots=True)
class Result:
    """One call: from the caller's first speech to silence at the phone (None: none within a second, or `silent_before`
    the caller's end sounded); `paused`: how often a sound made the hotline pause; `dropped`: what it said was given up;
    `heard`: what was understood of the caller's end."""

    scene: str
    trial: int
    interrupts: bool
    silent_after_ms: float | None
    silent_before: bool
    paused: int
    dropped: bool
    heard: tuple[str, ...] = ()

    @property
    def false(self) -> bool:
        """Given up for nothing."""
        return self.dropped and not self.interrupts

    @property
    def false_pause(self) -> bool:
        """Silent for nothing, at least once, given up or not."""
        return self.paused > 0 and not self.interrupts

    @property
    def missed(self) -> bool:
        """The caller was not given silence within a second, or was spoken over."""
        silent = self.silent_before or self.silent_after_ms is not None
        return self.interrupts and not (silent and self.dropped)


def of_half(recordings: Sequence[Signal], half: Half) -> list[Signal]:
    """The recordings of that half, by the digest of their samples."""
    if half == "all":
        return list(recordings)
    return [one for one in recordings if _is_for_tuning(one) == (half == "tuning")]


def _is_for_tuning(recording: Signal) -> bool:
    return hashlib.sha256(recording.tobytes()).digest()[0] % 2 == 0


async def play(scene: Scene, trial: int, dialogue: Dialogue, equipment: Equipment) -> Result:
    """Play one scene's call to its end, on a virtual loop."""
    happened: list[Event | Command] = []
    line = EchoLine(CallInfo("scene"), scene)
    await run_call(
        line,
        dialogue,
        equipment,
        journal=MemoryJournal(),
        local_time=_LOCAL_TIME,
        observers=[lambda _at, what: happened.append(what)],
    )
    before, after = silence_at(line.silent, line.sounds_at, line.onset) if scene.interrupts else (False, None)
    return Result(
        scene.name,
        trial,
        scene.interrupts,
        after,
        before,
        sum(isinstance(what, PauseSpeaking) for what in happened),
        any(isinstance(what, StopSpeaking) for what in happened),
        tuple(what.text for what in happened if isinstance(what, Heard) and what.text),
    )


def silence_at(silent: Sequence[tuple[float, bool]], sounds_at: float, onset: float) -> tuple[bool, float | None]:
    """Whether the hotline was silent when the caller's end began to sound, and how many milliseconds after `onset` it
    was. `silent`: of each frame that went out, when it did and whether it was silence."""
    lasting = _lasting(silent)
    before = any(
        quiet
        for (at, _), (later, _), quiet in zip(silent, silent[1:], lasting, strict=False)
        if at <= sounds_at < later
    )
    if before:
        return True, None
    first = next((at for (at, _), quiet in zip(silent, lasting, strict=True) if quiet and at >= sounds_at), None)
    if first is None or first - onset > _MISSED_AFTER_S:
        return False, None
    return False, max(0.0, (first - onset) * 1000)


def _lasting(silent: Sequence[tuple[float, bool]]) -> list[bool]:
    """Of each frame, whether it is silence that lasts."""
    sounding = [-1, *(number for number, (_, quiet) in enumerate(silent) if not quiet), len(silent) + _LASTING_FRAMES]
    lasting = [False] * len(silent)
    for last, coming in pairwise(sounding):
        if coming - last > _LASTING_FRAMES:
            for number in range(last + 1, min(coming, len(silent))):
                lasting[number] = True
    return lasting
