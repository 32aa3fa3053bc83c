"""`ivr bench intents`: how many turns are understood, as written and as misheard, and what a turn costs.

One training, one configuration for all rates of noise; the noise is homophones, as ivr/qa/homophone_noise.py makes
them. Beside the milliseconds stands what the encoder takes for the same turn when nobody classifies anything.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.metrics import accuracy_score, f1_score

from ivr.errors import UsageError
from ivr.qa.homophone_noise import misheard
from ivr.qa.intent_sets import IntentSet, read
from ivr.understanding.classifier import IntentModel
from ivr.understanding.encoder import Encoder, installed_encoder

_TIMED = 300  # turns that are timed one by one


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--train", required=True, type=Path, metavar="FILE", help="examples: TSV, CSV or CLINC's JSON")
    parser.add_argument("--test", required=True, type=Path, metavar="FILE", help="turns to judge; of JSON val or test")
    parser.add_argument("--split", default="val", metavar="NAME", help="which part of a JSON to judge (default val)")
    parser.add_argument("--noise", default="0", metavar="R,R…", help="shares of characters misheard (default 0)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the noise (default 1)")
    parser.add_argument("--no-encoder", action="store_true", help="without the sentence encoder")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")


def run(args: argparse.Namespace) -> int:
    rates = rates_of(args.noise)
    train, test = read(args.train), read(args.test, args.split)
    encoder = None if args.no_encoder else installed_encoder()
    begun = time.perf_counter()
    model = IntentModel.train(train.texts, train.labels, encoder=encoder, elsewhere=train.elsewhere)
    report: dict[str, Any] = {
        "train": train.source,
        "test": test.source,
        "examples": len(train.texts),
        "turns": len(test.texts),
        "intents": len(model.labels),
        "encoder": encoder is not None,
        "trained_s": round(time.perf_counter() - begun, 1),
        "noise": [judged(model, test, rate, args.seed) for rate in rates],
        "ms": milliseconds(model, encoder, test.texts[:_TIMED]),
    }
    _print(Console(stderr=args.json == "-"), report)
    write(report, args.json)
    return 0


def rates_of(text: str) -> list[float]:
    """`0,0.1` as numbers in [0, 1]; raises `UsageError`."""
    try:
        rates = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise UsageError(f"--noise {text} is no list of numbers: write for example 0,0.1,0.2,0.3.") from error
    if not all(0 <= rate <= 1 for rate in rates):
        raise UsageError(f"--noise {text} goes beyond what there is: give shares from 0 to 1.")
    return rates


def judged(model: IntentModel, test: IntentSet, rate: float, seed: int) -> dict[str, Any]:
    """Accuracy and macro-F1 in per cent, and the confusions that happen most, at one rate of noise."""
    said = misheard(test.texts, rate, seed) if rate else list(test.texts)
    guesses = [ranking.labels[0].label for ranking in model.rank_all(said)]
    wrong = Counter((label, guess) for label, guess in zip(test.labels, guesses, strict=True) if label != guess)
    return {
        "rate": rate,
        "accuracy": round(100 * float(accuracy_score(test.labels, guesses)), 2),
        "macro_f1": round(100 * float(f1_score(test.labels, guesses, average="macro", zero_division=0)), 2),
        "confusions": [[label, guess, count] for (label, guess), count in wrong.most_common(8)],
    }


def milliseconds(model: IntentModel, encoder: Encoder | None, texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """A turn at a time: the whole, and the encoder alone."""
    timed = {"rank": _timed(model.rank, texts)}
    if encoder is not None:
        timed["encoder_alone"] = _timed(lambda text: encoder.encode([text]), texts)
    return timed


def _timed(action: Callable[[str], object], texts: Sequence[str]) -> dict[str, float]:
    took = []
    for text in texts:
        begun = time.perf_counter()
        action(text)
        took.append(1000 * (time.perf_counter() - begun))
    return {"p50": round(float(np.percentile(took, 50)), 3), "p99": round(float(np.percentile(took, 99)), 3)}


def write(report: dict[str, Any], to: str | None) -> None:
    """The report as JSON into a file, to standard output for -, nowhere for None."""
    if to is not None:
        text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        sys.stdout.write(text) if to == "-" else Path(to).write_text(text, encoding="utf-8")


def _print(console: Console, report: dict[str, Any]) -> None:
    console.print(
        f"{report['intents']} intents, {report['examples']} examples learned in {report['trained_s']} s, "
        f"{report['turns']} turns judged, {'with' if report['encoder'] else 'without'} the encoder"
    )
    table = Table("noise", "accuracy %", "macro-F1 %", "confused most (said → taken for)")
    for row in report["noise"]:
        worst = ", ".join(f"{said}→{taken} {count}" for said, taken, count in row["confusions"][:4])
        table.add_row(f"{row['rate']:.0%}", f"{row['accuracy']:.2f}", f"{row['macro_f1']:.2f}", worst)
    console.print(table)
    for name, took in report["ms"].items():
        console.print(f"{name.replace('_', ' '):<14} p50 {took['p50']:.2f} ms   p99 {took['p99']:.2f} ms")
