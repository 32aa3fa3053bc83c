"""A call in text: what the caller types is heard as it stands, what the hotline says is told to a listener.

Speaking takes as long as it would by voice (4.5 characters a second, the speed of Mandarin announcements), on
whichever clock the loop has: on virtual time a call runs in milliseconds and the timers are true.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Literal

from ivr.audio import FRAME_MS
from ivr.call.line import AudioFrame, CallInfo, Destination, HandOffResult, Played, Speech
from ivr.clock import now
from ivr.dialogue.events import Heard, HungUp, KeyPressed
from ivr.simulate.caller import CallerTurn, HotlineSpeech, perform

CHARACTERS_A_SECOND = {"zh-CN": 4.5, "en": 14.0}
_SETTLED_S = 60.0


class TextLine:
    """One call; the caller is a script of turns, or another task that calls `type_text` and `press`."""

    hears: Literal["audio", "text"] = "text"
    speaks: Literal["audio", "text"] = "text"

    def __init__(
        self,
        info: CallInfo,
        turns: list[CallerTurn] | None = None,
        *,
        language: str = "zh-CN",
        refuse: tuple[str, ...] = (),
        told: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """`refuse`: reasons with which the queue refuses the first hand-offs, one each. `told` hears every
        prompt as it begins."""
        self.info = info
        self.began = now()
        self.hotline = HotlineSpeech()
        self._turns = turns
        self._rate = CHARACTERS_A_SECOND.get(language, 4.5)
        self._refuse = list(refuse)
        self._told = told
        self._coming: asyncio.Queue[Heard | KeyPressed | HungUp] = asyncio.Queue()
        self._cut = asyncio.Event()

    async def incoming(self) -> AsyncIterator[AudioFrame | Heard | KeyPressed | HungUp]:
        """The script's turns as events, then silence until the hotline ends the call."""
        script = asyncio.create_task(self._perform(), name="caller") if self._turns is not None else None
        try:
            while True:
                item = await self._coming.get()
                yield item
                if isinstance(item, HungUp):
                    return
        finally:
            if script is not None:
                script.cancel()
                await asyncio.gather(script, return_exceptions=True)

    async def play(self, speech: Speech) -> Played:
        """Take the time that speaking would take."""
        self._cut.clear()
        self._told(speech.text)
        speech.began()
        self.hotline.began(speech.text)
        began, length = now(), len(speech.text) / self._rate
        try:
            await asyncio.wait_for(self._cut.wait(), length)
        except TimeoutError:
            pass
        finally:
            self.hotline.ended()
        heard_ms = min(round((now() - began) * 1000), round(length * 1000))
        return Played(heard_ms // FRAME_MS * FRAME_MS, self._cut.is_set())

    def cut(self) -> None:
        """Stop speaking."""
        self._cut.set()

    def tap(self, sink: Callable[[bytes], None]) -> None:
        """No frames here."""
        del sink

    async def hand_off(self, to: Destination) -> HandOffResult:
        """Accept, unless told to refuse."""
        if self._refuse and not to.insist:
            return HandOffResult(accepted=False, reason=self._refuse.pop(0))
        return HandOffResult(accepted=True)

    async def hang_up(self) -> None:
        """The hotline ends the call."""
        self._coming.put_nowait(HungUp(self.at(), "hotline"))

    def type_text(self, text: str) -> None:
        """The caller says `text`."""
        self._coming.put_nowait(Heard(self.at(), text))

    def press(self, key: str) -> None:
        """The caller presses one key."""
        self._coming.put_nowait(KeyPressed(self.at(), key))

    def leave(self) -> None:
        """The caller hangs up."""
        self._coming.put_nowait(HungUp(self.at(), "caller"))

    def at(self) -> float:
        """Seconds since the call began."""
        return now() - self.began

    async def _perform(self) -> None:
        await perform(self._turns or [], self.hotline, self._act)
        await self.hotline.quiet_for(_SETTLED_S)
        self.leave()

    async def _act(self, turn: CallerTurn) -> None:
        if turn.hang_up:
            self.leave()
        elif turn.keys:
            for key in turn.keys:
                self.press(key)
                await asyncio.sleep(turn.key_gap)
        elif not turn.silence:
            self.type_text(turn.text)
