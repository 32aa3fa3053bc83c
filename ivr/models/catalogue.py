"""Which models there are, read from `asr/models.toml` and `tts/voices.toml`.

The decision that rules this package: a model is the list of its files with their sha256, and nothing else about it
is trusted. Where the bytes come from, an official archive, a wheel, a tarball, somebody's folder, only decides which
places are searched; a file is installed when its content is the one listed, under the path listed here, never under a
path that an archive names. So every source is equal, path traversal has no way in, and a changed upstream cannot slip
through.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast, get_args

from ivr.errors import ModelError
from ivr.shipped import shipped

How = Literal["web", "pip", "npm"]

_CATALOGUES = ("asr/models.toml", "tts/voices.toml")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# What pip and npm take as one argument: never a flag, an address or a folder.
_PACKAGE = re.compile(r"[A-Za-z0-9@][\w.@/-]*(==|@)[\w.]+")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file as it stands when installed. `line` is what installation adds to the source's file, where it lacks it."""

    path: str
    size: int
    sha256: str
    line: str = ""

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True)
class Download:
    """One thing to fetch: an address, or a package with its version. Size 0 and an empty sha256: not published."""

    what: str
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One way to get a part. `pieces` are paths inside the downloads, joined in order into the part's one file."""

    how: How
    downloads: tuple[Download, ...]
    pieces: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(download.size for download in self.downloads)


@dataclass(frozen=True, slots=True)
class Part:
    """Files that come together; `sources` in the order in which they are tried."""

    title: str
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the catalogue; `default` ones are what the demo needs."""

    name: str
    purpose: str
    language: str
    licence: str
    default: bool
    parts: tuple[Part, ...]

    @property
    def files(self) -> tuple[ModelFile, ...]:
        return tuple(file for part in self.parts for file in part.files)

    @property
    def size(self) -> int:
        """Bytes on the disk when installed."""
        return sum(part.size for part in self.parts)

    @property
    def digest(self) -> str:
        """One sha256 over the sorted lines `sha256  path`, as `sha256sum` would print them."""
        lines = sorted(f"{file.sha256}  {file.path}\n" for file in self.files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def load(*paths: Path) -> dict[str, Model]:
    """The models by name, in the catalogues' order; without `paths` the shipped catalogues. Raises ModelError."""
    models: dict[str, Model] = {}
    for path in paths or tuple(shipped(name) for name in _CATALOGUES):
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
            for entry in document.get("model", []):
                model = _model(entry)
                if model.name in models:
                    raise ValueError(f"{model.name} stands there twice")  # noqa: TRY301  told with the file's name
                models[model.name] = model
        except OSError as fault:
            raise ModelError(f"the model catalogue {path} cannot be read ({fault.strerror}): reinstall ivr") from fault
        except KeyError as fault:
            raise ModelError(f"the model catalogue {path} has an entry without {fault}: add it") from fault
        except (ValueError, TypeError) as fault:
            raise ModelError(f"the model catalogue {path} cannot be used: {fault}") from fault
    return models


def choose(names: tuple[str, ...] | list[str], catalogue: Mapping[str, Model]) -> list[Model]:
    """The models called `names`, each once; none: the default ones. Raises ModelError for a name that is unknown."""
    for name in names:
        if name not in catalogue:
            raise ModelError(f'no model is called "{name}": run `ivr models list` to see those there are')
    if names:
        return [catalogue[name] for name in dict.fromkeys(names)]
    return [model for model in catalogue.values() if model.default]


def _model(entry: Mapping[str, Any]) -> Model:
    name = str(entry["name"])
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
        raise ValueError(f'the name "{name}" is not made of a-z, 0-9, dot, underscore and hyphen')
    model = Model(
        name=name,
        purpose=str(entry["purpose"]),
        language=str(entry["language"]),
        licence=str(entry["licence"]),
        default=bool(entry.get("default", False)),
        parts=tuple(_part(part) for part in entry["part"]),
    )
    if len({file.path for file in model.files}) != len(model.files):
        raise ValueError(f"{name} lists a file twice")
    return model


def _part(entry: Mapping[str, Any]) -> Part:
    files = tuple(_file(file) for file in entry["files"])
    sources = tuple(_source(source, files) for source in entry.get("source", []))
    return Part(title=str(entry["title"]), files=files, sources=sources)


def _file(entry: Mapping[str, Any]) -> ModelFile:
    path = PurePosixPath(str(entry["path"]))
    if path.is_absolute() or not path.parts or ".." in path.parts or path.parts[0].startswith("."):
        raise ValueError(f'the path "{path}" would leave the model\'s folder or be hidden in it')
    return ModelFile(str(path), int(entry["size"]), _sha256(str(entry["sha256"])), str(entry.get("line", "")))


def _source(entry: Mapping[str, Any], files: tuple[ModelFile, ...]) -> Source:
    how = str(entry["how"])
    if how not in get_args(How):
        raise ValueError(f'"{how}" is no way to get a model: write one of {", ".join(get_args(How))}')
    if "base" in entry:
        base = str(entry["base"]).rstrip("/")
        downloads = tuple(Download(f"{base}/{file.path}", file.size, file.sha256) for file in files)
    else:
        downloads = tuple(_download(download) for download in entry["downloads"])
    for download in downloads:
        fits = download.what.startswith("https://") if how == "web" else _PACKAGE.fullmatch(download.what)
        if not fits:
            raise ValueError(f'"{download.what}" is not an https address, nor a package with its version')
    pieces = tuple(str(piece) for piece in entry.get("pieces", ()))
    if pieces and len(files) != 1:
        raise ValueError("pieces make one file, and this part has several")
    return Source(cast("How", how), downloads, pieces)


def _download(entry: Mapping[str, Any]) -> Download:
    sha256 = str(entry.get("sha256", ""))
    return Download(str(entry["what"]), int(entry.get("size", 0)), _sha256(sha256) if sha256 else "")


def _sha256(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError(f'"{text}" is no sha256 (64 of 0-9 and a-f)')
    return text
