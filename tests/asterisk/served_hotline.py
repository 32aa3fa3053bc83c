"""`ivr serve` under test: what it complains of, what it holds, and waiting for what it does."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ivr.qa.pbx.hotline_process import (
    STARTS_WITHIN_S,
    HotlineProcess,
    command,
    environment,
    log_record,
)
from ivr.qa.processes import runs

__all__ = ["ServedHotline", "environment", "eventually", "run_ivr"]
T = TypeVar("T")
PLAIN = re.compile(
    r"FastAGI on port \d+|^no new calls; \d+ running$|^nothing is published: |^late frames while it answered: "
)


class ServedHotline(HotlineProcess):
    """One `ivr serve` that a test looks into."""

    def alive(self, processes: list[int]) -> list[int]:
        """Those of `processes` that have not ended."""
        return [pid for pid in processes if runs(pid)]

    def open_files(self) -> int:
        """How many descriptors it holds: what a call leaves open is seen here."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def complaints(self, after: int = 0) -> list[str]:
        """What it logged as a warning or worse since the log was `after` characters long, and tracebacks."""
        found = []
        for line in self.log()[after:].splitlines():
            level = str(log_record(line).get("level", "" if PLAIN.search(line) else "plain text"))
            expected = "CRM is not set in the environment" in line  # the bench has none; the flow has a way on
            if level not in ("", "debug", "info") and not expected:
                found.append(line)
        return found

    async def calls_ended(self, count: int = 1, *, after: int = 0, within: float = 10.0) -> list[dict[str, Any]]:
        """Wait until so many calls have ended since then."""
        return await eventually(
            lambda: found if len(found := self.ended_calls(after)) >= count else None,
            within=within,
            what=f"{count} calls to end",
        )


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
