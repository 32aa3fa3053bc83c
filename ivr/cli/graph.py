"""`ivr graph FLOW`: a picture of the flow's steps and ways as an SVG, with what its tests cover laid over it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ivr.cli.flows import flow_folder
from ivr.cli.logs import errors_alone
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.errors import UsageError
from ivr.flow.load import Flow, load
from ivr.qa.coverage import Coverage
from ivr.qa.flow_graph_svg import draw
from ivr.qa.twin import twins_of
from ivr.qa.twin_run import play_twin
from ivr.simulate.virtual_loop import run as run_virtual


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name")
    parser.add_argument("--out", metavar="FILE", help="write it here; - is standard output (default NAME.svg)")
    parser.add_argument("--coverage", action="store_true", help="play the flow's tests, and show what they go")


def run(args: argparse.Namespace) -> int:
    flow = load(flow_folder(args.flow))
    picture = draw(flow, _coverage(flow) if args.coverage else None)
    if args.out == "-":
        sys.stdout.write(picture)
        return 0
    path = Path(args.out or f"{flow.folder.resolve().name}.svg")
    try:
        path.write_text(picture, encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"{path} cannot be written ({fault.strerror}): give another place by --out.") from fault
    print(f"{path}: {sum(1 for _ in flow.every_step())} steps; open it in a browser.")
    return 0


def _coverage(flow: Flow) -> Coverage:
    coverage, vocabulary = Coverage(flow), vocabulary_for(flow)
    with errors_alone():
        for twin in twins_of(flow):
            coverage.add(run_virtual(play_twin(flow, vocabulary, twin)).walk)
    return coverage
