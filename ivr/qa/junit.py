"""Results of twin tests as JUnit XML, which every CI reads: a suite a flow, a case a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

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


def one_line(fault: Fault) -> str:
    """A fault as a sentence."""
    return f"after {fault.turn}: {fault.what}: expected {fault.expected}; came {fault.came}"


def _clean(text: str) -> str:
    return text.translate(_NOT_IN_XML)
