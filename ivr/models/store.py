"""Where models are kept, and whether they are whole.

One folder a model, below $IVR_MODELS, else $XDG_CACHE_HOME/ivr-hotline/models, else ~/.cache/ivr-hotline/models. A
model is installed when its `manifest.json` carries the catalogue's digest and every file has its size: a dozen
`stat` calls, cheap enough for every start. Hashing 250 MB would cost a second each time; `ivr models verify` does that
when asked.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from ivr.errors import ModelError
from ivr.models.catalogue import Model, ModelFile, load
from ivr.models.disk import writing

MANIFEST = "manifest.json"


def root() -> Path:
    """The folder below which every model has its own; it may not exist yet."""
    if chosen := os.environ.get("IVR_MODELS"):
        return Path(chosen).expanduser().absolute()
    # The XDG base directory specification: a relative XDG_CACHE_HOME is to be ignored.
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (cache if cache.is_absolute() else Path.home() / ".cache") / "ivr-hotline" / "models"


def learned_folder() -> Path:
    """Where the models that hotlines' examples make are kept for the next process; it may not exist yet."""
    return root().parent / "learned"


def model_dir(name: str) -> Path:
    """The folder of an installed model. Raises ModelError, in one line that names the command that mends it."""
    catalogue = load()
    if name not in catalogue:
        raise ModelError(f'no model is called "{name}": run `ivr models list` to see those there are')
    model = catalogue[name]
    fault = fault_of(model)
    if fault == "":
        return folder_of(model)
    state = f"is damaged ({fault})" if folder_of(model).is_dir() else "is not installed"
    raise ModelError(f"the model {name} {state}: run `ivr models install {name}`")


def installed(name: str) -> bool:
    """Whether `model_dir(name)` would give a folder. A name that is not in the catalogue is not installed."""
    model = load().get(name)
    return model is not None and fault_of(model) == ""


def folder_of(model: Model) -> Path:
    """Where this model is, or would be."""
    return root() / model.name


def fault_of(model: Model, *, thorough: bool = False) -> str:
    """What is wrong with a model as installed, "" for nothing; `thorough` reads every byte, else sizes are compared."""
    folder = folder_of(model)
    if not folder.is_dir():
        return "not installed"
    try:
        manifest = read_manifest(folder)
        if manifest.get("digest") != model.digest:
            return "another version than this catalogue's"
        if not thorough and manifest.get("damaged"):
            return str(manifest["damaged"])
        return next(filter(None, (_fault_of_file(folder, file, thorough=thorough) for file in model.files)), "")
    except ValueError:
        return f"file {MANIFEST} cannot be read"
    except OSError as fault:
        return f"file {MANIFEST} {_reason(fault)}"


def _fault_of_file(folder: Path, file: ModelFile, *, thorough: bool) -> str:
    path = folder / file.path
    try:
        size = path.stat().st_size
        if size != file.size:
            return f"file {file.path} has {size} bytes instead of {file.size}"
        if thorough and sha256_of(path) != file.sha256:
            return f"file {file.path} has other content than it should"
    except OSError as fault:
        return f"file {file.path} {_reason(fault)}"
    return ""


def _reason(fault: OSError) -> str:
    return "is missing" if isinstance(fault, FileNotFoundError) else f"cannot be read: {fault.strerror}"


def remember(model: Model, fault: str) -> None:
    """Write into the manifest what a thorough look found, "" for nothing.

    Content may be wrong while every size is right: what `verify` found then has to be seen by the quick look too, so
    that no call is answered with a broken model, and `install` mends it. Raises ModelError if the manifest cannot be
    written.
    """
    folder = folder_of(model)
    try:
        manifest = read_manifest(folder)
    except (OSError, ValueError):
        return  # without a manifest the quick look finds the model damaged anyway
    if manifest.get("damaged", "") == fault:
        return
    manifest["damaged"] = fault
    with writing(folder):
        write_manifest(folder, manifest)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Put the manifest in place in one step. Raises OSError."""
    draft = folder / f".{MANIFEST}"
    draft.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(folder / MANIFEST)


def read_manifest(folder: Path) -> dict[str, Any]:
    """What `install` wrote: name, digest, licence, installed_at, sources by part, files. Raises OSError, ValueError."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(manifest, dict):
        raise ValueError("not an object")  # noqa: TRY004  malformed content, as json's own errors are
    return manifest


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
