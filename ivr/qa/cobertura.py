"""Coverage of hotlines as Cobertura XML, which CI draws beside the lines of a flow's files.

A package a hotline, a class a file. A line is covered when all that stands on it was reached: a step, an intent, a FAQ
entry, a prompt; the ways out of a step are the branches of its line. Nothing of the machine or the hour is written, so
the same run gives the same file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from ivr.errors import UsageError
from ivr.qa.run_coverage import Item, RunCoverage


def write_cobertura(path: Path, coverages: Sequence[RunCoverage]) -> None:
    """Write `coverages`, one a hotline. Raises UsageError where `path` cannot be written."""
    root = ET.Element("coverage", version="1", timestamp="0", complexity="0")
    ET.SubElement(ET.SubElement(root, "sources"), "source").text = "."
    packages = ET.SubElement(root, "packages")
    lines, ways = _Share(), _Share()
    for coverage in coverages:
        lines_here, ways_here = _package(packages, coverage)
        lines.add(*lines_here)
        ways.add(*ways_here)
    _rates(root, lines, ways)
    for name, share in (("lines", lines), ("branches", ways)):
        root.set(f"{name}-covered", str(share.some))
        root.set(f"{name}-valid", str(share.whole))
    ET.indent(root)
    try:
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as fault:
        raise UsageError(f"{path} cannot be written ({fault.strerror}): give another place.") from fault


class _Share:
    """Some of a whole."""

    def __init__(self) -> None:
        self.some = self.whole = 0

    def add(self, some: int, whole: int) -> None:
        self.some += some
        self.whole += whole

    @property
    def rate(self) -> str:
        return f"{self.some / self.whole:.4f}" if self.whole else "1"


def _package(packages: ET.Element, coverage: RunCoverage) -> tuple[tuple[int, int], tuple[int, int]]:
    """Returns the lines and the ways reached, each of how many."""
    package = ET.SubElement(packages, "package", name=coverage.flow, complexity="0")
    classes = ET.SubElement(package, "classes")
    files: dict[str, list[Item]] = {}
    for item in coverage.items:
        files.setdefault(item.file, []).append(item)
    lines, ways = _Share(), _Share()
    for file, items in files.items():
        lines_here, ways_here = _file(classes, file, items, coverage)
        lines.add(lines_here.some, lines_here.whole)
        ways.add(ways_here.some, ways_here.whole)
    _rates(package, lines, ways)
    return (lines.some, lines.whole), (ways.some, ways.whole)


def _file(classes: ET.Element, file: str, items: list[Item], coverage: RunCoverage) -> tuple[_Share, _Share]:
    made = ET.SubElement(classes, "class", name=Path(file).stem, filename=_relative(file), complexity="0")
    ET.SubElement(made, "methods")
    listed = ET.SubElement(made, "lines")
    by_line: dict[int, list[Item]] = {}
    for item in items:
        by_line.setdefault(item.line, []).append(item)
    lines, ways = _Share(), _Share()
    for number, here in sorted(by_line.items()):
        hits = min(item.hits for item in here)
        lines.add(hits > 0, 1)
        line = ET.SubElement(listed, "line", number=str(number), hits=str(hits), branch="false")
        steps = {item.name for item in here if item.kind == "step"}
        if out := [gone > 0 for way, gone in coverage.ways if way.start in steps]:
            ways.add(sum(out), len(out))
            line.set("branch", "true")
            line.set("condition-coverage", f"{100 * sum(out) // len(out)}% ({sum(out)}/{len(out)})")
    _rates(made, lines, ways)
    return lines, ways


def _rates(element: ET.Element, lines: _Share, ways: _Share) -> None:
    element.set("line-rate", lines.rate)
    element.set("branch-rate", ways.rate)


def _relative(file: str) -> str:
    """As seen from the working folder, where it lies in that."""
    path = Path(file).resolve()
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.as_posix()
