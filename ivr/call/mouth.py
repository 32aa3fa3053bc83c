"""The mouth: prompts, one after the other, from text to the line, and what was really heard of each.

A prompt begins to be rendered when it is asked for, not when its turn comes, so that no silence falls between
two. Every `Say` ends in a `PromptEnded`, whatever happens: a voice that fails costs the caller a prompt, never
the call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

import structlog

from ivr.call.line import Line, Speech
from ivr.clock import now, outside_work
from ivr.dialogue.commands import Say
from ivr.dialogue.events import Event, PromptEnded, PromptStarted
from ivr_tts.api import SynthesisError

_log = structlog.get_logger(__name__)


class Renders(Protocol):
    """What turns text into 8 kHz PCM: `ivr_tts.voice.Voice`."""

    def render(self, text: str, language: str) -> AsyncIterator[bytes]: ...


class Mouth:
    """Speaks on one line; runs as a task."""

    def __init__(
        self, line: Line, emit: Callable[[Event], None], began: float, voice: Renders | None, language: str
    ) -> None:
        self._line = line
        self._emit = emit
        self._began = began
        self._voice = voice if line.speaks == "audio" else None
        self._language = language
        self._queue: asyncio.Queue[tuple[Say, _Rendering | None]] = asyncio.Queue()
        self._renderings: set[_Rendering] = set()

    def say(self, say: Say) -> None:
        """Speak after whatever is being spoken."""
        rendering = None
        if self._voice is not None:
            rendering = _Rendering(
                [self._voice.render(part, say.language or self._language) for part in say.parts or (say.text,)]
            )
            self._renderings.add(rendering)
        self._queue.put_nowait((say, rendering))

    def stop(self) -> None:
        """Cut what is being spoken and drop the rest; each is reported."""
        while not self._queue.empty():
            say, rendering = self._queue.get_nowait()
            self._drop(rendering)
            self._emit(PromptEnded(self._at(), say.prompt, 0, cut=True))
        self._line.cut()

    async def run(self) -> None:
        """Speak until cancelled."""
        try:
            while True:
                say, rendering = await self._queue.get()
                await self._speak(say, rendering)
        finally:
            for rendering in list(self._renderings):
                self._drop(rendering)

    async def _speak(self, say: Say, rendering: _Rendering | None) -> None:
        heard_ms, cut = 0, True

        def began() -> None:
            self._emit(PromptStarted(self._at(), say.prompt))

        try:
            played = await self._line.play(Speech(say.text, rendering.pieces() if rendering else None, began))
            heard_ms, cut = played.heard_ms, played.cut
        except SynthesisError as fault:
            _log.error("a prompt could not be spoken", prompt=say.prompt, why=str(fault))
        finally:
            self._drop(rendering)
            self._emit(PromptEnded(self._at(), say.prompt, heard_ms, cut))

    def _drop(self, rendering: _Rendering | None) -> None:
        if rendering is not None:
            rendering.cancel()
            self._renderings.discard(rendering)

    def _at(self) -> float:
        return now() - self._began


class _Rendering:
    """Audio being made ahead of its turn; as much as the voice gives, which is one prompt, part after part."""

    def __init__(self, audio: Sequence[AsyncIterator[bytes]]) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._fill(audio), name="render")

    async def _fill(self, audio: Sequence[AsyncIterator[bytes]]) -> None:
        try:
            with outside_work():
                for part in audio:
                    async for piece in part:
                        self._pieces.put_nowait(piece)
        finally:
            self._pieces.put_nowait(None)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The audio in order; raises what the voice raised."""
        while (piece := await self._pieces.get()) is not None:
            yield piece
        await self._task

    def cancel(self) -> None:
        """Stop rendering; what is rendered is dropped."""
        self._task.cancel()
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
