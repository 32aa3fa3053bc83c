"""A script is played in text, with the hotline's own understanding on virtual time, and what went wrong is named.

crash      the dialogue broke, or a part of the call failed
dead_end   the caller's turn never came, and nothing ended the call
no_person  转人工, key 0 and 转人工 once more led to nobody
taken      words were taken for something else than they mean
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.dialogue.commands import Command
from ivr.dialogue.events import Event, HandedOff, HungUp, PartFailed
from ivr.dialogue.vocabulary import Vocabulary
from ivr.dialogue.walk import Walk
from ivr.errors import IvrError
from ivr.flow.load import Flow
from ivr.qa.explore.script import Script, Turn
from ivr.qa.twin_run import Answered, play_twin
from ivr.simulate.virtual_loop import run as run_virtual

_NOBODY_WAITS_S = 600.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What went wrong: `kind` as above, `step` where, after `turn` (0: before any); `wanted` and `came` tell it, and by
    voice what was `heard`. Two that are equal but for `turn` and `heard` are the same failure."""

    kind: str
    step: str
    wanted: str
    came: str
    turn: int = field(default=0, compare=False)
    heard: str = field(default="", compare=False)

    def __str__(self) -> str:
        heard = f", heard as “{self.heard}”" if self.heard else ""
        return f"{self.kind} at {self.step or 'the start'}: expected {self.wanted}, came {self.came}{heard}"


@dataclass(frozen=True)
class Seen:
    """What a script saw: each turn's answer (the first is before any), where it went, how it ended, what failed.
    `left_by_caller`: who hung up, since there were no more turns."""

    script: Script
    walk: Walk
    answered: tuple[Answered, ...]
    ended: str
    queue: str
    findings: tuple[Finding, ...]
    left_by_caller: bool = False

    def taken_for(self, number: int) -> tuple[str, ...]:
        """What turn `number`, from 1, was taken for."""
        return tuple(note.intent for note in self.answered[number].notes) if number < len(self.answered) else ()

    def meaning(self, number: int) -> str:
        """The same in a word: the number, where it was one, else the first that it was taken for, "" for nothing."""
        notes = self.answered[number].notes if number < len(self.answered) else []
        return (notes[0].slots.get("digits") or notes[0].intent) if notes else ""

    @property
    def made(self) -> Script:
        """The script without the turns that the call's end left no time for."""
        return self.script.with_turns(self.script.turns[: max(0, len(self.answered) - 1)])


@dataclass
class _Ending:
    """An observer of how a call ends."""

    ended: str = ""
    queue: str = ""
    by: str = ""
    failed: str = ""

    def __call__(self, at: float, what: Event | Command) -> None:
        del at
        match what:
            case HandedOff(queue=queue):
                self.ended, self.queue = "handed_off", queue
            case HungUp(by=by):
                self.ended, self.by = self.ended or "hung_up", by
            case PartFailed(part=part):
                self.failed = part


def play_in_text(flow: Flow, vocabulary: Vocabulary, script: Script, *, wants_person: bool = False) -> Seen:
    """Play `script`. `wants_person`: its last turns ask for one, so it must end with one, or by the hotline."""
    ending = _Ending()
    try:
        played = run_virtual(play_twin(flow, vocabulary, script.twin(), observers=(ending,)))
    except IvrError as fault:
        return _broken(script, fault)
    except Exception as fault:  # noqa: BLE001  whatever it is, it is what the search is looking for
        return _broken(script, fault)
    answered = tuple(played.answered)
    made = len(answered) - 1
    step = answered[-1].step
    found = list(_misunderstood(script, answered))
    if ending.failed:
        found.append(Finding("crash", step, "every part to work", f"the {ending.failed} failed", made))
    elif played.seconds >= _NOBODY_WAITS_S and ending.by == "caller":
        found.append(Finding("dead_end", step, "the caller's turn, or an end", "neither within 10 minutes", made))
    elif wants_person and ending.ended != "handed_off" and ending.by != "hotline":
        found.append(Finding("no_person", step, "a person", "none, asked for three times", made))
    return Seen(script, played.walk, answered, ending.ended, ending.queue, tuple(found), ending.by == "caller")


def _broken(script: Script, fault: Exception) -> Seen:
    finding = Finding("crash", "", "a call that goes on", type(fault).__name__, len(script.turns))
    return Seen(script, Walk(), (Answered(),), "", "", (finding,))


def _misunderstood(script: Script, answered: tuple[Answered, ...]) -> list[Finding]:
    found = []
    for number, (turn, before, after) in enumerate(zip(script.turns, answered, answered[1:], strict=False), start=1):
        if not turn.means or not after.notes or _is_taken(turn, after):
            continue
        note = after.notes[0]
        came = note.intent if note.intent != turn.means else note.slots.get("digits", "")
        found.append(Finding("taken", before.step, turn.digits or turn.means, came or "nothing", number))
    return found


def _is_taken(turn: Turn, after: Answered) -> bool:
    """Whether the turn is taken for what it means; a number, for that number."""
    notes = [note for note in after.notes if note.intent == turn.means]
    return any(not turn.digits or note.slots.get("digits") == turn.digits for note in notes)
