"""`ivr qa whatif --since 7d --flow NEW`: last week's calls with a new flow: where they would have gone differently, and
whether more of them would have ended well.

Nothing is called and nothing is heard again: what callers said stands in the journals of the calls.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from ivr.cli.flows import flow_folder
from ivr.errors import UsageError
from ivr.flow.load import Flow, load
from ivr.qa.outcomes import FEWEST_CALLS
from ivr.qa.whatif import WhatIf
from ivr.qa.whatif_calls import Seen, imagine
from ivr.qa.whatif_figures import Figure
from ivr.settings import load_settings

_COLUMNS = 130
_NAMED = 5
_AGO = re.compile(r"([1-9][0-9]{0,3})([dh])")


def since(written: str) -> timedelta | datetime:
    """`7d`, `24h`, or a date."""
    if match := _AGO.fullmatch(written):
        return timedelta(**{{"d": "days", "h": "hours"}[match[2]]: int(match[1])})
    try:
        return datetime.fromisoformat(written).astimezone()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{written} is no time: write it as 7d, 24h or 2026-11-20") from None


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flow", required=True, metavar="NEW", help="the new flow: its folder, or a hotline's name")
    parser.add_argument("--since", type=since, default=timedelta(days=7), metavar="TIME", help="7d, 24h or a date")
    parser.add_argument("--calls", type=Path, metavar="DIR", help="the journals, if not those of this hotline")
    parser.add_argument("--of", default="", metavar="HOTLINE", help="whose calls, if NEW's folder has another name")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="how many differences to show (20)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything here, too")


def run(args: argparse.Namespace) -> int:
    flow = load(flow_folder(args.flow))
    calls = args.calls or Path(load_settings().hotline.calls)
    seen = with_progress(flow, calls, args.since, of=args.of)
    if not seen.figures.calls and not seen.passed_over:
        raise UsageError(
            f"{calls} holds no call to {seen.hotline} since {seen.begin:%Y-%m-%d %H:%M}: give the folder of the "
            "journals with --calls, an earlier time with --since, or the hotline whose calls these are with --of."
        )
    tell(seen, wide_console(), args.show)
    if args.json is not None:
        args.json.write_text(json.dumps(_as_json(seen), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def wide_console() -> Console:
    """The terminal, or, for who reads a file or a pipe, a line a row."""
    console = Console()
    return console if console.is_terminal else Console(width=_COLUMNS)


def with_progress(flow: Flow, folder: Path, began: timedelta | datetime, *, of: str = "") -> Seen:
    """`imagine` with a bar on the terminal."""
    begin = began if isinstance(began, datetime) else datetime.now().astimezone() - began
    with Progress(transient=True, disable=not Console().is_terminal) as progress:
        return imagine(flow, folder, begin, of=of, shown=lambda paths: progress.track(paths, description="calls"))


def tell(seen: Seen, console: Console, most: int) -> None:
    """Print what was found."""
    figures, ways = seen.figures, seen.figures.ways
    calls = f"{figures.calls} call{'s' * (figures.calls != 1)}"
    console.print(
        f"{calls} to {escape(seen.hotline)} since {seen.begin:%Y-%m-%d %H:%M}: {ways['same']} the same, "
        f"{ways['other words']} in other words, {ways['other way']} another way, {ways['parted']} parted: what the "
        "caller would have said from there on is not known, so these count in no end",
        highlight=False,
    )
    for why, names in seen.passed_over.items():
        first = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
        console.print(f"passed over: {len(names)} because {escape(why)}: {escape(first)}", highlight=False)
    if figures.calls:
        console.print(_table(figures.rows()))
    if figures.calls < FEWEST_CALLS:
        console.print(f"too few calls to tell: {FEWEST_CALLS} at least are needed, rather some hundreds")
    _differences(figures.otherwise[:most], sum(ways.values()) - ways["same"], console)


def _table(rows: Iterable[Figure]) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in ("", "calls", "then", "with the new flow", "difference, 95 %", ""):
        table.add_column(head)
    for row in rows:
        share = row.paired is not None
        factor, digits, unit = (100, 1, " %") if share else (1, 2, "")
        then, now = (f"{value * factor:.{digits}f}{unit}" for value in (row.before, row.after))
        found = ""
        if row.difference is not None:
            values = (row.difference.value, row.difference.low, row.difference.high)
            value, low, high = (f"{number * factor:+.{digits}f}" for number in values)
            found = f"{value}{' points' if share else ''} ({low} to {high})"
        table.add_row(row.name, str(row.calls), then, now, found, row.verdict)
    return table


def _differences(calls: list[WhatIf], of: int, console: Console) -> None:
    for call in calls:
        difference = call.difference
        console.print(f"\n[bold]{escape(call.call_id)}[/bold]  {call.way}", highlight=False)
        if difference is not None:
            where = f" at {difference.step}" if difference.step else ""
            console.print(
                f"  turn {difference.turn}{where}: {escape(difference.said or '(the begin)')}", highlight=False
            )
            console.print(f"    then  {escape(difference.before)}", highlight=False)
            console.print(f"    now   {escape(difference.after)}", highlight=False)
        if call.parted:
            console.print(f"  not known: {escape(call.parted)}", highlight=False)
        elif call.after is not None and call.after != call.before:
            console.print(f"  ended {call.before.ended} then, {call.after.ended} now", highlight=False)
    if of > len(calls):
        console.print(f"\n… and {of - len(calls)} more that went otherwise")


def _as_json(seen: Seen) -> dict[str, Any]:
    rows = [
        {
            "name": row.name,
            "calls": row.calls,
            "before": row.before,
            "after": row.after,
            "difference": asdict(row.difference) if row.difference else None,
            "verdict": row.verdict,
            **({"better": row.paired.better, "worse": row.paired.worse, "p": row.paired.p} if row.paired else {}),
        }
        for row in seen.figures.rows()
    ]
    calls = [
        {
            "call": call.call_id,
            "started": call.started,
            "way": call.way,
            "difference": asdict(call.difference) if call.difference else None,
            "not_known": call.parted,
            "ended": {"before": call.before.ended, "after": call.after.ended if call.after else None},
        }
        for call in seen.figures.otherwise
    ]
    return {
        "hotline": seen.hotline,
        "since": seen.begin.isoformat(timespec="seconds"),
        "calls": seen.figures.calls,
        "ways": dict(seen.figures.ways),
        "passed_over": seen.passed_over,
        "figures": rows,
        "otherwise": calls,
    }
