"""`ivr qa report RUN --to FILE`: a run as one HTML file: list, filters, and each call on a time line that sounds.

RUN is a folder that `ivr qa run --to` wrote, with --keep-audio and --voice if the calls are to be heard. The file needs
no network and no server. It holds what callers say: keep it as you keep recordings.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ivr.errors import UsageError
from ivr.qa.compare.baseline import read_side
from ivr.qa.compare.run_diff import RunDiff, compare_runs
from ivr.qa.report.html import CallFiles, Sounds, report_html
from ivr.qa.run_folder import audio_file, journal_file, read_run
from ivr.qa.run_result import RunResult


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="RUN", help="the folder of a run")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="the HTML file to write")
    parser.add_argument(
        "--against", type=Path, metavar="BEFORE", help="show what changed since: another run's folder, or a baseline"
    )
    parser.add_argument(
        "--audio",
        choices=["failed", "all", "none"],
        default="failed",
        help="whose sound is in the file: of calls that did not pass or that changed (default), of all, of none",
    )


def run(args: argparse.Namespace) -> int:
    result = read_run(args.run)
    folder = args.run if args.run.is_dir() else args.run.parent
    diff = compare_runs(read_side(args.against), result) if args.against else None
    against = args.against.name if args.against else ""
    write_report(args.to, folder, result, diff=diff, against=against, sounds=args.audio)
    return 0


def write_report(
    file: Path, folder: Path, result: RunResult, *, diff: RunDiff | None, against: str, sounds: Sounds = "failed"
) -> None:
    """Write the page of `result`, whose journals and recordings are in `folder`, and say so. Raises UsageError where
    it cannot be written."""
    page = report_html(
        result,
        lambda case: CallFiles(journal_file(folder, case.case), audio_file(folder, case.case)),
        diff=diff,
        against=against,
        sounds=sounds,
    )
    try:
        file.write_text(page, encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"{file} cannot be written ({fault.strerror}): give another place.") from fault
    print(f"{file}: {len(result.cases)} calls, {len(page.encode()) / 1e6:.1f} MB; open it in any browser")
