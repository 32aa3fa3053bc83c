"""A journal cut into the caller's turns: what they had been asked, when they began, what they did, what followed.

Decided: a turn begins where the caller begins anything after the hotline has spoken, and lasts until it speaks again,
so a number in three breaths is one turn, as it was for the caller. When a turn began is kept against the hotline's
speech (so long after it, or so far into it) and not against the clock: that is what a caller goes by, and so it holds
for a hotline whose prompts are longer or shorter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rapidfuzz import fuzz

from ivr.call.journal import Exchange
from ivr.dialogue.commands import Command, HandOff, HangUp, Listen, NoteTurn, RunAction, Say, StopListening
from ivr.dialogue.events import (
    Event,
    Heard,
    HungUp,
    KeyPressed,
    LineIsBad,
    LineIsGood,
    Partial,
    PromptEnded,
    PromptStarted,
    RecognitionLost,
    RecognitionSlow,
    SpeechStarted,
    TimerFired,
)
from ivr.dialogue.talk import NO_INPUT
from ivr.dialogue.vocabulary import REACHABLE_EVERYWHERE

TurnKind = Literal["begin", "speech", "keys", "silence", "hang_up"]
MISSES = frozenset({"no_match", "no_input"})
_ALIKE = 75.0  # rapidfuzz ratio from which two wordings ask the same: only a value, or a particle, is another
_OF_THE_CALLER = (
    *(SpeechStarted, Partial, Heard, KeyPressed),
    *(RecognitionSlow, RecognitionLost, LineIsBad, LineIsGood),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller answers: the last prompt's `words`, what is listened for, and the `place` in the flow ("": not
    told). `choices` are those of the question alone, without what every question understands."""

    words: str = ""
    place: str = ""
    digits: tuple[int, int] | None = None
    wanted: str = ""
    choices: frozenset[str] = frozenset()
    listens: bool = False

    def is_same(self, other: Asked) -> bool:
        """Whether who answered one would answer the other alike. A caller knows only what they hear, so the same words
        are the same question; other words are, if the same kind of value is wanted and two of three agree: words that
        are nearly the same, the place in the flow, and at least half of the choices."""
        if self.words == other.words:
            return True
        if (self.digits, self.wanted) != (other.digits, other.wanted):
            return False
        places = bool(self.place and other.place)
        agree = [
            fuzz.ratio(self.words, other.words) >= _ALIKE,
            places and self.place == other.place,
            2 * len(self.choices & other.choices) >= max(len(self.choices), len(other.choices)),
        ]
        return sum(agree) >= (2 if places else 1)


@dataclass(slots=True)
class Reaction:
    """What followed a turn, until the next. `meanings`: what it was taken for; `outside`: what was asked of services;
    `ended`: `queue NAME` or `hangs up`; a queue that refused is no end, but a person was wanted."""

    meanings: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    ended: str = ""
    wanted_person: bool = False

    def add(self, commands: Iterable[Command]) -> None:
        """More followed."""
        for command in commands:
            match command:
                case Say(text=text):
                    self.said.append(text)
                case NoteTurn(intent=intent):
                    self.meanings.append(intent)
                case RunAction():
                    self.outside.append(address(command))
                case HandOff(queue=queue):
                    self.ended, self.wanted_person = f"queue {queue}", True
                case HangUp():
                    self.ended = "hangs up"
                case _:
                    pass

    @property
    def misses(self) -> int:
        """How often nothing came of the turn."""
        return sum(meaning in MISSES for meaning in self.meanings)

    def told(self) -> str:
        """In words."""
        parts = [f"taken for {', '.join(self.meanings)}"] if self.meanings else []
        parts += [f"asks {where}" for where in self.outside]
        parts += [f"says “{text}”" for text in self.said]
        return "; ".join([*parts, *([self.ended] if self.ended else [])]) or "nothing"


@dataclass(frozen=True, slots=True)
class Cue:
    """When a turn began: `seconds` after the hotline fell `quiet`, `into` a prompt (the one `from_last` before the last
    that was asked for), or, nothing having been said, after the `turn` before began."""

    kind: Literal["quiet", "into", "turn"]
    seconds: float
    from_last: int = 0
    prompt: str = ""


@dataclass(slots=True)
class JournalTurn:
    """One turn. `first` is the exchange at which it begins; `events` are all that the caller did in it."""

    kind: TurnKind
    first: int = 0
    events: list[Event] = field(default_factory=list)
    asked: Asked = field(default_factory=Asked)
    cue: Cue = field(default_factory=lambda: Cue("quiet", 0.0))
    reaction: Reaction = field(default_factory=Reaction)
    notes: list[NoteTurn] = field(default_factory=list)

    @property
    def began(self) -> float:
        """Seconds since the call began."""
        return self.events[0].at if self.events else 0.0

    @property
    def said(self) -> str:
        """What was heard, or `[keys]`, `(silence)`, `(hangs up)`, and `` for the begin of the call."""
        if self.kind in {"silence", "hang_up", "begin"}:
            return {"silence": "(silence)", "hang_up": "(hangs up)", "begin": ""}[self.kind]
        if self.kind == "keys":
            return f"[{''.join(event.key for event in self.events if isinstance(event, KeyPressed))}]"
        heard = [event.text or event.free_text for event in self.events if isinstance(event, Heard)]
        return " ".join(filter(None, heard)) or "(a sound)"


class _Speech:
    """What the hotline says, as the journal tells."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self.since_turn: list[int] = []
        self.began: dict[int, float] = {}
        self.under_way: list[int] = []
        self.quiet_since = 0.0

    def command(self, command: Say) -> None:
        self.texts[command.prompt] = command.text
        self.since_turn.append(command.prompt)
        self.under_way.append(command.prompt)

    def event(self, event: Event) -> None:
        if isinstance(event, PromptStarted):
            self.began[event.prompt] = event.at
        elif isinstance(event, PromptEnded) and event.prompt in self.under_way:
            self.under_way.remove(event.prompt)
            self.quiet_since = event.at

    def cue(self, at: float, turn_began: float) -> Cue:
        """That of a turn that begins `at`."""
        if not self.since_turn:
            return Cue("turn", at - turn_began)
        speaking = [number for number in self.under_way if number in self.since_turn]
        if not speaking:
            return Cue("quiet", max(0.0, at - self.quiet_since))
        now = next((number for number in speaking if number in self.began), speaking[0])
        seconds = at - self.began[now] if now in self.began else 0.0
        from_last = len(self.since_turn) - 1 - self.since_turn.index(now)
        return Cue("into", seconds, from_last, self.texts[now])


class Ear:
    """What is being asked, from the commands as they come."""

    def __init__(self) -> None:
        self._words = ""
        self._listen: Listen | None = None

    def add(self, commands: Iterable[Command]) -> None:
        """These commands were given."""
        for command in commands:
            if isinstance(command, Say):
                self._words = command.text
            elif isinstance(command, Listen):
                self._listen = command
            elif isinstance(command, StopListening):
                self._listen = None

    def asked(self, place: str = "") -> Asked:
        """What a turn that begins now answers."""
        listen = self._listen
        if listen is None:
            return Asked(self._words, place)
        own = frozenset(listen.intents) - set(REACHABLE_EVERYWHERE) | {f"faq:{bank}" for bank in listen.faqs}
        return Asked(self._words, place, listen.digits, listen.wanted, own, listens=True)


def turns_of(exchanges: Sequence[Exchange]) -> list[JournalTurn]:
    """The call's turns in order; the first, of kind `begin`, holds what was said before any."""
    turns = [JournalTurn("begin")]
    speech, ear = _Speech(), Ear()
    unanswered = False
    for index, exchange in enumerate(exchanges):
        event, turn = exchange.event, turns[-1]
        speech.event(event)
        kind = _kind(exchange)
        goes_on = unanswered and isinstance(event, Heard)
        if kind and (goes_on or not _begins(event, kind, turn, speech)):
            turn.events.append(event)
        elif kind:
            cue = speech.cue(event.at, turn.began)
            turns.append(JournalTurn(kind, index, [event], ear.asked(), cue))
            speech.since_turn.clear()
        if isinstance(event, SpeechStarted):
            unanswered = True
        elif isinstance(event, Heard | RecognitionLost):
            unanswered = False
        _followed(turns[-1], exchange, speech, ear)
    return turns


def _followed(turn: JournalTurn, exchange: Exchange, speech: _Speech, ear: Ear) -> None:
    for command in exchange.commands:
        if isinstance(command, Say):
            speech.command(command)
        elif isinstance(command, NoteTurn):
            turn.notes.append(command)
            if not turn.asked.place:
                turn.asked = _at_place(turn.asked, command.step)
    ear.add(exchange.commands)
    turn.reaction.add(exchange.commands)


def _at_place(asked: Asked, place: str) -> Asked:
    return Asked(asked.words, place, asked.digits, asked.wanted, asked.choices, asked.listens)


def _kind(exchange: Exchange) -> TurnKind | None:
    """What kind of turn an exchange belongs to; None if it is not the caller's doing."""
    event = exchange.event
    if isinstance(event, HungUp):
        return "hang_up" if event.by == "caller" else None
    if isinstance(event, TimerFired) and event.timer == NO_INPUT:
        silent = any(isinstance(each, NoteTurn) and each.intent == "no_input" for each in exchange.commands)
        return "silence" if silent else None
    if isinstance(event, KeyPressed):
        return "keys"
    return "speech" if isinstance(event, _OF_THE_CALLER) else None


def _begins(event: Event, kind: TurnKind, turn: JournalTurn, speech: _Speech) -> bool:
    """Whether a turn begins, and not only more of the one under way."""
    if isinstance(event, Partial | RecognitionSlow | RecognitionLost | LineIsBad | LineIsGood):
        return False
    return bool(speech.since_turn) or kind != turn.kind or kind in {"silence", "hang_up"}


def address(action: RunAction) -> str:
    """The part of an action's address behind the reference to its host, or the kind of action."""
    return str(action.request.get("url", action.kind)).rpartition("}")[2] or action.kind
