"""Processes as /proc shows them: who was started by whom, who runs still, and how much of the processor each takes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_STATE, _PARENT, _USER, _SYSTEM = 0, 1, 11, 12  # fields after the name (proc(5))


def children(pid: int) -> set[int]:
    """Every process that `pid` or a child of it has started and that still runs."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        if fields := _fields(stat):
            parents[int(stat.parent.name)] = int(fields[_PARENT])
    found: set[int] = set()
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent == pid or parent in found} - found
        grown = bool(more)
        found |= more
    return found


def runs(pid: int) -> bool:
    """Whether a process has not ended."""
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return bool(fields) and fields[_STATE] != "Z"


def seconds_used(pid: int) -> float:
    """Processor seconds that a process has taken so far, its ended children left out; 0 once it is gone."""
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS if fields else 0.0


def used_by(groups: Mapping[str, Iterable[int]]) -> dict[str, float]:
    """Processor seconds so far of each group of processes."""
    return {name: sum(map(seconds_used, pids)) for name, pids in groups.items()}


def machine_seconds() -> float:
    """Processor seconds that the whole machine has spent so far on anything but waiting, over all its cores."""
    user, nice, system, _idle, _wait, irq, soft, steal, *_ = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    return sum(map(int, (user, nice, system, irq, soft, steal))) / _TICKS


def _fields(stat: Path) -> list[str]:
    try:
        return stat.read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return []
