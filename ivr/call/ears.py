"""A call's ears: the caller's frames in; what was said, that it was lost, and that the line is bad out, as events.

Decided:
- `hear` cuts the audio into turns itself (microseconds), so a barge-in is reported in the very frame that decides it,
  however long the recogniser takes; `run` decodes the turns, one after another, so answers keep their order.
- All audio of a turn is kept until it is answered. So a recogniser that dies costs the caller nothing (the turn is
  decoded again, once), a second look is possible, and what the recogniser cannot take at once waits and is not lost.
- A turn is decoded with the phrases of the question that stands when it *ends*: who speaks up just as the question
  changes answers the new one, so a new `Expectation` decodes the turn anew from its onset. A turn that ended
  before keeps the phrases it was spoken to. While deaf, a turn is kept but not decoded, in case a question still comes;
  who speaks on through that, or while an answer is told, is announced again after it, so no reply is said over them.
- A turn that is a whole answer to the question ends after a shorter silence: whether it is one is asked of the partial
  text in the pause, and of the final text before anything is told. Where the final text is another, or the caller has
  gone on meanwhile, nothing has happened: the turn goes on, and is decoded again from the audio kept. A turn that is
  plainly unfinished (digits missing, 然后) is waited for longer.
- A frame that the clock says is missing is silence; with no frame at all for the pause's length the turn ends too,
  because phones with silence suppression stop sending when their owner stops speaking (FACTS.md).
- Pressure is never silence: an answer that is 1.5 s late is told as late, after 6 s the turn is given up as lost, and
  the second look, which makes way for live audio, is given up after 2.5 s.
- `at` of an event is that of the frame that decided it, so a journal of the same audio is the same journal.
- An open question whose answer is in doubt is decoded a second time without phrases, and both texts go to
  understanding, which says what is unsure: trust.py. Who asked for another language is heard by its recogniser:
  second_look.py.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping

from ivr.audio import FRAME_MS
from ivr.call.line import AudioFrame
from ivr.call.look import Look
from ivr.call.second_look import SecondLook, second_look
from ivr.call.spoken_turn import CAUGHT_UP_MS, CHUNK_BYTES, SpokenTurn
from ivr.clock import now
from ivr.dialogue.events import (
    Event,
    Heard,
    LineIsBad,
    LineIsGood,
    Partial,
    RecognitionLost,
    RecognitionSlow,
    SpeechStarted,
)
from ivr.hearing.echo import EchoCanceller
from ivr.hearing.end_of_turn import TurnSettings
from ivr.hearing.expectation import Expectation
from ivr.hearing.line_quality import LineChange, LineQuality
from ivr.hearing.turns import TurnBegan, TurnChange, TurnCounts, TurnEnded, Turns, TurnWasNone, TurnWentOn
from ivr.hearing.voice_activity import VoiceSettings
from ivr.understanding.trust import LOOK_AGAIN
from ivr_asr.api import Hypothesis, RecognitionError, Recognizer, RecognizerLost

_MISSING_MS = 200
"""A network may be this late; later than that and the audio is taken for lost."""
_TURNS_KEPT = 6
"""Turns waiting for the recogniser, 20 s each at most; with more, the oldest is given up as lost."""
_TRIES = 2
_SLOW_S, _LOST_S = 1.5, 6.0
"""After a turn's end the caller is told to wait, and then it is given up. A live turn is heard in 0.3 s (FACTS.md)."""


class Ears:
    """One call's ears. `emit(event)` is called on the loop and must return at once. So is `foresee(text)`: the turn may
    be over with this text, which is a whole answer; with "" it is not, the caller has gone on.

    Call `hear` for every frame, `listen` and `deaf` as the dialogue says, and keep `run` running as a task.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        emit: Callable[[Event], None],
        *,
        voice: VoiceSettings | None = None,
        turn: TurnSettings | None = None,
        sure: float = LOOK_AGAIN,
        foresee: Callable[[str], None] = lambda _text: None,
        languages: Mapping[str, Recognizer] | None = None,
    ) -> None:
        self._recognizer = recognizer
        self._languages = languages or {}
        self._emit = emit
        self._sure = sure
        self._foresee = foresee
        self._turns = Turns(voice=voice, turn=turn)
        self._echo = EchoCanceller()
        self._line = LineQuality()
        self._listen: Expectation | None = None
        self._present: SpokenTurn | None = None
        self._waiting: deque[SpokenTurn] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._audio_until: float | None = None
        self._frame_on_clock = 0.0

    def use(self, recognizer: Recognizer | None) -> None:
        """Hear with this recogniser from the next hearing on: the caller speaks another language."""
        self._recognizer = recognizer or self._recognizer

    def listen(self, listen: Expectation) -> None:
        """From now on expect this; the turn that the caller may be in the middle of counts as an answer to it."""
        self._listen = listen
        self._turns.pause_ms = listen.pause_ms
        self._readdress(listen)

    def deaf(self) -> None:
        """Expect nothing: no events until the next `listen`. A turn that had ended before is answered still."""
        self._listen = None
        self._readdress(None)

    def played(self, frame: bytes) -> None:
        """Take 20 ms of what the caller hears: its echo is not the caller, and it counts the time in which nothing
        comes."""
        self._echo.played(frame)
        if changes := self._line.sent():
            self._line_changed(changes, (self._audio_until or 0.0) + self._line.absent_s)

    def hear(self, frame: AudioFrame) -> None:
        """Take 20 ms of the caller; never waits. Frames come in the order of their `at`."""
        if self._closed:
            return
        self._frame_on_clock = now()
        if self._audio_until is not None:
            late_ms = round((frame.at - self._audio_until) * 1000) - FRAME_MS
            if late_ms >= _MISSING_MS:
                self._missing(late_ms, frame.at)
        self._audio_until = max(frame.at, (self._audio_until or frame.at) + FRAME_MS / 1000)
        silent_ms = self._turns.silence_ms
        callers = self._echo.hear(frame.pcm)
        found = self._turns.hear(self._echo.left, judged=callers, listens=self._echo.prompting)
        self._line_changed(self._line.hear(frame.pcm, frame.at, self._turns.voice), frame.at)
        for change in found:
            self._apply(change, frame.at)
        self._silence(silent_ms)

    async def run(self) -> None:
        """Decode turns until cancelled or closed."""
        if self._closed:
            return
        self._task = asyncio.current_task()
        while True:
            while self._waiting:
                await self._answer(self._waiting[0])
                self._waiting.popleft()
            self._wake.clear()
            await self._wake.wait()

    async def close(self) -> None:
        """End `run` and free the recogniser's stream; nothing is emitted any more. May be repeated."""
        self._closed = True
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.wait([task])
        self._waiting.clear()

    # What the audio does to the turns.

    def _apply(self, change: TurnChange, at: float) -> None:
        if isinstance(change, TurnBegan):
            self._begin(SpokenTurn(self._listen, bytearray(change.audio), at))
            return
        turn = self._present
        if turn is None:
            return
        turn.at = at
        match change:
            case TurnWentOn(audio):
                turn.audio += audio
                if len(turn.audio) % CHUNK_BYTES:
                    return
            case TurnCounts():
                turn.counts = True
                self._announce(turn)
            case TurnEnded():
                self._line_changed(self._line.judge(), at)
                turn.ended, turn.ended_on_clock, turn.dropped = change, now(), turn.listen is None
                self._present = None
                self._watch(turn)
            case TurnWasNone():
                turn.dropped = True
                self._present = None
        turn.changed.set()

    def _line_changed(self, changes: tuple[LineChange, ...], at: float) -> None:
        for change in changes if not self._closed else ():
            self._emit(LineIsGood(at) if change == "good" else LineIsBad(at, change))

    def _silence(self, before_ms: int) -> None:
        """The silence in the present turn, `before_ms` long before this frame, is longer now, or over."""
        turn, silent_ms = self._present, self._turns.silence_ms
        if turn is None or turn.listen is None or before_ms == silent_ms:
            return
        if silent_ms < before_ms:
            self._turns.pause_ms = turn.listen.pause_ms
            turn.stretches += 1
            turn.gap = False
            if turn.foreseen:
                turn.foreseen = ""
                self._foresee("")
        elif turn.is_due(before_ms, silent_ms):
            turn.changed.set()

    def _begin(self, turn: SpokenTurn) -> None:
        kept = [each for each in self._waiting if not each.dropped]
        if len(kept) >= _TURNS_KEPT:
            oldest = kept[0]
            oldest.dropped = True
            oldest.audio.clear()
            oldest.changed.set()
            self._emit(RecognitionLost(turn.at, "the recogniser is too far behind"))
        self._present = turn
        self._turns.pause_ms = turn.listen.pause_ms if turn.listen else self._turns.pause_ms
        self._waiting.append(turn)
        self._wake.set()

    def _announce(self, turn: SpokenTurn | None, *, again: bool = False) -> None:
        if turn is not None and turn.counts and turn.listen is not None and (again or not turn.announced):
            turn.announced = True
            self._emit(SpeechStarted(turn.at))

    def _readdress(self, listen: Expectation | None) -> None:
        if listen is None:
            for turn in self._waiting:
                turn.dropped = turn.dropped or turn.ended is not None
                turn.announced = False
                turn.changed.set()
        if self._present is not None:
            self._present.listen = listen
            self._present.changed.set()
            self._announce(self._present)

    def _missing(self, ms: int, at: float) -> None:
        self._audio_until = at
        self._echo.missing(ms // FRAME_MS)
        silent_ms = self._turns.silence_ms
        for change in self._turns.missing(ms):
            self._apply(change, at)
        if self._present is not None:
            self._present.gap = True
        self._silence(silent_ms)

    async def _change(self, turn: SpokenTurn) -> None:
        """Wait until something about the turn changes; frames that stay out altogether are a change too."""
        try:
            async with asyncio.timeout(self._turns.pause_ms / 1000):
                await turn.changed.wait()
        except TimeoutError:
            silent_ms = round((now() - self._frame_on_clock) * 1000)
            if turn is self._present and silent_ms >= self._turns.pause_ms:
                self._frame_on_clock = now()
                self._missing(silent_ms, (self._audio_until or turn.at) + silent_ms / 1000)
        turn.changed.clear()

    # What the recogniser makes of them.

    def _watch(self, turn: SpokenTurn) -> None:
        """An answer that is late is told, one that is too late is none: a caller is not left in silence."""
        if not turn.dropped:
            loop = asyncio.get_running_loop()
            loop.call_later(_SLOW_S, self._late, turn)
            loop.call_later(_LOST_S, self._too_late, turn)

    def _owed(self, turn: SpokenTurn) -> bool:
        return not self._closed and not turn.dropped and any(each is turn for each in self._waiting)

    def _late(self, turn: SpokenTurn) -> None:
        if self._owed(turn):
            self._emit(RecognitionSlow(turn.at + _SLOW_S, round(_SLOW_S * 1000)))

    def _too_late(self, turn: SpokenTurn) -> None:
        if self._owed(turn):
            turn.dropped = True
            turn.changed.set()
            if turn.limit is not None:  # the recogniser may never answer, and the next turn is not to wait for that
                turn.limit.reschedule(now())
            self._emit(RecognitionLost(turn.at + _LOST_S, f"the recogniser did not answer within {_LOST_S:.0f} s"))

    async def _answer(self, turn: SpokenTurn) -> None:
        try:
            async with asyncio.timeout(None) as turn.limit:
                await self._try(turn)
        except TimeoutError:
            if not turn.dropped:  # not ours, then: `_too_late` alone sets the limit
                raise

    async def _try(self, turn: SpokenTurn) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                await self._decode(turn)
            except RecognitionError as fault:
                if attempt < _TRIES and isinstance(fault, RecognizerLost):
                    continue
                if not turn.dropped:
                    turn.dropped = True
                    self._emit(RecognitionLost(turn.at, str(fault)))
            return

    async def _decode(self, turn: SpokenTurn) -> None:
        look = Look()
        try:
            while not turn.dropped:
                if turn.listen is None:
                    await self._change(turn)
                elif not look.is_of(turn.phrases, turn.stretches):
                    await look.begin(self._recognizer, turn.phrases)
                elif (final := look.final) is not None:
                    if look.early and not turn.is_whole(final, self._sure):
                        look = Look()  # what ends after its pause is decoded to its last sample
                    elif turn.ended is not None or self._ends_early(turn):
                        await self._report(turn, final)
                        return
                    else:
                        await self._change(turn)
                elif turn.has_unheard(look.fed, self._silent_ms(turn)):
                    await self._feed(turn, look)
                elif turn.ended is not None or turn.may_be_whole(self._silent_ms(turn)):
                    await look.finish(turn.stretches, early=turn.ended is None)
                else:
                    await self._change(turn)
        finally:
            await look.close()

    async def _feed(self, turn: SpokenTurn, look: Look) -> None:
        at, piece = turn.at, bytes(turn.audio[look.fed :])
        hypothesis = await look.feed(piece)
        if hypothesis is not None and hypothesis.text:
            self._show(turn, at, hypothesis.text)
        if turn is self._present and self._turns.silence_ms >= CAUGHT_UP_MS:
            self._judge(turn)

    def _judge(self, turn: SpokenTurn) -> None:
        """The caller pauses: how long may they, and is this what will be answered?"""
        if (listen := turn.listen) is None:
            return
        verdict = listen.completeness(turn.partial)
        self._turns.pause_ms = listen.unfinished_ms if verdict == "unfinished" else listen.pause_ms
        if listen.early_ms(turn.partial) and turn.partial != turn.foreseen:
            turn.foreseen = turn.partial
            self._foresee(turn.partial)

    def _silent_ms(self, turn: SpokenTurn) -> int:
        """How long the caller pauses in this turn; 0 once it is over."""
        return self._turns.silence_ms if turn is self._present else 0

    def _ends_early(self, turn: SpokenTurn) -> bool:
        """End the present turn, which is a whole answer, if the silence is long enough for that."""
        if turn.listen is None or turn is not self._present or not self._turns.pausing or turn.gap:
            return False
        if 0 < turn.early_ms <= self._turns.silence_ms:
            for change in self._turns.end():
                self._apply(change, turn.at)
        return turn.ended is not None

    def _show(self, turn: SpokenTurn, at: float, text: str) -> None:
        turn.partial = text
        if text == turn.shown or not turn.announced:
            return
        turn.shown = text
        if turn.listen is not None and not turn.dropped:
            self._emit(Partial(at, text))

    async def _report(self, turn: SpokenTurn, best: Hypothesis) -> None:
        ended, second = turn.ended, SecondLook()
        if turn.listen is not None and turn.is_in_doubt(best, self._sure):
            wishes = turn.listen.languages
            second = await second_look(self._recognizer, bytes(turn.audio), others=self._languages, languages=wishes)
        if turn.dropped or ended is None:
            return
        free_text = "" if second.asked else second.free_text
        best = second.asked or best
        self._emit(
            Heard(
                turn.at,
                best.text,
                confidence=best.confidence,
                alternatives=best.alternatives,
                free_text=free_text,
                speech_ms=ended.speech_ms,
                silence_ms=ended.silence_ms,
                decoding_ms=round((now() - turn.ended_on_clock) * 1000),
            )
        )
        self._announce(self._present, again=True)
