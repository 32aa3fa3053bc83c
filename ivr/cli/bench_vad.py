"""`ivr bench vad`: the detectors of voice on telephone calls in babble, music and traffic, beside a television and over
the prompt's own echo.

Recorded callers speak in noise that the project makes, through G.711; when they speak is told by the clean
recording. What the figures mean is in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ivr.audio import read_audio, samples
from ivr.cli.equipment import hearing_for
from ivr.errors import ModelError, UsageError
from ivr.hearing.voice_activity import DETECTORS, VoiceSettings
from ivr.qa.bench_cases import bench_cases
from ivr.qa.distribution_picture import distribution_picture
from ivr.qa.voice_scenes import fluent, voice_scenes
from ivr.qa.voice_trial import Trial, figures, try_out

_SUFFIXES = {".wav", ".flac", ".mp3"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--calls", type=int, default=8, metavar="N", help="of two turns, in each noise (default 8)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of levels, noises and callers (default 1)")
    parser.add_argument("--speech", type=Path, metavar="FOLDER", help="recorded callers (default: those that ship)")
    parser.add_argument(
        "--detector", action="append", choices=list(DETECTORS), help="may be repeated (default: all that can be had)"
    )
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE; - is standard output")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw how late a turn was noticed, and ended")


def run(args: argparse.Namespace) -> int:
    if args.calls < 1:
        raise UsageError(f"--calls is {args.calls}: make one call at least.")
    folders = [args.speech] if args.speech else bench_cases()
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix in _SUFFIXES]
    speech = fluent([samples(read_audio(file)) for file in files])
    try:
        scenes = voice_scenes(speech, args.calls, args.seed)
    except ValueError as fault:
        raise UsageError(f"{folders[0]}: {fault}; give another folder with --speech.") from fault
    detectors = _detectors(args.detector)
    trials: dict[str, list[Trial]] = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("calls", total=len(scenes) * len(detectors))
        for name, voice in detectors.items():
            trials[name] = []
            for scene in scenes:
                progress.update(task, description=f"{name}, {scene.name}", advance=1)
                trials[name].append(try_out(scene, voice))
    found = {name: _by_scene(tried) for name, tried in trials.items()}
    for name, rows in found.items():
        _print(Console(stderr=args.json == "-"), name, rows)
    if args.json is not None:
        text = json.dumps({"recordings": len(speech), "detectors": found}, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    if args.svg is not None:
        args.svg.write_text(_picture(found), encoding="utf-8")
    return 0


def _detectors(wanted: Sequence[str] | None) -> dict[str, VoiceSettings]:
    """Those that were asked for, or all whose model is installed; standard error names the others."""
    found = {}
    for name in wanted or DETECTORS:
        try:
            found[name] = hearing_for(name)
        except ModelError as fault:
            if wanted:
                raise
            print(f"not measured: {name}: {fault}", file=sys.stderr)
    return found


def _by_scene(trials: Sequence[Trial]) -> dict[str, dict[str, Any]]:
    names = dict.fromkeys(one.scene.name for one in trials)
    return {
        **{name: figures([one for one in trials if one.scene.name == name]) for name in names},
        "all": figures(trials),
    }


def _print(out: Console, detector: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
    every = rows["all"]
    told = f"{every['short_missed']} of {every['short_turns']} turns of up to 0.8 s were missed"
    table = Table(
        title=f"{detector}, {every['turns']} turns",
        caption=f"{told}\nc/m/m: cut, merged, missed turns; false: of noise alone, a minute; ms, p50/p95",
        box=None,
        pad_edge=False,
        collapse_padding=True,
    )
    for title in ("scene", "one\n%", "c/m/m", "lost\n%", "false", "false\ns", "onset", "end", "CPU\n%"):
        table.add_column(title, justify="left" if title == "scene" else "right", no_wrap=True)
    for name, row in rows.items():
        wrong = "/".join(str(row[fate]) for fate in ("cut", "merged", "missed"))
        keys = ("speech_lost_percent", "false_per_min", "false_s_per_min", "onset_ms", "end_ms", "cpu_percent")
        cells = (_cell(row["one_percent"]), wrong, *(_cell(row[key]) for key in keys))
        table.add_row(name, *cells, end_section=name == list(rows)[-2])
    out.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['p50']}/{value['p95']}"
    return "" if value is None else f"{value:g}"


def _picture(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    series = {
        f"{name}: {what}": rows["all"][key]
        for what, key in (("noticed", "onsets"), ("ended", "ends"))
        for name, rows in found.items()
    }
    return distribution_picture(series, title="Late to notice a turn, and to end it, besides the pause")
