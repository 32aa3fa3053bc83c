"""A call's journal: one append-only JSON-lines file, every event and command with its `at`.

The first line is a header; then a line an event, each followed by the commands that answered it. That order is the
contract: replay gives the events to a fresh dialogue and compares the commands, line by line. Times are kept to the
millisecond. What is written stays: a process that is killed loses at most what the operating system had not been given.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol

from ivr.call.scribe import SCRIBE
from ivr.dialogue.commands import Command
from ivr.dialogue.events import Event, HandedOff, HungUp
from ivr.errors import JournalError

VERSION = 1
_EVENTS = {kind.__name__: kind for kind in typing.get_args(Event)}
_COMMANDS = {kind.__name__: kind for kind in typing.get_args(Command)}


@dataclass(frozen=True)
class Header:
    """Which call this was, and what it ran on; `flow_version` 0 is a folder that was not published."""

    call_id: str
    caller: str
    called: str
    flow: str
    flow_digest: str
    started: str
    flow_version: int = 0
    journal: int = VERSION


class Journal(Protocol):
    """Where a call writes what happens."""

    def begin(self, header: Header) -> None: ...
    def event(self, event: Event) -> None: ...
    def command(self, at: float, command: Command) -> None: ...
    def fault(self, at: float, text: str) -> None: ...
    async def close(self) -> None: ...


class _Lines:
    """A journal as lines of text, wherever they go."""

    def _write(self, line: str) -> None:
        raise NotImplementedError

    def begin(self, header: Header) -> None:
        """Write the header; once, first."""
        self._write(_dump(asdict(header)))

    def event(self, event: Event) -> None:
        """Write one event."""
        self._write(_dump({"at": round(event.at, 3), "event": type(event).__name__, **_fields(event)}))

    def command(self, at: float, command: Command) -> None:
        """Write one command given at `at`."""
        self._write(_dump({"at": round(at, 3), "command": type(command).__name__, **_fields(command)}))

    def fault(self, at: float, text: str) -> None:
        """Write that something failed; no part of a replay."""
        self._write(_dump({"at": round(at, 3), "fault": text}))


class MemoryJournal(_Lines):
    """Keeps its lines; for tests, simulations and the check of a whole run."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def _write(self, line: str) -> None:
        self.lines.append(line)

    async def close(self) -> None:
        """Nothing to close."""

    def text(self) -> str:
        """The whole journal as it would stand in a file."""
        return "".join(line + "\n" for line in self.lines)


class JournalFile(_Lines):
    """Writes to `path` through the scribe, so that a slow disk never holds up a call."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError: there is one already, or the place cannot be written."""
        self.path = path
        try:
            if path.exists():
                raise JournalError(
                    f"{path} is there already, and what is written stays: give another name, or move it away."
                )
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = path.open("xb", buffering=0)
        except OSError as fault:
            raise JournalError(f"{path} cannot be written ({fault.strerror}): give another place.") from fault

    def _write(self, line: str) -> None:
        SCRIBE.do(lambda: self._file.write(line.encode() + b"\n"))

    async def close(self) -> None:
        """Wait until everything is written."""
        SCRIBE.do(self._file.close)
        await SCRIBE.written()


@dataclass(frozen=True)
class Exchange:
    """One event and the commands that answered it; `line` is where the event stands in the file."""

    line: int
    event: Event
    commands: list[Command] = field(default_factory=list)


def read_journal(path: Path) -> tuple[Header, list[Exchange]]:
    """Read a journal. A last line that was cut off in writing is left out. Raises JournalError with the line."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        raise JournalError(f"{path} does not exist: give the journal of a call, such as calls/<id>.jsonl.") from None
    except OSError as fault:
        raise JournalError(f"{path} cannot be read ({fault.strerror}): give a .jsonl file.") from fault
    return parse_journal(lines, str(path))


def parse_journal(lines: Iterable[str | bytes], name: str) -> tuple[Header, list[Exchange]]:
    """The header and the exchanges of a journal's `lines`; `name` is what errors call it."""
    records = list(_records(list(lines), name))
    if not records or records[0][1].get("journal") != VERSION:
        raise JournalError(f"{name} is no journal of version {VERSION}: give a call's .jsonl file of this release.")
    try:
        header = Header(**records[0][1])
        exchanges: list[Exchange] = []
        for number, record in records[1:]:
            _add(exchanges, number, record, name)
    except (TypeError, KeyError) as fault:
        raise JournalError(
            f"{name} holds a line that this release does not know ({fault}): use the release that wrote it."
        ) from fault
    return header, exchanges


def is_whole(exchanges: list[Exchange]) -> bool:
    """Whether the journal goes to the call's end. Of one that does not, the last event's commands may be missing."""
    return bool(exchanges) and isinstance(exchanges[-1].event, HandedOff | HungUp)


def _records(lines: list[str | bytes], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as fault:  # text that is not UTF-8 is a ValueError, too
            if number == len(lines):
                return  # no line break after it: the process was ended in the middle of its last line
            what = "nested too deep" if isinstance(fault, RecursionError) else fault
            raise JournalError(
                f"{name}:{number} is damaged ({what}): the lines before it can be replayed alone."
            ) from fault
        if not isinstance(record, dict):
            raise JournalError(f"{name}:{number} is no line of a journal: give a call's .jsonl file.")
        yield number, record


def _add(exchanges: list[Exchange], number: int, record: dict[str, Any], name: str) -> None:
    at = record.pop("at")
    if "fault" in record:
        return
    if "event" in record:
        kind = _EVENTS[record.pop("event")]
        exchanges.append(Exchange(number, kind(at=at, **_tuples(record))))
    elif exchanges:
        exchanges[-1].commands.append(_COMMANDS[record.pop("command")](**_tuples(record)))
    else:
        raise JournalError(f"{name}:{number} holds a command before any event: the file is not whole.")


def _fields(item: Event | Command) -> dict[str, Any]:
    # Not `asdict`: that copies every value deep, and a journal is written at every turn.
    return {each.name: getattr(item, each.name) for each in fields(item) if each.name != "at"}


def _tuples(record: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}


def _dump(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
