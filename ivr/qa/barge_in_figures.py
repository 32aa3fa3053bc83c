"""What many barge-in trials show: shares with their 95 % intervals, times, and rows for a table and for JSON.

Decided: a share without its interval says nothing: none of 20 may still be 16 %, none of 400 is under 1 % (Wilson 1927,
qa/outcomes.py). Percentiles are of the calls that were given silence; who was not is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.table import Table

from ivr.qa.barge_in_trial import Result
from ivr.qa.outcomes import share_interval

GOAL_MS = 200.0
NAMED = ("echo", "babble", "music", "backchannel")
"""The scenes, by the begin of their names, whose false interruptions are to stay within 1 % all together."""


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Scene by scene, in all, and in all of the scenes `NAMED`."""
    by_scene = {name: [one for one in results if one.scene == name] for name in dict.fromkeys(r.scene for r in results)}
    named = [one for one in results if one.scene.startswith(NAMED)]
    return {
        "goal_ms": GOAL_MS,
        "scenes": {name: _of(found) for name, found in by_scene.items()},
        "echo, babble, music, backchannels": _of(named),
        "all": _of(results),
        "mistakes": [_told(one) for one in results if one.false or one.missed],
    }


def _of(results: Sequence[Result]) -> dict[str, Any]:
    times = [one.silent_after_ms for one in results if one.silent_after_ms is not None]
    noises = [one for one in results if not one.interrupts]
    speakers = [one for one in results if one.interrupts]
    return {
        "calls": len(results),
        "p50_ms": round(float(np.percentile(times, 50))) if times else None,
        "p95_ms": round(float(np.percentile(times, 95))) if times else None,
        "missed": _share([one.missed for one in speakers]),
        "false_interruptions": _share([one.false for one in noises]),
        "false_pauses": _share([one.false_pause for one in noises]),
    }


def _share(found: Sequence[bool]) -> dict[str, float] | None:
    if not found:
        return None
    interval = share_interval(sum(found), len(found))
    return {
        "of": len(found),
        "found": sum(found),
        "percent": round(100 * sum(found) / len(found), 2),
        "low_percent": round(100 * interval.low, 2),
        "high_percent": round(100 * interval.high, 2),
    }


def _told(one: Result) -> dict[str, Any]:
    return {
        "scene": one.scene,
        "trial": one.trial,
        "what": "false interruption" if one.false else "missed",
        "silent_after_ms": one.silent_after_ms,
        "heard": list(one.heard),
    }


def table(figures: dict[str, Any]) -> Table:
    """The figures as they are printed."""
    made = Table(title="Interruptions", caption=f"goals: p95 {GOAL_MS:.0f} ms, false and missed 1 %; in brackets 95 %")
    for column in ("scene", "calls", "p50 ms", "p95 ms", "missed %", "false %", "false pauses %"):
        made.add_column(column, justify="left" if column == "scene" else "right")
    both = {name: figures[name] for name in ("echo, babble, music, backchannels", "all") if figures[name]["calls"]}
    for name, row in (figures["scenes"] | both).items():
        made.add_row(name, *(_cell(value) for value in row.values()), end_section=name == list(figures["scenes"])[-1])
    return made


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return f"{value['percent']:g} [{value['low_percent']:.1f}-{value['high_percent']:.1f}]"
    return f"{value:g}"
