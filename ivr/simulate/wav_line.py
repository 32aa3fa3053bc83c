"""A call from recordings, in lock step: 20 ms of the caller in, 20 ms of the hotline out, on whichever clock
the loop has.

It is the telephone's way with the telephone left out: the same frames, ears, mouth and player. The caller's
script says when each recording is spoken; between them the caller's side is silence.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Literal

from ivr.audio import SILENCE, frames
from ivr.call.frame_clock import frame_clock
from ivr.call.line import AudioFrame, CallInfo, Destination, HandOffResult, Played, Speech
from ivr.call.player import FramePlayer
from ivr.clock import now
from ivr.dialogue.events import Heard, HungUp, KeyPressed
from ivr.simulate.arrivals import Arrivals
from ivr.simulate.caller import CallerTurn, HotlineSpeech, perform

_SETTLED_S = 60.0


class WavLine:
    """One call whose caller is a script of recordings and keys. `spoken` is told each turn as it begins."""

    hears: Literal["audio", "text"] = "audio"
    speaks: Literal["audio", "text"] = "audio"

    def __init__(
        self,
        info: CallInfo,
        turns: list[CallerTurn],
        *,
        refuse: tuple[str, ...] = (),
        spoken: Callable[[float, CallerTurn], None] = lambda _at, _turn: None,
    ) -> None:
        self.info = info
        self.began = now()
        self.hotline = HotlineSpeech()
        self.player = FramePlayer(self._to_caller)
        self._turns = turns
        self._refuse = list(refuse)
        self._spoken = spoken
        self._voice: deque[bytes] = deque()
        self._silent_again = asyncio.Event()
        self._coming = Arrivals()

    async def incoming(self) -> AsyncIterator[AudioFrame | Heard | KeyPressed | HungUp]:
        """20 ms frames against the clock, with the script's keys between them, until somebody hangs up."""
        clock = frame_clock()
        clock.join(self._speak_frame)
        work = (self._perform(), self.player.run(), self._let_arrive())
        tasks = [asyncio.create_task(part, name="wav-line") for part in work]
        try:
            while True:
                item = await self._coming.next()
                yield item
                if isinstance(item, HungUp):
                    return
        finally:
            clock.leave(self._speak_frame)
            clock.leave(self._coming.deliver)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def frames_to(self, sink: Callable[[AudioFrame], None]) -> None:
        """Let `sink` have the caller's frames, and `incoming` the rest."""
        self._coming.frames_to(sink)

    async def play(self, speech: Speech) -> Played:
        """Play as to a telephone."""
        self.hotline.began(speech.text)
        try:
            return await self.player.play(speech)
        finally:
            self.hotline.ended()

    def cut(self) -> None:
        """Stop what plays."""
        self.player.cut()

    def tap(self, sink: Callable[[bytes], None]) -> None:
        """Every frame to the caller goes to `sink` as well."""
        self.player.tap(sink)

    async def hand_off(self, to: Destination) -> HandOffResult:
        """Accept, unless told to refuse."""
        if self._refuse and not to.insist:
            return HandOffResult(accepted=False, reason=self._refuse.pop(0))
        return HandOffResult(accepted=True)

    async def hang_up(self) -> None:
        """The hotline ends the call."""
        self._coming.put_nowait(HungUp(self._at(), "hotline"))

    def _to_caller(self, frame: bytes) -> None:
        """Nobody listens but the recording."""

    def _speak_frame(self) -> None:
        frame = self._voice.popleft() if self._voice else SILENCE
        if not self._voice:
            self._silent_again.set()
        self._from_caller(frame)

    def _from_caller(self, frame: bytes) -> None:
        """20 ms of the caller arrive."""
        self._coming.put_nowait(AudioFrame(self._at(), frame))

    async def _let_arrive(self) -> None:
        """After the player, which has joined the clock by now: the caller's frame of a tick comes when the hotline's is
        out."""
        frame_clock().join(self._coming.deliver)

    async def _perform(self) -> None:
        await perform(self._turns, self.hotline, self._act)
        await self.hotline.quiet_for(_SETTLED_S)
        self._coming.put_nowait(HungUp(self._at(), "caller"))

    async def _act(self, turn: CallerTurn) -> None:
        self._spoken(self._at(), turn)
        if turn.silence:
            return
        if turn.hang_up:
            self._coming.put_nowait(HungUp(self._at(), "caller"))
        elif turn.keys:
            for key in turn.keys:
                self._coming.put_nowait(KeyPressed(self._at(), key))
                await asyncio.sleep(turn.key_gap)
        else:
            self._silent_again.clear()
            self._voice.extend(frames(turn.pcm))
            await self._silent_again.wait()

    def _at(self) -> float:
        return now() - self.began
