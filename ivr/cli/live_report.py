"""What `ivr bench live` has measured, as tables for people, JSON for programs and a picture of the gaps."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from ivr.qa.distribution_picture import distribution_picture
from ivr.qa.machine_limit import BareDecoding, decoding_spread
from ivr.qa.pbx.live_level import LiveLevel
from ivr.qa.reply_gap import spread

KINDS = ("closed", "digits", "yes_no", "choice", "open", "keys")
GOALS_MS = {"closed": {"p50": 250.0, "p95": 500.0}, "open": {"p50": 450.0, "p95": 800.0}}
GOAL_CALLS = 10
_WHY_CHARACTERS = 160


@dataclass
class MeasuredLive:
    """A whole run. `ticks`: lateness of this process's own loop, which does next to nothing: the machine's own."""

    load_before: list[float]
    levels: list[LiveLevel] = field(default_factory=list)
    ticks: dict[str, float] = field(default_factory=dict)
    bare: list[BareDecoding] = field(default_factory=list)


def report(measured: MeasuredLive) -> dict[str, Any]:
    """Everything, for `--json`."""
    return {
        "benchmark": "live",
        "machine": {
            "cpus": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "load_before": measured.load_before,
        },
        "goals_ms": {"calls": GOAL_CALLS, **GOALS_MS},
        "breaks_at": breaks_at(measured),
        "levels": [_level(level) for level in measured.levels],
        "limit": {"tick_late_ms": measured.ticks, "decoding": decoding_spread(measured.bare)},
        "bare_decoding": [asdict(each) for each in measured.bare],
    }


def _level(level: LiveLevel) -> dict[str, Any]:
    gaps = {kind: level.gaps(kind) for kind in KINDS}
    return {
        "calls_at_once": level.number,
        "failed": [{"user": call["user"], "why": call["fault"]} for call in level.failed],
        "gap_ms": {kind: {"turns": len(found), **spread(found)} for kind, found in gaps.items() if found},
        "first_word_s": _spread([call["first_word_s"] for call in level.calls if call["first_word_s"]]),
        "packet_gap_ms": _spread([call["longest_packet_gap_ms"] for call in level.calls if call["answered_s"]]),
        "processor_percent": level.processor,
        "bare_echo_ms": _spread(level.echo_ms),
        "phones_late_ms": level.phones_late_ms,
        "lasted_s": level.lasted_s,
        "load": level.load,
        "calls": level.calls,
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return spread(values) if values else {}


def misses(level: LiveLevel) -> list[str]:
    """What of the goals a level does not reach, in words; failed calls are one of them."""
    found = []
    for kind, goal in GOALS_MS.items():
        if gaps := level.gaps(kind):
            figures = spread(gaps)
            found += [
                f"{kind} {name} {figures[name]:.0f} > {most:.0f} ms"
                for name, most in goal.items()
                if figures[name] > most
            ]
    if level.failed:
        found.append(f"{len(level.failed)} of {level.number} calls failed")
    return found


def breaks_at(measured: MeasuredLive) -> int | None:
    """The least number of calls at which one of them failed; None if none did."""
    return min((level.number for level in measured.levels if level.failed), default=None)


def picture(measured: MeasuredLive) -> str:
    """The SVG of the gaps, closed and open, by number of calls."""
    rows = {
        f"{level.number} {'call' if level.number == 1 else 'calls'}, {kind}": level.gaps(kind)
        for level in measured.levels
        for kind in ("closed", "open")
    }
    return distribution_picture(rows, title="ivr bench live: from the caller's last speech to the answer's first sound")


def print_live(out: Console, measured: MeasuredLive) -> None:
    """The tables, the limits of the same run, what failed and where it breaks."""
    out.print(_gap_table(measured))
    out.print(_processor_table(measured))
    out.print(_limit_table(measured))
    for level in measured.levels:
        why = Counter(call["fault"][:_WHY_CHARACTERS] for call in level.failed)
        for reason, count in why.most_common():
            out.print(f"{level.number} calls: {count} failed: {reason}", style="red", highlight=False, markup=False)
        if missed := misses(level):
            out.print(
                f"{level.number} calls: beyond the goals for {GOAL_CALLS} calls: {'; '.join(missed)}",
                style="yellow",
                highlight=False,
            )
    broken = breaks_at(measured)
    most = max((level.number for level in measured.levels), default=0)
    out.print(f"the first call failed at {broken} at once" if broken else f"no call failed, up to {most} at once")
    loads = " → ".join(
        " ".join(map(str, load)) for load in (measured.load_before, *(one.load for one in measured.levels))
    )
    out.print(f"{os.cpu_count()} processors, load average {loads}", highlight=False)


def _gap_table(measured: MeasuredLive) -> Table:
    table = Table(title="gap before the answer at the phone, ms", title_justify="left")
    for column in ("calls", "went well", "question", "turns", "p50", "p95", "max"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for level in measured.levels:
        first = [str(level.number), f"{len(level.whole)} of {level.number}"]
        for kind in KINDS:
            if gaps := level.gaps(kind):
                name = kind if kind in ("open", "closed") else f"  {kind}"
                table.add_row(*first, name, str(len(gaps)), *_cells(spread(gaps), 0))
                first = ["", ""]
        if first[0]:
            table.add_row(*first)
        table.add_section()
    return table


def _processor_table(measured: MeasuredLive) -> Table:
    names = list(dict.fromkeys(name for level in measured.levels for name in level.processor))
    table = Table(title="percent of one core by process; first word, longest packet gap", title_justify="left")
    for column in ("calls", *names, "word, s", "gap, ms"):
        table.add_column(column, justify="right")
    for level in measured.levels:
        words = [call["first_word_s"] for call in level.calls if call["first_word_s"]]
        packets = [call["longest_packet_gap_ms"] for call in level.calls if call["answered_s"]]
        used = [f"{level.processor.get(name, 0.0):.1f}" for name in names]
        most = [f"{max(words, default=0.0):.2f}", f"{max(packets, default=0):.0f}"]
        table.add_row(str(level.number), *used, *most)
    return table


def _limit_table(measured: MeasuredLive) -> Table:
    table = Table(title="the limits, in the same run", title_justify="left")
    for column in ("what", "p50", "p95", "max"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for level in measured.levels:
        if level.echo_ms:
            table.add_row(f"Asterisk's Echo() beside {level.number} calls, ms", *_cells(spread(level.echo_ms)))
        if level.phones_late_ms:
            table.add_row(f"phones' 20 ms tick late, {level.number} calls, ms", *_cells(level.phones_late_ms))
    if measured.ticks:
        table.add_row("20 ms tick late in a process that does nothing, ms", *_cells(measured.ticks))
    for kind, costs in decoding_spread(measured.bare).items():
        table.add_row(f"recogniser alone, {kind}: final result, ms", *_cells(costs["finish_ms"]))
        table.add_row(f"recogniser alone, {kind}: share of real time", *_cells(costs["rtf"], 3))
    return table


def _cells(found: dict[str, float], places: int = 1) -> list[str]:
    return [f"{value:.{places}f}" for value in found.values()]
