"""When things happen on the hotline's side of a call that is only thought: prompts end, timers run out, services
answer, people take the call.

Decided: nothing here is random or measured. A prompt lasts as long as it did in a recorded call, or else 4.5 characters
a second, the speed of Mandarin announcements; a service answers what it answered in the recorded call, after as long.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ivr.call.answer import fitted
from ivr.call.journal import Exchange
from ivr.dialogue.commands import (
    CancelTimer,
    Command,
    HandOff,
    HangUp,
    PauseSpeaking,
    ResumeSpeaking,
    RunAction,
    Say,
    StartTimer,
    StopSpeaking,
)
from ivr.dialogue.events import (
    ActionDone,
    Event,
    HandedOff,
    HandOffRefused,
    HungUp,
    PromptEnded,
    PromptStarted,
    TimerFired,
)
from ivr.qa.caller_turns import address
from ivr.simulate.text_line import CHARACTERS_A_SECOND

_AT_ONCE_S = 0.02
_ENDING_S = 0.2
_HEARD_AGAIN_S = 0.3  # what a prompt that was paused goes back by


class NotTold(Exception):  # noqa: N818  no fault: the record does not say it
    """The recorded call does not tell what the world would have answered; the message says to what."""


@dataclass(frozen=True, slots=True)
class _Answer:
    action: RunAction
    done: ActionDone
    seconds: float


class RecordedWorld:
    """What the world outside did in a recorded call: each answer is given once, to what was asked then."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        asked: dict[int, tuple[RunAction, float]] = {}
        self._answers: list[_Answer] = []
        self._refusals: deque[str] = deque()
        for exchange in exchanges:
            for command in exchange.commands:
                if isinstance(command, RunAction):
                    asked[command.action] = (command, exchange.event.at)
            match exchange.event:
                case ActionDone(action=number) as done if number in asked:
                    action, at = asked[number]
                    self._answers.append(_Answer(action, done, done.at - at))
                case HandOffRefused(reason=reason):
                    self._refusals.append(reason)
                case _:
                    pass

    def answer(self, action: RunAction) -> tuple[float, ActionDone]:
        """After how many seconds, and what. Raises NotTold for what was not asked then."""
        for same in (_same_request, _same_place):
            for known in self._answers:
                if same(known.action, action):
                    self._answers.remove(known)
                    return known.seconds, _as_expected(known.done, action)
        raise NotTold(f"what {address(action)} would have answered")

    def used(self, done: ActionDone) -> None:
        """The recorded answer `done` was given by the record itself."""
        self._answers = [known for known in self._answers if known.done is not done]

    def refusal(self) -> str:
        """Why the queue refuses this hand-off; "" if it does not."""
        return self._refusals.popleft() if self._refusals else ""


def _same_request(then: RunAction, now: RunAction) -> bool:
    return (then.kind, then.request.get("url"), then.request.get("body")) == (
        now.kind,
        now.request.get("url"),
        now.request.get("body"),
    )


def _same_place(then: RunAction, now: RunAction) -> bool:
    return then.kind == now.kind and address(then) == address(now)


def _as_expected(done: ActionDone, action: RunAction) -> ActionDone:
    """The same answer to another flow, which may expect more of it."""
    done = replace(done, action=action.action)
    if done.outcome != "ok":
        return done
    held = fitted(done.value, action.request.get("expect", {}))
    return replace(done, outcome=held.outcome, value=held.value, reason=held.reason)


@dataclass(slots=True)
class _Prompt:
    number: int
    length: float
    heard: float = 0.0


@dataclass
class HotlineClock:
    """The hotline's side. In a call that goes as recorded, tell it every event with `happened`; once it goes another
    way, take its own events with `next`. Both ways, give it every command.

    `lengths`: how long prompts last in seconds, by their text; `language`: for those that are not known.
    """

    world: RecordedWorld
    lengths: Callable[[str], float | None]
    language: str
    quiet_since: float = 0.0
    began: dict[int, float] = field(default_factory=dict)
    _prompts: deque[_Prompt] = field(default_factory=deque)
    _speaks_since: float | None = None
    _paused: bool = False
    _timers: dict[str, float] = field(default_factory=dict)
    _coming: list[Event] = field(default_factory=list)
    _open: list[RunAction] = field(default_factory=list)

    @property
    def speaks(self) -> bool:
        """Whether a prompt is being said, held, or waits."""
        return bool(self._prompts)

    def carry_out(self, commands: Iterable[Command], at: float, *, imagined: bool) -> None:
        """Do as the dialogue says. `imagined`: the world's answers are to be thought; else the record brings them.
        Raises NotTold."""
        for command in commands:
            match command:
                case StartTimer(timer=timer, seconds=seconds):
                    self._timers[timer] = at + seconds
                case CancelTimer(timer=timer):
                    self._timers.pop(timer, None)
                case RunAction():
                    self._open.append(command)
                case HandOff() | HangUp() if imagined:
                    self._end(command, at)
                case _:
                    self._speak(command, at)
        if imagined:
            self.imagine(at)

    def imagine(self, at: float) -> None:
        """From now on the world's answers are thought: also to what is asked already. Raises NotTold."""
        waiting, self._open = self._open, []
        for action in waiting:
            seconds, done = self.world.answer(action)
            self._coming.append(replace(done, at=at + seconds))

    def happened(self, event: Event) -> None:
        """The record tells this event."""
        match event:
            case PromptStarted(prompt=number):
                self.began.setdefault(number, event.at)
                if self._prompts and self._prompts[0].number == number:
                    self._speaks_since = event.at
            case PromptEnded(prompt=number):
                self._coming = [each for each in self._coming if not _is_end_of(each, number)]
                if any(prompt.number == number for prompt in self._prompts):
                    self._over(number, event.at)
            case TimerFired(timer=timer):
                self._timers.pop(timer, None)
            case ActionDone(action=number):
                self._open = [action for action in self._open if action.action != number]
                self.world.used(event)
            case HandOffRefused():
                self.world.refusal()
            case _:
                pass

    def next_at(self) -> float | None:
        """When something happens next; None if nothing will."""
        times = [event.at for event in self._coming] + list(self._timers.values())
        if (end := self._end_of_prompt()) is not None:
            times.append(end)
        return min(times, default=None)

    def next(self) -> Event:
        """What happens next, as it happens: only where `next_at` told when."""
        at = self.next_at() or 0.0
        for event in self._coming:
            if event.at <= at:
                self._coming.remove(event)
                return event
        if (end := self._end_of_prompt()) is not None and end <= at:
            prompt = self._prompts[0]
            self._over(prompt.number, at)
            return PromptEnded(at, prompt.number, round(prompt.length * 1000), cut=False)
        timer = min(self._timers, key=lambda name: self._timers[name])
        del self._timers[timer]
        return TimerFired(at, timer)

    def _speak(self, command: Command, at: float) -> None:
        match command:
            case Say(prompt=number, text=text, language=language):
                self._say(number, text, language or self.language, at)
            case StopSpeaking():
                self._stop(at)
            case PauseSpeaking():
                self._hold(at)
            case ResumeSpeaking():
                self._paused = False
                self._go_on(at)
            case _:
                pass  # what is listened for, noted or recorded takes no time

    def _say(self, number: int, text: str, language: str, at: float) -> None:
        length = self.lengths(text) or len(text) / CHARACTERS_A_SECOND.get(language, 4.5)
        self._prompts.append(_Prompt(number, length))
        self._go_on(at)

    def _stop(self, at: float) -> None:
        self._hold(at)
        for prompt in self._prompts:
            self._coming.append(PromptEnded(at, prompt.number, round(prompt.heard * 1000), cut=True))
        if self._prompts:
            self.quiet_since = at
        self._prompts.clear()
        self._paused = False

    def _hold(self, at: float) -> None:
        if self._speaks_since is not None and self._prompts:
            head = self._prompts[0]
            head.heard = max(0.0, min(head.length, head.heard + at - self._speaks_since))
        self._speaks_since = None
        self._paused = bool(self._prompts)

    def _go_on(self, at: float) -> None:
        if self._prompts and self._speaks_since is None and not self._paused:
            head = self._prompts[0]
            head.heard = max(0.0, head.heard - _HEARD_AGAIN_S)
            self._speaks_since = at
            self.began.setdefault(head.number, at)

    def _over(self, number: int, at: float) -> None:
        self._prompts = deque(prompt for prompt in self._prompts if prompt.number != number)
        self._speaks_since = None
        self.quiet_since = at
        self._go_on(at)

    def _end_of_prompt(self) -> float | None:
        if not self._prompts or self._speaks_since is None:
            return None
        return self._speaks_since + max(_AT_ONCE_S, self._prompts[0].length - self._prompts[0].heard)

    def _end(self, command: HandOff | HangUp, at: float) -> None:
        if isinstance(command, HangUp):
            self._coming.append(HungUp(at + _ENDING_S, "hotline"))
        elif not command.insist and (reason := self.world.refusal()):
            self._coming.append(HandOffRefused(at + _ENDING_S, command.queue, reason))
        else:
            self._coming.append(HandedOff(at + _ENDING_S, command.queue))


def _is_end_of(event: Event, number: int) -> bool:
    return isinstance(event, PromptEnded) and event.prompt == number
