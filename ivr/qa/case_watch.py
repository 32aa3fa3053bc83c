"""Watches a recorded caller's call and tells it by the caller's turns: what each was taken for, and what followed.

Decided: everything from the begin of a turn to the begin of the next belongs to it; only a reply's first sound is
credited to the turn that it answers, however late. So the same script always gives the same rows to compare.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ivr.dialogue.commands import Command, HandOff, Listen, NoteTurn, RunAction, Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Event, HandedOff, Heard, HungUp, PromptEnded, PromptStarted
from ivr.dialogue.walk import place_name
from ivr.qa.reply_gap import speech_end_s
from ivr.qa.run_result import TurnResult
from ivr.simulate.caller import CallerTurn

Kind = Literal["begin", "speech", "keys", "silence", "hang_up"]


@dataclass
class _Turn:
    """A row under way. `answered_at`: when the hotline knew what it was; `replies`: prompts said after that."""

    row: TurnResult
    heard: list[Heard] = field(default_factory=list)
    notes: list[NoteTurn] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    answered_at: float | None = None
    reply: tuple[int, float] | None = None


class CaseWatch:
    """Give `spoken` and the watch itself, an observer, to `play`; afterwards ask for `turns`."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._turns = [_Turn(TurnResult("begin"))]
        self._said: dict[int, str] = {}
        self._listen = Listen()
        self.ended, self.by, self.queue, self.summary = "", "", "", ""

    def spoken(self, at: float, turn: CallerTurn) -> None:
        """The caller begins `turn`, `at` seconds into the call."""
        self._settle()
        kind, lasts_s = _kind(turn)
        said = turn.label or (turn.keys if kind == "keys" else "")
        row = TurnResult(kind, said, round(at * 1000), round((at + lasts_s) * 1000))
        self._turns.append(_Turn(replace(row, question_closed=self._listen.closed)))

    def __call__(self, at: float, what: Event | Command) -> None:
        """Take one event or command."""
        turn = self._turns[-1]
        match what:
            case Listen():
                self._listen = what
            case Heard():
                turn.heard.append(what)
                turn.row = replace(turn.row, question_closed=self._listen.closed)
            case NoteTurn():
                turn.notes.append(what)
                turn.answered_at = at if turn.answered_at is None else turn.answered_at
            case Say(prompt=number, text=text):
                self._said[number] = text
                turn.prompts.append(text)
                if turn.reply is None and turn.answered_at is not None:
                    turn.reply = (number, at)
            case RunAction(kind=kind, request=request):
                turn.actions.append(str(request.get("url", kind)))
            case PromptStarted(prompt=number):
                self._reply_began(number, at)
            case PromptEnded(prompt=number, heard_ms=heard_ms, cut=True) if turn.row.kind in {"speech", "keys"}:
                if turn.row.cut_at_ms is None and heard_ms:
                    turn.row = replace(turn.row, cut=self._said.get(number, ""), cut_at_ms=heard_ms)
            case _:
                self._end(what)

    def turns(self) -> tuple[TurnResult, ...]:
        """The rows; once, after the call."""
        self._settle()
        return tuple(turn.row for turn in self._turns)

    def _end(self, what: Event | Command) -> None:
        match what:
            case HandOff(summary=summary):
                self.summary = summary
            case HandedOff(queue=queue):
                self.ended, self.by, self.queue = "handed_off", "hotline", queue
            case HungUp(by=by) if not self.ended:
                self.ended, self.by = "hung_up", by

    def _reply_began(self, number: int, at: float) -> None:
        for turn in self._turns:
            row = turn.row
            if turn.reply is None or turn.reply[0] != number or row.gap_ms is not None or turn.answered_at is None:
                continue
            if row.kind in {"speech", "keys"}:
                ended, heard, said = row.ended_ms, turn.answered_at * 1000, turn.reply[1] * 1000
                stages = {"end_of_turn": heard - ended, "dialogue": said - heard, "mouth": at * 1000 - said}
                rounded = {name: round(ms) for name, ms in stages.items()}
                turn.row = replace(row, gap_ms=round(at * 1000) - ended, stages_ms=rounded)
            elif row.kind == "silence" and row.ended_ms == row.began_ms:
                turn.row = replace(row, ended_ms=round(at * 1000))

    def _settle(self) -> None:
        """What stands now is what the last turn has led to."""
        turn, session = self._turns[-1], self._dialogue.session
        row = replace(turn.row, prompts=tuple(turn.prompts), actions=tuple(turn.actions))
        if turn.heard:
            last = turn.heard[-1]
            row = replace(
                row,
                heard=" ".join(each.text for each in turn.heard if each.text),
                free_text=last.free_text,
                confidence=round(last.confidence, 3),
                alternatives=last.alternatives,
            )
        if turn.notes:
            note = turn.notes[-1]
            row = replace(
                row,
                intents=tuple(each.intent for each in turn.notes),
                score=note.score,
                runner_up=note.runner_up,
                runner_up_score=note.runner_up_score,
                why=note.why,
            )
        turn.row = replace(row, step=place_name(session.scope, session.step), slots=self._known(turn.notes))

    def _known(self, notes: list[NoteTurn]) -> dict[str, Any]:
        """What is known now, or was heard and is being confirmed, as a twin test has it."""
        session = self._dialogue.session
        heard = {key.removeprefix("heard."): value for key, value in session.form.items() if key.startswith("heard.")}
        if session.form.get("stage") == "confirming":
            heard[session.form["slot"]] = session.form["value"]
        noted = {name: value for note in notes for name, value in note.slots.items()}
        return {name: value for name, value in {**noted, **session.values, **heard}.items() if value is not None}


def _kind(turn: CallerTurn) -> tuple[Kind, float]:
    """What a turn is, and how many seconds after its begin its last sound is over."""
    if turn.hang_up:
        return "hang_up", 0.0
    if turn.keys:
        return "keys", (len(turn.keys) - 1) * turn.key_gap
    if turn.silence:
        return "silence", 0.0
    return "speech", speech_end_s(turn.pcm)
