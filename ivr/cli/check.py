"""`ivr check FLOW…`: every mistake in a flow, as file:line:column: what: how to mend it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from ivr.cli.flows import flow_folder
from ivr.flow.load import examine
from ivr.flow.problem import listing


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "flows", nargs="+", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name"
    )


def run(args: argparse.Namespace) -> int:
    wrong = 0
    for name in args.flows:
        folder = flow_folder(name)
        flow, problems = examine(folder, datetime.now(UTC).date())
        mistakes = sum(not problem.advice for problem in problems)
        wrong += mistakes
        if problems:
            print(listing(problems))
        if not mistakes and flow is not None:
            steps = len(flow.hotline.steps)
            print(f"{folder}: {flow.hotline.hotline}, {steps} {'step' if steps == 1 else 'steps'}, no mistakes")
    if wrong:
        print(f"{wrong} {'mistake' if wrong == 1 else 'mistakes'}")
    return 1 if wrong else 0
