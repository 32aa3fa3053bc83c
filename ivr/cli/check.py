"""`ivr check FLOW…`: every mistake in a flow, as file:line:column: what: how to mend it; then the proof of promises.

A promise that the flow breaks is shown as a call, turn by turn, and `--save` writes it as a twin test.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from ivr.cli.flows import flow_folder
from ivr.flow.load import Flow, examine
from ivr.flow.problem import listing
from ivr.qa.model_check.counterexample import as_file
from ivr.qa.model_check.proof import Proof, prove


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "flows", nargs="+", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name"
    )
    parser.add_argument("--fast", action="store_true", help="leave the proof out: look for mistakes only")
    parser.add_argument(
        "--save", type=Path, metavar="DIR", help="write the calls that break a promise there, as tests found_*.yaml"
    )
    parser.add_argument("--words", action="store_true", help="also list what the recogniser's vocabulary lacks")


def run(args: argparse.Namespace) -> int:
    wrong = 0
    for name in args.flows:
        folder = flow_folder(name)
        flow, problems = examine(folder, datetime.now(UTC).date())
        mistakes = sum(not problem.advice for problem in problems)
        wrong += mistakes
        if problems:
            print(listing(problems))
        if mistakes or flow is None:
            continue
        steps = len(flow.hotline.steps)
        print(f"{folder}: {flow.hotline.hotline}, {steps} {'step' if steps == 1 else 'steps'}, no mistakes")
        if args.words:
            _list_words(flow)
        if not args.fast:
            wrong += _prove(folder, flow, args.save)
    if wrong:
        print(f"{wrong} {'mistake' if wrong == 1 else 'mistakes'}")
    return 1 if wrong else 0


def _prove(folder: Path, flow: Flow, save: Path | None) -> int:
    """Prove or refute, and say so; returns how many promises are broken."""
    began = time.monotonic()
    proof = prove(flow)
    for refutation in proof.refutations:
        print(refutation.problem)
        print("\n".join(refutation.example.told()))
    if proof.stands:
        print(f"{folder}: {proof} ({time.monotonic() - began:.1f} s)")
    elif save is not None:
        print(f"{_save(proof, save)}: the {'call' if len(proof.refutations) == 1 else 'calls'} above, as tests")
    return len(proof.refutations)


def _save(proof: Proof, folder: Path) -> Path:
    """Write the counterexamples to a file in `folder` that is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while (path := folder / f"found_{number}.yaml").exists():
        number += 1
    path.write_text(as_file([refutation.example for refutation in proof.refutations]), encoding="utf-8")
    return path


def _list_words(flow: Flow) -> None:
    from ivr.cli.recogniser_words import lacking_words  # noqa: PLC0415  it loads engines, which few checks need

    for line in asyncio.run(lacking_words(flow)):
        print(line)
