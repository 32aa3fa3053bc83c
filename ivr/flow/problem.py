"""One thing that is wrong with a flow: where, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """`line` and `column` count from 1. `what` is wrong, `mend` tells the designer what to do, in the imperative.
    `advice`: the flow works, but callers would be better served."""

    file: str
    line: int
    column: int
    what: str
    mend: str
    advice: bool = False

    def __str__(self) -> str:
        """`file:line:column: what: how to mend it`, as editors and compilers write it."""
        grade = "advice: " if self.advice else ""
        return f"{self.file}:{self.line}:{self.column}: {grade}{self.what}: {self.mend}"


def listing(problems: Iterable[Problem]) -> str:
    """All problems, a line each, in the order of the files."""
    return "\n".join(str(problem) for problem in sorted(set(problems)))
