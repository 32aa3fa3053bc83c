"""What others do, to be compared with: each call has one free recogniser, which is fed every frame from first to last.

So works a server of the vosk-server kind: one model, as many decoding threads as cores, and the recogniser's own
end-pointer says when a sentence is over. Audio goes in as a client of such a server sends it, 200 ms at a time.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import vosk

from ivr.audio import RATE
from ivr.call.line import AudioFrame
from ivr.hearing.expectation import Expectation

_PIECE_BYTES = 3200


class AlwaysOnServer:
    """The model and the threads, shared by all calls; `close` it."""

    def __init__(self, model: Path) -> None:
        vosk.SetLogLevel(-1)
        self.model: Any = vosk.Model(str(model))
        self.threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="always-on")

    def drain(self) -> None:
        """Drop what waits to be decoded and wait for the rest; the threads stay."""
        for thread in [self.threads.submit(int) for _ in range(os.cpu_count() or 1)]:
            thread.result()

    def close(self) -> None:
        """Wait for the piece that is being decoded, and drop the rest."""
        self.threads.shutdown(cancel_futures=True)


class AlwaysOnCall:
    """One call as a Listener. `result()` is called for each sentence in which something was understood."""

    def __init__(self, server: AlwaysOnServer, result: Callable[[], None]) -> None:
        self._server = server
        self._result = result
        self._recognizer: Any = vosk.KaldiRecognizer(server.model, float(RATE))
        self._recognizer.SetWords(True)
        self._pieces: deque[bytes] = deque()
        self._piece = bytearray()
        self._busy = False
        self._closed = False
        self._loop = asyncio.get_running_loop()

    def expect(self, expectation: Expectation) -> None:
        """It expects anything, always."""

    def hear(self, frame: AudioFrame) -> None:
        """Decode it in its turn."""
        self._piece += frame.pcm
        if len(self._piece) < _PIECE_BYTES:
            return
        self._pieces.append(bytes(self._piece))
        self._piece.clear()
        self._next()

    def close(self) -> None:
        """Decode nothing more."""
        self._closed = True
        self._pieces.clear()

    def _next(self) -> None:
        if self._closed or self._busy or not self._pieces:
            return
        self._busy = True
        decoding = self._server.threads.submit(self._decode, self._pieces.popleft())
        decoding.add_done_callback(
            lambda done: done.cancelled() or self._loop.call_soon_threadsafe(self._decoded, done.result())
        )

    def _decode(self, pcm: bytes) -> bool:
        """Whether a sentence ended in which there was something."""
        if self._recognizer.AcceptWaveform(pcm):
            return bool(json.loads(self._recognizer.Result()).get("text"))
        self._recognizer.PartialResult()
        return False

    def _decoded(self, sentence: bool) -> None:  # noqa: FBT001  what a future gives
        self._busy = False
        if sentence and not self._closed:
            self._result()
        self._next()
