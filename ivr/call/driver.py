"""`run_call`: one call from the first word to the last, whatever carries it.

The loop waits on nothing but its inbox. An event comes in, is journaled and given to the dialogue; the
commands that come out are journaled and carried out; whatever takes time is a task that comes back as an
event. If anything of ours fails, the dialogue itself included, the caller goes to a person: the failure is an
event too (`PartFailed`), so that a replay meets it where the call met it. What fails after that ends our side of the
call, and the dialplan, which still holds the caller, queues them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import structlog

from ivr.call.actions import ActionResult, Actions
from ivr.call.ears import Ears
from ivr.call.journal import Header, Journal
from ivr.call.line import AudioFrame, Destination, GivesFrames, HandOffResult, Line
from ivr.call.message import MessageRecorder, fresh_path
from ivr.call.mouth import Mouth, Renders
from ivr.call.recording import Recorder
from ivr.clock import now
from ivr.dialogue import commands as do
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import (
    ActionDone,
    CallStarted,
    Event,
    HandedOff,
    HandOffRefused,
    HungUp,
    PartFailed,
    TimerFired,
)
from ivr.dialogue.foresight import foresee
from ivr.hearing.voice_activity import VoiceSettings
from ivr_asr.api import Recognizer

_log = structlog.get_logger(__name__)
_HAND_OFF_S = 15.0
Observer = Callable[[float, Event | do.Command], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended, after `seconds`: handed to `queue`, or hung up `by` somebody."""

    ended: Literal["handed_off", "hung_up"]
    by: str
    queue: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Equipment:
    """What calls share: a recogniser (lines that carry audio in) and a voice (lines that carry audio out). `hearing`:
    how the caller's speech is told from noise."""

    recognizer: Recognizer | None = None
    voice: Renders | None = None
    actions: Actions | None = None
    other_recognizers: Mapping[str, Recognizer] = field(default_factory=dict)
    hearing: VoiceSettings | None = None


async def run_call(
    line: Line,
    dialogue: Dialogue,
    equipment: Equipment,
    *,
    journal: Journal,
    local_time: str,
    recorder: Recorder | None = None,
    messages: Path | None = None,
    observers: Sequence[Observer] = (),
) -> Outcome:
    """Carry `dialogue` over `line` until it ends. `local_time`: the wall clock at the call's begin, ISO 8601
    with offset. Messages that the caller leaves are kept as `<messages>-<name>.flac`, if left out beside the
    recording."""
    call = _Call(line, dialogue, equipment, journal, recorder=recorder, messages=messages, observers=observers)
    flow = dialogue.flow
    info = line.info
    about = Header(info.call_id, info.caller, info.called, flow.name, flow.digest, local_time, flow.version)
    journal.begin(about)
    try:
        return await call.run(CallStarted(0.0, info.caller, info.called, local_time, line.hears))
    finally:
        try:
            await call.close()
        finally:
            await journal.close()


class _Call:
    def __init__(
        self,
        line: Line,
        dialogue: Dialogue,
        equipment: Equipment,
        journal: Journal,
        *,
        recorder: Recorder | None,
        messages: Path | None,
        observers: Sequence[Observer],
    ) -> None:
        self._line, self._dialogue, self._journal, self._recorder = line, dialogue, journal, recorder
        self._messages = messages
        self._observers = list(observers)
        self._inbox: asyncio.Queue[Event] = asyncio.Queue()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._fired: dict[str, TimerFired] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        language = dialogue.flow.hotline.language
        self._mouth = Mouth(line, self._inbox.put_nowait, line.began, equipment.voice, language)
        self._failed = False
        self._handing_off = False
        self._equipment = equipment
        self._message: MessageRecorder | None = None
        self._ears: Ears | None = None
        if line.hears == "audio" and equipment.recognizer is not None:
            self._ears = Ears(
                equipment.recognizer,
                self._inbox.put_nowait,
                voice=equipment.hearing,
                foresee=self._foresee,
                languages={language: equipment.recognizer, **equipment.other_recognizers},
            )
            line.tap(self._ears.played)
        if recorder is not None:
            line.tap(recorder.hotline)

    async def run(self, started: CallStarted) -> Outcome:
        self._start(self._read_line(), "line")
        self._start(self._mouth.run(), "mouth")
        if self._ears is not None:
            self._start(self._ears.run(), "ears")
        event: Event = started
        while True:
            self._carry_out(event)
            if isinstance(event, HandedOff):
                return Outcome("handed_off", "hotline", event.queue, event.at)
            if isinstance(event, HungUp):
                return Outcome("hung_up", event.by, "", event.at)
            event = await self._inbox.get()
            while isinstance(event, TimerFired) and self._fired.get(event.timer) is not event:
                event = await self._inbox.get()  # it was cancelled, or started anew, after it had fired
            if isinstance(event, TimerFired):
                del self._fired[event.timer]

    async def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._ears is not None:
            await self._ears.close()
        self._end_message()
        if self._recorder is not None:
            await self._recorder.close()

    def _carry_out(self, event: Event) -> None:
        self._journal.event(event)
        self._observe(event.at, event)
        try:
            for command in self._dialogue.handle(event):
                self._journal.command(event.at, command)
                self._observe(event.at, command)
                self._execute(command)
        except Exception as fault:  # noqa: BLE001  whatever is wrong with us, the caller is not to be lost
            self._part_failed("dialogue", fault)

    def _observe(self, at: float, what: Event | do.Command) -> None:
        for observer in list(self._observers):
            try:
                observer(at, what)
            except Exception:  # noqa: BLE001  nobody who only looks on may end a call
                _log.exception("an observer of the call failed and is left out from now on")
                self._observers.remove(observer)

    def _execute(self, command: do.Command) -> None:
        match command:
            case do.Say():
                self._mouth.say(command)
            case do.StopSpeaking():
                self._mouth.stop()
            case do.PauseSpeaking():
                self._mouth.pause()
            case do.ResumeSpeaking():
                self._mouth.resume()
            case do.StartTimer(timer=timer, seconds=seconds):
                self._cancel_timer(timer)
                self._timers[timer] = asyncio.get_running_loop().call_later(seconds, self._fire, timer)
            case do.CancelTimer(timer=timer):
                self._cancel_timer(timer)
            case do.RunAction():
                self._start(self._act(command), "action")
            case do.HandOff():
                self._start(self._hand_off(command), "hand-off")
            case do.HangUp():
                self._start(self._line.hang_up(), "hang-up")
            case _:
                self._hear(command)

    def _hear(self, command: do.Command) -> None:
        match command:
            case do.Listen(language=language) if self._ears is not None:
                others = self._equipment.other_recognizers
                self._ears.use(others.get(language) or self._equipment.recognizer)
                self._ears.listen(self._dialogue.expectation(command))
            case do.StopListening() if self._ears is not None:
                self._ears.deaf()
            case do.StartRecording(name=name, longest=longest):
                self._begin_message(name, longest)
            case do.StopRecording():
                self._end_message()
            case _:
                pass  # NoteTurn is for the journal; a text line has no ears to tell

    def _foresee(self, text: str) -> None:
        """The caller's turn may be over with `text`, "" for no: what would be said to that is made ready, unheard."""
        try:
            self._mouth.prepare(foresee(self._dialogue, text) if text else ())
        except Exception:  # noqa: BLE001  it only saves time; what fails here fails again, and is met, when it is heard
            _log.exception("a reply could not be foreseen")

    def _fire(self, timer: str) -> None:
        self._timers.pop(timer, None)
        self._fired[timer] = TimerFired(self._at(), timer)
        self._inbox.put_nowait(self._fired[timer])

    def _cancel_timer(self, timer: str) -> None:
        self._fired.pop(timer, None)
        if (running := self._timers.pop(timer, None)) is not None:
            running.cancel()

    async def _read_line(self) -> None:
        gone: HungUp | None = None
        try:
            if isinstance(self._line, GivesFrames):
                self._line.frames_to(self._take_frame)
            async for item in self._line.incoming():
                if isinstance(item, AudioFrame):
                    self._take_frame(item)
                elif isinstance(item, HungUp):
                    gone = item
                else:
                    self._inbox.put_nowait(item)
        finally:
            # A line that is handed off ends without a HungUp; the hand-off itself says how that went.
            if gone is not None or not self._handing_off:
                self._inbox.put_nowait(HungUp(self._at(), gone.by if gone else "fault"))

    def _take_frame(self, frame: AudioFrame) -> None:
        if self._recorder is not None:
            self._recorder.caller(frame.pcm)
        if self._message is not None:
            self._message.caller(frame.pcm)
        if self._ears is not None:
            self._ears.hear(frame)

    async def _act(self, command: do.RunAction) -> None:
        """Carry an action out; its outcome comes back as an event, whatever it is."""
        actions = self._equipment.actions
        result = ActionResult("failed", reason="nothing here carries out actions")
        if actions is not None:
            try:
                result = await actions.run(command)
            except Exception as fault:  # noqa: BLE001  a flow has a path for what fails, and the engineer a log
                _log.error("an action failed in a way it should not", kind=command.kind, exc_info=fault)
                result = ActionResult("failed", reason=type(fault).__name__)
        if result.outcome != "ok":
            _log.warning("an action failed", kind=command.kind, outcome=result.outcome, reason=result.reason)
        self._inbox.put_nowait(ActionDone(self._at(), command.action, result.outcome, result.value, result.reason))

    def _begin_message(self, name: str, longest: float) -> None:
        self._end_message()
        beside = self._messages or (self._recorder.path.with_suffix("") if self._recorder else None)
        if beside is None:
            return
        try:
            self._message = MessageRecorder(fresh_path(beside, name), longest)
        except (OSError, RuntimeError) as fault:  # libsndfile's errors are RuntimeErrors
            _log.error("a message is not recorded", why=str(fault))

    def _end_message(self) -> None:
        if self._message is not None:
            self._message.close()
            self._message = None

    async def _hand_off(self, command: do.HandOff) -> None:
        self._handing_off = True
        try:
            destination = Destination(command.queue, command.summary, command.insist)
            result = await asyncio.wait_for(self._line.hand_off(destination), _HAND_OFF_S)
        except TimeoutError:
            result = HandOffResult(accepted=False, reason="no answer")
        self._handing_off = result.accepted
        if result.accepted:
            self._inbox.put_nowait(HandedOff(self._at(), command.queue))
        elif self._failed or command.insist:  # nothing better is left to say, perhaps no mouth to say it with
            self._inbox.put_nowait(HungUp(self._at(), "fault"))
        else:
            self._inbox.put_nowait(HandOffRefused(self._at(), command.queue, result.reason))

    def _start(self, work: asyncio._CoroutineLike[None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            self._part_failed(task.get_name(), fault)

    def _part_failed(self, part: str, fault: BaseException) -> None:
        """To a person; should that fail too, let the line go: the dialplan still holds the caller and queues them."""
        _log.error("a part of the call failed; the caller goes to a person", part=part, exc_info=fault)
        self._journal.fault(self._at(), f"{part}: {type(fault).__name__}: {fault}")
        self._inbox.put_nowait(HungUp(self._at(), "fault") if self._failed else PartFailed(self._at(), part))
        self._failed = True

    def _at(self) -> float:
        return now() - self._line.began
