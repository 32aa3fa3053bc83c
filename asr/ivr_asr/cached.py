"""A recogniser that remembers: the same audio with the same phrases is decoded once and read from disk ever after.

It makes a recorded caller's call the same on every machine, and needs no model where all is in the cache: the
inner engine is not even started before the first miss. Decided: audio is looked up whole, so a miss is decoded only at
`finish` and there are no partial hypotheses, neither on a hit nor on a miss.

Options: `folder` (where the files are), `engine` (the inner one, default `vosk`), and all of the inner engine's own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ivr_asr.api import Hypothesis, ModelUnusable, RecognizerLost
from ivr_asr.wire import hypothesis_from_json, hypothesis_to_json

if TYPE_CHECKING:
    from ivr_asr.api import EngineFactory, Recognizer

VERSION = 2
"""Part of the key: raise it whenever the same audio would come out differently (grammars, confidences)."""


class Cached:
    """A Recognizer around `inner`; `model` names what decodes (the model's folder name) and how, as part of the key.

    `hits`, `misses` and `fault` (why the last one could not be written, "" if it could) are for reports.
    """

    def __init__(self, inner: Recognizer, folder: str | Path, model: str) -> None:
        self.rate = inner.rate
        self.hits = 0
        self.misses = 0
        self.fault = ""
        self._inner = inner
        self._folder = Path(folder).expanduser()
        self._model = model

    async def start(self) -> None:
        """Nothing: the inner engine is loaded at the first miss, if there is one."""

    async def open(self, *, phrases: Sequence[str] = ()) -> CachedHearing:
        """Begin a hearing; touches neither disk nor inner engine yet."""
        return CachedHearing(self, tuple(phrases))

    async def close(self) -> None:
        """End the inner engine. May be repeated."""
        await self._inner.close()

    async def recognise(self, pcm: bytes, phrases: tuple[str, ...]) -> Hypothesis:
        """The final hypothesis for a whole stretch of speech. Raises what the inner engine raises."""
        path = self._folder / f"{self.key(pcm, phrases)}.json"
        kept = await asyncio.to_thread(_read, path)
        if kept is not None:
            self.hits += 1
            return kept
        self.misses += 1
        await self._inner.start()
        hearing = await self._inner.open(phrases=phrases)
        try:
            await hearing.feed(pcm)
            hypothesis = await hearing.finish()
        finally:
            await hearing.close()
        try:
            await asyncio.to_thread(_write, path, hypothesis)
        except OSError as fault:  # a full disk or a read-only installation costs time, and not the caller's words
            self.fault = str(fault)
        return hypothesis

    def key(self, pcm: bytes, phrases: tuple[str, ...]) -> str:
        """The file's name: a digest of the audio, the model, the phrases in their order, the rate and VERSION."""
        named = [VERSION, self._model, self.rate, hashlib.sha256(pcm).hexdigest(), phrases]
        return hashlib.sha256(json.dumps(named, ensure_ascii=False).encode()).hexdigest()[:40]


class CachedHearing:
    """Keeps the audio until its end."""

    def __init__(self, owner: Cached, phrases: tuple[str, ...]) -> None:
        self._owner = owner
        self._phrases = phrases
        self._audio = bytearray()
        self._open = True

    async def feed(self, pcm: bytes, /) -> Hypothesis | None:
        """Keep it."""
        self._audio += pcm
        return None

    async def finish(self) -> Hypothesis:
        """From the cache, or decoded now and kept. Raises RecognizerLost, or ModelUnusable: a miss without a model."""
        if not self._open:
            raise RecognizerLost("this hearing was finished or closed before: open another.")
        self._open = False
        return await self._owner.recognise(bytes(self._audio), self._phrases)

    async def close(self) -> None:
        """Drop the audio."""
        self._open = False
        self._audio.clear()


def _read(path: Path) -> Hypothesis | None:
    try:
        return hypothesis_from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):  # no file, or a damaged one that the next write mends
        return None


def _write(path: Path, hypothesis: Hypothesis) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=".", suffix=".part", delete=False
    ) as file:
        json.dump(hypothesis_to_json(hypothesis), file, ensure_ascii=False, indent=1)
        file.write("\n")
    Path(file.name).chmod(0o644)  # temporary files are private, fixtures are not
    os.replace(file.name, path)  # noqa: PTH105  two processes may write the same file, and readers see one or the other


def engine(options: Mapping[str, str]) -> Recognizer:
    """The engine of the entry point `cached`; see the module's head for `options`. Raises ModelUnusable."""
    name = options.get("engine", "vosk")
    folder = options.get("folder", "")
    if not folder:
        raise ModelUnusable("the cached recogniser is given no place: set `folder` to where its files are.")
    found = [each for each in entry_points(group="ivr.asr") if each.name == name]
    if not found or name == "cached":
        raise ModelUnusable(f"there is no recogniser `{name}` to put a cache around: set `engine` to `vosk`.")
    factory = cast("EngineFactory", found[0].load())
    denoised = ", denoised" if options.get("denoise", "false").lower() == "true" else ""
    return Cached(factory(options), folder, f"{Path(options.get('model', name)).name}{denoised}")
