"""Tones to say and to recognise: what a line does to a known tone is measured, not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ivr.audio import RATE, samples, to_pcm

if TYPE_CHECKING:
    from ivr.qa.phone.sip_phone import Call


def tone(hz: float, seconds: float, *, level: float = 0.3) -> bytes:
    """A sine as 8 kHz 16-bit mono PCM; `level` of full scale."""
    time = np.arange(round(seconds * RATE)) / RATE
    return to_pcm((level * np.sin(2 * np.pi * hz * time)).astype(np.float32))


def pitch(pcm: bytes) -> float:
    """The strongest frequency in Hz, to within one over the length in seconds."""
    signal = samples(pcm)
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(signal.size)))
    return float(np.argmax(spectrum)) * RATE / signal.size


async def both_hear_each_other(caller: Call, agent: Call) -> None:
    """Say a tone each way and recognise it at the other end; music and prompts before it do not matter."""
    for speaking, hearing, hz in ((caller, agent, 500), (agent, caller, 900)):
        hearing.media.forget_heard()
        await speaking.media.say(tone(hz, 0.4))
        heard = await hearing.media.heard_speech_end(pause=0.2, within=3)
        found = pitch(hearing.media.heard.pcm(heard.start, heard.end))
        assert abs(found - hz) < 20, f"said a tone of {hz} Hz, but {found:.0f} Hz arrived"
