"""What `ivr bench density` reports: who bears how many calls, what one costs, and what the machine could do at best."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from rich.console import Console
from rich.table import Table

from ivr.qa.capacity import Tried, bounds
from ivr.qa.decoding_account import AGAIN, ANSWERS, NO_ANSWER, SECOND_LOOKS, Spent
from ivr.qa.distribution_picture import distribution_picture
from ivr.qa.reply_gap import spread
from ivr.qa.taped_call import Load

GOAL_RATIO = 10.0
GOAL_OVERHEAD = 0.004
_ALLOWED_MS = 300.0
"""The same gap for both: the 95th percentile is no more than this above that of the slower kind's lightest load."""
_NEVER_MS = 60_000.0
NAMES = {"ours": "ours", "always_on": "always on"}
_REASONS = {
    ANSWERS: "answers",
    AGAIN: "decoded again",
    SECOND_LOOKS: "second looks",
    NO_ANSWER: "no answer yet",
}


@dataclass
class Figures:
    """All that was measured. `bare`: cores a call that decoding the speech alone takes, with phrases."""

    speech: float
    bare: float = 0.0
    ours: list[Load] = field(default_factory=list)
    theirs: list[Load] = field(default_factory=list)
    frames: Load | None = None
    overhead: Load | None = None
    load_average: list[list[float]] = field(default_factory=list)
    pressure: list[dict[str, float]] = field(default_factory=list)


def p95s(loads: Sequence[Load]) -> list[float]:
    """The 95th percentile of each load's gap, in ms. Turns without a result count as slower than any, but for those
    whose time was not over, and the share that had none in the first load: some a decoder never answers, however
    idle."""
    share = loads[0].unanswered / max(1, loads[0].turns) if loads else 0.0
    found: list[float] = []
    for load in loads:
        lost = load.unanswered - ceil(share * load.turns) - (load.calls // 4 + 1)
        gaps = sorted(load.gaps_ms) + [_NEVER_MS] * max(0, lost)
        found.append(gaps[min(len(gaps) - 1, int(len(gaps) * 0.95))] if gaps else 0.0)
    return found


def gap_limit_ms(figures: Figures) -> float:
    """Up to where the 95th percentile of the gap is the same gap."""
    return max((p95s(loads)[0] for loads in (figures.ours, figures.theirs) if loads), default=0.0) + _ALLOWED_MS


def tried(loads: Sequence[Load], limit: float) -> list[Tried]:
    """What the search for the capacity wants to know of them."""
    return [Tried(load.calls, p95 <= limit, load.cores_a_call) for load, p95 in zip(loads, p95s(loads), strict=True)]


def as_report(figures: Figures) -> dict[str, Any]:
    """Plain JSON values. `bears_a_core`: the most calls a core whose gap's 95th percentile kept within the limit, and
    the fewest above them that did not (null: none was tried). `times_the_calls`: of those that did; the least and the
    most that it can be by these bounds."""
    cores, limit = os.cpu_count() or 1, gap_limit_ms(figures)
    loads = {"ours": figures.ours, "always_on": figures.theirs}
    outcomes = {kind: tried(each, limit) for kind, each in loads.items()}
    bears = {kind: bounds(each) for kind, each in outcomes.items()}
    cost = {kind: _cost(each) for kind, each in outcomes.items()}
    overhead = figures.overhead.cores_a_call if figures.overhead else 0.0
    frames = figures.frames.cores_a_call if figures.frames else 0.0
    cheaper = cost["always_on"] / cost["ours"] if cost["ours"] else 0.0
    times = _times(bears["ours"], bears["always_on"])
    return {
        "benchmark": "density",
        "cores": cores,
        "speech_share": round(figures.speech, 3),
        "gap_limit_ms": round(limit),
        **{kind: [_row(*pair) for pair in zip(each, outcomes[kind], strict=True)] for kind, each in loads.items()},
        "pressure": figures.pressure,
        "bears_a_core": {
            kind: [most / cores, None if fewest is None else fewest / cores] for kind, (most, fewest) in bears.items()
        },
        "times_the_calls": times,
        "cores_a_call": {kind: round(each, 5) for kind, each in cost.items()},
        "times_cheaper": round(cheaper, 2),
        "bare_decoding_cores_a_call": round(figures.bare, 5),
        "not_decoding_cores_a_call": round(overhead, 5),
        "frames_alone_cores_a_call": round(frames, 5),
        "goals": {
            "ten_times_the_calls": times[0] is not None and times[0] >= GOAL_RATIO,
            "ten_times_cheaper": cheaper >= GOAL_RATIO,
            "not_decoding": overhead <= GOAL_OVERHEAD,
        },
        "load_average": figures.load_average,
    }


def _times(ours: tuple[int, int | None], theirs: tuple[int, int | None]) -> list[float | None]:
    """[measured, at least, at most]; None where no bound was found."""
    if not theirs[0]:
        return [None, None, None]
    least = ours[0] / theirs[1] if theirs[1] else None
    most = ours[1] / theirs[0] if ours[1] else None
    return [None if each is None else round(each, 2) for each in (ours[0] / theirs[0], least, most)]


def _cost(loads: Sequence[Tried]) -> float:
    """CPU seconds a second of a call at the heaviest load that kept up: one that falls behind leaves work undone, which
    looks cheap. Of those that none kept up with, the lightest."""
    kept_up = [load for load in loads if load.kept_up] or list(loads[:1])
    return max(kept_up, key=lambda load: load.calls).cores_a_call if kept_up else 0.0


def _row(load: Load, outcome: Tried) -> dict[str, Any]:
    return {
        "calls": load.calls,
        "kept_up": outcome.kept_up,
        "seconds": round(load.seconds, 2),
        "cores_a_call": round(load.cores_a_call, 5),
        "own_cpu_s": round(load.own_cpu_s, 3),
        "workers_cpu_s": round(load.workers_cpu_s, 3),
        "gap_ms": spread(load.gaps_ms) if load.gaps_ms else {},
        "decoding": {reason: _share(spent, load) for reason, spent in load.decoding.items()},
        "turns": load.turns,
        "unanswered": load.unanswered,
    }


def _share(spent: Spent, load: Load) -> dict[str, Any]:
    """`audio`: of the time that all calls lived, how much was fed."""
    lived = load.seconds * load.calls
    return {
        "hearings": spent.hearings,
        "audio": round(spent.audio_s / lived, 4),
        "cores_a_call": round(spent.cpu_s / lived, 5),
    }


def show(console: Console, report: dict[str, Any]) -> None:
    """The table, and the sentences under it."""
    table = Table(title=f"calls in real time, {report['speech_share']:.0%} of the time speech, {report['cores']} cores")
    for name in ("", "calls", "core % each", "p50 ms", "p95 ms", "kept up", "turns", "lost"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for kind in ("always_on", "ours"):
        for row in sorted(report[kind], key=lambda row: int(row["calls"])):
            gap = row["gap_ms"]
            cells = [f"{gap.get(name, 0):.0f}" for name in ("p50", "p95")]
            cells += ["yes" if row["kept_up"] else "no", str(row["turns"]), str(row["unanswered"])]
            table.add_row(NAMES[kind], str(row["calls"]), f"{row['cores_a_call']:.2%}", *cells)
    console.print(table)
    for line in said(report):
        console.print(line, highlight=False, soft_wrap=True)


def said(report: dict[str, Any]) -> list[str]:
    """What the figures come to, in sentences."""
    bears, cost = report["bears_a_core"], report["cores_a_call"]
    times, least, most = (None if each is None else f"{each:.1f}" for each in report["times_the_calls"])
    limit = cost["always_on"] / max(1e-9, report["bare_decoding_cores_a_call"])
    borne = ", ".join(f"{NAMES[kind]} {_between(*bears[kind])}" for kind in ("always_on", "ours"))
    loads = report["load_average"] or [[0.0]]
    return [
        f"calls a core with p95 <= {report['gap_limit_ms']} ms: {borne}",
        f"{times or 'unknown'} times the calls (goal {GOAL_RATIO:.0f}), by the tries {least or '?'} to {most or '?'}",
        (
            f"a call costs {cost['always_on']:.2%} of a core always on and {cost['ours']:.2%} of ours: "
            f"{report['times_cheaper']:.1f} times cheaper"
        ),
        f"decoding the speech alone takes {report['bare_decoding_cores_a_call']:.2%}: at the limit, {limit:.1f} times",
        (
            f"not decoding takes {report['not_decoding_cores_a_call']:.3%} (goal {GOAL_OVERHEAD:.1%}), "
            f"of it the benchmark's own frames {report['frames_alone_cores_a_call']:.3%}"
        ),
        *_account(report["ours"]),
        f"load average {loads[0][0]} before, {loads[-1][0]} after",
    ]


def _account(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Where a call's processor time goes, at the heaviest load that kept up."""
    kept_up = [row for row in rows if row["kept_up"] and row["decoding"]]
    if not kept_up:
        return []
    row = max(kept_up, key=lambda row: int(row["calls"]))
    lived = row["seconds"] * row["calls"]
    parts = [f"{_REASONS[reason]} {part['cores_a_call']:.2%}" for reason, part in row["decoding"].items()]
    rest = row["workers_cpu_s"] / lived - sum(part["cores_a_call"] for part in row["decoding"].values())
    parts += [f"the rest of the workers {rest:.2%}", f"this process {row['own_cpu_s'] / lived:.2%}"]
    return [f"at {row['calls']} calls of ours: {', '.join(parts)}"]


def _between(most: float, fewest: float | None) -> str:
    return f"{most:g}, not {fewest:g}" if fewest is not None else f"{most:g} or more"


def picture(figures: Figures) -> str:
    both = (("always_on", figures.theirs), ("ours", figures.ours))
    series = {
        f"{NAMES[kind]}, {load.calls} calls": load.gaps_ms
        for kind, loads in both
        for load in sorted(loads, key=lambda load: load.calls)
    }
    return distribution_picture(series, title="From the caller's last word to the result")
