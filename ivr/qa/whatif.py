"""A recorded call against another flow: where it would have gone differently, and how it would have ended.

Decided:
- As long as the new flow asks for the same things to be done, the record itself is the call: its events are given to
  the new dialogue as they stand, so a flow that changes nothing shows no difference, to the millisecond.
- From the first command that is another, time is thought (hotline_clock.py), and the caller's turns come by their cue:
  as long after the hotline fell quiet, or as far into its prompt, as they did.
- A turn is trusted while the hotline asks what the caller answered (`Asked.is_same`). Two turns are left out by rule: a
  caller who is understood at once does not repeat themselves, and nobody says yes to a check that is not made. Where
  neither holds the call has parted: what this caller would have said is not known, nor is the call's end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ivr.call.journal import Exchange, Header
from ivr.dialogue.commands import Command, HandOff, Listen, NoteTurn, RunAction, Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Event, HandedOff, HungUp, PartFailed, PromptEnded
from ivr.dialogue.talk import NO_INPUT
from ivr.dialogue.walk import place_name
from ivr.qa.caller_turns import MISSES, Asked, Ear, JournalTurn, Reaction, address, turns_of
from ivr.qa.hotline_clock import HotlineClock, NotTold, RecordedWorld
from ivr.qa.outcomes import CallOutcome

_LONGEST_S = 3600.0
_MOST_EVENTS = 5000


class Unusable(Exception):  # noqa: N818  no fault of ours: this call tells nothing about a flow
    """Why a recorded call cannot be used."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first turn that went another way: number `turn` (0: before any), where the caller `said` that at `step`;
    what followed `before` and `after`, in words. `only_words`: the hotline does the same and words it otherwise."""

    turn: int
    said: str
    step: str
    before: str
    after: str
    only_words: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One call. `parted` says why its end is not known with the new flow, "" if it is; then `after` is its outcome.
    `turns`: those that both flows were asked, with `misses_before` and `misses_after` of them that brought nothing."""

    call_id: str
    started: str
    before: CallOutcome
    after: CallOutcome | None
    difference: Difference | None
    parted: str
    turns: int
    misses_before: int
    misses_after: int

    @property
    def way(self) -> Literal["same", "other words", "other way", "parted"]:
        """What became of the call."""
        if self.parted:
            return "parted"
        if self.difference is None:
            return "same"
        return "other words" if self.difference.only_words else "other way"


def what_if(
    header: Header, exchanges: Sequence[Exchange], dialogue: Dialogue, lengths: Callable[[str], float | None]
) -> WhatIf:
    """The call of a journal with a fresh `dialogue` of another flow. `lengths`: how long a prompt lasts, in seconds, by
    its text, None where nobody knows. Raises Unusable."""
    _usable(exchanges)
    turns = turns_of(exchanges)
    call = _Imagined(exchanges, turns, dialogue, lengths)
    try:
        call.go()
        parted = ""
    except NotTold as why:
        parted = str(why)
    before = _outcome(header, [turn.reaction for turn in turns], exchanges[-1].event)
    after = None if parted else _outcome(header, list(call.reactions.values()), call.last)
    return WhatIf(
        header.call_id,
        header.started,
        before,
        after,
        _first_difference(turns, call.reactions),
        parted,
        call.reached,
        sum(turn.reaction.misses for turn in turns[: call.reached + 1]),
        sum(reaction.misses for reaction in call.reactions.values()),
    )


def lengths_in(exchanges: Sequence[Exchange]) -> dict[str, float]:
    """How long prompts lasted that were heard to their end, in seconds, by text."""
    texts = {each.prompt: each.text for exchange in exchanges for each in exchange.commands if isinstance(each, Say)}
    ended = (exchange.event for exchange in exchanges)
    return {
        texts[event.prompt]: event.heard_ms / 1000
        for event in ended
        if isinstance(event, PromptEnded) and not event.cut and event.heard_ms and event.prompt in texts
    }


def _usable(exchanges: Sequence[Exchange]) -> None:
    last = exchanges[-1].event if exchanges else None
    if not isinstance(last, HandedOff | HungUp):
        raise Unusable("the journal is cut off before the call's end, or the call still goes on")
    if isinstance(last, HungUp) and last.by == "fault":
        raise Unusable("the line failed in it")
    if any(isinstance(exchange.event, PartFailed) for exchange in exchanges):
        raise Unusable("a part of the hotline failed in it")


class _Imagined:
    """`reactions`: what the new flow did after each turn of the record, by its number, 0 for the call's begin; turns
    that the caller would not have made are missing. `reached`: the last turn that was made, or left out."""

    def __init__(
        self,
        exchanges: Sequence[Exchange],
        turns: Sequence[JournalTurn],
        dialogue: Dialogue,
        lengths: Callable[[str], float | None],
    ) -> None:
        self._exchanges, self._turns, self._dialogue = exchanges, turns, dialogue
        self._clock = HotlineClock(RecordedWorld(exchanges), lengths, dialogue.flow.hotline.language)
        self._ear = Ear()
        self._at = self._turn_began = 0.0
        self._turn = 0
        self._says: list[int] = []
        self._coming: deque[tuple[Event, int]] = deque()  # with the turn that it begins, or 0
        self.reached = 0
        self.reactions: dict[int, Reaction] = {0: Reaction()}
        self.last: Event | None = None

    def go(self) -> None:
        """Live through it. Raises NotTold where the call parts."""
        if self._goes_as_recorded():
            return
        for _ in range(_MOST_EVENTS):
            if self._dialogue.session.over:
                return
            self._happens(*self._next())
        raise NotTold("how a call would end that goes on and on")

    def _goes_as_recorded(self) -> bool:
        """Give the record's events while the same is done; whether that is to the end."""
        begins = {turn.first: number for number, turn in enumerate(self._turns) if number}
        for index, exchange in enumerate(self._exchanges):
            event, number = exchange.event, begins.get(index, 0)
            if number and not self._trusts(self._turns[number]):
                self._imagine_from(index, event.at)
                return False
            if number:
                self._begin_turn(number, event.at)
            self._clock.happened(event)
            commands = self._handle(event)
            same = _deeds(commands) == _deeds(exchange.commands)
            self._clock.carry_out(commands, event.at, imagined=not same)
            if not same:
                self._imagine_from(index + 1, event.at)
                return False
        return True

    def _imagine_from(self, index: int, at: float) -> None:
        """The record's exchange `index` is the first that does not come of itself; what is left of the caller's turn
        under way still does."""
        self._at = at
        self._clock.imagine(at)
        rest = {id(exchange.event) for exchange in self._exchanges[index:]}
        under_way = self._turns[self._turn].events
        self._coming.extend((event, 0) for event in under_way if id(event) in rest)

    def _next(self) -> tuple[Event, int]:
        """What happens next on either side, and the turn that it begins, or 0. Raises NotTold."""
        if not self._coming:
            self._cue_caller()
        hotline = self._clock.next_at()
        if self._coming and (hotline is None or self._coming[0][0].at <= hotline):
            return self._coming.popleft()
        if hotline is None or hotline > _LONGEST_S:
            raise NotTold("what comes next: both sides would wait")
        event = self._clock.next()
        following = self._turns[self.reached + 1] if self.reached + 1 < len(self._turns) else None
        silent = following is not None and following.kind == "silence" and self._trusts(following)
        return event, self.reached + 1 if silent and getattr(event, "timer", "") == NO_INPUT else 0

    def _happens(self, event: Event, turn: int) -> None:
        if turn:
            self._begin_turn(turn, event.at)
        self._clock.carry_out(self._handle(event), event.at, imagined=True)

    def _handle(self, event: Event) -> list[Command]:
        self._at, self.last = event.at, event
        commands = self._dialogue.handle(event)
        self._ear.add(commands)
        self.reactions[self._turn].add(commands)
        self._says += [command.prompt for command in commands if isinstance(command, Say)]
        return commands

    def _begin_turn(self, number: int, at: float) -> None:
        self._turn = self.reached = number
        self._turn_began = at
        self.reactions[number] = Reaction()
        self._says.clear()

    def _asked(self) -> Asked:
        session = self._dialogue.session
        return self._ear.asked(place_name(session.scope, session.step))

    def _trusts(self, turn: JournalTurn) -> bool:
        return turn.asked.is_same(self._asked())

    def _cue_caller(self) -> None:
        """Let the caller's next turn come, if it is its time. Raises NotTold where they would do what nobody knows."""
        question = self._dialogue.session.question
        asks = question is not None and not question.patient
        turn = self._answer() if asks else self._unasked()
        if turn is None or turn.kind == "silence" or (start := self._start_of(turn)) is None:
            return
        shift = max(start, self._at) - turn.began
        self._coming.extend((replace(event, at=event.at + shift), 0) for event in turn.events)
        self._coming[0] = (self._coming[0][0], self.reached + 1)

    def _unasked(self) -> JournalTurn | None:
        """The next turn, if it was made while nothing was asked: a caller who leaves, or speaks while a service
        works."""
        turn = self._turns[self.reached + 1] if self.reached + 1 < len(self._turns) else None
        now = self._ear.asked()
        return turn if turn is not None and replace(turn.asked, place="") == now else None

    def _answer(self) -> JournalTurn:
        """The next turn, which answers what is asked. Raises NotTold if there is none."""
        asked = f"what the caller would have answered to “{self._asked().words}”"
        while self.reached + 1 < len(self._turns):
            turn = self._turns[self.reached + 1]
            if self._trusts(turn):
                return turn
            if not self._spared(turn):
                raise NotTold(f"{asked}: “{turn.said}” was said to “{turn.asked.words}”")
            self.reached += 1
        raise NotTold(f"{asked}: the call was over here")

    def _spared(self, turn: JournalTurn) -> bool:
        """Whether the caller would not have made this turn at all: it only said again what is understood by now, or
        confirmed what nobody asks to confirm."""
        was, now = turn.reaction.meanings[-1:], self.reactions[self._turn].meanings[-1:]
        if self._turns[self._turn].asked.is_same(turn.asked) and now and now[0] not in MISSES:
            return was in (now, ["no_input"])
        return was == ["yes"] and turn.asked.choices <= {"yes", "no"}

    def _start_of(self, turn: JournalTurn) -> float | None:
        """When a turn begins by its cue; None: not before something else has happened."""
        cue, clock = turn.cue, self._clock
        if cue.kind == "turn":
            return self._turn_began + cue.seconds
        if cue.kind == "into" and self._says:
            prompt = self._says[max(0, len(self._says) - 1 - cue.from_last)]
            if prompt in clock.began:
                return clock.began[prompt] + cue.seconds
            return None if clock.speaks else self._at
        return None if clock.speaks else clock.quiet_since + cue.seconds


def _deeds(commands: Sequence[Command]) -> list[object]:
    """What is done, without how it is worded and what it was taken for."""
    done: list[object] = []
    for command in commands:
        match command:
            case Say():
                done.append(("say", command.prompt, command.barge_in, command.language))
            case Listen():
                done.append("listen")
            case HandOff():
                done.append(("hand off", command.queue, command.insist))
            case RunAction():
                done.append((command.action, command.kind, address(command), str(command.request.get("body"))))
            case NoteTurn():
                pass
            case _:
                done.append(command)
    return done


def _first_difference(turns: Sequence[JournalTurn], compared: dict[int, Reaction]) -> Difference | None:
    for number, now in sorted(compared.items()):
        turn = turns[number]
        then = turn.reaction
        if then == now:
            continue
        same_deeds = (then.meanings, len(then.said), then.outside, then.ended) == (
            now.meanings,
            len(now.said),
            now.outside,
            now.ended,
        )
        return Difference(number, turn.said, turn.asked.place, then.told(), now.told(), same_deeds)
    return None


def _outcome(header: Header, reactions: Sequence[Reaction], last: Event | None) -> CallOutcome:
    ended: Literal["handed_off", "caller", "hotline", "fault", "unfinished"] = "unfinished"
    if isinstance(last, HandedOff):
        ended = "handed_off"
    elif isinstance(last, HungUp):
        ended = last.by
    wanted = any(reaction.wanted_person for reaction in reactions)
    turns = sum(len(reaction.meanings) for reaction in reactions)
    misses = sum(reaction.misses for reaction in reactions)
    started = datetime.fromisoformat(header.started).astimezone()
    return CallOutcome(header.flow, header.flow_version, started, ended, wanted, turns, misses)
