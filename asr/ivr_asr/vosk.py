"""The default recogniser: Vosk in worker processes, offline.

Options: `model` (the model's folder), `workers` (processes, default 2 or as many as there are cores if fewer),
`hearings` (how many at once, 41 MB each, default 20 a worker), `rate` (Hz, default 8000, the telephone's), `denoise`
(`true` or `false`, the default: whether steady noise is taken out first, denoise.py). A state's phrases go in as the
grammar: half the errors, a fifth of the cost (FACTS.md).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ivr_asr.api import Hypothesis, ModelUnusable, Pressure, RecognizerLost
from ivr_asr.client import WorkerProcess
from ivr_asr.pool import WorkerPool
from ivr_asr.pressure import Meter, Places
from ivr_asr.wire import Audio, Check, Finish, Message, Open, Opened, Result

if TYPE_CHECKING:
    from ivr_asr.api import Recognizer

_Reply = TypeVar("_Reply", Opened, Result)
_ANSWER_S = 5.0
_ANSWER_S_PER_S = 2.0
_HEARINGS_A_WORKER = 20
"""A core bears about as many live grammars at once (a twentieth of a core each, FACTS.md)."""
"""Free decoding costs 0.2 to 0.44 of real time (FACTS.md); five times that is a worker that hangs."""


class Vosk:
    """A Recognizer; `model` is a folder, `workers` how many processes hold it (150 MB each)."""

    def __init__(
        self,
        model: str | Path,
        *,
        workers: int = 2,
        hearings: int = 0,
        rate: int = 8000,
        denoise: bool = False,
        patience_s: float = _ANSWER_S,
    ) -> None:
        self.model = Path(model).expanduser()
        self.rate = rate
        self.denoise = denoise
        self._patience_s = patience_s
        self._workers = workers
        self._pool = WorkerPool(workers, self._new_worker)
        self._meter = Meter(workers)
        self._places = Places(hearings or workers * _HEARINGS_A_WORKER, workers, patience_s)

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """The process ids of the workers that run now."""
        return tuple(worker.pid for worker in self._pool.workers)

    @property
    def pressure(self) -> Pressure:
        """How pressed the workers are now."""
        return self._meter.pressure()

    async def start(self) -> None:
        """Start the workers and load the model. Raises ModelUnusable with the remedy; may be repeated."""
        await self._pool.start()

    async def open(self, *, phrases: Sequence[str] = ()) -> VoskHearing:
        """Begin a hearing on the least loaded worker, as soon as there is a place. Raises RecognizerLost, ModelUnusable
        at the very first."""
        return await self._open(tuple(phrases), unhurried=False)

    async def open_unhurried(self, *, phrases: Sequence[str] = ()) -> VoskHearing:
        """As `open`; the workers decode it when no live audio waits."""
        return await self._open(tuple(phrases), unhurried=True)

    async def _open(self, phrases: tuple[str, ...], *, unhurried: bool) -> VoskHearing:
        await self.start()
        await self._places.take(unhurried=unhurried)
        try:
            worker, stream = await self._open_stream(phrases, unhurried=unhurried)
        except BaseException:  # cancelled too: the place is for others
            self._places.give_back(unhurried=unhurried)
            raise
        self._meter.hearings += 1

        def closed() -> None:
            self._meter.hearings -= 1
            self._places.give_back(unhurried=unhurried)
            worker.drop(stream)

        meter = None if unhurried else self._meter
        return VoskHearing(worker, stream, self.rate, self._patience_s, meter=meter, closed=closed)

    async def _open_stream(self, phrases: tuple[str, ...], *, unhurried: bool) -> tuple[WorkerProcess, int]:
        """A stream that is open, on the least loaded worker.

        A worker that turns out to be dead is passed over, since nothing was said to it yet. That many times only: a
        grammar that kills its worker must not kill them all day.
        """
        for last in (*(False,) * self._workers, True):
            worker = await self._pool.least_loaded()
            stream = worker.new_stream()
            try:
                await worker.request(Open(stream, phrases, unhurried), self._patience_s)
                return worker, stream  # noqa: TRY300  the loop is over here
            except RecognizerLost:
                worker.drop(stream)
                if last or not worker.gone.is_set():
                    raise
            except BaseException:  # cancelled: the worker must not keep 41 MB for nobody
                worker.drop(stream)
                raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def missing(self, phrases: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """The phrases that the model cannot hear, each as split into words it has, what it lacks in brackets.

        Such phrases are left out of a grammar. Raises RecognizerLost, ModelUnusable.
        """
        await self.start()
        worker = await self._pool.least_loaded()
        stream = worker.new_stream()
        try:
            reply = await worker.request(Check(stream, tuple(phrases)), self._patience_s)
        finally:
            worker.drop(stream)
        return _expect(reply, Opened).missing

    async def close(self) -> None:
        """End the workers; open hearings raise RecognizerLost. May be repeated."""
        await self._pool.close()

    async def _new_worker(self) -> WorkerProcess:
        if not (self.model / "am").is_dir():
            raise ModelUnusable(
                f"there is no speech model in {self.model}: run `ivr models install {self.model.name}`."
            )
        try:
            return await WorkerProcess.start(str(self.model), self.rate, denoise=self.denoise)
        except ModelUnusable as fault:
            raise ModelUnusable(
                f"the speech model in {self.model} cannot be loaded ({fault}): "
                f"run `ivr models verify {self.model.name}`, then `ivr models install {self.model.name}`."
            ) from fault


class VoskHearing:
    """One stream on one worker; `cpu_ms` of processor its answers took there."""

    def __init__(
        self,
        worker: WorkerProcess,
        stream: int,
        rate: int,
        patience_s: float,
        *,
        meter: Meter | None,
        closed: Callable[[], None],
    ) -> None:
        self._worker = worker
        self._stream = stream
        self._rate = rate
        self._patience_s = patience_s
        self._meter = meter
        self._closed = closed
        self._open = True
        self.cpu_ms = 0.0

    async def feed(self, pcm: bytes, /) -> Hypothesis | None:
        """Add audio of any length, the longer the more time the worker gets to answer. Raises RecognizerLost."""
        self._must_be_open()
        patience = self._patience_s + _ANSWER_S_PER_S * len(pcm) / 2 / self._rate
        return (await self._ask(Audio(self._stream, pcm), patience)).hypothesis

    async def finish(self) -> Hypothesis:
        """The final hypothesis with its ten alternatives. Raises RecognizerLost."""
        self._must_be_open()
        try:
            reply = await self._ask(Finish(self._stream), self._patience_s)
        finally:
            await self.close()
        return reply.hypothesis or Hypothesis("", final=True)

    async def close(self) -> None:
        """Free what the worker holds for it; returns at once."""
        if self._open:
            self._open = False
            self._closed()

    async def _ask(self, message: Message, patience_s: float) -> Result:
        """What is not urgent is no part of the pressure."""
        with self._meter.asking() if self._meter is not None else nullcontext():
            reply = _expect(await self._worker.request(message, patience_s), Result)
        self.cpu_ms += reply.cpu_ms
        if self._meter is not None:
            self._meter.spent(reply.cpu_ms)
        return reply

    def _must_be_open(self) -> None:
        if not self._open:
            raise RecognizerLost("this hearing was finished or closed before: open another.")


def _expect(reply: Message, kind: type[_Reply]) -> _Reply:
    if not isinstance(reply, kind):
        raise RecognizerLost(f"the recognition worker answered with {type(reply).__name__}, not {kind.__name__}.")
    return reply


def engine(options: Mapping[str, str]) -> Recognizer:
    """The engine of the entry point `vosk`; see the module's head for `options`. Raises ModelUnusable."""
    model = options.get("model", "")
    if not model:
        raise ModelUnusable(
            "the recogniser is given no model: set `model` to its folder (`ivr models list` shows them)."
        )
    try:
        workers = int(options.get("workers", min(2, os.cpu_count() or 1)))
        hearings = int(options.get("hearings", 0))
        rate = int(options.get("rate", 8000))
    except ValueError as fault:
        raise ModelUnusable(
            f"`workers`, `hearings` and `rate` of the recogniser are whole numbers ({fault})."
        ) from None
    if not (1 <= workers <= 64 and 8000 <= rate <= 48000):
        raise ModelUnusable("the recogniser takes 1 to 64 `workers` and a `rate` of 8000 to 48000 Hz.")
    if hearings < 0:
        raise ModelUnusable("the recogniser takes `hearings` of 1 or more, or 0 for 20 a worker.")
    return Vosk(model, workers=workers, hearings=hearings, rate=rate, denoise=_yes_or_no(options, "denoise"))


def _yes_or_no(options: Mapping[str, str], name: str) -> bool:
    text = options.get(name, "false").lower()
    if text not in ("true", "false"):
        raise ModelUnusable(f"`{name}` of the recogniser is true or false, not {text}.")
    return text == "true"
