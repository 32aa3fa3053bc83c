"""The mouth: prompts, one after the other, from text to the line, and what was really heard of each.

A prompt begins to be rendered when it is asked for, not when its turn comes, so that no silence falls between
two. Every `Say` ends in a `PromptEnded`, whatever happens: a voice that fails costs the caller a prompt, never
the call.
A pause is a cut of the line, so every line can be paused: what was rendered is kept, and going on is playing the rest,
from the quietest place 200 to 500 ms before the cut, since callers have not taken in what they heard last. `heard_ms`
is how far the caller has come in the prompt; what was said twice counts once.
Voices begin a prompt with 20 to 80 ms of silence, which a caller waits for like for any other delay: it is not played.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

import numpy as np
import structlog

from ivr.audio import FRAME_BYTES, FRAME_MS
from ivr.call.line import Line, Played, Speech
from ivr.clock import now, outside_work
from ivr.dialogue.commands import Say
from ivr.dialogue.events import Event, PromptEnded, PromptStarted
from ivr_tts.api import SynthesisError

_log = structlog.get_logger(__name__)
_BACK_MS = (200, 500)
_BYTES_A_MS = FRAME_BYTES // FRAME_MS
_AUDIBLE = 184  # -45 dBFS
_ONSET_MS = 10


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
        self._prepared: list[_Rendering] = []
        self._may_speak = asyncio.Event()
        self._may_speak.set()
        self._paused_this = self._dropped_this = False

    def say(self, say: Say) -> None:
        """Speak after whatever is being spoken."""
        self._queue.put_nowait((say, self._render(say)))

    def prepare(self, says: Sequence[Say]) -> None:
        """Have the voice begin with what may be said next: it is never played from here, `say` finds it with the voice,
        made or in the making. What was prepared before is dropped, unheard."""
        for rendering in self._prepared:
            self._drop(rendering)
        begun = [self._render(say) for say in says]
        self._prepared = [rendering for rendering in begun if rendering is not None]

    def _render(self, say: Say) -> _Rendering | None:
        if self._voice is None:
            return None
        rendering = _Rendering(
            [self._voice.render(part, say.language or self._language) for part in say.parts or (say.text,)]
        )
        self._renderings.add(rendering)
        return rendering

    def stop(self) -> None:
        """Cut what is being spoken and drop the rest; each is reported."""
        while not self._queue.empty():
            say, rendering = self._queue.get_nowait()
            self._drop(rendering)
            self._emit(PromptEnded(self._at(), say.prompt, 0, cut=True))
        self._dropped_this = True
        self._may_speak.set()
        self._line.cut()

    def pause(self) -> None:
        """Be silent at once, and keep what is being spoken and what waits."""
        self._may_speak.clear()
        self._paused_this = True
        self._line.cut()

    def resume(self) -> None:
        """Go on where `pause` came in between. Not paused: no effect."""
        self._may_speak.set()

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
        self._dropped_this = False
        try:
            heard_ms, cut = await self._play_on(say, rendering)
        except SynthesisError as fault:
            _log.error("a prompt could not be spoken", prompt=say.prompt, why=str(fault))
        finally:
            self._drop(rendering)
            self._emit(PromptEnded(self._at(), say.prompt, heard_ms, cut))

    async def _play_on(self, say: Say, rendering: _Rendering | None) -> tuple[int, bool]:
        """Play, and after each pause the rest; how much of it was heard, and whether it was cut for good."""
        from_ms = heard_ms = 0
        told = False

        def began() -> None:
            nonlocal told
            if not told:
                told = True
                self._emit(PromptStarted(self._at(), say.prompt))

        while True:
            await self._may_speak.wait()
            if self._dropped_this:
                return heard_ms, True
            self._paused_this = False
            text = say.text if rendering is not None else _rest(say.text, from_ms, heard_ms)
            audio = rendering.pieces(from_ms) if rendering is not None else None
            played: Played = await self._line.play(Speech(text, audio, began))
            heard_ms = max(heard_ms, from_ms + played.heard_ms)
            if not played.cut or self._dropped_this or not self._paused_this:
                return heard_ms, played.cut
            from_ms = rendering.place_before(heard_ms) if rendering is not None else heard_ms

    def _drop(self, rendering: _Rendering | None) -> None:
        if rendering is not None:
            rendering.cancel()
            self._renderings.discard(rendering)

    def _at(self) -> float:
        return now() - self._began


def without_lead(pcm: bytes) -> bytes:
    """16-bit PCM without the silence that it begins with, but for 10 ms; what is silent altogether is left whole."""
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm[: len(pcm) & ~1], dtype="<i2").astype(np.int32)) >= _AUDIBLE)
    return pcm[max(0, 2 * int(loud[0]) - _ONSET_MS * _BYTES_A_MS) :] if loud.size else pcm


def _rest(text: str, from_ms: int, heard_ms: int) -> str:
    """What is left to say on a line that speaks text, as far as characters tell."""
    return text if not heard_ms else text[min(len(text), from_ms * 9 // 2000) :]


class _Rendering:
    """Audio being made ahead of its turn; as much as the voice gives, which is one prompt, part after part. All of it
    is kept until the prompt is over, so that it can be played again from any place."""

    def __init__(self, audio: Sequence[AsyncIterator[bytes]]) -> None:
        self._made = bytearray()
        self._over = False
        self._more = asyncio.Event()
        self._task = asyncio.create_task(self._fill(audio), name="render")

    async def _fill(self, audio: Sequence[AsyncIterator[bytes]]) -> None:
        try:
            with outside_work():
                for part in audio:
                    async for piece in part:
                        self._made += piece if self._made else without_lead(piece)
                        self._more.set()
        finally:
            self._over = True
            self._more.set()

    async def pieces(self, from_ms: int = 0) -> AsyncIterator[bytes]:
        """The audio in order from `from_ms` on; raises what the voice raised."""
        given = from_ms * _BYTES_A_MS
        while True:
            self._more.clear()
            if len(self._made) > given:
                piece = bytes(self._made[given:])
                given += len(piece)
                yield piece
            elif self._over:
                break
            else:
                await self._more.wait()
        await self._task

    def place_before(self, heard_ms: int) -> int:
        """Where to go on after a cut at `heard_ms`: the quietest frame 200 to 500 ms before it, in ms."""
        latest, earliest = (max(0, heard_ms - back) // FRAME_MS for back in _BACK_MS)
        heard = np.frombuffer(self._made, dtype="<i2", count=latest * FRAME_BYTES // 2)
        frames = heard.reshape(-1, FRAME_BYTES // 2)[earliest:].astype(np.float32)
        return (earliest + int(np.argmin(np.sum(frames**2, axis=1)))) * FRAME_MS if len(frames) else 0

    def cancel(self) -> None:
        """Stop rendering; what is rendered is dropped."""
        self._task.cancel()
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
