"""A version of a flow as files: `<n>/flow.yaml` and what belongs to it, and `manifest.json` with every file's sha256.

Decided: a version is written beside its place and moved there whole, so a number either names a whole version or
nothing. Nothing is ever changed in it: files are read-only, and whoever reads them holds them against the manifest.
That finds accidents and edits in place; who can write the manifest as well can forge a version.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ivr.errors import VersionError

MANIFEST = "manifest.json"
_PARTS = ("flow.yaml", "intents/*.yaml", "faq/*.yaml", "tests/*.yaml")
_MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Manifest:
    """What a version is: `flow_digest` as journals name it, `files` sha256 by path, `published` ISO 8601 with offset,
    `by` whom, with what `note`; `digest` over all of this."""

    version: int
    hotline: str
    flow_digest: str
    files: dict[str, str]
    published: str
    by: str = ""
    note: str = ""
    digest: str = ""

    def sealed(self) -> Manifest:
        """With its digest."""
        fields = {**asdict(self), "digest": ""}
        return Manifest(**{**fields, "digest": _sha256(json.dumps(fields, sort_keys=True).encode())})


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a flow by their path in `folder`. Raises VersionError: too large, or unreadable."""
    paths = [path for part in _PARTS for path in sorted(folder.glob(part)) if path.is_file()]
    try:
        if (size := sum(path.stat().st_size for path in paths)) > _MOST_BYTES:
            raise VersionError(
                f"{folder} has {size / 1e6:.0f} MB of YAML: a flow of {_MOST_BYTES / 1e6:.0f} MB is most."
            )
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    except OSError as fault:
        raise VersionError(f"{folder} cannot be read ({fault.strerror}): mend its permissions.") from fault


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """sha256 by path."""
    return {name: _sha256(data) for name, data in sorted(files.items())}


def write_version(place: Path, files: Mapping[str, bytes], manifest: Manifest) -> None:
    """Make the folder `place`, whole or not at all. Raises OSError."""
    making = place.with_name(f".making-{place.name}")
    remove(making)
    making.mkdir()
    written = {**files, MANIFEST: json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode() + b"\n"}
    for name, data in written.items():
        path = making / name
        path.parent.mkdir(exist_ok=True)
        write_through(path, data)
        path.chmod(0o444)
    for folder in [*(path for path in making.iterdir() if path.is_dir()), making]:
        _settle(folder)
        folder.chmod(0o555)
    making.rename(place)
    _settle(place.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path` in one step: readers see the old or the new, never a part. Raises OSError."""
    making = path.with_name(f".making-{path.name}")
    write_through(making, data)
    making.replace(path)
    _settle(path.parent)


def write_through(path: Path, data: bytes) -> None:
    """Write and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def remove(folder: Path) -> None:
    """Take away what a publish that was killed left, read-only as it may be."""
    if folder.is_dir():
        for path in [folder, *(path for path in folder.iterdir() if path.is_dir())]:
            path.chmod(0o755)
        shutil.rmtree(folder)


def read_manifest(place: Path) -> Manifest:
    """The manifest in `place`. Raises VersionError: there is none, or it is not as it was written."""
    try:
        manifest = Manifest(**json.loads((place / MANIFEST).read_bytes()))
        whole = manifest.sealed().digest == manifest.digest and str(manifest.version) == place.name
    except (OSError, ValueError, TypeError, RecursionError) as fault:
        raise VersionError(f"{place} holds no version that can be read ({type(fault).__name__}): {MEND}") from fault
    if not whole:
        raise VersionError(f"{place / MANIFEST} is not as it was written: {MEND}")
    return manifest


def verify(place: Path) -> Manifest:
    """The manifest, if every file is as it was published. Raises VersionError that names the first that is not."""
    manifest = read_manifest(place)
    found = digests(read_folder(place))
    wrong = sorted(name for name in {*found, *manifest.files} if found.get(name) != manifest.files.get(name))
    if wrong:
        how = "was changed" if wrong[0] in found and wrong[0] in manifest.files else "was added"
        how = how if wrong[0] in found else "is missing"
        raise VersionError(f"version {manifest.version} is not as it was published, {place / wrong[0]} {how}: {MEND}")
    return manifest


MEND = "`ivr rollback FLOW --to N` takes another version, or publish the flow again from its folder."


def _settle(folder: Path) -> None:
    """Have the disk know the folder's entries."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
