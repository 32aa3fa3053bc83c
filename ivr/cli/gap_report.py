"""What `ivr bench turn` has measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from ivr.qa.distribution_picture import distribution_picture
from ivr.qa.hesitation import Hesitation
from ivr.qa.machine_limit import BareDecoding, decoding_spread
from ivr.qa.reply_gap import STAGES, ReplyGap, by_stage, question_kind, spread
from ivr.qa.turn_clock import Decoded

_HALF_A_FRAME_MS = 10.0
_UNEXPLAINED_MS = 1.0
_NOTABLE_STALL_MS = 100
_BY_QUESTION = ("all", "open", "closed")


@dataclass
class MeasuredCall:
    """One call: its turns by voice that were answered, and the labels of those that were not in their own words."""

    case: str
    flow: str
    run: int
    gaps: list[ReplyGap]
    unanswered: list[str]
    decoded: list[Decoded]


@dataclass
class Measured:
    """A whole run. `ticks`: lateness of the loop by flow; `bare`: each decoding again, with no call around it;
    `hesitations`: the same callers with a pause inside their turns."""

    load_before: list[float]
    fresh_prompts: bool
    load_after: list[float] = field(default_factory=list)
    calls: list[MeasuredCall] = field(default_factory=list)
    ticks: dict[str, dict[str, float]] = field(default_factory=dict)
    bare: list[BareDecoding] = field(default_factory=list)
    hesitations: list[Hesitation] = field(default_factory=list)

    @property
    def gaps(self) -> list[ReplyGap]:
        """Of all calls."""
        return [gap for call in self.calls for gap in call.gaps]


def report(measured: Measured) -> dict[str, Any]:
    """Everything, for `--json`."""
    return {
        "benchmark": "turn",
        "machine": {
            "cpus": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "load_before": measured.load_before,
            "load_after": measured.load_after,
            "tick_late_ms": measured.ticks,
        },
        "fresh_prompts": measured.fresh_prompts,
        "stages": {name: {"turns": len(gaps), "ms": by_stage(gaps)} for name, gaps in _groups(measured)},
        "limit": limit(measured) | {"decoding": decoding_spread(measured.bare)},
        "unanswered": [{"case": call.case, "run": call.run, "caller": call.unanswered} for call in measured.calls],
        "turns": [
            {"case": call.case, "run": call.run, **gap.as_json()} for call in measured.calls for gap in call.gaps
        ],
        "hesitations": [asdict(each) for each in measured.hesitations],
        "bare_decoding": [asdict(each) for each in measured.bare],
    }


def limit(measured: Measured) -> dict[str, float]:
    """The least that the gap could be with these questions on this machine: the pause that the question waits for,
    the recogniser's final result with no call around it, and half a frame until the next one goes out. Milliseconds
    at the median; `ratio`: the measured gap by it. Empty if nothing was measured."""
    finish = [each.finish_ms for each in measured.bare if not each.free]
    if not measured.gaps or not finish:
        return {}
    pause, bare = spread(gap.pause_ms for gap in measured.gaps)["p50"], spread(finish)["p50"]
    gap = spread(gap.moments.gap_ms for gap in measured.gaps)["p50"]
    floor = pause + bare + _HALF_A_FRAME_MS
    return {"pause_ms": pause, "finish_ms": bare, "floor_ms": round(floor, 2), "ratio": round(gap / floor, 3)}


def print_report(out: Console, measured: Measured) -> None:
    """The tables, then what lies beside them."""
    if not measured.gaps:
        out.print("no turn was answered in its own words: play the case with `ivr call --case` and see why.")
    else:
        groups = dict(_groups(measured))
        out.print(_stage_table({name: gaps for name, gaps in groups.items() if name in _BY_QUESTION}))
        out.print(_reply_table({name: gaps for name, gaps in groups.items() if name not in _BY_QUESTION}))
        _print_limit(out, measured)
    _print_hesitations(out, measured.hesitations)
    for call in measured.calls:
        if call.unanswered:
            out.print(f"{call.case}, run {call.run}, not measured: {'、'.join(call.unanswered)}", highlight=False)
    _print_doubts(out, measured.gaps)


def picture(measured: Measured) -> str:
    """The gaps by kind of question and of reply, as an SVG. Raises ValueError where there are none."""
    gaps = {name: [gap.moments.gap_ms for gap in group] for name, group in _groups(measured)}
    return distribution_picture(gaps, title="From the end of the caller's speech to the reply's first frame")


def _groups(measured: Measured) -> Iterator[tuple[str, list[ReplyGap]]]:
    """All, by question, by what the reply was made of, and those that were decoded twice; no empty group."""
    gaps = measured.gaps
    named = {"all": gaps}
    for closed in (False, True):
        kind = question_kind(closed=closed)
        named[kind] = [gap for gap in gaps if question_kind(closed=gap.closed) == kind]
    for kind in ("cached", "partly rendered", "rendered"):
        named[f"reply {kind}"] = [gap for gap in gaps if gap.reply.kind == kind]
    named["decoded twice"] = [gap for gap in gaps if gap.second_look]
    yield from ((name, found) for name, found in named.items() if found)


def _stage_table(groups: dict[str, list[ReplyGap]]) -> Table:
    table = Table(title="the reply gap, in milliseconds: p50 / p95 / max", title_justify="left")
    table.add_column("stage")
    for name, gaps in groups.items():
        table.add_column(f"{name} ({len(gaps)})", justify="right")
    stages = [by_stage(gaps) for gaps in groups.values()]
    for stage in STAGES:
        least = _UNEXPLAINED_MS if stage == "other" else 0.0  # what is left over of roundings is nothing
        table.add_row(stage.replace("_", " "), *(_three(each[stage], least) for each in stages))
    table.add_section()
    table.add_row("reply gap", *(_three(each["gap"]) for each in stages), style="bold")
    return table


def _reply_table(groups: dict[str, list[ReplyGap]]) -> Table:
    table = Table(title="by the way it was made, in milliseconds: p50 / p95 / max", title_justify="left")
    table.add_column("turns")
    for column in ("recognition", "mouth", "gap", "longest silence inside"):
        table.add_column(column, justify="right")
    for name, gaps in groups.items():
        stages = by_stage(gaps)
        figures = (_three(stages[stage]) for stage in ("recognition", "mouth", "gap"))
        stall = max((ms for gap in gaps for ms in gap.reply.stalls_ms), default=0)
        table.add_row(f"{name} ({len(gaps)})", *figures, str(stall))
    return table


def _print_hesitations(out: Console, hesitations: list[Hesitation]) -> None:
    """Who was cut off in a pause that they made in the middle of a turn."""
    if not hesitations:
        return
    table = Table(title="callers who pause inside a turn and go on: cut off / turns", title_justify="left")
    table.add_column("pause")
    for kind in ("open", "closed"):
        table.add_column(kind, justify="right")
    for pause_ms in dict.fromkeys(each.pause_ms for each in hesitations):
        cells = []
        for closed in (False, True):
            found = [each for each in hesitations if (each.pause_ms, each.closed) == (pause_ms, closed)]
            cells.append(f"{sum(bool(each.cut_off) for each in found)} / {len(found)}")
        table.add_row(f"{pause_ms} ms", *cells)
    out.print(table)
    if said := dict.fromkeys(each.cut_off for each in hesitations if each.cut_off):
        out.print(f"cut off after: {'、'.join(said)}", highlight=False)


def _three(found: dict[str, float], least: float = 0.0) -> str:
    """`least`: what is smaller stands as 0."""
    shown = [value if abs(value) >= least else 0.0 for value in found.values()]
    return " / ".join(f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}" for value in shown)


def _print_limit(out: Console, measured: Measured) -> None:
    least = limit(measured)
    table = Table(title="the machine's limit, in the same run", title_justify="left")
    for column in ("what", "p50", "p95", "max"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for kind, costs in decoding_spread(measured.bare).items():
        rtf, finish = costs["rtf"].values(), costs["finish_ms"].values()
        table.add_row(f"recogniser alone, {kind}: share of real time", *(f"{value:.3f}" for value in rtf))
        table.add_row(f"recogniser alone, {kind}: final result, ms", *(f"{value:.1f}" for value in finish))
    for flow, late in measured.ticks.items():
        if late:
            table.add_row(f"20 ms tick late, ms ({flow})", *(f"{value:.1f}" for value in late.values()))
    out.print(table)
    if least:
        out.print(
            f"who waits out the pause answers at the median after {least['pause_ms']:.0f} + final result "
            f"{least['finish_ms']:.0f} + half a frame = {least['floor_ms']:.0f} ms; "
            f"measured is {least['ratio']:.2f} times that",
            highlight=False,
        )
    loads = " → ".join(" ".join(map(str, load)) for load in (measured.load_before, measured.load_after))
    out.print(f"{os.cpu_count()} processors, load average {loads}", highlight=False)


def _print_doubts(out: Console, gaps: list[ReplyGap]) -> None:
    """What a person should know before believing the tables, or would hear on the telephone."""
    for gap in gaps:
        if stalls := [ms for ms in gap.reply.stalls_ms if ms >= _NOTABLE_STALL_MS]:
            out.print(f"silence of {stalls} ms inside “{gap.reply.text}”", style="yellow", highlight=False)
        other = gap.moments.stages_ms()["other"]
        if abs(other) > _UNEXPLAINED_MS:
            out.print(f"the stages of “{gap.label}” leave {other:.1f} ms unexplained", style="red", highlight=False)
