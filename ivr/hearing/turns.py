"""A caller's audio cut into turns: voice activity, end of turn and barge-in put together, pure.

Decided: a turn carries 300 ms from before the onset, since the detector needs 80 ms to be sure and 是 begins with a
consonant that it does not hear. Audio that never came (lost RTP is not filled in, FACTS.md) counts as silence but
adds no audio to the turn. Only on a line that sends silence as sound, so whose phone does not suppress it, audio that
breaks off in mid-word is the network's doing: then the turn waits up to 2 s for the caller's next word.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ivr.hearing.barge_in import BargeIn
from ivr.hearing.end_of_turn import EndOfTurn, TurnSettings
from ivr.hearing.voice_activity import FRAME_MS, VoiceActivity, VoiceSettings

_PRE_ROLL_MS = 300
_SENDS_SILENCE_FRAMES = 100
_MID_WORD_MS = 60
_LONGEST_GAP_MS = 2000


@dataclass(frozen=True, slots=True)
class TurnBegan:
    """Something like speech began; `audio` holds it from 300 ms before."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class TurnWentOn:
    """More audio of the turn."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class TurnCounts:
    """It is really speech: whoever speaks to the caller should stop. Once a turn, at its end at the latest."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over after `speech_ms` from its first to its last speech and `silence_ms` of silence."""

    speech_ms: int
    silence_ms: int


@dataclass(frozen=True, slots=True)
class TurnWasNone:
    """It was a click: forget it."""


TurnChange = TurnBegan | TurnWentOn | TurnCounts | TurnEnded | TurnWasNone


class Turns:
    """Frames in, changes of the present turn out. `pause_ms` (of audio) ends a turn and may be set at any time; `voice`
    is what was found of the last frame."""

    def __init__(
        self, pause_ms: int = 600, voice: VoiceSettings | None = None, turn: TurnSettings | None = None
    ) -> None:
        self.pause_ms = pause_ms
        self.voice = VoiceActivity(voice)
        self._settings = turn or TurnSettings()
        onset = (voice or VoiceSettings()).onset_window
        self._before: deque[bytes] = deque(maxlen=_PRE_ROLL_MS // FRAME_MS + onset)
        self._end: EndOfTurn | None = None
        self._barge_in = BargeIn(self._settings.barge_in_ms)
        self._silent_frames = self._gap_ms = 0

    @property
    def in_turn(self) -> bool:
        """A turn has begun and not ended."""
        return self._end is not None

    @property
    def silence_ms(self) -> int:
        """Silence since the last speech of the present turn; 0 while there is none."""
        return self._end.silence_ms if self._end is not None else 0

    @property
    def pausing(self) -> bool:
        """Inside a turn, and nothing is being said."""
        return self._end is not None and not self.voice.speaking

    def end(self) -> list[TurnChange]:
        """The present turn is over by what was said in it, before its pause; nothing where there is none, or only a
        click so far."""
        end = self._end
        if end is None or end.speech_ms < self._settings.shortest_ms:
            return []
        self._end = None
        counts: list[TurnChange] = [] if self._barge_in.interrupted else [TurnCounts()]
        return [*counts, TurnEnded(end.speech_ms, end.silence_ms)]

    def hear(self, frame: bytes, *, judged: bytes | None = None, listens: bool = False) -> list[TurnChange]:
        """Take 20 ms (320 bytes); `judged`: what of them to look for a voice in, if not all; `listens`: while a prompt
        is being played to the caller. Raises ValueError for another length."""
        kept_back = judged is not None and judged != frame
        speaking = self.voice.hear(frame if judged is None else judged, listens=listens, kept_back=kept_back)
        self._gap_ms = 0
        if self._end is not None:
            return [TurnWentOn(frame), *self._judge(self._end, FRAME_MS)]
        self._before.append(frame)
        if not speaking:
            self._silent_frames += 1
            return []
        began = TurnBegan(b"".join(self._before))
        self._before.clear()
        self._end = EndOfTurn(self.pause_ms, self._settings)
        self._barge_in = BargeIn(self._settings.barge_in_ms)
        return [began, *self._judge(self._end, self.voice.onset_ms)]

    def missing(self, ms: int) -> list[TurnChange]:
        """`ms` of the caller's audio never came: silence, or a gap in mid-word."""
        self._gap_ms += ms
        in_mid_word = self._end is not None and self._end.silence_ms <= _MID_WORD_MS
        if in_mid_word and self._silent_frames >= _SENDS_SILENCE_FRAMES and self._gap_ms <= _LONGEST_GAP_MS:
            return []
        ms, self._gap_ms = self._gap_ms, 0
        self.voice.missing(ms)
        self._before.clear()  # what was heard before a gap does not lead into what comes after
        return self._judge(self._end, ms) if self._end is not None else []

    def _judge(self, end: EndOfTurn, ms: int) -> list[TurnChange]:
        end.pause_ms = self.pause_ms
        verdict = end.hear(ms, speaking=self.voice.speaking, quiet_ms=self.voice.quiet_ms)
        changes: list[TurnChange] = []
        if self._barge_in.hear(end.speech_ms):
            changes.append(TurnCounts())
        if verdict == "goes_on":
            return changes
        self._end = None
        if verdict == "blip":
            return [*changes, TurnWasNone()]
        if not self._barge_in.interrupted:
            changes.append(TurnCounts())
        return [*changes, TurnEnded(end.speech_ms, end.silence_ms)]
