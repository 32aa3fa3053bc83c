"""`ivr bench faq`: how often a bank of questions finds the one that was meant, clean and misheard.

Question pairs are the material, `q1 TAB q2 TAB 0/1` a line; ivr/qa/question_pairs.py says what counts as right, and why
there are four figures: the first is judged as simple baselines are. Beside them stands what the same hits would give
if their channels were added by fixed weights. Times are of processor and of wall, one query after another.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ivr.errors import UsageError
from ivr.qa.homophone_noise import misheard
from ivr.qa.machine_limit import load_average
from ivr.qa.question_pairs import Found, Query, judge, read_pairs
from ivr.understanding.bank import Bank, Hit
from ivr.understanding.encoder import installed_encoder

_HITS = 13  # some more than are counted, for those that may be left out
_FIXED = (0.25, 0.25, 0.5)  # letters, sounds, meaning: the best simple combination for clean questions


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pairs", required=True, type=Path, metavar="TSV", help="q1 TAB q2 TAB 0/1 a line")
    parser.add_argument("--noise", default="0,0.1,0.3", metavar="RATES", help="shares misheard (default 0,0.1,0.3)")
    parser.add_argument("--queries", type=int, metavar="N", help="only N of the queries, evenly spread")
    parser.add_argument("--no-encoder", action="store_true", help="letters and sounds alone")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the noise (default 1)")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")


def run(args: argparse.Namespace) -> int:
    try:
        rates = [float(rate) for rate in args.noise.split(",")]
    except ValueError as error:
        raise UsageError("--noise is a list of shares with commas between, such as 0,0.1,0.3.") from error
    if not all(0 <= rate <= 1 for rate in rates):
        raise UsageError("--noise is a list of shares from 0 to 1.")
    pairs = read_pairs(args.pairs)
    queries = list(pairs.queries)
    if args.queries:
        queries = queries[:: max(1, len(queries) // args.queries)][: args.queries]
    encoder = None if args.no_encoder else installed_encoder()
    console = Console(stderr=True)
    began = time.perf_counter()
    with console.status(f"building a bank of {len(pairs.bank)} questions"):
        bank = Bank.build(((str(row), text) for row, text in enumerate(pairs.bank)), encoder=encoder)
    report: dict[str, Any] = {
        "pairs": args.pairs.name,
        "bank": len(pairs.bank),
        "queries": len(queries),
        "verbatim_in_bank": sum(query.verbatim is not None for query in queries),
        "encoder": encoder is not None,
        "build_s": round(time.perf_counter() - began, 2),
        "noise": [_measured(bank, queries, rate, args.seed, console) for rate in rates],
        "load_average": load_average(),
    }
    _print(Console(stderr=args.json == "-"), report)
    if args.json is not None:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if args.json == "-" else Path(args.json).write_text(text, encoding="utf-8")
    return 0


def _measured(bank: Bank, queries: Sequence[Query], rate: float, seed: int, console: Console) -> dict[str, Any]:
    heard = misheard([query.text for query in queries], rate, seed)
    hits: list[list[Hit]] = []
    cpu_ms: list[float] = []
    wall_ms: list[float] = []
    for text in track(heard, f"{rate:.0%} misheard", console=console, transient=True):
        began = time.process_time(), time.perf_counter()
        hits.append(bank.search(text, limit=_HITS))
        cpu_ms.append((time.process_time() - began[0]) * 1000)
        wall_ms.append((time.perf_counter() - began[1]) * 1000)
    return {
        "rate": rate,
        "left_in": _shares(judge(queries, hits, left_out=False)),
        "left_in_spoken": _shares(judge(queries, hits, left_out=False, spoken=True)),
        "left_out": _shares(judge(queries, hits)),
        "left_out_spoken": _shares(judge(queries, hits, spoken=True)),
        "fixed_weights_left_in": _shares(judge(queries, [_by_fixed_weights(found) for found in hits], left_out=False)),
        "without_meaning": round(sum(bool(found) and found[0].meaning is None for found in hits) / len(hits), 3),
        "cpu_ms": percentiles(cpu_ms),
        "wall_ms": percentiles(wall_ms),
    }


def _by_fixed_weights(hits: Sequence[Hit]) -> list[Hit]:
    letters, sounds, meaning = _FIXED
    return sorted(hits, key=lambda hit: -(letters * hit.letters + sounds * hit.sounds + meaning * (hit.meaning or 0.0)))


def _shares(found: Found) -> dict[str, float]:
    return {
        "queries": found.queries,
        "first_hit": round(100 * found.first, 2),
        "in_three": round(100 * found.in_three, 2),
        "mrr": round(found.mrr, 4),
    }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p99 and max of some."""
    ordered = sorted(values) or [0.0]
    at = {"p50": len(ordered) // 2, "p99": min(len(ordered) - 1, len(ordered) * 99 // 100), "max": -1}
    return {name: round(ordered[place], 3) for name, place in at.items()}


def _print(console: Console, report: dict[str, Any]) -> None:
    with_ = "with" if report["encoder"] else "without"
    title = f"{report['pairs']}: {report['bank']} questions, {report['queries']} queries, {with_} the encoder"
    table = Table(title=title)
    for column in ("misheard", "left in", "spoken", "left out", "spoken", "in three", "MRR", "fixed weights"):
        table.add_column(column, justify="right")
    times = []
    for one in report["noise"]:
        figures = ("left_in", "left_in_spoken", "left_out", "left_out_spoken")
        shares = [f"{one[name]['first_hit']:.2f}" for name in figures]
        ranks = f"{one['left_out_spoken']['in_three']:.2f}", f"{one['left_out_spoken']['mrr']:.4f}"
        fixed = f"{one['fixed_weights_left_in']['first_hit']:.2f}"
        cpu, wall = one["cpu_ms"], one["wall_ms"]
        took = f"{cpu['p50']:.2f} / {cpu['p99']:.2f} ({wall['p50']:.2f} / {wall['p99']:.2f})"
        times.append(f"{took} at {one['rate']:.0%}")
        table.add_row(f"{one['rate']:.0%}", *shares, *ranks, fixed)
    console.print(table)
    console.print(f"A query takes, in ms of processor (of the wall), p50 / p99: {', '.join(times)}.")
    console.print(
        f"First hit right, of a hundred. Left in: {report['verbatim_in_bank']} queries stand in the bank letter for "
        "letter, and that answers them; fixed weights 0.25 / 0.25 / 0.5 are judged so, too. Left out: it is no answer. "
        "Spoken: what differs in punctuation, case and width alone is the same; in three and MRR are of the last. "
        f"Built in {report['build_s']} s."
    )
