"""`ivr learn confusions PAIRS.tsv`: what the recogniser hears for what; `ivr learn threshold FLOW`: how sure is enough.

Pairs are lines of said, a tab, and heard: what `ivr bench asr --pairs FILE` writes, or corrected transcripts of calls.
The channel that comes with the project is used where no other is given.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ivr.cli.flows import flow_folder
from ivr.errors import UsageError
from ivr.flow.load import load
from ivr.qa.thresholds import measure, recommended
from ivr.understanding.confusions import Confusions, ConfusionsError, learn, shipped

_RATES = (0.0, 0.1, 0.2, 0.3)


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    confusions = what.add_parser("confusions", help="count what is heard for what in corrected transcripts")
    confusions.add_argument("pairs", type=Path, nargs="+", metavar="PAIRS", help="lines of said, a tab, and heard")
    confusions.add_argument("--into", type=Path, metavar="FILE", help="write the channel to FILE")
    confusions.add_argument("--of", default="", metavar="TEXT", help="what these are, in a sentence that is kept in it")
    threshold = what.add_parser("threshold", help="measure a flow's threshold on its own examples")
    threshold.add_argument("flow", metavar="FLOW", help="the hotline: a folder, or a name in flows/")
    threshold.add_argument("--language", help="its other language (default: its main one)")
    threshold.add_argument("--confusions", type=Path, metavar="FILE", help="a channel of your own (default: ours)")


def run(args: argparse.Namespace) -> int:
    return _confusions(args) if args.what == "confusions" else _threshold(args)


def _confusions(args: argparse.Namespace) -> int:
    pairs = [pair for path in args.pairs for pair in _pairs(path)]
    named = args.of or f"{', '.join(path.name for path in args.pairs)}"
    channel = learn(pairs, f"{len(pairs)} utterances: {named}")
    table = Table("said", "heard", "times", "share", title=f"Worst confusions in {channel.said_syllables} syllables")
    for said, heard, times, share in channel.worst():
        table.add_row(said, heard, str(times), f"{share:.1%}")
    console = Console()
    console.print(table)
    print(
        f"of the wrong characters {channel.homophones:.0%} sound right; of the syllables {channel.lost:.1%} are lost, "
    )
    print(f"{channel.added:.1%} come in")
    if args.into:
        args.into.write_text(channel.to_json(), encoding="utf-8")
        print(f"written to {args.into}")
    return 0


def _pairs(path: Path) -> list[tuple[str, str]]:
    """Said and heard of each line. Raises UsageError at the first that is no pair."""
    pairs = []
    for n, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        said, tab, heard = line.partition("\t")
        if not tab or not said.strip():
            raise UsageError(f"{path}:{n}: no pair; write what was said, a tab, and what was heard")
        pairs.append((said, heard))
    if not pairs:
        raise UsageError(f"{path}: no pairs; write lines of what was said, a tab, and what was heard")
    return pairs


def _channel(path: Path | None) -> Confusions:
    if path is None:
        return shipped()
    try:
        return Confusions.from_json(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise ConfusionsError(
            f"{path} cannot be read ({error}); name a file that `ivr learn confusions` wrote"
        ) from error


def _threshold(args: argparse.Namespace) -> int:
    flow = load(flow_folder(args.flow))
    language = args.language or flow.hotline.language
    if language not in flow.words:
        raise UsageError(f"{flow.hotline.hotline} does not speak {language}; use one of {', '.join(flow.words)}")
    channel = _channel(args.confusions)
    print(f"noise as learned from {channel.source}")
    advised = []
    for rate in _RATES:
        figures = measure(flow, language, channel, rate)
        best = recommended(figures)
        advised.append(best.threshold)
        table = Table("threshold", "false accepts", "wrong", "lost", title=f"{rate:.0%} of the characters misheard")
        for figure in figures:
            row = (f"{figure.threshold:.2f}", *(f"{v:.1%}" for v in (figure.false_accepts, figure.wrong, figure.lost)))
            table.add_row(*row, style="bold" if figure is best else "")
        Console().print(table)
    print(f"the flow's threshold is {flow.hotline.threshold:g}; these figures speak for {max(advised):g}")
    return 0
