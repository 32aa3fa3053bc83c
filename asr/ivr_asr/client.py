"""The hotline's end of one worker process: requests out, replies in, and one exception when it is gone.

Decided: a worker that hangs is treated as one that crashed. Kaldi has no way to give up a decoding, so the process
is killed, all its hearings raise RecognizerLost, and the pool starts another. It hangs if nobody has had an answer
from it for the time that one answer may take; while it answers others it is only busy, and killing it would turn a
rush of callers into an outage. Whoever has waited 30 s in such a rush is given up alone.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque

from ivr_asr.api import ModelUnusable, RecognizerLost
from ivr_asr.wire import Decoder, Drop, Failed, Message, Ready, WireFault, encode

_READ_BYTES = 1 << 16
_START_S = 60.0
_END_S = 2.0
_LONGEST_WAIT_S = 30.0
_LAST_WORDS_BYTES = 300


class WorkerProcess:
    """One running worker. `load` is how many streams the hotline has open on it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[int, deque[asyncio.Future[Message]]] = {}
        self._numbers = 0
        self._last_words = b""
        self._answered_at = 0.0
        self.load = 0
        self.gone = asyncio.Event()
        self.reason = ""
        self._reading = asyncio.create_task(self._read(), name=f"asr-worker-{process.pid}")
        self._listening = asyncio.create_task(self._keep_last_words(), name=f"asr-worker-{process.pid}-stderr")

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    @classmethod
    async def start(cls, model: str, rate: int, *, denoise: bool = False) -> WorkerProcess:
        """Start a worker and wait until its model is loaded.

        Raises ModelUnusable with the worker's own words, or RecognizerLost if it dies before it can say any.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "ivr_asr.worker",
            model,
            str(rate),
            *(["denoise"] if denoise else []),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip  `-P`: a file json.py in the current folder is none of ours
        worker = cls(process)
        try:
            reply = await worker._reply_to(0, _START_S)
        except BaseException:  # cancelled too: no process may be left behind
            await worker.close()
            raise
        if isinstance(reply, Ready):
            return worker
        await worker.close()
        raise ModelUnusable(reply.reason if isinstance(reply, Failed) else f"it began with {type(reply).__name__}")

    def new_stream(self) -> int:
        """A stream number that was not used before; counts as load until `drop`."""
        self._numbers += 1
        self.load += 1
        return self._numbers

    async def request(self, message: Message, timeout_s: float) -> Message:
        """Send and wait for the reply; requests on one stream are made one after another.

        Raises RecognizerLost if the worker is gone, refuses, or answers nobody for `timeout_s` (it is killed then).
        """
        data = encode(message)
        waiting = self._reply_to(message.stream, timeout_s)
        if not self.gone.is_set() and self._process.stdin is not None:
            self._process.stdin.write(data)  # no drain: at most one request a stream is on its way
        reply = await waiting
        if isinstance(reply, Failed):
            raise RecognizerLost(f"the recogniser gave up on this speech ({reply.reason}).")
        return reply

    def drop(self, stream: int) -> None:
        """Forget a stream; may be called on a dead worker."""
        self.load -= 1
        if not self.gone.is_set() and self._process.stdin is not None:
            self._process.stdin.write(encode(Drop(stream)))

    async def close(self) -> None:
        """End the process, kindly if it will; what waits for it raises RecognizerLost."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_END_S):
                await self._process.wait()
        except TimeoutError:
            self._kill()
        await asyncio.gather(self._reading, self._listening)

    def _reply_to(self, stream: int, timeout_s: float) -> asyncio.Future[Message]:
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        if self.gone.is_set():
            future.set_exception(RecognizerLost(self.reason))
            return future
        self._waiting.setdefault(stream, deque()).append(future)
        self._watch(future, timeout_s, asyncio.get_running_loop().time())
        return future

    def _watch(self, future: asyncio.Future[Message], timeout_s: float, asked_at: float) -> None:
        """Judge `future` when its time is up, counted from the question or from the last answer to anyone."""
        loop = asyncio.get_running_loop()
        if future.done():
            return
        now, alive_at = loop.time(), max(asked_at, self._answered_at)
        waited = now - asked_at
        if waited >= max(timeout_s, _LONGEST_WAIT_S):
            future.set_exception(RecognizerLost(f"the recognition worker is overloaded: no answer in {waited:.0f} s"))
        elif now - alive_at >= timeout_s:
            self.reason = f"the recognition worker did not answer within {timeout_s:.1f} s"
            self._kill()
        else:
            timer = loop.call_at(alive_at + timeout_s, self._watch, future, timeout_s, asked_at)
            future.add_done_callback(lambda _: timer.cancel())

    def _kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()

    async def _read(self) -> None:
        decoder = Decoder()
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101  it was asked for as a pipe
        try:
            while data := await stdout.read(_READ_BYTES):
                for message in decoder.feed(data):
                    self._deliver(message)
        except WireFault as fault:
            self.reason = str(fault)
            self._kill()
            while await stdout.read(_READ_BYTES):
                pass  # what still comes means nothing; the pipe is emptied so that the process can be reaped
        status = await self._process.wait()
        await asyncio.wait([self._listening], timeout=_END_S)
        self._bury(status)

    def _deliver(self, message: Message) -> None:
        queue = self._waiting.get(message.stream)
        if not queue:
            raise WireFault(f"a recognition worker answered stream {message.stream}, which asked nothing.")
        future = queue.popleft()
        self._answered_at = asyncio.get_running_loop().time()
        if not queue:
            del self._waiting[message.stream]
        if not future.done():  # whoever asked may have been cancelled meanwhile
            future.set_result(message)

    def _bury(self, status: int) -> None:
        how = f"ended by signal {-status}" if status < 0 else f"ended with status {status}"
        said = self._last_words.decode("utf-8", "replace").strip().splitlines()
        self.reason = self.reason or f"the recognition worker {how}" + (f": {said[-1]}" if said else "")
        self.gone.set()
        for queue in self._waiting.values():
            for future in queue:
                if not future.done():
                    future.set_exception(RecognizerLost(self.reason))
                    future.exception()  # a cancelled asker must not turn this into a warning
        self._waiting.clear()

    async def _keep_last_words(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None  # noqa: S101  it was asked for as a pipe
        while said := await stderr.read(_READ_BYTES):
            self._last_words = (self._last_words + said)[-_LAST_WORDS_BYTES:]
