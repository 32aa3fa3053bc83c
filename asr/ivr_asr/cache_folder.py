"""The files of the recognition cache: one for all hearings that began with the same piece of audio and phrases.

Decided: a file is JSON, `{"answers": {LINK: hypothesis or null}}`, so that a person can read it and a repository can
hold it. It is written whole beside itself and renamed, after what another process has written meanwhile was read in:
several may share a folder, and at worst one of two answers given at the same moment is decoded once more. A damaged
file is as good as none, and the next answer mends it. Writing is a thread's work and nobody waits for it before
`close`; when the folder has outgrown its limit then, the files that were not read for longest go.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from ivr_asr.wire import hypothesis_from_json

DEFAULT_MB = 256
_FILES_IN_MEMORY = 256
_ROOM = 0.9
_USE_NOTED_S = 86_400
"""A file's time is that of its last use, to the day: a look every time would be a write every time."""

Kept = dict[str, Any] | None


class Answers(dict[bytes, Kept]):
    """What is known of hearings with one beginning, by link; `save` has the new ones written."""

    def __init__(self, kept: Mapping[bytes, Kept], folder: CacheFolder, name: str) -> None:
        super().__init__(kept)
        self._folder = folder
        self._name = name

    def save(self) -> None:
        """Returns at once."""
        self._folder.write(self._name, dict(self))


class CacheFolder:
    """`fault`: why the last file could not be written, "" if it could. `limit_mb`: how much the folder may hold."""

    def __init__(self, folder: str | Path, limit_mb: int = DEFAULT_MB) -> None:
        self.path = Path(folder).expanduser()
        self.fault = ""
        self._limit = limit_mb << 20
        self._in_memory: OrderedDict[str, Answers] = OrderedDict()
        self._writer: ThreadPoolExecutor | None = None

    async def answers(self, name: str) -> Answers:
        """What is known under `name`, nothing at first; the same object for all who ask meanwhile."""
        known = self._in_memory.get(name)
        if known is None:
            kept = await asyncio.to_thread(_read, self._file(name))
            known = self._in_memory.setdefault(name, Answers(kept, self, name))
            if len(self._in_memory) > _FILES_IN_MEMORY:
                self._in_memory.popitem(last=False)
        return known

    def write(self, name: str, answers: dict[bytes, Kept]) -> None:
        """Add `answers` to the file, in a thread."""
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, "recognition-cache")
        self._writer.submit(self._write, self._file(name), answers)

    async def close(self) -> None:
        """Wait until all is written and the folder is within its limit. May be repeated."""
        writer, self._writer = self._writer, None
        if writer is not None:
            await asyncio.to_thread(self._settle, writer)

    def _settle(self, writer: ThreadPoolExecutor) -> None:
        writer.shutdown()
        make_room(self.path, self._limit)

    def _file(self, name: str) -> Path:
        return self.path / f"{name}.json"

    def _write(self, path: Path, answers: dict[bytes, Kept]) -> None:
        try:
            _replace(path, {**_read(path), **answers})
        except OSError as fault:  # a full disk or a read-only installation costs time, and not the caller's words
            self.fault = str(fault)
        else:
            self.fault = ""


def make_room(folder: Path, limit: int) -> int:
    """Drop the files of `folder` that were not used for longest until it holds less than `limit` bytes, with some room
    to spare; returns how many. What cannot be dropped stays."""
    found: list[tuple[float, int, str]] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".json"):
                with suppress(FileNotFoundError):  # another process makes room, too
                    about = entry.stat()
                    found.append((about.st_mtime, about.st_size, entry.path))
    held, dropped = sum(size for _, size, _ in found), 0
    if held <= limit:
        return 0
    for _, size, path in sorted(found):
        if held <= limit * _ROOM:
            break
        with suppress(OSError):
            Path(path).unlink()
            dropped += 1
        held -= size
    return dropped


def _read(path: Path) -> dict[bytes, Kept]:
    try:
        body = json.loads(path.read_bytes())["answers"]
        answers: dict[bytes, Kept] = {bytes.fromhex(link): kept for link, kept in body.items()}
        for kept in answers.values():
            if kept is not None:
                hypothesis_from_json(kept)
        with suppress(OSError):  # a read-only folder forgets what was used, no more
            if time.time() - path.stat().st_mtime > _USE_NOTED_S:
                os.utime(path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}  # no file, or a damaged one that the next write mends
    return answers


def _replace(path: Path, answers: dict[bytes, Kept]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (f'"{link.hex()}": {json.dumps(kept, ensure_ascii=False)}' for link, kept in answers.items())
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=".", suffix=".part", delete=False
    ) as file:
        file.write('{"answers": {\n' + ",\n".join(lines) + "\n}}\n")
    Path(file.name).chmod(0o644)  # temporary files are private, fixtures are not
    os.replace(file.name, path)  # noqa: PTH105  two processes may write the same file, and readers see one or the other
