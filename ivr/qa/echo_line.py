"""A telephone line that sends the hotline's own voice back, with whoever and whatever sounds at the caller's end."""

from __future__ import annotations

import asyncio

import numpy as np

from ivr.audio import FRAME_BYTES, FRAME_MS, RATE, SILENCE, through_g711, to_pcm
from ivr.call.line import AudioFrame, CallInfo
from ivr.dialogue.events import HungUp
from ivr.qa.barge_in_scenes import Scene, Signal
from ivr.qa.channels.echo import Echo
from ivr.simulate.wav_line import WavLine

_FRAME = FRAME_BYTES // 2
AFTER_S = 4.0


class EchoLine(WavLine):
    """One call of a scene. `silent` has, for every frame that went out, when it did and whether it was silence;
    `spoke_at` is when the hotline began to speak."""

    def __init__(self, info: CallInfo, scene: Scene) -> None:
        super().__init__(info, [])
        self.silent: list[tuple[float, bool]] = []
        self.spoke_at: float | None = None
        self._scene = scene
        self._began = asyncio.Event()
        self._echo = Echo(scene.echo)
        self._heard_frames = 0
        self._sounded = 0
        self._sounds_at: float | None = None

    @property
    def sounds_at(self) -> float:
        """When the scene's sound began, speech or what comes before it."""
        return self._sounds_at or 0.0

    @property
    def onset(self) -> float:
        """When the scene's caller begins to speak, in seconds of the call."""
        return (self._sounds_at or 0.0) + self._scene.onset_ms / 1000

    def _to_caller(self, frame: bytes) -> None:
        if self.spoke_at is None and frame is not SILENCE:
            self.spoke_at = self._at()
            self._began.set()
        self.silent.append((self._at(), frame is SILENCE))
        self._echo.sent(frame)

    def _speak_frame(self) -> None:
        mixed = self._echo.back() + self._slice(self._scene.background, self._heard_frames * _FRAME, around=True)
        if self.spoke_at is not None and self._at() >= self.spoke_at + self._scene.at:
            if self._sounds_at is None:
                self._sounds_at = self._at() - FRAME_MS / 1000  # what arrives now was said 20 ms ago
            mixed = mixed + self._slice(self._scene.sound, self._sounded * _FRAME)
            self._sounded += 1
        self._heard_frames += 1
        self._coming.put_nowait(AudioFrame(self._at(), through_g711(to_pcm(mixed))))

    def _slice(self, signal: Signal, start: int, *, around: bool = False) -> Signal:
        piece = signal[start % len(signal) :][:_FRAME] if around and len(signal) else signal[start : start + _FRAME]
        return np.pad(piece, (0, _FRAME - len(piece)))

    async def _perform(self) -> None:
        """Hang up when the scene is over."""
        await self._began.wait()
        await asyncio.sleep(self._scene.at + len(self._scene.sound) / RATE + AFTER_S)
        self._coming.put_nowait(HungUp(self._at(), "caller"))
