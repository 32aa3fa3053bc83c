"""`ivr qa curve [CASE…] --over SWEEP`: how task success falls as noise, loss or another fault of the line grows.

Every case is played as it is, then at each strength of the sweep, such as `noise=babble@20,10,5dB`. The exit status is
0 whatever comes out: a curve is looked at; 1 if no case could be played.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ivr.cli.case_setup import AUGMENT_HELP, case_folders, channel_option, setup_for
from ivr.errors import UsageError
from ivr.qa.channels.spec import CLEAR, Channel, parse_sweep
from ivr.qa.curve_picture import curve_picture
from ivr.qa.outcomes import Interval
from ivr.qa.robustness import Curve, Strength, curve
from ivr.qa.run_cases import run_cases
from ivr.qa.run_folder import write_run
from ivr.qa.run_result import CaseResult, RunResult
from ivr.settings import load_settings

_AS_IT_IS = "as recorded"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", nargs="*", metavar="CASE", help="a case's folder or name; all that ship if left out")
    parser.add_argument(
        "--over", required=True, metavar="SWEEP", help="one effect at several strengths: noise=babble@20,10,5dB"
    )
    parser.add_argument("--augment", type=channel_option, default=CLEAR, metavar="SPEC", help=AUGMENT_HELP)
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="play each strength with N seeds (default 1)")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes; one a core if left out")
    parser.add_argument("--to", type=Path, metavar="DIR", help="keep every run, a folder each")
    parser.add_argument("--json", metavar="FILE", help="write the curve to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the curve into FILE")


def run(args: argparse.Namespace) -> int:
    if args.seeds < 1:
        raise UsageError(f"--seeds is {args.seeds}: play each strength with one seed at least.")
    for file in (args.svg, Path(args.json) if args.json not in (None, "-") else None):
        if file is not None and not file.absolute().parent.is_dir():
            raise UsageError(f"{file} cannot be written: its folder does not exist, make it first.")
    channels = [args.augment, *parse_sweep(args.over, args.augment)]
    folders = case_folders(args.cases)
    found = curve(args.over, _play(folders, channels, args))
    out = Console(stderr=args.json == "-")
    _print(out, found)
    if args.json is not None:
        text = json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    if args.svg is not None:
        args.svg.write_text(_picture(found), encoding="utf-8")
    return 0 if any(point.by_flow for point in found.points) else 1


def _play(folders: list[Path], channels: list[Channel], args: argparse.Namespace) -> list[Strength]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    settings, jobs = load_settings(), args.jobs or os.cpu_count() or 1
    strengths = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("cases", total=len(folders) * (1 + args.seeds * (len(channels) - 1)))
        for channel in channels:
            label = str(channel) or _AS_IT_IS
            runs: list[RunResult] = []
            # Without chance in it, all seeds would be one.
            for seed in range(channel.seed, channel.seed + (args.seeds if channel is not channels[0] else 1)):
                seeded = replace(channel, seed=seed)
                folder = args.to and args.to / (str(seeded) or _AS_IT_IS).replace(" ", "-")

                def progress(case: CaseResult, _done: int, _total: int, label: str = label) -> None:
                    bar.update(task, advance=1, description=f"{label}: {case.case}")

                setup = setup_for(settings, channel=seeded, folder=folder)
                runs.append(run_cases(folders, setup, jobs=jobs, progress=progress))
                if folder is not None:
                    write_run(folder, runs[-1])
            strengths.append(Strength(label, tuple(runs)))
    return strengths


def _print(out: Console, found: Curve) -> None:
    table = Table(title=f"cases that met their expectations, over {found.over}", title_justify="left")
    table.add_column("channel")
    flows = sorted({flow for point in found.points for flow in point.by_flow})
    for name in ("all", *flows, "CER"):
        table.add_column(name, justify="right")
    for point in found.points:
        shares = [_told(point.by_flow[flow]) if flow in point.by_flow else "–" for flow in flows]
        cer = "–" if point.cer is None else f"{point.cer:.1%}"
        table.add_row(point.label, _told(point.success), *shares, cer)
    out.print(table)
    out.print(f"{len(found.points[0].met)} cases; in brackets Wilson's 95 % interval", style="dim", highlight=False)
    for point in found.points:
        for case, why in point.unplayed.items():
            out.print(f"{point.label}: {case} could not be played: {why}", style="red", soft_wrap=True, highlight=False)
    broken = found.breaks_at()
    for point in found.points[1:]:
        if cases := [case for case, at in broken.items() if at == point.label]:
            out.print(f"break at {point.label}: {', '.join(cases)}", soft_wrap=True, highlight=False)


def _told(share: Interval) -> str:
    return f"{share.value:.0%} ({share.low * 100:.0f}–{share.high * 100:.0f})"


def _picture(found: Curve) -> str:
    flows = sorted({flow for point in found.points for flow in point.by_flow})
    nothing = Interval(0.0, 0.0, 0.0)
    series = {"all": [point.success for point in found.points]}
    if len(flows) > 1:
        series |= {flow: [point.by_flow.get(flow, nothing) for point in found.points] for flow in flows}
    title = f"Cases that met their expectations, over {found.over}"
    return curve_picture(series, [point.label.rpartition("=")[2] for point in found.points], title=title)
