"""What this machine can do at best, measured in the run whose figures it stands beside.

A figure alone says little on a machine that others use too; the ratio to what the bare parts cost there and then does.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from ivr.audio import FRAME_MS, duration_ms
from ivr.clock import now, sleep_until
from ivr.qa.reply_gap import spread
from ivr.qa.turn_clock import Decoded
from ivr_asr.api import Recognizer

_CHUNK_BYTES = 1600


@dataclass(frozen=True, slots=True)
class BareDecoding:
    """One turn's audio decoded with no call around it. `rtf`: time spent decoding, as a share of the audio's length;
    `finish_ms`: from the last audio given to the final result; `free`: without phrases."""

    free: bool
    audio_ms: int
    rtf: float
    finish_ms: float


async def decode_bare(
    recognizer: Recognizer, decoded: Sequence[Decoded], done: Callable[[], None]
) -> list[BareDecoding]:
    """Decode each again in chunks of 100 ms, one straight after the other; `done` is called after each."""
    found: list[BareDecoding] = []
    for turn in decoded:
        began = time.perf_counter()
        hearing = await recognizer.open(phrases=turn.phrases)
        for start in range(0, len(turn.pcm), _CHUNK_BYTES):
            await hearing.feed(turn.pcm[start : start + _CHUNK_BYTES])
        fed = time.perf_counter()
        await hearing.finish()
        ended = time.perf_counter()
        audio_ms = duration_ms(turn.pcm)
        rtf = (ended - began) * 1000 / max(1, audio_ms)
        found.append(BareDecoding(not turn.phrases, audio_ms, round(rtf, 4), round((ended - fed) * 1000, 2)))
        done()
    return found


class TickLateness:
    """How late the loop comes to a 20 ms tick of absolute deadlines, beside the call's own; use as `async with`."""

    def __init__(self) -> None:
        self._late_ms: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._tick(), name="tick-lateness")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _tick(self) -> None:
        due = now()
        while True:
            due += FRAME_MS / 1000
            await sleep_until(due)
            self._late_ms.append((now() - due) * 1000)

    def as_json(self) -> dict[str, float]:
        """Milliseconds late: p50, p95, max; empty if it never ticked."""
        return spread(self._late_ms) if self._late_ms else {}


def load_average() -> list[float]:
    """Of the last 1, 5 and 15 minutes."""
    return [round(load, 2) for load in os.getloadavg()]


def decoding_spread(decodings: Sequence[BareDecoding]) -> dict[str, Any]:
    """Cost of decoding by kind, `grammar` and `free` where there was any."""
    found: dict[str, Any] = {}
    for name, free in (("grammar", False), ("free", True)):
        if of_kind := [each for each in decodings if each.free is free]:
            found[name] = {
                "turns": len(of_kind),
                "rtf": spread(each.rtf for each in of_kind),
                "finish_ms": spread(each.finish_ms for each in of_kind),
            }
    return found
