"""So many calls at once against a served hotline: what the phones tell, and what the processors did meanwhile.

Decided: a call that was understood wrongly has failed, however fast it was answered; its gaps are left out and counted.
What was understood stands in the hotline's journal, found by the number that each phone calls from.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivr.call.journal import Exchange, read_journal
from ivr.dialogue.commands import NoteTurn
from ivr.dialogue.events import HungUp
from ivr.errors import JournalError, ServerError
from ivr.qa.machine_limit import load_average
from ivr.qa.phone.caller_script import CLOSED, SCRIPTS
from ivr.qa.processes import machine_seconds, used_by

_LINE_BYTES = 1 << 20
_LONGEST_LEVEL_S = 400.0
_JOURNALS_WITHIN_S = 15.0
Told = Callable[[dict[str, Any]], None]


@dataclass
class LiveLevel:
    """One number of calls. `calls`: scripted_caller.CallerReport as JSON, with `understood`; `processor`: percent of a
    core by process, `others` for whoever else was on the machine; `echo_ms`: bare Asterisk meanwhile;
    `phones_late_ms`: the phones' own loop."""

    number: int
    calls: list[dict[str, Any]] = field(default_factory=list)
    echo_ms: list[float] = field(default_factory=list)
    phones_late_ms: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    lasted_s: float = 0.0
    load: list[float] = field(default_factory=list)

    @property
    def whole(self) -> list[dict[str, Any]]:
        """The calls that went as the script has it."""
        return [call for call in self.calls if not call["fault"]]

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The others."""
        return [call for call in self.calls if call["fault"]]

    def gaps(self, kind: str) -> list[float]:
        """Milliseconds of one kind of turn, `closed` for all of these, of the calls that went as the script has it."""
        kinds = CLOSED if kind == "closed" else (kind,)
        return [turn["gap_ms"] for call in self.whole for turn in call["turns"] if turn["kind"] in kinds]


async def run_level(
    number: int, *, sip: tuple[str, int], first_user: int, apart_s: float, groups: Mapping[str, list[int]], told: Told
) -> LiveLevel:
    """Let `number` phones call, `apart_s` seconds apart. `groups`: whose processor time is taken; `told` gets each
    line of the phones. Raises ServerError where the phones' process fails."""
    level = LiveLevel(number)
    spec = json.dumps({"sip": sip, "calls": number, "first_user": first_user, "apart_s": apart_s})
    loop = asyncio.get_running_loop()
    phones = await asyncio.create_subprocess_exec(
        *("setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "ivr.qa.phone.many_callers", spec),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LINE_BYTES,
    )
    groups = {**groups, "phones": [phones.pid]}
    began, before, used, machine = loop.time(), used_by(groups), {}, machine_seconds()
    assert phones.stdout is not None  # noqa: S101  (it is a pipe)
    assert phones.stderr is not None  # noqa: S101
    try:
        async with asyncio.timeout(_LONGEST_LEVEL_S):
            async for line in phones.stdout:
                used = used_by(groups)
                _take(level, json.loads(line), told)
            said = await phones.stderr.read()
            status = await phones.wait()
    except TimeoutError:
        raise ServerError(f"{number} calls took over {_LONGEST_LEVEL_S:g} s: give fewer with --calls.") from None
    finally:
        if phones.returncode is None:
            phones.kill()
            await phones.wait()
    if status:
        raise ServerError(f"the phones' process ended with {status}: {said.decode(errors='replace')[-2000:]}")
    level.lasted_s = round(loop.time() - began, 2)
    spent = {name: used[name] - before[name] for name in before}
    spent["others"] = max(0.0, machine_seconds() - machine - sum(spent.values()))
    level.processor = {name: round(100 * seconds / level.lasted_s, 1) for name, seconds in spent.items()}
    level.load = load_average()
    return level


def _take(level: LiveLevel, line: dict[str, Any], told: Told) -> None:
    match line.pop("event"):
        case "call":
            level.calls.append(line)
        case "echo":
            level.echo_ms = line["trips_ms"]
        case "late":
            level.phones_late_ms = line["tick_late_ms"]
    told(line)


async def judge(level: LiveLevel, journals: Path) -> None:
    """Add to each call what it was `understood` as; a call that was understood wrongly gets its `fault`."""
    async with asyncio.timeout(_JOURNALS_WITHIN_S + 5.0):
        for call in level.calls:
            exchanges = await _journal_of(call["user"], journals)
            judge_one(call, exchanges)


async def _journal_of(user: str, journals: Path) -> list[Exchange] | None:
    """The call's journal, once it is closed or the time to wait is over; None if it never reached the hotline."""
    found = None
    for _ in range(10):
        found = await asyncio.to_thread(find_journal, user, journals)
        if found is not None and any(isinstance(exchange.event, HungUp) for exchange in found):
            break
        await asyncio.sleep(_JOURNALS_WITHIN_S / 100)
    return found


def find_journal(user: str, journals: Path) -> list[Exchange] | None:
    """The newest journal in the folder of a call from `user`, None if there is none that can be read."""
    for path in sorted(journals.glob("*.jsonl"), reverse=True):
        with path.open("rb") as file:
            if f'"caller":"{user}"'.encode() not in file.readline():
                continue
        try:
            return read_journal(path)[1]
        except JournalError:
            return None
    return None


def judge_one(call: dict[str, Any], exchanges: list[Exchange] | None) -> None:
    """As `judge`, for one call and its journal; None: it has none."""
    if exchanges is None:
        call["understood"] = []
        call["fault"] = call["fault"] or "it never reached the hotline (no journal)"
        return
    noted = [note.intent for each in exchanges for note in each.commands if isinstance(note, NoteTurn)]
    call["understood"] = noted
    wanted = [turn.intent for turn in next(script for script in SCRIPTS if script.name == call["script"]).turns]
    if not call["fault"] and noted != wanted:
        call["fault"] = f"understood as {', '.join(noted)} instead of {', '.join(wanted)}"
