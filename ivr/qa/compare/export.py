"""A comparison for machines: JSON with everything, and JUnit XML in which a case that is worse is a failure.

Decided: in JUnit a case that is different fails too, unless changes are accepted, since that is what the exit status
says; slower replies on the whole are a test of their own.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from ivr.errors import UsageError
from ivr.qa.compare.case_diff import CaseDiff
from ivr.qa.compare.run_diff import RunDiff
from ivr.qa.compare.turn_diff import TurnDiff

_NOT_IN_XML = {code: None for code in range(32) if code not in {9, 10, 13}}


def comparison_json(diff: RunDiff) -> str:
    """Everything that `diff` holds of cases that changed, as JSON; the cases that did not are counted."""
    whole: dict[str, Any] = {
        "verdict": diff.verdict,
        "conditions": diff.conditions,
        "counts": {name: diff.count(name) for name in ("improved", "same", "different", "worse")},
        "only_before": diff.only_before,
        "only_after": diff.only_after,
        "by_case": {**asdict(diff.by_case), "p": diff.by_case.p},
        "by_turn": {**asdict(diff.by_turn), "p": diff.by_turn.p},
        "gap_ms": diff.gap_ms and asdict(diff.gap_ms),
        "cer": diff.cer and asdict(diff.cer),
        "cases": [asdict(case) for case in diff.changed],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def write_comparison(path: Path, diff: RunDiff) -> None:
    """Write `diff` to `path` as JSON. Raises UsageError if that is not possible."""
    try:
        path.write_text(comparison_json(diff), encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"{path} cannot be written ({fault.strerror}): give another place.") from fault


def write_comparison_junit(path: Path, diff: RunDiff) -> None:
    """Write `diff` to `path` as JUnit XML. Raises UsageError if that is not possible."""
    bad = [case for case in diff.cases if fails(case, accepted=diff.accepted)]
    root = ET.Element("testsuites")
    counts = {"tests": str(len(diff.cases) + 1), "failures": str(len(bad) + diff.slower), "errors": "0"}
    suite = ET.SubElement(root, "testsuite", {"name": "compare", **counts})
    for case in diff.cases:
        test = ET.SubElement(suite, "testcase", classname=case.flow, name=_clean(case.name))
        if case in bad:
            said = [line(turn) for turn in case.turns]
            failure = ET.SubElement(test, "failure", message=_clean(f"{case.verdict}: {told(case)}"))
            failure.text = _clean("\n".join(said))
    slow = ET.SubElement(suite, "testcase", classname="compare", name="replies come no later")
    if diff.slower and diff.gap_ms:
        ET.SubElement(slow, "failure", message=f"replies come {diff.gap_ms.value:.0f} ms later on average")
    ET.indent(root)
    try:
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as fault:
        raise UsageError(f"{path} cannot be written ({fault.strerror}): give another place.") from fault


def fails(case: CaseDiff, *, accepted: bool) -> bool:
    """Whether `case` makes the comparison fail."""
    return case.verdict == "worse" or (case.verdict == "different" and not accepted)


def told(case: CaseDiff) -> str:
    """What became of a case, in a sentence: where it began and why."""
    if case.first is not None:
        return line(case.first)
    if case.new:
        first = case.new[0]
        return f"{first.what}: expected {first.expected}; came {first.came}"
    if case.trouble:
        return case.trouble
    return "; ".join(f"{each.what}: {each.before}, then {each.after}" for each in case.changes) or "only the verdict"


def line(turn: TurnDiff) -> str:
    """A turn that changed, in a line."""
    return f"turn {turn.number}, {turn.said}: {turn.cause or ', '.join(change.what for change in turn.changes)}"


def _clean(text: str) -> str:
    return text.translate(_NOT_IN_XML)
