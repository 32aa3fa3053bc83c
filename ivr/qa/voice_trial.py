"""A detector of voice on a call whose truth is known: which turns it cut, ran together, missed or made of noise.

Decided: what is measured is what the hotline uses, a detector inside `Turns` behind the echo canceller, with a pause of
600 ms; so a figure tells what a caller would have suffered, and not how a detector votes on a frame.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivr.audio import FRAME_MS, frames
from ivr.hearing.echo import EchoCanceller
from ivr.hearing.turns import TurnBegan, TurnChange, TurnCounts, TurnEnded, Turns, TurnWasNone
from ivr.hearing.voice_activity import VoiceSettings
from ivr.qa.voice_scenes import STEP_MS, VoiceScene

PAUSE_MS = 600
SHORT_MS = 800
"""是 and 三 are shorter: the answers that a closed question gets."""


@dataclass(slots=True)
class HeardTurn:
    """A turn as the hotline heard it, ms of the call: the audio it kept begins at `kept`, its speech was noticed at
    `noticed` and ended at `last`, it was over at `over`."""

    kept: float
    noticed: float
    last: float = 0.0
    over: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """One detector on one scene; `interruptions` counts what would have stopped the prompt, `cpu_s` is the turns' own,
    without the echo canceller."""

    scene: VoiceScene
    heard: tuple[HeardTurn, ...]
    interruptions: int
    cpu_s: float

    @property
    def audio_s(self) -> float:
        """How long the scene is."""
        return len(self.scene.active) * STEP_MS / 1000


def try_out(scene: VoiceScene, voice: VoiceSettings) -> Trial:
    """Let the hotline's ears, without a recogniser, live through `scene`."""
    echo, turns = EchoCanceller(), Turns(PAUSE_MS, voice)
    heard: list[HeardTurn] = []
    counted, spent = 0, 0
    for number, (frame, played) in enumerate(zip(frames(scene.caller), frames(scene.prompt), strict=True), start=1):
        callers = echo.hear(frame)
        echo.played(played)
        left, listens = echo.left, echo.playing
        before = time.process_time_ns()
        changes = turns.hear(left, judged=callers, listens=listens)
        spent += time.process_time_ns() - before
        for change in changes:
            counted += isinstance(change, TurnCounts)
            _take(change, number * FRAME_MS, heard)
    if turns.in_turn:
        heard[-1].last = heard[-1].over = float(len(scene.active) * STEP_MS)
    return Trial(scene, tuple(heard), counted, spent / 1e9)


def _take(change: TurnChange, now_ms: int, heard: list[HeardTurn]) -> None:
    if isinstance(change, TurnBegan):
        heard.append(HeardTurn(now_ms - len(change.audio) / 16, now_ms))
    elif isinstance(change, TurnEnded):
        heard[-1].over, heard[-1].last = now_ms, now_ms - change.silence_ms
    elif isinstance(change, TurnWasNone):
        heard.pop()


def figures(trials: Sequence[Trial]) -> dict[str, Any]:
    """Of one detector in one kind of noise. Shares are percent, of turns or of speech (`lost`: in the
    audio of no turn); `cut`, `merged`, `missed` and `short_` (up to 0.8 s) count turns; delays are ms after the clean
    speech's begin, and after its end and the pause; `false_per_min` are turns made of noise alone, a minute."""
    fates = [fate for one in trials for fate in _fates(one)]
    short = [fate for one in trials for turn, fate in zip(one.scene.turns, _fates(one), strict=True) if _is_short(turn)]
    alone = [one for one in trials if not one.scene.turns]
    minutes = sum(one.audio_s for one in alone) / 60
    onset, end = ([ms for one in trials for ms in _delays(one)[side]] for side in (0, 1))
    return {
        "turns": len(fates),
        "one_percent": round(100 * fates.count("one") / len(fates), 1) if fates else None,
        **{fate: fates.count(fate) for fate in ("cut", "merged", "missed")},
        "short_turns": len(short),
        "short_missed": short.count("missed"),
        "speech_lost_percent": _lost(trials),
        "false_per_min": round(sum(len(one.heard) for one in alone) / minutes, 2) if minutes else None,
        "false_s_per_min": round(sum(t.last - t.noticed for one in alone for t in one.heard) / 1000 / minutes, 2)
        if minutes
        else None,
        "onset_ms": _spread(onset),
        "end_ms": _spread(end),
        "cpu_percent": round(100 * sum(one.cpu_s for one in trials) / sum(one.audio_s for one in trials), 3),
        "onsets": onset,
        "ends": end,
    }


def _fates(trial: Trial) -> list[str]:
    """What became of each true turn: `one`, `cut`, `merged` with another, or `missed`."""
    owners = [[heard for heard in trial.heard if _touch(heard, turn)] for turn in trial.scene.turns]
    shared = [
        any(_touch(heard, other) for heard in mine for other in trial.scene.turns if other != turn)
        for mine, turn in zip(owners, trial.scene.turns, strict=True)
    ]
    return [
        "missed" if not mine else "merged" if with_other else "cut" if len(mine) > 1 else "one"
        for mine, with_other in zip(owners, shared, strict=True)
    ]


def _is_short(turn: tuple[float, float]) -> bool:
    return turn[1] - turn[0] <= SHORT_MS


def _touch(heard: HeardTurn, turn: tuple[float, float]) -> bool:
    return heard.noticed < turn[1] and heard.last > turn[0]


def _lost(trials: Sequence[Trial]) -> float | None:
    """How much of the speech is in the audio of no turn, percent."""
    speech = lost = 0
    for one in trials:
        kept = np.zeros_like(one.scene.active)
        for heard in one.heard:
            kept[int(heard.kept // STEP_MS) : int(heard.over // STEP_MS)] = True
        speech += int(one.scene.active.sum())
        lost += int((one.scene.active & ~kept).sum())
    return round(100 * lost / speech, 2) if speech else None


def _delays(trial: Trial) -> tuple[list[float], list[float]]:
    """Of turns that are one turn: how late they were noticed, and ended."""
    begins, ends = [], []
    for turn, fate in zip(trial.scene.turns, _fates(trial), strict=True):
        if fate == "one":
            heard = next(one for one in trial.heard if _touch(one, turn))
            begins.append(heard.noticed - turn[0])
            ends.append(heard.over - turn[1] - PAUSE_MS)
    return begins, ends


def _spread(values: Sequence[float]) -> dict[str, int] | None:
    return {f"p{part}": round(float(np.percentile(values, part))) for part in (50, 95)} if values else None
