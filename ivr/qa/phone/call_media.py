"""The audio of one call on a test phone: RTP out every 20 ms without end, and everything that comes in recorded.

Decided: the phone always sends, silence when it says nothing, as every phone does; Asterisk ends an AudioSocket that
gets nothing. Frames go out on an absolute clock. While a key is pressed its events go out instead of the voice.

All times are seconds since `begin`, that is since the call was answered.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ivr.audio import RATE, SILENCE, frames
from ivr.clock import now, sleep_until
from ivr.errors import IvrError
from ivr.qa.phone import rtp_wire
from ivr.qa.phone.recording import Recording, Utterance
from ivr.qa.phone.sip_wire import NAMES, Session

HOST = "127.0.0.1"
FRAME_S = 0.02
KEY_GAP_FRAMES = 4
T = TypeVar("T")


class NotHeard(IvrError):  # noqa: N818  it reads as what a script found
    """What a script waited to hear did not come in time, or the call ended before it."""


@dataclass(frozen=True, slots=True)
class Said(Utterance):
    """What the phone said itself; `sent`: when each of its frames of 20 ms went out."""

    sent: tuple[float, ...] = ()


class _Speech:
    """A piece that is being said; `done` gets what was said of it."""

    def __init__(self, pcm: bytes) -> None:
        self.frames: Iterator[bytes] = frames(pcm)
        self.done: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        self.sent: list[float] = []

    def over(self, at: float) -> None:
        """Nothing more of it will be said."""
        if not self.done.done():
            self.done.set_result(Said(self.sent[0] if self.sent else at, at, tuple(self.sent)))


class CallMedia(asyncio.DatagramProtocol):
    """Speaks and listens. `keys` are those that the far side pressed: (at, key)."""

    def __init__(self) -> None:
        self.heard = Recording()
        self.keys: list[tuple[float, str]] = []
        self.ended = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None
        self._speeches: deque[_Speech] = deque()
        self._presses: deque[tuple[str, int, asyncio.Future[float]]] = deque()
        self._ticked = asyncio.Condition()
        self._clock: asyncio.Task[None] | None = None
        self._far: Session | None = None
        self._began = 0.0
        self._cursor = 0.0
        self._last_key = -1
        self._source = random.getrandbits(32)
        self._sequence = random.getrandbits(15)
        self._timestamp = random.getrandbits(30)

    # Its life

    async def open(self) -> int:
        """Bind; the RTP port."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        return int(self._transport.get_extra_info("sockname")[1])

    def begin(self, far: Session) -> None:
        """The call is answered: time begins, and so does sending."""
        self._far, self._began = far, now()
        self._clock = asyncio.create_task(self._run(), name="phone-media")

    async def close(self) -> None:
        """End; what was heard stays. May be repeated."""
        self.ended.set()
        if self._clock is not None:
            self._clock.cancel()
            await asyncio.gather(self._clock, return_exceptions=True)
            self._clock = None
        for speech in self._speeches:
            speech.over(self.now())
        for *_, done in self._presses:
            done.cancel()
        if self._transport is not None:
            self._transport.close()
        async with self._ticked:
            self._ticked.notify_all()

    def now(self) -> float:
        """Seconds since the call was answered."""
        return now() - self._began

    # The mouth

    async def say(self, pcm: bytes) -> Said:
        """Say 8 kHz PCM; returns when the last frame is out, with when each went and when the last was over.

        What is said meanwhile by another task waits its turn.
        """
        speech = _Speech(pcm)
        self._speeches.append(speech)
        return await speech.done

    async def press(self, keys: str, *, press_ms: int = 100) -> float:
        """Press keys, one after the other; the time at which the last one's first event went out."""
        at = 0.0
        for key in keys:
            done: asyncio.Future[float] = asyncio.get_running_loop().create_future()
            self._presses.append((key, press_ms, done))
            at = await done
        return at

    async def _run(self) -> None:
        due, rest = now(), 0
        pressing: Iterator[tuple[list[bytes], bool]] | None = None
        started = 0
        while True:
            frame = self._next_frame()
            if pressing is None and rest <= 0 and self._presses:
                key, press_ms, done = self._presses.popleft()
                pressing, started = rtp_wire.key_events(key, press_ms), self._timestamp
                if not done.done():
                    done.set_result(self.now())
            payloads, marker = next(pressing, ([], False)) if pressing is not None else ([], False)
            if payloads and self._far is not None and self._far.events is not None:
                for payload in payloads:
                    self._send(self._far.events, started, payload, marker=marker)
            else:
                if pressing is not None:
                    pressing, rest = None, KEY_GAP_FRAMES
                rest -= 1
                self._send_audio(frame)
            self._timestamp += rtp_wire.SAMPLES
            async with self._ticked:
                self._ticked.notify_all()
            due += FRAME_S
            await sleep_until(due)

    def _next_frame(self) -> bytes:
        while self._speeches:
            speech = self._speeches[0]
            frame = next(speech.frames, None)
            if frame is not None:
                speech.sent.append(self.now())
                return frame
            self._speeches.popleft()
            speech.over(self.now())
        return SILENCE

    def _send_audio(self, frame: bytes) -> None:
        if self._far is not None:
            coded = rtp_wire.LAWS[self._far.codec].encode(frame)
            self._send(NAMES[self._far.codec], self._timestamp, coded, marker=False)

    def _send(self, kind: int, timestamp: int, payload: bytes, *, marker: bool) -> None:
        if self._transport is None or self._far is None:
            return
        packet = rtp_wire.RtpPacket(kind, self._sequence, timestamp, self._source, payload, marker)
        self._sequence += 1
        self._transport.sendto(packet.encode(), (self._far.host, self._far.port))

    # The ear

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002  asyncio's signature
        """Record what comes once the call is answered."""
        packet = rtp_wire.parse(data)
        if packet is None or self._far is None or self.ended.is_set():
            return
        if packet.payload_type == self._far.events:
            key, _ = rtp_wire.key_in(packet.payload)
            if packet.timestamp != self._last_key:
                self._last_key = packet.timestamp
                self.keys.append((self.now(), key))
            return
        codec = next((name for name, kind in NAMES.items() if kind == packet.payload_type), None)
        if codec is not None:
            self.heard.hear(self.now(), rtp_wire.LAWS[codec].decode(packet.payload))

    def heard_pcm(self, utterance: Utterance | None = None) -> bytes:
        """What was heard, all of it or in one utterance with 100 ms around it."""
        if utterance is None:
            return self.heard.pcm()
        return self.heard.pcm(max(0.0, utterance.start - 0.1), utterance.end + 0.1)

    async def heard_speech_start(self, *, within: float = 10.0) -> float:
        """Wait for the next sound of the far side, or find the one that is under way; when it began.

        Next is what follows the last `heard_speech_end` or `forget_heard`; this itself uses nothing up.
        """

        def first() -> float | None:
            found = self.heard.utterances(0.0, after=self._cursor)
            return found[0].start if found else None

        return await self.until(first, within=within, what="the far side to speak")

    async def heard_speech_end(self, *, pause: float = 0.7, within: float = 20.0) -> Utterance:
        """Wait until the far side has spoken and been silent for `pause` seconds, or hung up; that is used up then."""

        def over() -> Utterance | None:
            found = self.heard.utterances(pause, after=self._cursor)
            return found[0] if found and (self.ended.is_set() or self.now() - found[0].end >= pause) else None

        spoken = await self.until(over, within=within, what="the far side to end what it says")
        self._cursor = spoken.end
        return spoken

    def forget_heard(self) -> None:
        """What was said up to now is not waited for any more."""
        self._cursor = self.now()

    async def heard_keys(self, keys: str, *, within: float = 5.0) -> None:
        """Wait until the far side has pressed these keys, all in all."""
        await self.until(
            lambda: True if "".join(key for _, key in self.keys) == keys else None, within=within, what=f"keys {keys}"
        )

    async def wait(self, seconds: float) -> None:
        """Stay silent and listen for a while, or until the call ends."""
        end = self.now() + seconds
        await self.until(lambda: self.now() >= end or self.ended.is_set() or None, within=seconds + 5.0, what="time")

    async def until(self, look: Callable[[], T | None], *, within: float, what: str) -> T:
        """What `look` gives once it is not None; it is asked every 20 ms. Raises NotHeard."""
        deadline = self.now() + within
        async with self._ticked:
            while (found := look()) is None:
                if self.ended.is_set() or self.now() > deadline:
                    how = "the call ended" if self.ended.is_set() else f"{within:g} s went by"
                    sounds = [f"{one.start:.2f}-{one.end:.2f}" for one in self.heard.utterances(0.3)]
                    keys = "".join(key for _, key in self.keys)
                    raise NotHeard(
                        f"waited for {what}, but {how} at {self.now():.2f} s; sounds at {sounds}, keys {keys!r}, "
                        f"{len(self.heard.pcm()) / 2 / RATE:.2f} s heard in all"
                    )
                await self._ticked.wait()
        return found
