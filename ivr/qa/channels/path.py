"""The way of one call's audio through a channel, 20 ms by 20 ms.

Decided:
- Noise sounds all the time, over the pauses and the hotline's prompts too, as it does where people telephone.
- Each turn of the caller brings its own noise, coder and losses, seeded by (seed, case, turn). So the same turn sounds
  the same whatever the hotline said before it and however long that took: two versions of a flow are compared on the
  same bytes.
- What has been mixed goes through G.711 µ-law, unless another coder is named: it is a telephone call all the same. A
  channel of loss and jitter alone changes no byte of what arrives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ivr.audio import FRAME_BYTES, SILENCE, samples, to_pcm
from ivr.qa.barge_in_scenes import Signal, room
from ivr.qa.channels.codec import Coder, coder
from ivr.qa.channels.echo import Echo
from ivr.qa.channels.level import active_dbfs, at_dbfs, clipped, peak
from ivr.qa.channels.loss import Jitter, losses
from ivr.qa.channels.noise import noise
from ivr.qa.channels.spec import Channel
from ivr.qa.channels.speed import at_speed
from ivr.simulate.caller import CallerTurn

_FRAME = FRAME_BYTES // 2
_MIXES = {"speed", "level", "noise", "echo", "clip"}


def said_through(channel: Channel, turns: Sequence[CallerTurn]) -> list[CallerTurn]:
    """The caller's script as they now speak it: at another speed, louder or softer."""
    recordings = [turn.pcm for turn in turns]
    if speed := channel.get("speed"):
        recordings = [at_speed(pcm, speed.strength or 1.0) for pcm in recordings]
    if (level := channel.get("level")) and level.strength is not None:
        recordings = at_dbfs(recordings, level.strength)
    return [replace(turn, pcm=pcm) for turn, pcm in zip(turns, recordings, strict=True)]


class ChannelPath:
    """One call. `turns`: of `said_through`. `turn_begins` is called as each begins, `sent` with every frame to the
    caller, `carry` with every frame from them."""

    def __init__(self, channel: Channel, turns: Sequence[CallerTurn], case: str) -> None:
        self._seeds = (channel.seed, int.from_bytes(hashlib.sha256(case.encode()).digest()[:8], "big"))
        recordings = [turn.pcm for turn in turns]
        self._noise = _background(channel, recordings, self._seeds)
        echo = channel.get("echo")
        quiet: Signal = np.zeros(0, dtype=np.float32)
        self._echo = Echo(quiet if echo is None else room(echo.strength or 0.0, np.random.default_rng(self._seeds)))
        clip = channel.get("clip")
        self._limit = None if clip is None else peak(recordings) * 10 ** (-(clip.strength or 0.0) / 20)
        self._mixes = len(self._noise) > 0 or echo is not None or clip is not None
        codec, lost = channel.get("codec"), channel.get("loss")
        mixed = any(effect.kind in _MIXES for effect in channel.effects)
        self._codec = codec.name if codec else "ulaw" if mixed else ""
        self._loss = (lost.name, (lost.strength or 0.0) / 100) if lost else None
        jitter = channel.get("jitter")
        self._jitter = Jitter(jitter.strength or 0.0) if jitter else None
        self._turn = -1
        self.turn_begins()

    def turn_begins(self) -> None:
        """The caller's next turn begins with the next frame; before the first it is turn 0."""
        self._turn += 1
        self._noise_at = int(self._chance("noise").integers(max(1, len(self._noise))))
        self._coder: Coder | None = coder(self._codec) if self._codec else None
        self._losses: Iterator[bool] | None = losses(*self._loss, self._chance("loss")) if self._loss else None
        self._late = self._chance("jitter")

    def sent(self, frame: bytes) -> None:
        """Take 20 ms that go to the caller."""
        self._echo.sent(frame)

    def carry(self, frame: bytes) -> list[bytes]:
        """What arrives in these 20 ms, while `frame` is spoken: one frame, none (lost or late), or several."""
        mixed = self._mixed(frame) if self._mixes else frame
        if self._coder is not None:
            mixed = self._coder(mixed)
        arrives = [] if self._losses is not None and next(self._losses) else [SILENCE if mixed == SILENCE else mixed]
        return arrives if self._jitter is None else self._jitter.ticked(arrives, self._late)

    def _mixed(self, frame: bytes) -> bytes:
        signal = samples(frame) + self._echo.back()
        if len(self._noise):
            signal = signal + np.take(self._noise, range(self._noise_at, self._noise_at + _FRAME), mode="wrap")
            self._noise_at += _FRAME
        return to_pcm(signal if self._limit is None else clipped(signal, self._limit))

    def _chance(self, what: str) -> np.random.Generator:
        return np.random.default_rng((*self._seeds, self._turn, *what.encode()))


def _background(channel: Channel, recordings: Sequence[bytes], seeds: tuple[int, ...]) -> Signal:
    """What sounds around the caller, at its level; to be repeated."""
    effect = channel.get("noise")
    if effect is None or effect.strength is None:
        return np.zeros(0, dtype=np.float32)
    gain = 10 ** ((active_dbfs(recordings) - effect.strength) / 20)
    return noise(effect.name, seeds) * np.float32(gain)
