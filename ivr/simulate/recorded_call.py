"""One call from a script of recordings, as `ivr call`, `ivr demo`, `ivr qa` and `ivr bench` play it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from ivr.call.driver import Equipment, Observer, Outcome, run_call
from ivr.call.journal import Journal
from ivr.call.line import CallInfo
from ivr.call.recording import Recorder
from ivr.clock import outside_work
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.vocabulary import prepared_vocabulary_for
from ivr.flow.load import Flow
from ivr.models.store import learned_folder
from ivr.simulate.caller import CallerTurn
from ivr.simulate.wav_line import WavLine


async def play(
    flow: Flow,
    turns: list[CallerTurn],
    equipment: Equipment,
    *,
    journal: Journal,
    observers: Sequence[Observer] = (),
    dialogue: Dialogue | None = None,
    caller: str = "",
    called: str = "",
    call_id: str = "recorded",
    heard: Callable[[bytes], None] | None = None,
    recorder: Recorder | None = None,
    refuse: Sequence[str] = (),
    spoken: Callable[[float, CallerTurn], None] = lambda _at, _turn: None,
    local_time: str = "",
    line_of: Callable[..., WavLine] = WavLine,
) -> Outcome:
    """Play `turns` to `flow`. `heard` is given every frame that reaches the caller; `spoken` is told each turn
    as it begins; `refuse`: why the queue refuses the first hand-offs, one each; `line_of` makes the line as WavLine
    is made."""
    if dialogue is None:
        with outside_work():
            dialogue = Dialogue(flow, await asyncio.to_thread(prepared_vocabulary_for, flow, learned_folder()))
    line = line_of(CallInfo(call_id, caller, called), turns, refuse=tuple(refuse), spoken=spoken)
    if heard is not None:
        line.tap(heard)
    return await run_call(
        line,
        dialogue,
        equipment,
        journal=journal,
        local_time=local_time or datetime.now().astimezone().isoformat(timespec="seconds"),
        recorder=recorder,
        observers=observers,
    )
