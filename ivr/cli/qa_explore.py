"""`ivr qa explore FLOW`: callers that nobody wrote, who go every way of a flow, and those at whom it fails, as cases.

In text first, which takes seconds; then the same callers with voices, through the telephone's coding and the
recogniser, as far as the budget goes. The cases are for `ivr qa run`; what they expect is for a person to confirm.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.text import Text

from ivr.cli.case_setup import setup_for
from ivr.cli.flows import flow_folder
from ivr.cli.logs import errors_alone
from ivr.cli.qa_render import render
from ivr.dialogue.vocabulary import Vocabulary, prepared_vocabulary_for
from ivr.errors import UsageError
from ivr.flow.load import Flow, load
from ivr.flow.scalars import Seconds
from ivr.qa.coverage import Coverage
from ivr.qa.explore.case_set import CaseSet
from ivr.qa.explore.explorer import Explorer
from ivr.qa.explore.spoken import SpokenCall, Voices
from ivr.qa.explore.trial import play_in_text
from ivr.qa.run_cases import CasePool
from ivr.qa.spoken_material import VOICES
from ivr.settings import load_settings

_VOICES = {"zh-CN": VOICES, "en": ("af_heart", "am_michael")}
_GOOD_SHARE = 95.0
_MOST_JOBS = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name")
    parser.add_argument(
        "--budget", type=_length, default=120.0, metavar="TIME", help="how long it may take, such as 10m (120s)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other callers (1)")
    parser.add_argument("--to", type=Path, metavar="DIR", help="a new folder for the cases (explored/FLOW)")
    parser.add_argument(
        "--voices", type=int, default=2, metavar="N", help=f"how many voices they have, up to {len(VOICES)} (2)"
    )
    parser.add_argument("--text", action="store_true", help="in text only: the cases have no recordings yet")


def _length(text: str) -> float:
    try:
        return float(TypeAdapter(Seconds).validate_python(text))
    except ValidationError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a length of time; write it as 120s or 10m") from None


def run(args: argparse.Namespace) -> int:
    flow = load(flow_folder(args.flow))
    voices = _VOICES[flow.hotline.language]
    if not 1 <= args.voices <= len(voices):
        raise UsageError(f"--voices {args.voices}: for {flow.hotline.language} there are 1 to {len(voices)}.")
    to = args.to or Path("explored") / flow.name
    if to.exists() and any(to.iterdir()):
        raise UsageError(f"there is something in {to} already: give a new folder by --to, or remove it.")
    until = time.monotonic() + args.budget
    console = Console()
    with errors_alone(), console.status("reading the flow") as status:
        vocabulary = prepared_vocabulary_for(flow)

        def has_time() -> bool:
            return bool(time.monotonic() < until)

        explorer = Explorer(flow, vocabulary, args.seed, has_time=has_time, told=status.update)
        explorer.cover()
        explorer.disturb()
        explorer.promises()
        cases = CaseSet(flow.name, args.flow, to, args.seed, voices[: args.voices])
        calls = cases.write_covering(explorer)
        cases.write_found(explorer)
        _report_text(console, explorer, len(calls))
        trouble = ""
        if not args.text:
            status.update("speaking")
            with tempfile.TemporaryDirectory() as work:
                spoken, trouble = _speak(flow, vocabulary, cases, calls, work=Path(work), has_time=has_time)
            _report_voice(console, flow, spoken, trouble)
    for folder, finding in cases.failures.items():
        console.print(Text(f"✗ {folder.name}  {finding}", "red"), soft_wrap=True, highlight=False)
    console.print(Text(f"{to}: the cases, to confirm; `ivr qa run {to}` plays them"), soft_wrap=True, highlight=False)
    return 1 if cases.failures or trouble else 0


def _speak(
    flow: Flow,
    vocabulary: Vocabulary,
    cases: CaseSet,
    calls: list[SpokenCall],
    *,
    work: Path,
    has_time: Callable[[], bool],
) -> tuple[list[SpokenCall], str]:
    """The calls with voices, through the recogniser; a few processes play them. And why it ended early, if it did."""
    with CasePool(setup_for(load_settings()), jobs=min(_MOST_JOBS, os.cpu_count() or 1)) as pool:
        voices = Voices(
            cases.voices,
            cases.write,
            render,
            pool.play,
            lambda script: play_in_text(flow, vocabulary, script),
            work,
            has_time,
        )
        return cases.speak(calls, voices), voices.trouble


def _report_text(console: Console, explorer: Explorer, cases: int) -> None:
    coverage = explorer.coverage
    line = Text(f"in text: {explorer.calls} calls tried; ")
    line.append(_shares(coverage), "green" if coverage.way_share >= _GOOD_SHARE else "yellow")
    line.append(f"; {cases} cases go them all")
    if explorer.cut_short:
        line.append("; the time was over before the search: give it a longer --budget", "yellow")
    console.print(line, soft_wrap=True, highlight=False)
    for way, why in explorer.unreached():
        label = f" ({way.label})" if way.label else ""
        console.print(Text(f"  not gone: {way.start} → {way.end}{label}: {why}", "dim"), soft_wrap=True)


def _report_voice(console: Console, flow: Flow, spoken: list[SpokenCall], trouble: str) -> None:
    coverage = Coverage(flow)
    results = [call.result for call in spoken if call.result is not None and call.passed]
    for result in results:
        gone = set(result.ways)
        coverage.ways |= {way for way in coverage.all_ways if (way.start, way.end) in gone}
        coverage.steps |= set(result.steps) & coverage.all_steps.keys()
    silent = sum(call.result is None for call in spoken)
    line = Text(f"by voice: {len(results)} of {len(spoken)} cases go as in text; {_shares(coverage)}")
    if silent and not trouble:
        line.append(f"; for {silent} there was no time: give a longer --budget, or `ivr qa render` them", "yellow")
    console.print(line, soft_wrap=True, highlight=False)
    if trouble:
        what = f"  {silent} cases are not spoken: {trouble}"
        console.print(Text(what, "red"), soft_wrap=True, highlight=False)


def _shares(coverage: Coverage) -> str:
    return (
        f"steps {len(coverage.steps)} of {len(coverage.all_steps)} ({coverage.step_share:.0f}%), "
        f"ways {len(coverage.ways)} of {len(coverage.all_ways)} ({coverage.way_share:.0f}%)"
    )
