"""`ivr qa baseline RUN`: keep a run as the one that later ones are compared with.

RUN is a folder that `ivr qa run --to` wrote. What is kept is a file to be committed, a line a turn, with nothing of the
machine that ran it: its diff is what changed for callers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ivr.cli.qa_compare import counted
from ivr.qa.compare.baseline import NAME, write_baseline
from ivr.qa.run_folder import read_run


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="the folder of a run")
    parser.add_argument(
        "--to",
        type=Path,
        default=Path("audio_fixtures") / NAME,
        metavar="FILE",
        help=f"where to write it (default audio_fixtures/{NAME})",
    )


def run(args: argparse.Namespace) -> int:
    made = read_run(args.run_folder)
    write_baseline(args.to, made)
    wrong = [case.case for case in made.cases if case.verdict not in {"passed", "known"}]
    print(f"{args.to}: {counted(len(made.cases))}")
    if wrong:
        print(f"not as expected, and kept so: {', '.join(wrong)}")
    return 0
