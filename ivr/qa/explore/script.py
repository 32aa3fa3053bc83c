"""A caller as the search keeps them: the world they call in, and their turns, each with what it is meant as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ivr.flow.load import Flow
from ivr.qa.explore.frontier import Path
from ivr.qa.model_check.counterexample import Counterexample, Exchange, play
from ivr.qa.model_check.moves import Move
from ivr.qa.twin import Twin, TwinTest, TwinTurn


@dataclass(frozen=True, slots=True)
class Turn:
    """Exactly one of `say`, `keys`, or neither, which is a silence. `means`: what the words are to be taken for, an
    intent as notes of turns name it, "" where nothing is claimed; `digits`: the number that is said in them."""

    say: str = ""
    keys: str = ""
    means: str = ""
    digits: str = ""

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.say or (f"[{self.keys}]" if self.keys else "(silence)")


@dataclass(frozen=True, slots=True)
class Script:
    """One caller. `at`: the hotline's wall clock, ISO 8601; `mock` and `refuse` as a twin test has them."""

    at: str
    caller: str
    turns: tuple[Turn, ...]
    mock: dict[str, Any] = field(default_factory=dict)
    refuse: tuple[str, ...] = ()

    def with_turns(self, turns: Sequence[Turn]) -> Script:
        """The same caller in the same world, with other turns."""
        return replace(self, turns=tuple(turns))

    def twin(self) -> Twin:
        """The script as a test that expects nothing."""
        made = [
            TwinTurn(say=turn.say) if turn.say else TwinTurn(keys=turn.keys) if turn.keys else TwinTurn(silence=True)
            for turn in self.turns
        ]
        spec = TwinTest(
            test="explored",
            at=self.at[:16].replace("T", " "),
            caller=self.caller,
            mock=self.mock,
            refuse=list(self.refuse),
            turns=made,
        )
        return Twin(spec, "explored", 0, (0,) * len(made))


def of_path(flow: Flow, path: Path) -> Script:
    """The caller who makes the moves of `path`, in a world that answers as they say."""
    return of_exchanges(play(flow, path))


def of_exchanges(exchanges: tuple[Exchange, ...]) -> Script:
    """The same, of moves that were played."""
    test = Counterexample("", "explored", exchanges, ends_with_a_person=False).twin()
    turns = [turn for turn in (_turn(exchange.move) for exchange in exchanges) if turn is not None]
    start = exchanges[0].move
    return Script(start.moment, start.caller, tuple(turns), test.get("mock", {}), tuple(test.get("refuse", ())))


def _turn(move: Move) -> Turn | None:
    match move.kind:
        case "say":
            meaning = move.meaning
            means = meaning.intent if meaning is not None and move.willing else ""
            return Turn(
                say=move.words, means=means, digits=meaning.slots.get("digits", "") if means and meaning else ""
            )
        case "keys" | "begin_number" if move.words:
            return Turn(keys=move.words)
        case "silence":
            return Turn()
        case _:
            return None
