"""A caller with a script: says this, presses that, is silent, interrupts, hangs up, each when it is time.

A turn begins when the hotline has been quiet for `after` seconds; with `during`, that many seconds into the
hotline's speech, which interrupts it; with `at_once`, when the turn before it is over. A line tells the caller
when the hotline begins and ceases to speak; the caller tells the line what to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_TYPICAL_PAUSE_S = 0.6


@dataclass(frozen=True, slots=True)
class CallerTurn:
    """One turn: exactly one of `text` (a line that hears text), `pcm` (8 kHz), `keys`, `silence`, `hang_up`.

    `label` is what a person calls it, such as the recording's transcript. `key_gap` is the time between two keys.
    """

    text: str = ""
    pcm: bytes = b""
    keys: str = ""
    silence: bool = False
    hang_up: bool = False
    after: float = _TYPICAL_PAUSE_S
    during: float | None = None
    at_once: bool = False
    key_gap: float = 0.3
    label: str = ""


class HotlineSpeech:
    """Whether the hotline is speaking: set by the line, awaited by the caller."""

    def __init__(self) -> None:
        self._speaking = asyncio.Event()
        self._began = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.utterances = 0

    def began(self) -> None:
        """The hotline began to speak."""
        self.utterances += 1
        began, self._began = self._began, asyncio.Event()
        began.set()
        self._quiet.clear()
        self._speaking.set()

    def ended(self) -> None:
        """The hotline ceased to speak."""
        self._speaking.clear()
        self._quiet.set()

    async def quiet_for(self, seconds: float) -> None:
        """Return when the hotline has said something and then been quiet for `seconds`."""
        while True:
            await self._quiet.wait()
            heard = self.utterances
            await asyncio.sleep(seconds)
            if self._quiet.is_set() and heard == self.utterances and heard:
                return

    async def speaks_for(self, seconds: float) -> None:
        """Return when the hotline has been speaking for `seconds`, or has stopped before that."""
        await self._speaking.wait()
        await asyncio.sleep(seconds)

    async def speaks_again(self, since: int) -> None:
        """Return when the hotline has begun something after its utterance number `since`."""
        while self.utterances <= since:
            await self._began.wait()


async def perform(
    turns: list[CallerTurn], hotline: HotlineSpeech, act: Callable[[CallerTurn], Awaitable[None]]
) -> None:
    """Act out `turns` one after the other; `act` does one and is awaited. Each waits for the answer to the one
    before."""
    answered = 0
    for turn in turns:
        if not turn.at_once:
            await hotline.speaks_again(answered)
            await (hotline.quiet_for(turn.after) if turn.during is None else hotline.speaks_for(turn.during))
        answered = hotline.utterances
        if not turn.silence:
            await act(turn)
