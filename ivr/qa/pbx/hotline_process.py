"""`ivr serve` as its owner runs it: a process of its own, told by the environment where the telephone system is.

Decided: what it logs goes to a file that is read afterwards, so that a warning or a traceback is found whatever the
call did. The process dies with whoever started it, even if that is killed (PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ivr.errors import ServerError
from ivr.qa.pbx.asterisk import Pbx
from ivr.qa.processes import children

STARTS_WITHIN_S = 60.0
DRAIN_S = 20.0
ENDS_WITHIN_S = DRAIN_S + 10.0
_READY = re.compile(r"FastAGI on port (\d+), (?:AudioSocket|media WebSocket) on port (\d+)")


def environment(pbx: Pbx, calls: Path, **settings: Any) -> dict[str, str]:
    """This process's environment with what an IVR on this machine needs; `settings` as `asterisk_ami_secret="x"`."""
    own = {
        "asterisk_agi_port": 0,
        "asterisk_audio_port": pbx.media_port if settings.get("asterisk_media") == "websocket" else 0,
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


class HotlineProcess:
    """One `ivr serve`; `agi_port` and `audio_port` once it is up, `calls` the folder of its journals."""

    def __init__(self, pbx: Pbx, folder: Path, **settings: Any) -> None:
        self.calls = folder / "calls"
        self.agi_port = self.audio_port = 0
        self._folder, self._log = folder, folder / "serve.log"
        self._environment = environment(pbx, self.calls, **settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers calls; blocks. Raises ServerError with what it said."""
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
        while (ready := _READY.search(self.log())) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"ivr serve did not start, mend what it says:\n{self.log()}")
            time.sleep(0.05)
        self.agi_port, self.audio_port = int(ready[1]), int(ready[2])

    @property
    def pid(self) -> int:
        """Its process id. Raises RuntimeError before `start`."""
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
        return sorted(children(self.pid))

    def log(self) -> str:
        """All that it has said so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def ended_calls(self, after: int = 0) -> list[dict[str, Any]]:
        """The calls that have ended since then: call_id, how, by, queue. Journal and recording are whole by then."""
        records = [log_record(line) for line in self.log()[after:].splitlines()]
        return [record for record in records if record.get("event") == "call ended"]

    def journal(self, call_id: str) -> Path:
        """Where the call's journal is; its recording is beside it, as `.flac`."""
        return self.calls / f"{call_id}.jsonl"


def log_record(line: str) -> dict[str, Any]:
    """A line of its log; empty for what is no JSON."""
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError):
        return {}
