"""`ivr versions FLOW [A B]`: what was published, and how the calls of two versions ended.

Left to itself it compares the pilot with the version that answers, in the calls since the pilot began, or else that
version with the one before.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr.cli.published import said, store_for
from ivr.errors import UsageError
from ivr.flow.version_files import Manifest
from ivr.flow.versions import Pointer, VersionStore
from ivr.qa.outcomes import FEWEST_CALLS, CallOutcome, Interval, Row, compare, finished, read_outcome
from ivr.settings import load_settings

_COLUMNS = 130


def moment(written: str) -> datetime:
    """ISO 8601, local time unless it says otherwise."""
    try:
        return datetime.fromisoformat(written).astimezone()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{written} is no date: write it as 2026-11-20 or 2026-11-20T10:00") from None


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a flow that was published: its folder or name")
    parser.add_argument("compared", nargs="*", type=int, metavar="A B", help="compare the calls of these two versions")
    parser.add_argument("--calls", type=Path, metavar="FOLDER", help="the journals, if not those of this hotline")
    parser.add_argument("--since", type=moment, metavar="DATE", help="only calls that began at this time or later")


def run(args: argparse.Namespace) -> int:
    if len(args.compared) not in {0, 2}:
        raise UsageError("one version is not to be compared with itself: give two numbers, or none.")
    settings, console = load_settings(), Console()
    if not console.is_terminal:  # whoever reads a file or a pipe wants a row a line
        console = Console(width=_COLUMNS)
    store = store_for(settings, args.flow)
    pointer, manifests = store.pointer(), store.versions()
    if pointer is None or not manifests:
        raise UsageError(f"nothing was published of {store.hotline}: `ivr publish {args.flow}` makes version 1.")
    calls = _calls(args.calls or Path(settings.hotline.calls), store, console)
    _list(manifests, pointer, calls, console)
    pair, since = _pair(args.compared, pointer)
    since = args.since or since
    if pair:
        taken = [call for call in calls if since is None or call.started >= since]
        _comparison(pair, taken, since, console)
    return 0


def _calls(folder: Path, store: VersionStore, console: Console) -> list[CallOutcome]:
    read = [read_outcome(path) for path in sorted(folder.glob("*.jsonl"))]
    if strange := sum(outcome is None for outcome in read):
        console.print(f"note: left out in {escape(str(folder))}: {strange} of {len(read)} files, which are no journals")
    return [outcome for outcome in read if outcome is not None and outcome.flow == store.hotline]


def _pair(asked: Sequence[int], pointer: Pointer) -> tuple[tuple[int, int] | None, datetime | None]:
    """Which two to compare, the earlier first, and from when on."""
    if asked:
        return (asked[0], asked[1]), None
    if pointer.pilot:
        return (pointer.version, pointer.pilot), moment(pointer.since)
    return ((pointer.before[-1], pointer.version), None) if pointer.before else (None, None)


def _list(manifests: list[Manifest], pointer: Pointer, calls: list[CallOutcome], console: Console) -> None:
    counts = Counter(call.version for call in calls)
    table = Table(box=None, pad_edge=False)
    for head, side in (("version", "right"), ("published", "left"), ("by", "left"), ("calls", "right"), ("", "left")):
        table.add_column(head, justify="right" if side == "right" else "left")
    for manifest in manifests:
        answers = "answers" if manifest.version == pointer.version else ""
        state = f"pilot, {pointer.share} % of callers" if manifest.version == pointer.pilot else answers
        notes = "  ".join(filter(None, (state, escape(manifest.note))))
        when = manifest.published.replace("T", " ")[:16]
        table.add_row(str(manifest.version), when, escape(manifest.by), str(counts[manifest.version]), notes)
    console.print(table)
    console.print(f"new calls get {said(pointer)}")


def _comparison(pair: tuple[int, int], calls: list[CallOutcome], since: datetime | None, console: Console) -> None:
    sides = [finished(call for call in calls if call.version == version) for version in pair]
    console.print(f"\n{_counts(pair, sides)}" + (f", since {since:%Y-%m-%d %H:%M}" if since else ""))
    if not all(sides):
        console.print("too few calls to tell: nothing to compare yet")
        return
    table = Table(box=None, pad_edge=False)
    for head in ("", f"version {pair[0]}", f"version {pair[1]}", "difference", ""):
        table.add_column(head)
    for row in compare(*sides):
        difference = "" if row.difference is None else _shown(row.difference, row, sign=True)
        table.add_row(row.name, _shown(row.first, row), _shown(row.second, row), difference, row.verdict)
    console.print(table)
    if min(map(len, sides)) < FEWEST_CALLS:
        console.print(f"too few calls to tell: each version needs {FEWEST_CALLS} at least, rather some hundreds")


def _counts(pair: tuple[int, int], sides: list[list[CallOutcome]]) -> str:
    return " against ".join(f"version {number}: {len(side)} calls" for number, side in zip(pair, sides, strict=True))


def _shown(interval: Interval, row: Row, *, sign: bool = False) -> str:
    """The value and in brackets its interval; shares in percent, their differences in points."""
    factor, digits = (100, 1) if row.share else (1, 2)
    form = f"{'+' if sign else ''}.{digits}f"
    value, low, high = (format(number * factor, form) for number in (interval.value, interval.low, interval.high))
    unit = "" if not row.share else " points" if sign else " %"
    return f"{value}{unit} ({low} to {high})"
