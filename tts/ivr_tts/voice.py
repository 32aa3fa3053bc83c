"""The hotline's voice: a text in, 8 kHz telephone audio out, from the best source there is.

Decided: a recording of a person first, then what is shipped, then what was rendered before, then the engine, then the
engine of last resort; a caller hears something whatever fails. What the engine renders is passed on piece by piece
while it is made, and kept. A text is rendered once however many callers ask for it at once, and goes on being rendered
when they have stopped listening, so that the next one finds it. One text at a time is rendered, in the order they were
asked for: two at once on the same cores would make both callers wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

from ivr_tts.api import SynthesisError, Synthesizer
from ivr_tts.prompt_audio import TelephoneRate
from ivr_tts.spoken_text import MANDARIN, spoken

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ivr_tts.cache import PromptCache

_PIECE_TIMEOUT_S = 90.0
_LAST_RESORTS = 2  # at once: each is a process, and the engine fails for all callers at the same time
_log = logging.getLogger(__name__)


class _Rendering:
    """One text being found or rendered by one task, heard by any number of callers, each from its beginning."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._ended = False
        self._fault: SynthesisError | None = None
        self._news = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.was_kept = False

    def add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._tell()

    def end(self, fault: SynthesisError | None = None) -> None:
        if not self._ended:
            self._ended, self._fault = True, fault
            self._tell()

    @property
    def pcm(self) -> bytes:
        return b"".join(self._pieces)

    async def heard(self) -> AsyncIterator[bytes]:
        """The pieces made so far, then the others as they come. Raises SynthesisError where the engine did."""
        at = 0
        while True:
            while at < len(self._pieces):
                yield self._pieces[at]
                at += 1
            if self._ended:
                if self._fault is not None:
                    raise self._fault
                return
            await self._news.wait()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class Voice:
    """What a hotline speaks with. Belongs to one event loop; `close` it when the hotline ends."""

    def __init__(self, engine: Synthesizer, *, cache: PromptCache, last_resort: Synthesizer | None = None) -> None:
        self._engine = engine
        self._cache = cache
        self._last_resort = last_resort
        self._turn = asyncio.Lock()
        self._last_turns = asyncio.Semaphore(_LAST_RESORTS)
        self._renderings: dict[str, _Rendering] = {}
        self._closed = False

    async def open(self) -> None:
        """Load the engine by letting it say one syllable, so that no caller waits for that (Kokoro: about two seconds).

        A hotline whose prompts are all rendered need not wait for this. Raises SynthesisError if the engine cannot
        speak and there is no last resort.
        """
        try:
            async with self._turn:
                async for _ in _telephone(self._engine, "一"):
                    pass
        except SynthesisError as fault:
            if self._last_resort is None:
                raise
            _log.warning("voice unusable, the last resort speaks", extra={"fault": str(fault)})

    async def close(self) -> None:
        """Stop rendering and free the engines; may be repeated."""
        self._closed = True
        tasks = [rendering.task for rendering in self._renderings.values() if rendering.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._engine.close()
        if self._last_resort is not None:
            await self._last_resort.close()

    def ready(self, text: str, language: str = MANDARIN) -> bool:
        """Whether `text` can be spoken at once, from a recording or a rendering (one look at the disk)."""
        return self._cache.has(spoken(text, language), self._engine.fingerprint)

    async def render(self, text: str, language: str = MANDARIN) -> AsyncIterator[bytes]:
        """`text` as 8 kHz 16-bit mono PCM, in pieces of any even length, the first as soon as it stands.

        Where the engine fails half way the last resort says the whole text again. Raises SynthesisError if nothing
        can speak. Leaving the iteration early stops nothing that another caller may want.
        """
        said = spoken(text, language)
        try:
            async for piece in self._rendering(said).heard():
                yield piece
        except SynthesisError as fault:
            if self._last_resort is None or self._closed:
                raise
            _log.warning("voice failed, the last resort speaks", extra={"fault": str(fault)})
        else:
            return
        async with self._last_turns, aclosing(_telephone(self._last_resort, said)) as pieces:
            async for piece in pieces:
                yield piece

    async def prepare(
        self,
        texts: Iterable[str],
        language: str = MANDARIN,
        *,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> int:
        """Render ahead what is not rendered yet; returns how many texts were.

        `progress(done, total, text)` is called after each text, rendered now or before. Raises SynthesisError if the
        engine cannot speak: the last resort is never kept.
        """
        wanted = list(dict.fromkeys(spoken(text, language) for text in texts))
        rendered = 0
        for done, said in enumerate(wanted, start=1):
            rendering = self._rendering(said)
            async for _ in rendering.heard():
                pass
            if rendering.task is not None:
                await asyncio.shield(rendering.task)  # until it is kept
            rendered += not rendering.was_kept
            if progress is not None:
                progress(done, len(wanted), said)
        return rendered

    def _rendering(self, said: str) -> _Rendering:
        if self._closed:
            raise SynthesisError("The voice is closed: open another.")
        rendering = self._renderings.get(said)
        if rendering is None:
            rendering = self._renderings[said] = _Rendering()
            rendering.task = asyncio.create_task(self._run(rendering, said), name="voice-rendering")
        return rendering

    async def _run(self, rendering: _Rendering, said: str) -> None:
        # The cache is asked in here, not before: one answer a text, and no gap between asking and rendering.
        try:
            kept = await asyncio.to_thread(self._cache.find, said, self._engine.fingerprint)
            if kept is not None:
                rendering.was_kept = True
                rendering.add(kept)
                rendering.end()
                return
            async with self._turn:
                async for piece in _telephone(self._engine, said):
                    rendering.add(piece)
            rendering.end()
            if pcm := rendering.pcm:
                await asyncio.to_thread(self._cache.store, said, self._engine.fingerprint, pcm)
        except SynthesisError as fault:
            rendering.end(fault)
        finally:
            rendering.end(SynthesisError("The voice was closed while it spoke: open another."))
            del self._renderings[said]


async def _telephone(engine: Synthesizer, said: str) -> AsyncGenerator[bytes, None]:
    """What `engine` makes of `said`, at 8 kHz; its faults of any kind as SynthesisError, its silence bounded."""
    rate = TelephoneRate(engine.rate)
    # The port promises an iterator; what has `aclose` is closed, so that a process behind it ends when we stop.
    pieces = cast("AsyncGenerator[bytes, None]", engine.speak(said))
    try:
        while True:
            async with asyncio.timeout(_PIECE_TIMEOUT_S):
                pcm = await anext(pieces, None)
            if pcm is None:
                break
            if piece := await asyncio.to_thread(rate.convert, pcm):
                yield piece
        if rest := rate.convert(b"", last=True):
            yield rest
    except SynthesisError:
        raise
    except TimeoutError:
        raise SynthesisError(f"The voice was silent for {_PIECE_TIMEOUT_S:g} s: choose another engine.") from None
    except Exception as fault:  # an engine is anybody's package, and whatever it raises a caller waits for a word
        raise SynthesisError(
            f"The voice failed ({fault}): choose another engine, or report it to its makers."
        ) from fault
    finally:
        if hasattr(pieces, "aclose"):
            await pieces.aclose()
