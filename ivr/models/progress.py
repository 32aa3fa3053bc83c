"""How an installation tells how far it is: a bar on a terminal, plain lines everywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, SpinnerColumn, TaskID, TextColumn, TransferSpeedColumn
from rich.progress import Progress as RichProgress

from ivr.models.disk import megabytes

_SECONDS_BETWEEN_LINES = 5.0


class Progress(Protocol):
    """What fetching tells as it goes. Sizes in bytes; a total of 0 is an unknown one."""

    def note(self, text: str) -> None:
        """Say something that stays on the screen."""

    def start(self, what: str, total: int) -> None:
        """Begin to fetch `what`; ends what was begun before."""

    def reach(self, done: int) -> None:
        """So many bytes of it are here; may be called as often as one likes, with 0 to show life."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Bar:
    """One moving bar on a terminal."""

    def __init__(self, console: Console) -> None:
        self._rich = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None

    def note(self, text: str) -> None:
        self._rich.console.print(text, highlight=False, markup=False)

    def start(self, what: str, total: int) -> None:
        self._end()
        self._task = self._rich.add_task(what, total=total or None)

    def reach(self, done: int) -> None:
        if self._task is not None:
            self._rich.update(self._task, completed=done)

    def __enter__(self) -> Self:
        self._rich.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._rich.stop()

    def _end(self) -> None:
        if self._task is not None:
            self._rich.remove_task(self._task)
            self._task = None


class Lines:
    """A line when something begins and every few seconds after, for logs and pipes."""

    def __init__(self) -> None:
        self._what = ""
        self._total = 0
        self._told = 0.0

    def note(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  this is the command line's own voice

    def start(self, what: str, total: int) -> None:
        self._what, self._total, self._told = what, total, time.monotonic()
        self.note(f"  {what}" + (f" ({megabytes(total)})" if total else ""))

    def reach(self, done: int) -> None:
        if done and time.monotonic() - self._told >= _SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            share = f", {100 * done // self._total} %" if self._total else ""
            self.note(f"  {self._what}: {megabytes(done)}{share}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._what = ""


def for_this_output() -> Progress:
    """A bar where standard error is a terminal, lines where it is not."""
    console = Console(stderr=True)
    return Bar(console) if console.is_terminal else Lines()
