"""A running Asterisk with the project's own `asterisk_conf/` on free loopback ports, its files in a folder of its own.

Decided: what is tested is what a PBX owner installs. The files of `asterisk_conf/` are taken as they are, placeholders
filled in; only addresses and ports are changed, each change must meet its text, and a bench dialplan is added beside
them. Where the IVR listens is a dialplan global, so each test tells a running Asterisk its own port (`ivr_at`).

Asterisk dies with the test run even if that is killed (PR_SET_PDEATHSIG), and Ctrl-C does not reach it (its session is
its own): the run ends it when it is done with it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from ivr.asterisk.settings import AsteriskSettings
from ivr.qa.pbx.asterisk_packages import AsteriskTree, AsteriskUnavailable
from ivr.shipped import shipped

HOST = "127.0.0.1"
BOOT_S = 30.0
RTP_PORTS = 400  # a hundred calls of two legs
BENCH = Path(__file__).with_name("bench_conf")


class Pbx:
    """One Asterisk. `sip` and `ami` are its addresses, `ami_secret` and `agent_password` the secrets of this run."""

    def __init__(self, tree: AsteriskTree, folder: Path) -> None:
        self.folder = folder
        self.ami_secret, self.agent_password = secrets.token_hex(8), secrets.token_hex(8)
        self.sip = (HOST, _free_port(socket.SOCK_DGRAM))
        self.ami = (HOST, _free_port(socket.SOCK_STREAM))
        self.media_port = _free_port(socket.SOCK_STREAM)
        self._rtp = _free_range(RTP_PORTS)
        self.tree = tree
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Write the configuration, start, wait until fully booted. Raises RuntimeError with the log's last lines."""
        self._configure()
        command = ["setpriv", "--pdeathsig", "KILL", *self._command("-f", "-v", "-v", "-v")]
        with (self.folder / "log/stdout").open("wb") as out:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + BOOT_S
        while "fully booted" not in self.cli("core waitfullybooted"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Asterisk did not boot; the end of its log:\n{self.log()[-4000:]}")
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """Its process id. Raises RuntimeError while it does not run."""
        if self._process is None:
            raise RuntimeError("Asterisk was not started")
        return self._process.pid

    def stop(self) -> None:
        """End it and wait for it. May be repeated."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._process = None

    def cli(self, command: str) -> str:
        """What an Asterisk console command prints (20 ms or so; in a thread when a call is up)."""
        asked = subprocess.run(self._command("-rx", command), capture_output=True, text=True, timeout=15, check=False)
        return asked.stdout

    def set_global(self, name: str, value: str) -> None:
        """Set one of the dialplan's globals, such as IVR_QUEUE_SECONDS."""
        quoted = value or '""'  # without a word the console changes nothing
        self.cli(f"dialplan set global {name} {quoted}")

    def ivr_at(self, port: int) -> None:
        """Tell the dialplan where the IVR's FastAGI server listens."""
        self.set_global("IVR_AGI", f"agi://{HOST}:{port}/ivr")

    def settings(self, **others: Any) -> AsteriskSettings:
        """Settings of an IVR that this Asterisk can serve: free ports, AMI's address and secret; and any `others`.

        With `media="websocket"` the port is the one that its websocket_client.conf names."""
        ami = {"ami_host": self.ami[0], "ami_port": self.ami[1], "ami_secret": self.ami_secret}
        audio_port = self.media_port if others.get("media") == "websocket" else 0
        return AsteriskSettings(**{"agi_port": 0, "audio_port": audio_port, **ami, **others})

    def log(self) -> str:
        """All that Asterisk has logged so far."""
        logs = [self.folder / "log" / name for name in ("stdout", "messages")]
        return "".join(log.read_text(errors="replace") for log in logs if log.exists())

    def messages(self) -> list[Path]:
        """What callers left when nobody was there, oldest first."""
        return sorted((self.folder / "spool/recording").glob("*.wav"), key=lambda path: path.stat().st_mtime)

    def _command(self, *arguments: str) -> list[str]:
        return self.tree.command("-C", str(self.folder / "etc/asterisk.conf"), *arguments)

    def _configure(self) -> None:
        for name in ("etc", "run", "log", "lib/keys", "cache", "spool/tmp", "spool/monitor", "spool/recording"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        etc = self.folder / "etc"
        for source in (shipped("asterisk_conf"), BENCH):
            for path in source.glob("*.conf"):
                shutil.copyfile(path, etc / path.name)
        first, last = self._rtp
        changes = {
            "pjsip.conf": {"bind=0.0.0.0:5060": f"bind={HOST}:{self.sip[1]}"},
            "pjsip_site.conf": {
                "@TRUNK_ADDRESS@": HOST,
                "@AGENT1_PASSWORD@": self.agent_password,
                "@AGENT2_PASSWORD@": self.agent_password,
            },
            "manager.conf": {"port=5038": f"port={self.ami[1]}", "@AMI_SECRET@": self.ami_secret},
            "websocket_client.conf": {"127.0.0.1:4574": f"{HOST}:{self.media_port}"},
            "rtp.conf": {"rtpstart=20000": f"rtpstart={first}", "rtpend=24000": f"rtpend={last}"},
            "extensions.conf": {"agi://127.0.0.1:4573/ivr": f"agi://{HOST}:9/ivr"},
        }
        for name, replacements in changes.items():
            text = (etc / name).read_text()
            for old, new in replacements.items():
                if old not in text:
                    raise RuntimeError(f"asterisk_conf/{name} no longer says {old!r}: mend ivr/qa/pbx/asterisk.py")
                text = text.replace(old, new)
            (etc / name).write_text(text)
        with (etc / "extensions.conf").open("a") as dialplan:
            dialplan.write("\n#include bench_extensions.conf\n")
        (etc / "asterisk.conf").write_text(self._asterisk_conf())

    def _asterisk_conf(self) -> str:
        folders = {
            "astetcdir": self.folder / "etc",
            "astmoddir": self.tree.modules,
            "astvarlibdir": self.folder / "lib",
            "astdbdir": self.folder / "lib",
            "astkeydir": self.folder / "lib",
            "astdatadir": self.tree.data,
            "astagidir": self.tree.data / "agi-bin",
            "astspooldir": self.folder / "spool",
            "astrundir": self.folder / "run",
            "astlogdir": self.folder / "log",
            "astcachedir": self.folder / "cache",
            "astsbindir": self.tree.root / "usr/sbin",
        }
        lines = ["[directories]", *(f"{name} => {path}" for name, path in folders.items())]
        return "\n".join([*lines, "[options]", "nocolor = yes", "documentation_language = en_US", ""])


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _free_range(size: int) -> tuple[int, int]:
    """A range of UDP ports that no other run has: the process id spreads runs, and its first port is tried."""
    for attempt in range(50):
        first = 20000 + (os.getpid() * 7 + attempt * 13) % 29 * size
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((HOST, first))
            return first, first + size - 1
    raise AsteriskUnavailable("no free range of UDP ports on loopback for the calls' audio")
