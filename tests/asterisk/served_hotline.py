"""`ivr serve` as its owner runs it: a process of its own, told by the environment where the telephone system is.

Decided: what it logs goes to a file that the test reads, so that a warning or a traceback is found whatever the call
did. The process dies with the test run even if that is killed (PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.asterisk.pbx import Pbx

STARTS_WITHIN_S = 60.0
DRAIN_S = 20.0
ENDS_WITHIN_S = DRAIN_S + 10.0
T = TypeVar("T")
READY = re.compile(r"FastAGI on port (\d+), AudioSocket on port (\d+)")
PLAIN = re.compile(r"FastAGI on port \d+|^no new calls; \d+ running$|^nothing is published: ")


def environment(pbx: Pbx, calls: Path, **settings: Any) -> dict[str, str]:
    """This process's environment with what an IVR on this machine needs; `settings` as `asterisk_ami_secret="x"`."""
    own = {
        "asterisk_agi_port": 0,
        "asterisk_audio_port": 0,
        "asterisk_ami_host": pbx.ami[0],
        "asterisk_ami_port": pbx.ami[1],
        "asterisk_ami_secret": pbx.ami_secret,
        "hotline_calls": calls,
        "hotline_drain_s": DRAIN_S,
        **settings,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IVR_")}
    return kept | {f"IVR_{name}".upper(): str(value) for name, value in own.items()}


def command(*words: str) -> list[str]:
    """The command line of `ivr WORDS`, which ends with whoever started it."""
    return ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "ivr.cli.main", *words]


class ServedHotline:
    """One `ivr serve`; `agi_port` and `audio_port` once it is up, `calls` the folder of its journals."""

    def __init__(self, pbx: Pbx, folder: Path, **settings: Any) -> None:
        self.calls = folder / "calls"
        self.agi_port = self.audio_port = 0
        self._folder, self._log = folder, folder / "serve.log"
        self._environment = environment(pbx, self.calls, **settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers calls. Raises RuntimeError with what it said."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command("serve"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                cwd=self._folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while (ready := READY.search(self.log())) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"ivr serve did not start:\n{self.log()}")
            time.sleep(0.05)
        self.agi_port, self.audio_port = int(ready[1]), int(ready[2])

    @property
    def _pid(self) -> int:
        if self._process is None:
            raise RuntimeError("it was not started")
        return self._process.pid

    def send(self, sign: signal.Signals) -> None:
        """Send the server's own process a signal."""
        if self._process is not None:
            self._process.send_signal(sign)

    def ended(self, within: float = ENDS_WITHIN_S) -> int:
        """Wait until it has ended; its exit status. Raises subprocess.TimeoutExpired."""
        if self._process is None:
            raise RuntimeError("it was not started")
        return self._process.wait(within)

    def stop(self) -> None:
        """End it, well or, where that takes too long, at once. May be repeated."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(ENDS_WITHIN_S)

    def workers(self) -> list[int]:
        """The process ids of its recognisers."""
        stats = {int(stat.parent.name): stat for stat in Path("/proc").glob("[0-9]*/stat")}
        return [child for child, stat in stats.items() if _parent(stat) == str(self._pid)]

    def alive(self, processes: list[int]) -> list[int]:
        """Those of `processes` that have not ended."""
        return [pid for pid in processes if _state(Path(f"/proc/{pid}/stat")) not in ("", "Z")]

    def open_files(self) -> int:
        """How many descriptors it holds: what a call leaves open is seen here."""
        return len(list(Path(f"/proc/{self._pid}/fd").iterdir()))

    # What it says

    def log(self) -> str:
        """All that it has said so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def complaints(self, after: int = 0) -> list[str]:
        """What it logged as a warning or worse since the log was `after` characters long, and tracebacks."""
        found = []
        for line in self.log()[after:].splitlines():
            level = str(_record(line).get("level", "" if PLAIN.search(line) else "plain text"))
            expected = "CRM is not set in the environment" in line  # the bench has none; the flow has a way on
            if level not in ("", "debug", "info") and not expected:
                found.append(line)
        return found

    def ended_calls(self, after: int = 0) -> list[dict[str, Any]]:
        """The calls that have ended since then: call_id, how, by, queue. Journal and recording are whole by then."""
        records = [_record(line) for line in self.log()[after:].splitlines()]
        return [record for record in records if record.get("event") == "call ended"]

    async def calls_ended(self, count: int = 1, *, after: int = 0, within: float = 10.0) -> list[dict[str, Any]]:
        """Wait until so many calls have ended since then."""
        return await eventually(
            lambda: found if len(found := self.ended_calls(after)) >= count else None,
            within=within,
            what=f"{count} calls to end",
        )

    def journal(self, call_id: str) -> Path:
        """Where the call's journal is; its recording is beside it, as `.flac`."""
        return self.calls / f"{call_id}.jsonl"


async def eventually(look: Callable[[], T | None], *, within: float, what: str) -> T:
    """What `look` gives once it is not None, asked every 20 ms; for what other processes do, once no call is up."""
    deadline = time.monotonic() + within
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within:g} s in vain for {what}")
        await asyncio.sleep(0.02)
    return found


async def run_ivr(*words: str, settings: dict[str, str] | None = None, folder: Path | None = None) -> tuple[int, str]:
    """Run `ivr WORDS` to its end; its exit status and all that it said."""
    process = await asyncio.create_subprocess_exec(
        *command(*words),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=settings,
        cwd=folder,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), STARTS_WITHIN_S)
    except TimeoutError:
        process.kill()
        await process.communicate()
        raise
    return process.returncode or 0, said.decode()


def _record(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError):
        return {}


def _parent(stat: Path) -> str:
    return _fields(stat)[1]


def _state(stat: Path) -> str:
    return _fields(stat)[0]


def _fields(stat: Path) -> list[str]:
    """State and parent of a process, empty once it has ended."""
    try:
        return stat.read_text(errors="replace").rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return ["", ""]
