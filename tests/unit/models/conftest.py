"""Models of a few bytes, in a store of their own, so that nothing is downloaded and nobody's cache is touched."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ivr.models.catalogue import Download, Model, ModelFile, Part, Source


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def models_root(tmp_path, monkeypatch) -> Path:
    root = tmp_path / "models"
    monkeypatch.setenv("IVR_MODELS", str(root))
    monkeypatch.delenv("IVR_MODELS_FROM", raising=False)
    return root


@pytest.fixture
def make_part():
    """A part of the given files; `lines` are added at installation to the file of that path."""

    def make(files: dict[str, bytes], *, title="model", lines=None, sources=()):
        lines = lines or {}
        installed = {path: content + lines.get(path, "").encode() for path, content in files.items()}
        return Part(
            title,
            tuple(
                ModelFile(path, len(content), sha256(content), lines.get(path, "").strip())
                for path, content in installed.items()
            ),
            tuple(sources),
        )

    return make


@pytest.fixture
def make_model(make_part):
    def make(files: dict[str, bytes], *, name="ears-small-zh", default=True, **more) -> Model:
        return Model(name, "recognises", "zh", "Apache-2.0", default, (make_part(files, **more),))

    return make


@pytest.fixture
def source():
    """A source with one download of unknown content."""

    def make(how="web", what="https://models.example/ears.zip", content: bytes | None = None, pieces=()):
        published = (len(content), sha256(content)) if content is not None else (0, "")
        return Source(how, (Download(what, *published),), tuple(pieces))

    return make


class Courier:
    """A fetcher that hands over a file, or fails as it is told; `asked` counts."""

    def __init__(self, brings=None, fails=None):
        self.brings, self.fails, self.asked = brings, fails, 0

    def fetch(self, _source, _into, _progress):
        self.asked += 1
        if self.fails:
            raise self.fails
        return [self.brings]


@pytest.fixture
def courier():
    return Courier


class Told:
    """A progress that remembers what was said."""

    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)

    def start(self, what, _total):
        self.notes.append(f"start {what}")

    def reach(self, done):
        self.reached = done

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def told():
    return Told()
