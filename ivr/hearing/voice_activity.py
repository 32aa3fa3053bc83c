"""Is the caller speaking? One 20 ms frame after another, by counting audio and never by looking at a clock.

Decided: WebRTC's detector judges each frame, a floor in dBFS keeps the neighbour's desk and the television out (the
detector takes a voice for one down to -65 dBFS), and hysteresis makes speech of it: begun after 4 voiced frames of 6,
over after 8 unvoiced ones in a row. Measured on 225 real recordings through G.711 with a pause of 600 ms: 224 are one
turn; with a floor of -45 dBFS it is 220, with a detector of 3 it is 221, with one of 1 the same 224. A minute of
white noise at -70 to -40 dBFS is no turn.

WebRTC's is the default and Silero the option (`[hearing] voice_activity`). Of 336 turns that tuned neither (`ivr bench
vad`) Silero makes 97.3 % one turn, against 91.1 %: 6 run into the next, against 26, all of them at 5 dB in
babble, music and traffic; from 10 dB up they are alike. It would be the default but for two things. It costs
0.1 % of a core a call more (0.2 where every frame is asked, and not only those that WebRTC's takes for a voice), and
all that is not decoding is to cost 0.4. And it may miss single words: none of 115 in that test, like
WebRTC's, but 5 of the 96 that it was tuned with, where WebRTC's missed none; an unheard 是 is worse than a late end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
import webrtcvad

from ivr.hearing.background import Background
from ivr.hearing.silero import Gated, Silero

RATE = 8000
FRAME_MS = 20
FRAME_BYTES = RATE * FRAME_MS // 1000 * 2
_PCM = np.dtype("<i2")
_SILENCE = bytes(FRAME_BYTES)


class Detector(Protocol):
    """Judges one caller's frames, one after another; it may remember what was before."""

    def voiced(self, frame: bytes, /, *, loud: bool) -> bool:
        """Is there a voice in these 20 ms (320 bytes of 8 kHz 16-bit PCM)? They count only if they are also `loud`."""
        ...


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """`detector` is one of `DETECTORS`; `aggressiveness` 0-3 of WebRTC's (higher: less is speech); `model` is the path
    of Silero's, `threshold` 0-1 the probability that is speech to it; `floor_dbfs`: quieter frames are never speech,
    and in a noisy place a louder floor holds (background.py); speech begins when `onset_frames` of the last
    `onset_window` are voiced, and ends after `offset_frames` unvoiced ones.
    """

    detector: str = "webrtcvad"
    model: str = ""
    threshold: float = 0.5
    aggressiveness: int = 2
    floor_dbfs: float = -50.0
    onset_frames: int = 4
    onset_window: int = 6
    offset_frames: int = 8


class _WebRtc:
    def __init__(self, aggressiveness: int) -> None:
        self._vad = webrtcvad.Vad(aggressiveness)

    def voiced(self, frame: bytes, /, *, loud: bool) -> bool:  # noqa: ARG002  it adapts, so it hears soft ones, too
        return bool(self._vad.is_speech(frame, RATE))


DETECTORS: Mapping[str, Callable[[VoiceSettings], Detector]] = MappingProxyType(
    {
        "webrtcvad": lambda settings: _WebRtc(settings.aggressiveness),
        "silero": lambda settings: Gated(settings.model, settings.threshold, settings.aggressiveness),
        "silero_alone": lambda settings: Silero(settings.model, settings.threshold),
    }
)


def settings_for(detector: str, model: str = "") -> VoiceSettings:
    """As tuned for `detector`: Silero is surer of a frame, so fewer begin speech, and less sure of single words, so a
    lower probability is enough. `model`: the path of Silero's. Raises KeyError for a detector that there is not."""
    if detector not in DETECTORS:
        raise KeyError(detector)
    if detector == "webrtcvad":
        return VoiceSettings()
    return VoiceSettings(detector, model, threshold=0.25, onset_frames=2)


class VoiceActivity:
    """One caller's voice. `speaking`: now; `quiet_ms`: audio since the last frame of speech, 0 while there is some.

    `onset_ms`: how much audio the decision took when speech last began. `power`: the last frame's mean square.
    """

    def __init__(self, settings: VoiceSettings | None = None) -> None:
        self._settings = settings or VoiceSettings()
        self._detector = DETECTORS[self._settings.detector](self._settings)
        self._background = Background((32768.0 * 10 ** (self._settings.floor_dbfs / 20)) ** 2)
        self._recent: deque[bool] = deque(maxlen=self._settings.onset_window)
        self.speaking = False
        self.quiet_ms = 0
        self.onset_ms = 0
        self.power = 0.0

    def hear(self, frame: bytes, *, listens: bool = False, kept_back: bool = False) -> bool:
        """Take 20 ms (320 bytes of 8 kHz 16-bit PCM); is the caller speaking? `listens`: a prompt is being played, so
        what sounds is likelier the room than the caller; `kept_back`: what sounded may have been its echo, and was
        made silence. Raises ValueError for another length."""
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"a frame is {FRAME_BYTES} bytes, this one has {len(frame)}")
        spoke = self.speaking
        self._judge(voiced=self._voiced(frame, listens=listens))
        if listens:
            self._learn_room(began=self.speaking and not spoke, kept_back=kept_back)
        return self.speaking

    @property
    def room(self) -> float:
        """The power of what sounds half of the time while the caller listens; 0 while it is not known."""
        return self._background.level

    def missing(self, ms: int) -> bool:
        """Count `ms` of audio that never came as silence; is the caller still taken to speak?"""
        whole = ms // FRAME_MS
        for _ in range(min(whole, self._settings.offset_frames + self._settings.onset_window)):
            self._judge(voiced=False)
        self.quiet_ms += max(0, whole - self._settings.offset_frames - self._settings.onset_window) * FRAME_MS
        return self.speaking

    def _learn_room(self, *, began: bool, kept_back: bool) -> None:
        background = self._background
        if began:
            background.speech_began(self.onset_ms // FRAME_MS - 1)
        if kept_back:
            background.kept_back()
        elif self.speaking:
            background.hear_speech(self.power)
        else:
            background.hear(self.power)

    def _voiced(self, frame: bytes, *, listens: bool) -> bool:
        background = self._background
        if frame == _SILENCE:
            power = 0.0
        else:
            signal = np.frombuffer(frame, _PCM).astype(np.float32)
            power = float(np.dot(signal, signal)) / signal.size
        self.power = power
        if self.speaking:
            loud = power >= background.floor_within
        else:
            loud = power >= (background.interrupting if listens else background.floor)
        return self._detector.voiced(frame, loud=loud) and loud

    def _judge(self, *, voiced: bool) -> bool:
        self._recent.append(voiced)
        if self.speaking:
            self.quiet_ms = 0 if voiced else self.quiet_ms + FRAME_MS
            if self.quiet_ms >= self._settings.offset_frames * FRAME_MS:
                self.speaking = False
                self._recent.clear()
        elif voiced and sum(self._recent) >= self._settings.onset_frames:
            self.speaking = True
            self.onset_ms = (len(self._recent) - list(self._recent).index(True)) * FRAME_MS
            self.quiet_ms = 0
        else:
            self.quiet_ms += FRAME_MS
        return self.speaking
