"""One recorded case is played: the very pipeline of a telephone call, in lock step on virtual time.

Decided: the call knows nothing of this machine. Its id is the case's name, its wall clock the case's, its voice what
ships; so the same case, flow and model give the same journal, byte for byte, whatever ran before and beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ivr.call.driver import Equipment, Observer
from ivr.call.journal import MemoryJournal
from ivr.call.recording import Recorder
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.vocabulary import Vocabulary
from ivr.flow.load import Flow
from ivr.qa.case import LoadedCase
from ivr.qa.case_watch import CaseWatch
from ivr.qa.channels.channel_line import ChannelLine
from ivr.qa.channels.path import ChannelPath, said_through
from ivr.qa.channels.spec import CLEAR, Channel
from ivr.qa.run_result import CaseResult
from ivr.qa.verdict import failures_of, verdict_of
from ivr.simulate.recorded_call import play
from ivr.simulate.wav_line import WavLine


@dataclass(frozen=True)
class Hotline:
    """A flow that is ready to be called: with its words understood and its engines open."""

    flow: Flow
    vocabulary: Vocabulary
    equipment: Equipment


@dataclass(frozen=True)
class PlayedCase:
    """What came of it, and the call's journal as it would stand in a file."""

    result: CaseResult
    journal: str


async def play_case(
    loaded: LoadedCase,
    hotline: Hotline,
    *,
    channel: Channel = CLEAR,
    recording: Path | None = None,
    observers: Sequence[Observer] = (),
) -> PlayedCase:
    """Play `loaded`; run it on a virtual loop, or it lasts as long as a call does. `channel`: what lies between the
    caller and the hotline; `recording`: where both directions are kept as FLAC. Raises AudioError for a recording of
    the case that cannot be used."""
    case, name = loaded.case, loaded.name
    recorded, advice = loaded.script()
    turns = said_through(channel, recorded)
    line_of = partial(ChannelLine, path=ChannelPath(channel, turns, name)) if channel else WavLine
    dialogue = Dialogue(hotline.flow, hotline.vocabulary)
    watch, journal = CaseWatch(dialogue), MemoryJournal()
    outcome = await play(
        hotline.flow,
        turns,
        hotline.equipment,
        journal=journal,
        dialogue=dialogue,
        observers=[watch, *observers],
        call_id=name,
        caller=case.caller,
        called=case.called,
        refuse=case.refuse,
        recorder=Recorder(recording) if recording is not None else None,
        spoken=watch.spoken,
        local_time=case.at,
        line_of=line_of,
    )
    text = journal.text()
    result = replace(
        about(loaded),
        channel=str(channel),
        advice=advice,
        turns=watch.turns(),
        ended=watch.ended,
        ended_by=watch.by,
        queue=watch.queue,
        summary=watch.summary,
        values={name: value for name, value in dialogue.session.values.items() if value is not None},
        seconds=round(outcome.seconds, 3),
        steps=tuple(dialogue.walk.steps),
        ways=tuple(sorted(dialogue.walk.ways)),
        journal=hashlib.sha256(text.encode()).hexdigest(),
    )
    return PlayedCase(judged(loaded, result), text)


def about(loaded: LoadedCase) -> CaseResult:
    """What is known of a case before it is played."""
    case = loaded.case
    return CaseResult(
        case=loaded.name,
        flow=case.flow,
        verdict="error",
        title=case.case,
        tags=tuple(case.tags),
        owner=case.owner,
        known_failure=case.known_failure,
        file=str(loaded.folder / "case.yaml"),
    )


def judged(loaded: LoadedCase, result: CaseResult) -> CaseResult:
    """`result` with what is not as its case expects."""
    failures = failures_of(loaded, result)
    return replace(result, failures=failures, verdict=verdict_of(loaded, failures))
