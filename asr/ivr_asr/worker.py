"""One recognition worker: `python -m ivr_asr.worker MODEL RATE [denoise]`, spoken to through its pipes in
wire.py's frames.

Kaldi ends its whole process on an assertion, so recognisers live here and never in the hotline. Vosk lets go
of the interpreter while it decodes, so one model and a few threads serve several callers. Each stream has one ordered
queue, and at most one thread works on it. The worker ends when its input ends: no orphan outlives the hotline.

Decided: what nobody waits for in real time (a free second look) has one thread of its own at the lowest priority that
the system has, and takes its next piece only while no live audio waits here. So it takes what callers leave over,
the other workers' callers too, and nobody's live turn is behind ten seconds of it.

Kaldi's own end-pointing is not used: its answer "a sentence ended" is passed over, so that a turn is one lattice from
its first word to its last, and the hotline alone decides when the turn is over.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import thread_time
from typing import Any

from ivr_asr.api import Hypothesis
from ivr_asr.denoise import NoiseSuppressor
from ivr_asr.nbest import N_BEST, final_hypothesis
from ivr_asr.phrases import UNKNOWN, Splitter, join_words
from ivr_asr.wire import Audio, Check, Decoder, Drop, Failed, Finish, Message, Open, Opened, Ready, Result, encode

_THREADS = 2
"""A worker gets about one core; the second thread lets a short piece pass by a long one."""
_NICE = 10
_LONGEST_YIELD_S = 1.0
"""How long a second look makes way before each of its pieces: it comes late under load, and not never."""
_PIECE_MS = 200
_READ_BYTES = 1 << 16


class Stream:
    """One hearing inside the worker: its Vosk recogniser and its requests in order."""

    def __init__(self) -> None:
        self.waiting: deque[Message] = deque()
        self.working = False
        self.unhurried = False
        self.dropped = False
        self.recognizer: Any = None
        self.suppressor: NoiseSuppressor | None = None
        self.partial = ""


class Worker:
    """Takes requests in, sends replies out; `handle` returns at once and threads do the work."""

    def __init__(
        self,
        model: Any,
        new_recognizer: Callable[..., Any],
        rate: int,
        send: Callable[[Message], None],
        *,
        denoise: bool = False,
    ) -> None:
        self._new_recognizer = new_recognizer
        self._model = model
        self._rate = rate
        self._send = send
        self._denoise = denoise
        self._splitter = Splitter(lambda word: model.vosk_model_find_word(word) >= 0)
        self._splitting = threading.Lock()
        self._lock = threading.Lock()
        self._streams: dict[int, Stream] = {}
        self._live_waiting = 0
        self._live_done = threading.Condition(self._lock)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="decode")
        self._leftover = ThreadPoolExecutor(1, thread_name_prefix="second-look", initializer=_lowest_priority)

    def handle(self, message: Message) -> None:
        """Queue one request behind those of its stream."""
        with self._lock:
            stream = self._streams.setdefault(message.stream, Stream())
            if isinstance(message, Drop):
                stream.dropped = True
            if isinstance(message, Open):
                stream.unhurried = message.unhurried
            stream.waiting.append(message)
            self._live_waiting += not stream.unhurried
            if stream.working:
                return
            stream.working = True
        (self._leftover if stream.unhurried else self._threads).submit(self._work, message.stream, stream)

    def _work(self, number: int, stream: Stream) -> None:
        while True:
            with self._lock:
                if not stream.waiting:
                    stream.working = False
                    if stream.recognizer is None:
                        self._streams.pop(number, None)
                    return
                message = stream.waiting.popleft()
            began = thread_time()
            try:
                reply = self._carry_out(stream, message)
            except Exception as fault:  # noqa: BLE001  whatever Vosk's binding raises ends this stream, not the others
                stream.recognizer = None
                reply = Failed(number, f"{type(fault).__name__}: {fault}")
            if isinstance(reply, Result):
                reply = replace(reply, cpu_ms=(thread_time() - began) * 1000)
            if reply is not None:
                self._send(reply)
            if not stream.unhurried:
                with self._lock:
                    self._live_waiting -= 1
                    self._live_done.notify()

    def _carry_out(self, stream: Stream, message: Message) -> Message | None:
        match message:
            case Check(number, phrases):
                with self._splitting:
                    return Opened(number, self._splitter.grammar(phrases).missing)
            case Open(number, phrases, _):
                return Opened(number, self._open(stream, phrases))
            case Drop():
                stream.recognizer = None
                return None
            case Audio(number, pcm) if stream.recognizer is not None:
                return Result(number, self._feed(stream, pcm))
            case Finish(number) if stream.recognizer is not None:
                if stream.suppressor is not None:
                    stream.recognizer.AcceptWaveform(stream.suppressor.flush())
                result = json.loads(stream.recognizer.FinalResult())
                stream.recognizer = None  # 41 MB (FACTS.md), so not kept for the next turn
                return Result(number, final_hypothesis(result))
            case _:
                return Failed(message.stream, "the stream is not open")

    def _open(self, stream: Stream, phrases: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        with self._splitting:
            grammar = self._splitter.grammar(phrases)
        extra = (grammar.json,) if grammar.json else ()
        stream.recognizer = self._new_recognizer(self._model, float(self._rate), *extra)
        stream.recognizer.SetWords(True)
        stream.recognizer.SetMaxAlternatives(N_BEST)
        stream.partial = ""
        stream.suppressor = NoiseSuppressor(self._rate) if self._denoise else None
        return grammar.missing

    def _make_way(self) -> None:
        with self._live_done:
            self._live_done.wait_for(lambda: not self._live_waiting, timeout=_LONGEST_YIELD_S)

    def _feed(self, stream: Stream, pcm: bytes) -> Hypothesis | None:
        piece_bytes = self._rate * _PIECE_MS // 1000 * 2
        for start in range(0, len(pcm), piece_bytes):
            if stream.unhurried:
                self._make_way()
            if stream.dropped:  # nobody waits for the rest of a long second look
                return None
            piece = pcm[start : start + piece_bytes]
            if stream.suppressor is not None:
                piece = stream.suppressor.feed(piece)
            if piece:
                stream.recognizer.AcceptWaveform(piece)
        words = json.loads(stream.recognizer.PartialResult()).get("partial", "").split()
        text = join_words([word for word in words if word != UNKNOWN])
        if text == stream.partial:
            return None
        stream.partial = text
        return Hypothesis(text)


def _lowest_priority() -> None:
    """For this thread alone, which on Linux has a priority of its own; elsewhere it would be the whole process's."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _sender(output: int) -> Callable[[Message], None]:
    lock = threading.Lock()

    def send(message: Message) -> None:
        data = memoryview(encode(message))
        with lock:
            while data:
                data = data[os.write(output, data) :]

    return send


def _load(folder: str) -> tuple[Any, Callable[..., Any]]:
    import vosk  # noqa: PLC0415  only the worker loads Kaldi, and only once it can say what failed

    if not Path(folder, "am", "final.mdl").is_file():
        raise FileNotFoundError("it holds no am/final.mdl")
    vosk.SetLogLevel(-1)
    return vosk.Model(folder), vosk.KaldiRecognizer


def main(folder: str, rate: int, *, denoise: bool = False) -> None:
    """Serve until the input ends. Never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal; the hotline decides when we end
    output = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not land between two frames
    send = _sender(output)
    try:
        model, new_recognizer = _load(folder)
    except Exception as fault:  # noqa: BLE001  Vosk raises a bare Exception for a model it cannot read
        send(Failed(0, str(fault)))
        os._exit(1)
    worker = Worker(model, new_recognizer, rate, send, denoise=denoise)
    send(Ready(0))
    decoder = Decoder()
    while data := os.read(0, _READ_BYTES):
        for message in decoder.feed(data):
            worker.handle(message)
    os._exit(0)  # decoding threads have nobody left to answer


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), denoise="denoise" in sys.argv[3:])
