"""Results of twin tests and of recorded cases as JUnit XML, which every CI reads: a suite a flow, a case a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from ivr.errors import UsageError
from ivr.qa.run_result import CaseResult, Failure, RunResult
from ivr.qa.twin_run import Fault, Played

_NOT_IN_XML = {code: None for code in range(32) if code not in {9, 10, 13}}


def write_junit(path: Path, results: Mapping[str, Sequence[Played]]) -> None:
    """Write `results`, by flow, to `path`. `time` is how long a call would last. Raises OSError."""
    root = ET.Element("testsuites")
    for flow, played in results.items():
        failed = sum(not each.passed for each in played)
        suite = ET.SubElement(root, "testsuite", name=flow, tests=str(len(played)), failures=str(failed), errors="0")
        for each in played:
            spec = each.twin
            case = ET.SubElement(suite, "testcase", classname=flow, name=_clean(spec.spec.test), file=spec.file)
            case.set("line", str(spec.line))
            case.set("time", f"{each.seconds:.3f}")
            if each.faults:
                first = ET.SubElement(case, "failure", message=_clean(one_line(each.faults[0])))
                first.text = _clean("\n".join(f"{spec.file}:{fault.line}: {one_line(fault)}" for fault in each.faults))
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def write_cases_junit(path: Path, run: RunResult) -> None:
    """Write a run of recorded cases to `path`. What is known to fail counts as skipped; `time` is how long a call
    lasts. Raises UsageError where it cannot be written."""
    root = ET.Element("testsuites")
    suites: dict[str, list[CaseResult]] = {}
    for case in run.cases:
        suites.setdefault(case.flow or "unread", []).append(case)
    for flow, cases in sorted(suites.items()):
        counts = [
            sum(case.verdict in wanted for case in cases) for wanted in ({"failed", "mended"}, {"error"}, {"known"})
        ]
        numbers = dict(zip(("failures", "errors", "skipped"), map(str, counts), strict=True))
        suite = ET.SubElement(root, "testsuite", {"name": flow, "tests": str(len(cases)), **numbers})
        for case in cases:
            _add_case(suite, case)
    ET.indent(root)
    try:
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as fault:
        raise UsageError(f"{path} cannot be written ({fault.strerror}): give another place.") from fault


def _add_case(suite: ET.Element, case: CaseResult) -> None:
    made = ET.SubElement(suite, "testcase", classname=case.flow or "unread", name=_clean(case.case), file=case.file)
    made.set("time", f"{case.seconds:.3f}")
    if case.failures:
        made.set("line", str(case.failures[0].line))
    match case.verdict:
        case "failed":
            found = ET.SubElement(made, "failure", message=_clean(failure_line(case, case.failures[0])))
            lines = (f"{case.file}:{each.line}: {failure_line(case, each)}" for each in case.failures)
            found.text = _clean("\n".join(lines))
        case "mended":
            why = f"it is known to fail ({case.known_failure}), and passes: take out `known_failure`."
            ET.SubElement(made, "failure", message=_clean(why))
        case "error":
            ET.SubElement(made, "error", message=_clean(case.trouble))
        case "known":
            ET.SubElement(made, "skipped", message=_clean(case.known_failure))


def failure_line(case: CaseResult, failure: Failure) -> str:
    """A failure of a recorded case as a sentence."""
    where = "the whole call"
    if failure.turn is not None:
        said = case.turns[failure.turn].said if failure.turn < len(case.turns) else ""
        where = f"turn {failure.turn}" + (f", {said}" if said else "")
    return f"{where}: {failure.what}: expected {failure.expected}; came {failure.came or 'nothing'}"


def one_line(fault: Fault) -> str:
    """A fault as a sentence."""
    return f"after {fault.turn}: {fault.what}: expected {fault.expected}; came {fault.came}"


def _clean(text: str) -> str:
    return text.translate(_NOT_IN_XML)
