"""Collects a part's files out of folders and archives, recognising them by name, size and sha256.

An archive is read from its beginning to its end, once, and nothing of it is believed: its paths only serve to
find a file's name, a member is read no further than the file it could be is long, links are passed over, and what
does not have the listed sha256 is dropped. So no archive can write outside the model's folder, or fill the disk.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from ivr.errors import ModelError
from ivr.models.catalogue import ModelFile, Part
from ivr.models.disk import writing

_ZIP = (".zip", ".whl")
_TAR = (".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2")
_CHUNK = 1 << 20
_LARGEST_AMENDED = 1 << 20  # a line is added to small configuration files only
_LARGEST_PIECE = 1 << 30
# What zipfile and tarfile raise on bytes that are no such archive, a broken one, an encrypted one.
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file in a folder or an archive; `open` may be called until the next member is asked for."""

    path: str
    size: int
    open: Callable[[], IO[bytes]]

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


class Gathering:
    """One part on its way into `into`: offer places until nothing is missing."""

    def __init__(self, part: Part, into: Path) -> None:
        self._into = into
        self._wanted: dict[str, list[ModelFile]] = {}
        for file in part.files:
            self._wanted.setdefault(file.name, []).append(file)
        # Each source that cuts the part's one file into pieces: where its pieces have been put so far.
        self._cuts = [(source.pieces, part.files[0]) for source in part.sources if source.pieces]

    @property
    def missing(self) -> list[str]:
        """Paths, as the catalogue lists them, of what no place has held so far."""
        return [file.path for files in self._wanted.values() for file in files]

    def offer(self, place: Path) -> None:
        """Take what is wanted from a folder (with the archives lying in it), an archive or a file.

        Raises ModelError if the place cannot be read, is a broken archive, or the disk is full.
        """
        for container in _containers(place):
            if not self._wanted:
                return
            try:
                for member in _members(container):
                    self._consider(member)
            except _BROKEN as fault:
                raise ModelError(f"{container} is a broken archive ({fault}): fetch it again") from fault
            except OSError as fault:
                raise ModelError(f"{container} cannot be read ({fault.strerror or fault}): fetch it again") from fault
            self._join()

    def _consider(self, member: Member) -> None:
        for file in list(self._wanted.get(member.name, ())):
            taken = self._take_amended(member, file) if file.line else self._take(member, file)
            if taken:
                self._found(file)
                return
        for pieces, _ in self._cuts:
            for number, piece in enumerate(pieces):
                if self._wanted and PurePosixPath(member.path).match(piece) and member.size <= _LARGEST_PIECE:
                    with member.open() as stream:
                        _copy(stream, self._piece(pieces, number), member.size)

    def _take(self, member: Member, file: ModelFile) -> bool:
        if member.size != file.size:
            return False
        target = self._into / file.path
        with member.open() as stream:
            if _copy(stream, target, file.size) == file.sha256:
                return True
        target.unlink()
        return False

    def _take_amended(self, member: Member, file: ModelFile) -> bool:
        if member.size > _LARGEST_AMENDED:
            return False
        with member.open() as stream:
            content = _with_line(stream.read(_LARGEST_AMENDED), file.line)
        if hashlib.sha256(content).hexdigest() != file.sha256:
            return False
        target = self._into / file.path
        with writing(target.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return True

    def _join(self) -> None:
        """Join the pieces of a cut file once all of them are there; a join with another sha256 is dropped."""
        for pieces, file in self._cuts:
            paths = [self._piece(pieces, number) for number in range(len(pieces))]
            if not self._wanted or not all(path.exists() for path in paths):
                continue
            target = self._into / file.path
            digest = hashlib.sha256()
            with writing(target.parent), target.open("wb") as whole:
                for path in paths:
                    content = path.read_bytes()
                    digest.update(content)
                    whole.write(content)
                    path.unlink()
            if digest.hexdigest() == file.sha256:
                self._found(file)
            else:
                target.unlink()

    def _found(self, file: ModelFile) -> None:
        self._wanted[file.name].remove(file)
        if not self._wanted[file.name]:
            del self._wanted[file.name]

    def _piece(self, pieces: tuple[str, ...], number: int) -> Path:
        mark = hashlib.sha256("\n".join(pieces).encode()).hexdigest()[:8]
        return self._into / f".piece-{mark}-{number}"


def _with_line(content: bytes, line: str) -> bytes:
    if line.encode() in content.splitlines():
        return content
    return content + (b"" if not content or content.endswith(b"\n") else b"\n") + line.encode() + b"\n"


def _copy(stream: IO[bytes], target: Path, size: int) -> str:
    """Copy at most `size` + 1 bytes and give their sha256, so that a member that lies about its size is found out."""
    digest = hashlib.sha256()
    left = size + 1
    with writing(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        sink = target.open("wb")
    with sink:
        while left and (chunk := stream.read(min(_CHUNK, left))):
            left -= len(chunk)
            digest.update(chunk)
            with writing(target.parent):
                sink.write(chunk)
        with writing(target.parent):
            sink.flush()
    return digest.hexdigest()


def _containers(place: Path) -> Iterator[Path]:
    """The place itself, and for a folder every archive below it."""
    yield place
    if place.is_dir():
        for folder, _, names in os.walk(place):
            yield from (Path(folder) / name for name in sorted(names) if name.endswith(_ZIP + _TAR))


def _members(container: Path) -> Iterator[Member]:
    if container.is_dir():
        for folder, _, names in os.walk(container):
            for path in (Path(folder) / name for name in sorted(names)):
                if path.is_file():
                    yield Member(str(path.relative_to(container)), path.stat().st_size, _opener(path))
    elif container.name.endswith(_ZIP):
        with zipfile.ZipFile(container) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    yield Member(entry.filename, entry.file_size, lambda entry=entry: archive.open(entry))  # type: ignore[misc]
    elif container.name.endswith(_TAR):
        yield from _tar_members(container)
    else:
        yield Member(container.name, container.stat().st_size, _opener(container))


def _tar_members(container: Path) -> Iterator[Member]:
    with tarfile.open(container) as archive:
        for entry in archive:
            if entry.isreg():

                def opened(entry: tarfile.TarInfo = entry) -> IO[bytes]:
                    stream = archive.extractfile(entry)
                    if stream is None:
                        raise tarfile.ReadError(f"{entry.name} is no regular file")
                    return stream

                yield Member(entry.name, entry.size, opened)


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")
