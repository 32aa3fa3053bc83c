"""Is the caller's line fit to be understood on? Level, clipping, noise, loss and death, by counting audio only.

Decided: speech is judged, not lines: the last 3 s of frames in which the caller speaks, at the end of each turn, and
each measure has a limit where it becomes bad and a milder one where it is good again.
- quiet: the mean level of speech (-26 dBFS is usual, ITU-T P.56). clipped: the share of samples at G.711's full scale.
- noisy: speech against what is heard when nobody speaks, the noise in the speech itself taken off.
- gaps: the share of speech that never came. Packets that are late are given back when they come. A phone with silence
  suppression sends nothing while its owner pauses: so a long gap counts only where silence has been sent before.
- dead: nothing at all for 8 s after the answer, or for 4 s on a line that used to send its silence too. Time is what
  went out to the caller meanwhile: where no frame comes in, there is no other.
"""

from __future__ import annotations

from collections import deque
from math import log10
from typing import Literal

import numpy as np

from ivr.hearing.line_fault import LineFault
from ivr.hearing.voice_activity import FRAME_MS, VoiceActivity

LineChange = LineFault | Literal["good"]

_SPEECH_FRAMES, _LEAST_SPEECH = 150, 25
_ROOM_FRAMES, _LEAST_ROOM = 150, 25
_SETTLED_MS = 200
_JITTER_MS = 60.0
_LONG_GAP = 10
_LONGEST_GAP = 50
_SENDS_SILENCE = 100
_NEVER_CAME, _STOPPED = 400, 200
_LOUD = (32768.0 * 10 ** (-20.0 / 20)) ** 2
"""A frame of which a hundredth is at full scale has at least this mean square."""
_FULL_SCALE = 31600  # G.711's loudest samples are 32124 (u-law) and 32256 (A-law), the next 31100 and 31232
_FULL_SCALE_DB = 20 * log10(32768.0)
_LIMITS: dict[LineFault, tuple[float, float]] = {
    "quiet": (40.0, 37.0),  # dB under full scale
    "clipped": (0.02, 0.005),  # share of samples
    "noisy": (-10.0, -13.0),  # dB of noise over speech
    "gaps": (0.08, 0.03),  # share of frames
}
"""From the first on it is bad, from the second down good again."""


class LineQuality:
    """One call's. Each method returns what has changed, mostly nothing: faults that are new, or `good` when the last of
    them is over."""

    def __init__(self) -> None:
        self._faults: set[LineFault] = set()
        self._speech: deque[tuple[float, int] | None] = deque(maxlen=_SPEECH_FRAMES)  # power, clipped; None: lost
        self._room: deque[float] = deque(maxlen=_ROOM_FRAMES)
        self._listening_room = 0.0
        self._due_ms: float | None = None
        self._was_voiced = False
        self._silent_run = 0
        self._absent = 0

    def hear(self, frame: bytes, at: float, voice: VoiceActivity) -> tuple[LineChange, ...]:
        """Take 20 ms as they came `at` seconds after the call began, and what `voice` has found in them."""
        voiced, power = voice.speaking and voice.quiet_ms == 0, voice.power
        self._arrived(at * 1000, voiced=voiced)
        if voiced:
            self._speech.append((power, _clipped(frame) if power >= _LOUD else 0))
        elif power > 0 and voice.quiet_ms >= _SETTLED_MS:
            self._room.append(power)
        self._listening_room = voice.room
        self._was_voiced = voiced
        self._absent = 0
        return self._changed("dead", is_bad=False) if "dead" in self._faults else ()

    def sent(self) -> tuple[LineChange, ...]:
        """20 ms went out to the caller."""
        self._absent += 1
        if self._absent == (_NEVER_CAME if self._due_ms is None else _STOPPED):
            return self._changed("dead", is_bad=self._due_ms is None or self.sends_silence)
        return ()

    @property
    def absent_s(self) -> float:
        """For how long no frame has come."""
        return self._absent * FRAME_MS / 1000

    @property
    def sends_silence(self) -> bool:
        """Whether frames have come without a gap for 2 s in which nobody spoke: no silence suppression here."""
        return self._silent_run >= _SENDS_SILENCE

    def judge(self) -> tuple[LineChange, ...]:
        """A turn of the caller is over."""
        heard = [frame for frame in self._speech if frame is not None]
        if len(heard) < _LEAST_SPEECH:
            return ()
        power = sum(power for power, _ in heard) / len(heard)
        measured: dict[LineFault, float] = {
            "quiet": _FULL_SCALE_DB - 10 * log10(power),
            "clipped": sum(clipped for _, clipped in heard) / (len(heard) * FRAME_MS * 8),
            "gaps": 1 - len(heard) / len(self._speech),
        }
        if (noise := self._noise()) > 0:
            measured["noisy"] = 10 * log10(noise / max(power - noise, 1.0))
        changes: list[LineChange] = []
        for fault, value in measured.items():
            bad, good = _LIMITS[fault]
            changes += self._changed(fault, is_bad=value >= bad or (fault in self._faults and value > good))
        return tuple(changes)

    def _noise(self) -> float:
        """The power of what is heard when the caller does not speak, 0 while it is not known. A television, or a hiss
        so loud that the detector takes it for speech, shows only while the caller listens."""
        settled = len(self._room) >= _LEAST_ROOM
        return max(self._listening_room, sorted(self._room)[len(self._room) // 2] if settled else 0.0)

    def _changed(self, fault: LineFault, *, is_bad: bool) -> tuple[LineChange, ...]:
        if is_bad == (fault in self._faults):
            return ()
        if is_bad:
            self._faults.add(fault)
            return (fault,)
        self._faults.discard(fault)
        return () if self._faults else ("good",)

    def _arrived(self, at_ms: float, *, voiced: bool) -> None:
        """Count what did not come before this frame. What comes in a heap after a pause was late, and not lost."""
        due = at_ms if self._due_ms is None else self._due_ms
        late = at_ms - due
        self._due_ms = min(due, at_ms) + FRAME_MS
        if late > _JITTER_MS:
            self._due_ms = at_ms + FRAME_MS
            lost = int(late / FRAME_MS)
            if self._was_voiced and (lost <= _LONG_GAP or self.sends_silence):
                self._speech.extend([None] * min(lost, _LONGEST_GAP))
            elif not self.sends_silence:
                self._silent_run = 0
        elif late < -FRAME_MS / 2 and None in self._speech:
            self._speech.remove(None)
        if not voiced and not self.sends_silence:
            self._silent_run += 1
        elif voiced and not self.sends_silence:
            self._silent_run = 0


def _clipped(frame: bytes) -> int:
    signal = np.frombuffer(frame, dtype="<i2")
    return int(np.count_nonzero((signal >= _FULL_SCALE) | (signal <= -_FULL_SCALE)))
