"""A caller with a script: says this, presses that, is silent, interrupts, hangs up, each when it is time.

A turn begins when the hotline has been quiet for `after` seconds; with `during`, that many seconds into the
hotline's speech, which interrupts it; with `when`, `after` seconds after a prompt with these words begins; with `at`,
so long after the call began; with `at_once`, when the turn before it is over. A line tells the caller when the hotline
begins and ceases to speak, and what; the caller tells the line what to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ivr.clock import now

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
    at: float | None = None
    when: str = ""
    at_once: bool = False
    key_gap: float = 0.3
    label: str = ""


class HotlineSpeech:
    """Whether the hotline is speaking, and what: set by the line, awaited by the caller."""

    def __init__(self) -> None:
        self._call_began = now()
        self._texts: list[str] = []
        self._speaking = asyncio.Event()
        self._began = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def utterances(self) -> int:
        """How many the hotline has begun."""
        return len(self._texts)

    def began(self, text: str = "") -> None:
        """The hotline began to say `text`."""
        self._texts.append(text)
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

    async def says(self, part: str, since: int) -> None:
        """Return when the hotline has begun something that holds `part` after its utterance number `since`."""
        while not any(part in text for text in self._texts[since:]):
            await self._began.wait()

    async def call_lasted(self, seconds: float) -> None:
        """Return when the call is `seconds` old, at once if it is older."""
        await asyncio.sleep(max(0.0, self._call_began + seconds - now()))

    async def speaks_again(self, since: int) -> None:
        """Return when the hotline has begun something after its utterance number `since`."""
        while self.utterances <= since:
            await self._began.wait()


async def perform(
    turns: list[CallerTurn], hotline: HotlineSpeech, act: Callable[[CallerTurn], Awaitable[None]]
) -> None:
    """Act out `turns` one after the other; `act` does one (a silence too, which is to do nothing) and is awaited. Each
    waits for its moment."""
    answered = 0
    for turn in turns:
        await _moment(turn, hotline, answered)
        answered = hotline.utterances
        await act(turn)


async def _moment(turn: CallerTurn, hotline: HotlineSpeech, answered: int) -> None:
    """Return when it is time for `turn`; unless it names a moment of its own, the one before has been answered."""
    if turn.at_once:
        return
    if turn.at is not None:
        await hotline.call_lasted(turn.at)
    elif turn.when:
        await hotline.says(turn.when, answered)
        await asyncio.sleep(turn.after)
    else:
        await hotline.speaks_again(answered)
        await (hotline.quiet_for(turn.after) if turn.during is None else hotline.speaks_for(turn.during))
