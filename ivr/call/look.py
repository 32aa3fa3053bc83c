"""One look of the recogniser at a turn: opened with a question's phrases, fed in pieces, finished once.

A look is thrown away and another taken from the first sample on whenever the phrases are others, or the caller has
gone on after it was finished: the audio of a turn is kept for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from ivr.clock import outside_work, settled
from ivr_asr.api import Hearing, Hypothesis, Recognizer, RecognizerLost

_PATIENCE_S = 60.0
_T = TypeVar("_T")


@dataclass(slots=True)
class Look:
    """`fed` bytes of the turn are with the recogniser. Finished, it has a `final` hypothesis of the `stretches` of
    speech that were in the turn then (0 before); `early`: the turn was not over."""

    hearing: Hearing | None = None
    phrases: tuple[str, ...] = ()
    fed: int = 0
    final: Hypothesis | None = None
    stretches: int = 0
    early: bool = False

    def is_of(self, phrases: tuple[str, ...], stretches: int) -> bool:
        """Whether it has begun, with these phrases, and all of these stretches of speech are or can still be in it."""
        if self.hearing is None and self.final is None:
            return False
        return self.phrases == phrases and self.stretches in (0, stretches)

    async def begin(self, recognizer: Recognizer, phrases: tuple[str, ...]) -> None:
        """From the first sample on, with these phrases. Raises RecognizerLost."""
        await self.close()
        self.phrases, self.fed, self.final, self.stretches = phrases, 0, None, 0
        self.hearing = await outside(recognizer.open(phrases=phrases))

    async def feed(self, piece: bytes) -> Hypothesis | None:
        """The partial hypothesis, None if it is unchanged. Raises RecognizerLost."""
        self.fed += len(piece)
        return await outside(self.hearing.feed(piece)) if self.hearing else None

    async def finish(self, stretches: int, *, early: bool) -> None:
        """No more audio: what comes later is another look's. Raises RecognizerLost."""
        self.stretches, self.early = stretches, early
        if self.hearing is not None:
            self.final = await outside(self.hearing.finish())
        await self.close()

    async def close(self) -> None:
        """Free what the recogniser holds; may be repeated."""
        hearing, self.hearing = self.hearing, None
        if hearing is not None:
            await hearing.close()


async def outside(work: Awaitable[_T]) -> _T:
    """Await the recogniser: bounded in time, and no time at all on a virtual loop, where an answer from a cache comes
    in the same order of things as a decoded one. Raises RecognizerLost when too late.
    """
    try:
        async with asyncio.timeout(_PATIENCE_S):
            with outside_work():
                answer = await work
            await settled()
            return answer
    except TimeoutError:
        raise RecognizerLost(f"the recogniser did not answer within {_PATIENCE_S:.0f} s") from None
