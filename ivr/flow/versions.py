"""The store of published versions, and which of them new calls get.

    versions/<hotline>/<n>/            a version, never changed (version_files.py)
    versions/<hotline>/answering.json  the pointer: which version answers, which is piloted on what share of calls

Decided: the pointer is one small file, replaced in one step, and all that a running server looks at. Who publishes or
rolls back holds a lock meanwhile, so two at once become two versions one after the other. The same content keeps its
number, so publishing what is piloted makes the pilot the version for all. A version that was damaged is published
under a new number. No clock in here: the time is given.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ivr.errors import VersionError
from ivr.flow.load import Flow, load
from ivr.flow.version_files import (
    Manifest,
    digests,
    read_manifest,
    remove,
    replace_file,
    verify,
    write_version,
)

_POINTER = "answering.json"
_KEPT_BEFORE = 100


@dataclass(frozen=True)
class Pointer:
    """`version` answers; `pilot` (0: none) answers `share` percent of callers; `before` answered earlier, the latest
    last: where a rollback leads. `since`: when this was decided, ISO 8601 with offset."""

    version: int
    pilot: int = 0
    share: int = 0
    since: str = ""
    before: tuple[int, ...] = ()


class VersionStore:
    """The versions of one hotline, `<root>/<hotline>/`; nothing is made before something is published."""

    def __init__(self, root: Path, hotline: str) -> None:
        self.hotline = hotline
        self.folder = root / hotline

    def pointer(self) -> Pointer | None:
        """Which version answers; None: none was published. Raises VersionError: it cannot be read."""
        path = self.folder / _POINTER
        try:
            fields = json.loads(path.read_bytes())
            pointer = Pointer(**{**fields, "before": tuple(fields["before"])})
            numbers = (pointer.version, pointer.pilot, pointer.share, *pointer.before)
            if not all(type(number) is int and number >= 0 for number in numbers) or not pointer.version:
                raise ValueError(numbers)  # noqa: TRY301  one message for all that is no pointer
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as fault:
            mend = f"move it away, then `ivr rollback {self.hotline} --to N`."
            raise VersionError(f"{path} cannot be read ({type(fault).__name__}): {mend}") from fault
        return pointer

    def versions(self) -> list[Manifest]:
        """All that can be read, oldest first; what is half written is none."""
        found = []
        for number in self._numbers():
            try:
                found.append(read_manifest(self.folder / str(number)))
            except VersionError:  # `load` says what is wrong with it to whoever wants it
                continue
        return found

    def load(self, number: int) -> Flow:
        """Version `number`, checked against its manifest. Raises VersionError, and FlowError where this release
        refuses what an earlier one took."""
        place = self.folder / str(number)
        if not place.is_dir():
            numbers = ", ".join(map(str, self._numbers()))
            mend = f"give one of {numbers}" if numbers else "`ivr publish` makes version 1"
            raise VersionError(f"there is no version {number} of {self.hotline}: {mend}.")
        verify(place)
        return dataclasses.replace(load(place), name=self.hotline, version=number)

    def find(self, flow_digest: str, number: int = 0) -> int:
        """The version of content `flow_digest` (as journals name it), `number` if that is one; 0: none has it."""
        having = [manifest.version for manifest in self.versions() if manifest.flow_digest == flow_digest]
        return number if number in having else max(having, default=0)

    def publish(
        self, files: Mapping[str, bytes], flow_digest: str, *, at: str, by: str = "", note: str = "", share: int = 0
    ) -> Pointer:
        """Keep `files` as a version and let it answer, or pilot it on `share` percent of callers. Raises VersionError:
        nothing to pilot against, the store cannot be written."""
        with self._locked():
            if share and self.pointer() is None:
                raise VersionError(
                    f"no version of {self.hotline} answers yet that a pilot could be compared with: publish without "
                    "a share first."
                )
            number = self._same(digests(files))
            if not number:
                number = max(self._numbers(), default=0) + 1
                manifest = Manifest(number, self.hotline, flow_digest, digests(files), at, by, note)
                write_version(self.folder / str(number), files, manifest.sealed())
            return self._point(number, at, share)

    def put_to_work(self, number: int, *, at: str, share: int = 0) -> Pointer:
        """Let a version that is there answer, or pilot it. Raises VersionError, FlowError: it cannot be used."""
        self.load(number)
        with self._locked():
            return self._point(number, at, share)

    def roll_back(self, *, at: str) -> Pointer:
        """End the pilot, if there is one; else go back to what answered before. Raises VersionError."""
        if (now := self.pointer()) is None:
            raise VersionError(f"nothing was published of {self.hotline}: publish what should answer.")
        with self._locked():
            now = self.pointer() or now
            if not (now.pilot or now.before):
                what = f"there is nothing before version {now.version} of {self.hotline}"
                raise VersionError(f"{what}: publish what should answer.")
            if now.pilot:
                return self._write(dataclasses.replace(now, pilot=0, share=0, since=at))
            self.load(now.before[-1])
            return self._write(Pointer(now.before[-1], since=at, before=now.before[:-1]))

    def _point(self, number: int, at: str, share: int) -> Pointer:
        now = self.pointer()
        if now is None:
            return self._write(Pointer(number, since=at))
        if share and number == now.version:
            raise VersionError(f"version {number} answers every call already: change the flow to pilot it.")
        if share:
            since = now.since if now.pilot == number else at
            return self._write(dataclasses.replace(now, pilot=number, share=share, since=since))
        if number == now.version:
            return self._write(dataclasses.replace(now, pilot=0, share=0, since=at)) if now.pilot else now
        return self._write(Pointer(number, since=at, before=(*now.before, now.version)[-_KEPT_BEFORE:]))

    def _write(self, pointer: Pointer) -> Pointer:
        replace_file(self.folder / _POINTER, json.dumps(asdict(pointer)).encode() + b"\n")
        return pointer

    def _same(self, files: dict[str, str]) -> int:
        """The latest version of just these files that is still whole; 0 for none."""
        for manifest in reversed(self.versions()):
            if manifest.files == files:
                try:
                    return verify(self.folder / str(manifest.version)).version
                except VersionError:
                    continue
        return 0

    def _numbers(self) -> list[int]:
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name) for path in self.folder.iterdir() if re.fullmatch(r"[1-9]\d{0,8}", path.name))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone with the store: what a killed publish left is taken away. The lock is held for milliseconds, and a
        process that dies lets it go. Raises VersionError for whatever the disk refuses inside."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / ".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for left in self.folder.glob(".making-*"):
                    remove(left) if left.is_dir() else left.unlink()
                yield
        except OSError as fault:
            where = "`versions` in [hotline] of ivr.toml says where versions are kept"
            raise VersionError(f"{self.folder} cannot be written ({fault.strerror}): {where}.") from fault
