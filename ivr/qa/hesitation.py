"""Callers who stop in the middle of a turn and go on: are they let finish?

Decided: speed is worth nothing without this, so it stands beside every reply gap. The pause is put into the very
recordings whose gaps are measured, where their middle half is quietest: within a number, between two words, and at
worst within one, as people do hesitate; but not in what takes less than 0.8 s to say, such as 对的. Pauses are shorter
than any question's own, so each turn that ends in one was ended by what had been said so far. Heard on virtual time,
the same result on any machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ivr.audio import FRAME_MS, SILENCE
from ivr.call.ears import Ears
from ivr.call.line import AudioFrame
from ivr.clock import now, sleep_until
from ivr.dialogue.events import Event, Heard
from ivr.hearing.expectation import Expectation
from ivr.qa.taped_call import Tape
from ivr_asr.api import Recognizer

PAUSES_MS = (200, 300, 400)
_LEAST_MS = 800
_FRAME_S = FRAME_MS / 1000
_BEFORE_FRAMES = 25
_AFTER_FRAMES = 110  # longer than the longest pause that a question asks for


@dataclass(frozen=True, slots=True)
class Hesitation:
    """One turn with a pause of `pause_ms` inside. `cut_off`: what it was taken for in the pause, "" if the caller was
    let finish; `closed`: what the question was."""

    case: str
    pause_ms: int
    closed: bool
    cut_off: str


@dataclass(frozen=True, slots=True)
class HesitantTurn:
    """`sound` in frames, to the end of the speech, with a pause inside."""

    sound: tuple[bytes, ...]
    pause_ms: int


def hesitant(said: Sequence[bytes], pause_ms: int) -> HesitantTurn | None:
    """`said` (frames of 20 ms, to the end of the speech) with a pause where its middle half is quietest; None if it is
    shorter than 0.8 s."""
    powers = [float(np.square(np.frombuffer(frame, dtype="<i2").astype(np.float32)).sum()) for frame in said]
    loud = [number for number, power in enumerate(powers) if power > max(powers) * 1e-3]
    if not loud or loud[-1] - loud[0] < _LEAST_MS // FRAME_MS:
        return None
    quarter = (loud[-1] - loud[0]) // 4
    middle = range(loud[0] + quarter, loud[-1] - quarter + 1)
    cut = min(middle, key=powers.__getitem__)
    pause = [SILENCE] * (pause_ms // FRAME_MS)
    return HesitantTurn((*said[:cut], *pause, *said[cut:]), pause_ms)


async def hesitations(tapes: Iterable[Tape], recognizer: Recognizer) -> list[Hesitation]:
    """Every turn of `tapes` with every pause, on a virtual loop. Raises ModelUnusable."""
    found: list[Hesitation] = []
    for tape in tapes:
        for said, expectation in _turns(tape):
            for turn in (hesitant(said, pause_ms) for pause_ms in PAUSES_MS):
                if turn is not None:
                    cut_off = await _cut_off(turn, expectation, recognizer)
                    found.append(Hesitation(tape.name, turn.pause_ms, expectation.closed, cut_off))
    return found


def _turns(tape: Tape) -> Iterator[tuple[Sequence[bytes], Expectation]]:
    for turn in tape.turns:
        yield tape.frames[turn.first : turn.speech_end + 1], turn.expectation


async def _cut_off(turn: HesitantTurn, expectation: Expectation, recognizer: Recognizer) -> str:
    heard: list[Event] = []
    ears = Ears(recognizer, heard.append)
    ears.listen(expectation)
    running = asyncio.create_task(ears.run(), name="hesitant-caller")
    sound = [*[SILENCE] * _BEFORE_FRAMES, *turn.sound, *[SILENCE] * _AFTER_FRAMES]
    began = now()
    try:
        for number, frame in enumerate(sound):
            await sleep_until(began + number * _FRAME_S)
            ears.hear(AudioFrame(number * _FRAME_S, frame))
        await sleep_until(began + len(sound) * _FRAME_S)
    finally:
        await ears.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    finished = (_BEFORE_FRAMES + len(turn.sound)) * _FRAME_S
    return next((each.text or "?" for each in heard if isinstance(each, Heard) and each.at < finished), "")
