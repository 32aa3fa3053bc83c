"""A recogniser that remembers: the same audio with the same phrases is decoded once and read from disk ever after.

It makes a recorded caller's call the same on every machine, and needs no model where all is in the cache: the inner
engine is not even started before the first miss.

Decided: what is remembered is every answer, not only the last. A partial hypothesis ends turns early and prepares
replies, so a call without them is another call. Each piece of audio continues a chain of digests (the first link names
model, phrases, rate and VERSION), and what the engine answered to it is kept under its link. Pieces that were cut
elsewhere are another chain, because the engine may answer them otherwise. Where the chain was never gone before, the
inner engine is given all that was fed, piece for piece, and goes on.

Options: `folder` (where the files are, see cache_folder.py), `engine` (the inner one, default `vosk`), `cache_mb`
(default 256; the oldest files make way), and all of the inner engine's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ivr_asr.api import Hypothesis, ModelUnusable, RecognizerLost
from ivr_asr.cache_folder import DEFAULT_MB, Answers, CacheFolder
from ivr_asr.wire import hypothesis_from_json, hypothesis_to_json

if TYPE_CHECKING:
    from ivr_asr.api import EngineFactory, Hearing, Recognizer

VERSION = 3
"""Part of the key: raise it whenever the same audio would come out differently (grammars, confidences)."""


class Cached:
    """A Recognizer around `inner`; `model` names what decodes (the model's folder name) and how, as part of the key.

    `hits` and `misses` count hearings, the latter those for which the inner engine was needed; `fault` is why the last
    answer could not be written, "" if it could. It tells no pressure: a call must not go otherwise for being decoded.
    """

    def __init__(self, inner: Recognizer, folder: str | Path, model: str, *, limit_mb: int = DEFAULT_MB) -> None:
        self.rate = inner.rate
        self.hits = 0
        self.misses = 0
        self.inner = inner
        self.files = CacheFolder(folder, limit_mb)
        self._model = model

    @property
    def fault(self) -> str:
        """Why answers could not be written, "" if they could."""
        return self.files.fault

    async def start(self) -> None:
        """Nothing: the inner engine is loaded at the first miss, if there is one."""

    async def open(self, *, phrases: Sequence[str] = ()) -> CachedHearing:
        """Begin a hearing; touches neither disk nor inner engine yet."""
        return CachedHearing(self, tuple(phrases))

    async def close(self) -> None:
        """Write what is still to be written, and end the inner engine. May be repeated."""
        await self.files.close()
        await self.inner.close()

    def first_link(self, phrases: tuple[str, ...]) -> bytes:
        """Of every chain with these phrases, in their order."""
        return _first_link(self._model, self.rate, phrases)


class CachedHearing:
    """Answers from the files as long as they know the way, and from the inner engine from then on."""

    def __init__(self, owner: Cached, phrases: tuple[str, ...]) -> None:
        self._owner = owner
        self._phrases = phrases
        self._link = owner.first_link(phrases)
        self._fed: list[bytes] = []
        self._answers: Answers | None = None
        self._inner: Hearing | None = None
        self._open = True

    async def feed(self, pcm: bytes, /) -> Hypothesis | None:
        """What the engine says to it, now or before. Raises RecognizerLost, or ModelUnusable: a miss without a
        model."""
        self._need_open()
        self._link = _next_link(self._link, pcm)
        answers = await self._known()
        if self._inner is None and self._link in answers:
            self._fed.append(bytes(pcm))
            return _hypothesis(answers[self._link])
        inner = self._inner or await self._open_inner()
        self._fed.append(bytes(pcm))
        return self._keep(await inner.feed(pcm))

    async def finish(self) -> Hypothesis:
        """The final hypothesis, likewise."""
        self._need_open()
        self._link = _next_link(self._link, b"", end=True)
        answers = await self._known()
        if self._inner is None and (kept := _hypothesis(answers.get(self._link))) is not None:
            await self.close()
            return kept
        inner = self._inner or await self._open_inner()
        hypothesis = await inner.finish()
        self._keep(hypothesis)
        await self.close()
        return _as_kept(hypothesis)

    async def close(self) -> None:
        """Have the answers written, and drop the audio."""
        if not self._open:
            return
        self._open = False
        inner, self._inner = self._inner, None
        if self._answers is not None:
            self._owner.misses += inner is not None
            self._owner.hits += inner is None
        self._fed.clear()
        if inner is not None:
            if self._answers is not None:
                self._answers.save()
            await inner.close()

    def _need_open(self) -> None:
        if not self._open:
            raise RecognizerLost("this hearing was finished or closed before: open another.")

    async def _known(self) -> Answers:
        """Those of all hearings that began with the same piece: one file."""
        if self._answers is None:
            self._answers = await self._owner.files.answers(self._link.hex())
        return self._answers

    async def _open_inner(self) -> Hearing:
        """The inner engine, as far as this hearing is."""
        await self._owner.inner.start()
        self._inner = await self._owner.inner.open(phrases=self._phrases)
        for piece in self._fed:
            await self._inner.feed(piece)
        return self._inner

    def _keep(self, hypothesis: Hypothesis | None) -> Hypothesis | None:
        if self._answers is not None:
            self._answers[self._link] = None if hypothesis is None else hypothesis_to_json(hypothesis)
        return None if hypothesis is None else _as_kept(hypothesis)


@lru_cache(maxsize=256)
def _first_link(model: str, rate: int, phrases: tuple[str, ...]) -> bytes:
    named = json.dumps([VERSION, model, rate, phrases], ensure_ascii=False)
    return hashlib.blake2b(named.encode(), digest_size=16).digest()


def _next_link(link: bytes, piece: bytes, *, end: bool = False) -> bytes:
    return hashlib.blake2b(piece, digest_size=16, key=link, person=b"end" if end else b"piece").digest()


def _hypothesis(kept: object) -> Hypothesis | None:
    return hypothesis_from_json(kept) if isinstance(kept, dict) else None


def _as_kept(hypothesis: Hypothesis) -> Hypothesis:
    """As it will be read from the file: the first run is the second's equal, to the last digit."""
    return hypothesis_from_json(hypothesis_to_json(hypothesis))


def engine(options: Mapping[str, str]) -> Recognizer:
    """The engine of the entry point `cached`; see the module's head for `options`. Raises ModelUnusable."""
    name = options.get("engine", "vosk")
    folder = options.get("folder", "")
    if not folder:
        raise ModelUnusable("the cached recogniser is given no place: set `folder` to where its files are.")
    found = _engines().get(name)
    if found is None or name == "cached":
        raise ModelUnusable(f"there is no recogniser `{name}` to put a cache around: set `engine` to `vosk`.")
    limit = options.get("cache_mb", str(DEFAULT_MB))
    if not limit.isdecimal() or int(limit) < 1:
        raise ModelUnusable(f"`cache_mb` is `{limit}`: give a whole number of megabytes, such as {DEFAULT_MB}.")
    factory = cast("EngineFactory", found.load())
    denoised = options.get("denoise", "false").lower() == "true"
    return Cached(
        factory(options),
        folder,
        decoder_name(options.get("model", name), engine=name, denoised=denoised),
        limit_mb=int(limit),
    )


def decoder_name(model: str | Path, *, engine: str = "vosk", denoised: bool = False) -> str:
    """What decodes, as the cache's key names it: the model's folder, the engine's release, and whether steady noise is
    taken out before."""
    return f"{Path(model).name}, {engine} {_release(engine)}{', denoised' if denoised else ''}"


@cache
def _engines() -> dict[str, EntryPoint]:
    """Found once: every package's metadata is read for it, and a run of cases opens an engine a call."""
    return {each.name: each for each in entry_points(group="ivr.asr")}


@cache
def _release(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # no package of its own, or it is not needed here: all is in the cache
        return "any"
