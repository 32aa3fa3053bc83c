"""Callers who stop in the middle of a turn, made of recordings of those who do not."""

import numpy as np
import pytest

from ivr.hearing.expectation import Expectation
from ivr.qa.hesitation import PAUSES_MS, hesitant, hesitations
from ivr.qa.taped_call import Tape, TapedTurn
from ivr.simulate.virtual_loop import run
from ivr_asr.scripted import Scripted

pytestmark = pytest.mark.unit

WHOLE = Expectation(("转人工",), 600, True, 160, lambda text: "complete" if text == "转人工" else "open")
PLAIN = Expectation(("转人工",), 600, True)


def frames_of(*levels):
    """Frames of a buzz, each at its level in [0, 1]."""
    at = np.arange(len(levels) * 160) / 8000
    signal = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    loud = signal / np.abs(signal).max() * 0.3 * np.repeat(levels, 160) * 32767
    return tuple(loud.astype("<i2")[n * 160 : n * 160 + 160].tobytes() for n in range(len(levels)))


def test_the_pause_is_where_the_middle_of_the_turn_is_quietest():
    said = frames_of(*[1.0] * 30, 0.2, *[1.0] * 29)
    turn = hesitant(said, 200)
    assert turn is not None
    silent = [number for number, frame in enumerate(turn.sound) if not any(frame)]
    assert silent == list(range(30, 40))
    assert b"".join(turn.sound).replace(bytes(320), b"") == b"".join(said)


def test_nobody_hesitates_in_a_short_answer():
    assert hesitant(frames_of(*[1.0] * 35), 200) is None


@pytest.mark.parametrize(("expectation", "cut_off"), [(WHOLE, "转人工"), (PLAIN, "")])
def test_who_is_taken_for_finished_in_the_pause_is_counted(expectation, cut_off):
    tape = Tape("case", frames_of(*[1.0] * 30, 0.2, *[1.0] * 29, *[0.0] * 50), (TapedTurn(0, 60, expectation),))
    found = run(hesitations([tape], Scripted(["转人工"] * 20)))
    assert [each.pause_ms for each in found] == list(PAUSES_MS)
    assert {each.cut_off for each in found if each.pause_ms >= 300} == {cut_off}
