"""`ivr qa measure RUN`: what a kept run says: error rates, confusions, slots, thresholds, success, gaps, coverage.

What was wanted is read from the cases as they are now, so a run is measured against what QA expects today.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ivr.cli.flows import flow_folder
from ivr.errors import IvrError
from ivr.flow.load import Flow, load
from ivr.qa.case import Case, load_case
from ivr.qa.measures.calls import Calls
from ivr.qa.measures.meanings import Acceptance, Intents, Slots
from ivr.qa.measures.measured import Measures, measures
from ivr.qa.measures.recognition import Recognition
from ivr.qa.outcomes import Interval
from ivr.qa.recognition_errors import Errors
from ivr.qa.run_folder import read_run
from ivr.qa.run_result import RunResult

_SHOWN = 8


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="RUN", help="a folder that `ivr qa run --to` has written")
    parser.add_argument("--json", metavar="FILE", help="write every measure to FILE; - is standard output")


def run(args: argparse.Namespace) -> int:
    result = read_run(args.run)
    out = Console(stderr=args.json == "-")
    cases, flows, missing = _now(result)
    found = measures(result, cases, flows)
    if result.channel:
        out.print(f"through {result.channel}", style="bold", highlight=False)
    _print(out, found)
    for why in missing:
        out.print(f"not measured: {why}", style="yellow", soft_wrap=True, highlight=False)
    if args.json is not None:
        text = json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0


def _now(result: RunResult) -> tuple[dict[str, Case], dict[str, Flow], list[str]]:
    """The run's cases and flows as they stand now, and why some are not to be had."""
    cases: dict[str, Case] = {}
    flows: dict[str, Flow] = {}
    missing: list[str] = []
    for case in result.cases:
        try:
            cases[case.case] = load_case(Path(case.file).parent).case
        except IvrError as fault:
            missing.append(f"what {case.case} expects: {fault}")
    for name in dict.fromkeys(case.flow for case in result.cases if case.flow):
        try:
            flows[name] = load(flow_folder(name))
        except IvrError as fault:
            missing.append(f"the coverage of {name}: {fault}")
            continue
        digest = result.flows.get(name, "")
        if digest and digest != flows[name].digest:
            missing.append(f"{name} has changed since the run: its coverage is that of the flow as it is now")
    return cases, flows, missing


def _print(out: Console, found: Measures) -> None:
    if found.calls is not None:
        _print_calls(out, found.calls)
    if found.recognition is not None:
        _print_recognition(out, found.recognition)
    if found.intents is not None:
        _print_intents(out, found.intents)
    if found.slots is not None:
        _print_slots(out, found.slots)
    if found.acceptance is not None:
        _print_acceptance(out, found.acceptance)
    _print_gaps(out, found)
    _print_coverage(out, found)


def _table(out: Console, title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    if table.row_count:
        out.print(table)


def _share(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    return f"{interval.value:.1%} ({interval.low * 100:.1f}–{interval.high * 100:.1f})"


def _mean(interval: Interval | None) -> str:
    return "–" if interval is None else f"{interval.value:.2f} ({interval.low:.2f}–{interval.high:.2f})"


def _print_calls(out: Console, found: Calls) -> None:
    rows = [
        ("task success", _share(found.success)),
        *((f"  {flow}", _share(share)) for flow, share in found.success_by_flow.items()),
        ("turns to success", _mean(found.turns_to_success)),
        ("contained", _share(found.contained)),
        ("reprompts a call", _mean(found.reprompts)),
    ]
    _table(out, f"{found.cases} call{'s' * (found.cases != 1)}, with 95 % intervals", ("", "all"), rows)


def _print_recognition(out: Console, found: Recognition) -> None:
    def row(name: str, rate: Interval, counted: Errors) -> tuple[str, ...]:
        kinds = (counted.substitutions, counted.deletions, counted.insertions, counted.said)
        return (name, _share(rate), *map(str, kinds))

    rows = [row("characters", found.cer, found.characters), row("words", found.wer, found.words)]
    title = f"recognition: {found.characters.right} of {found.characters.turns} turns wholly right"
    _table(out, title, ("", "error rate", "substituted", "deleted", "inserted", "said"), rows)
    pairs = [(pair.said or "(nothing)", pair.heard or "(nothing)", str(pair.times)) for pair in found.pairs[:_SHOWN]]
    _table(out, "misheard most often", ("said", "heard", "times"), pairs)


def _print_intents(out: Console, found: Intents) -> None:
    out.print(f"meaning: {_share(found.right)} of {found.turns} turns taken for what they are", highlight=False)
    rows = [
        (each.wanted, each.taken, str(each.times), ", ".join(f"{case}:{turn}" for case, turn in each.examples))
        for each in found.worst[:_SHOWN]
    ]
    _table(out, "confused most often", ("wanted", "taken for", "times", "such as"), rows)


def _print_slots(out: Console, found: Slots) -> None:
    out.print(
        f"slots: {_share(found.right)} of {found.expected} values right, {found.wrong} wrong, {found.missing} missing",
        highlight=False,
    )


def _print_acceptance(out: Console, found: Acceptance) -> None:
    rows = [
        (name, f"{at.false_accepts:.1%}" if found.strangers else "–", f"{at.wrong:.1%}", f"{at.lost:.1%}")
        for name, at in [
            ("as it ran", found.present),
            *((f"{at.threshold:.2f}", at) for at in found.curve if at.threshold >= 0.5),
        ]
    ]
    title = f"threshold: {found.known} spoken turns that mean something, {found.strangers} that mean nothing"
    _table(out, title, ("threshold", "false accepts", "wrong", "lost"), rows)


def _print_gaps(out: Console, found: Measures) -> None:
    rows = [
        (name, *(f"{spread[column]:.0f}" for column in ("p50", "p95", "max", "turns")))
        for name, spread in found.gaps_ms.items()
    ]
    _table(out, "reply gap, ms of the call's audio", ("", "p50", "p95", "max", "turns"), rows)


def _print_coverage(out: Console, found: Measures) -> None:
    rows = [(flow, *("/".join(map(str, part)) for part in astuple(each))) for flow, each in found.coverage.items()]
    _table(out, "covered", ("flow", "steps", "ways", "intents", "FAQ", "prompts"), rows)
