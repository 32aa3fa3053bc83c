"""`ivr bench oos`: whether the hotline knows what it does not know.

In-scope turns must be understood, turns from elsewhere rejected, and a probability must mean what it says. The
threshold is the product's: a turn is in scope when `in_scope` reaches it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score, roc_curve

from ivr.cli.bench_intents import milliseconds, write
from ivr.errors import UsageError
from ivr.qa.intent_sets import IntentSet, read
from ivr.understanding.classifier import IN_SCOPE, IntentModel, Ranking
from ivr.understanding.encoder import installed_encoder

_BINS = 15


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="FILE", help="CLINC150's JSON, with train and val or test")
    parser.add_argument("--split", default="val", metavar="NAME", help="which part of it to judge (default val)")
    parser.add_argument("--train", type=Path, metavar="FILE", help="instead: examples; the intent oos is elsewhere")
    parser.add_argument("--test", type=Path, metavar="FILE", help="and turns to judge, some of them oos")
    parser.add_argument("--untold", action="store_true", help="learn from no text from elsewhere")
    parser.add_argument("--no-encoder", action="store_true", help="without the sentence encoder")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE; - is standard output")


def run(args: argparse.Namespace) -> int:
    train, test = _sets(args)
    encoder = None if args.no_encoder else installed_encoder()
    begun = time.perf_counter()
    elsewhere = () if args.untold else train.elsewhere
    model = IntentModel.train(train.texts, train.labels, encoder=encoder, elsewhere=elsewhere)
    trained_s = time.perf_counter() - begun
    figures = judged(test, model.rank_all(test.texts), model.rank_all(test.elsewhere))
    report: dict[str, Any] = {
        "train": train.source,
        "test": test.source,
        "examples": len(train.texts),
        "told_of_elsewhere": len(elsewhere),
        "in_scope_turns": len(test.texts),
        "turns_from_elsewhere": len(test.elsewhere),
        "encoder": encoder is not None,
        "trained_s": round(trained_s, 1),
        "threshold": IN_SCOPE,
        **figures,
        "ms": milliseconds(model, encoder, test.texts[:300]),
    }
    _print(Console(stderr=args.json == "-"), report)
    write(report, args.json)
    return 0


def _sets(args: argparse.Namespace) -> tuple[IntentSet, IntentSet]:
    if args.data:
        train, test = read(args.data), read(args.data, args.split)
    elif args.train and args.test:
        train, test = read(args.train), read(args.test)
    else:
        raise UsageError("Nothing to judge: give --data CLINC.json, or --train and --test.")
    if not test.elsewhere or not test.texts:
        raise UsageError(f"{test.source} must hold turns of both kinds: give some the intent oos, others not.")
    return train, test


def judged(test: IntentSet, inside: Sequence[Ranking], outside: Sequence[Ranking]) -> dict[str, float]:
    """The figures, in per cent but for AUROC and the calibration error, both in [0, 1]."""
    right = np.array([r.labels[0].label == label for r, label in zip(inside, test.labels, strict=True)])
    sure = np.array([ranking.labels[0].probability for ranking in inside])
    scope_in = np.array([ranking.in_scope for ranking in inside])
    scope_out = np.array([ranking.in_scope for ranking in outside])
    truth = np.repeat([1, 0], [len(inside), len(outside)])
    scope = np.concatenate([scope_in, scope_out])
    false, true, _ = roc_curve(truth, scope)
    return {
        "in_scope_accuracy": round(100 * float(right.mean()), 2),
        "auroc": round(float(roc_auc_score(truth, scope)), 4),
        "fpr_at_95": round(100 * float(false[np.argmax(true >= 0.95)]), 2),
        "calibration_error": round(calibration_error(sure, right), 4),
        "in_scope_accuracy_at_threshold": round(100 * float((right & (scope_in >= IN_SCOPE)).mean()), 2),
        "oos_recall_at_threshold": round(100 * float((scope_out < IN_SCOPE).mean()), 2),
    }


def calibration_error(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error: |sure - right| in 15 even bins of how sure, weighed by how many fall in each."""
    places = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [abs(sure[places == n].mean() - right[places == n].mean()) * (places == n).mean() for n in set(places)]
    return float(sum(gaps))


def _print(console: Console, report: dict[str, Any]) -> None:
    console.print(
        f"{report['examples']} examples and {report['told_of_elsewhere']} from elsewhere learned in "
        f"{report['trained_s']} s; judged: {report['in_scope_turns']} in scope, "
        f"{report['turns_from_elsewhere']} from elsewhere"
    )
    table = Table("figure", "value")
    table.add_row("in-scope accuracy %", f"{report['in_scope_accuracy']:.2f}")
    table.add_row("AUROC", f"{report['auroc']:.4f}")
    table.add_row("elsewhere let in at 95 % of scope kept, %", f"{report['fpr_at_95']:.2f}")
    table.add_row("expected calibration error", f"{report['calibration_error']:.4f}")
    at = f"at threshold {report['threshold']}"
    table.add_row(f"in-scope accuracy % {at}", f"{report['in_scope_accuracy_at_threshold']:.2f}")
    table.add_row(f"elsewhere rejected % {at}", f"{report['oos_recall_at_threshold']:.2f}")
    console.print(table)
    for name, took in report["ms"].items():
        console.print(f"{name.replace('_', ' '):<14} p50 {took['p50']:.2f} ms   p99 {took['p99']:.2f} ms")
