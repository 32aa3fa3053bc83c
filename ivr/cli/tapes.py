"""Tapes of recorded cases: each is played to its hotline once, on virtual time, and what its ears met is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ivr.audio import FRAME_MS, SILENCE, frames
from ivr.call.journal import MemoryJournal
from ivr.cli.equipment import equipment_for
from ivr.cli.flows import flow_folder
from ivr.dialogue.commands import Listen
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.vocabulary import prepared_vocabulary_for
from ivr.errors import UsageError
from ivr.flow.load import load
from ivr.hearing.expectation import Expectation
from ivr.models.store import learned_folder
from ivr.qa.bench_cases import bench_cases
from ivr.qa.case import LoadedCase, load_case
from ivr.qa.reply_gap import speech_end_s
from ivr.qa.taped_call import Tape, TapedTurn
from ivr.settings import load_settings
from ivr.simulate.caller import CallerTurn
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.recorded_call import play
from ivr.simulate.virtual_loop import run

_FRAME_S = FRAME_MS / 1000


class _Expecting(Dialogue):
    """Remembers what it expected, and since when."""

    expected: list[tuple[float, Expectation]]

    def expectation(self, listen: Listen) -> Expectation:
        """As ever."""
        found = super().expectation(listen)
        self.expected.append((self.session.at, found))
        return found


def tapes_of(folders: Sequence[Path] | None) -> list[Tape]:
    """Of these cases, or the benchmarks' own. Raises UsageError if nobody speaks in one, FlowError, ModelError."""
    cases = [load_case(folder) for folder in folders or bench_cases()]
    silent = [str(case.folder) for case in cases if not any(turn.pcm for turn in case.turns())]
    if silent or not cases:
        raise UsageError(f"nobody speaks in {', '.join(silent) or 'no case at all'}: give cases with `audio` turns.")
    return [run(_tape(case)) for case in cases]


async def _tape(case: LoadedCase) -> Tape:
    flow = load(flow_folder(case.case.flow))
    dialogue = _Expecting(flow, prepared_vocabulary_for(flow, learned_folder()))
    dialogue.expected = []
    spoken: list[tuple[float, CallerTurn]] = []
    async with equipment_for(load_settings(), flow, actions=MockActions(case.case.mock)) as equipment:
        outcome = await play(
            flow,
            case.turns(),
            equipment,
            journal=MemoryJournal(),
            dialogue=dialogue,
            caller=case.case.caller,
            local_time=datetime.now().astimezone().isoformat(timespec="seconds"),
            spoken=lambda at, turn: spoken.append((at, turn)),
        )
    sound = [SILENCE] * (round(outcome.seconds / _FRAME_S) + 1)
    turns: list[TapedTurn] = []
    for at, turn in spoken:
        if turn.pcm:
            first, said = round(at / _FRAME_S), list(frames(turn.pcm))
            sound[first : first + len(said)] = said
            end = first + round(speech_end_s(turn.pcm) / _FRAME_S)
            turns.append(TapedTurn(first, end, _expected_at(dialogue.expected, end * _FRAME_S)))
    return Tape(case.folder.name, tuple(sound), tuple(turns), case.case.flow)


def _expected_at(expected: Sequence[tuple[float, Expectation]], at: float) -> Expectation:
    return [expectation for since, expectation in expected if since <= at][-1]
