"""What `ivr bench density` stands on: tapes, their callers, and what is made of the loads."""

import asyncio

import pytest

from ivr.audio import FRAME_BYTES, SILENCE, level_dbfs
from ivr.cli.bench_density import _numbers
from ivr.cli.density_report import Figures, as_report, picture, said
from ivr.errors import UsageError
from ivr.hearing.expectation import Expectation
from ivr.qa.capacity import Tried, bounds, next_load
from ivr.qa.taped_call import (
    Load,
    Tape,
    TapedCaller,
    TapedTurn,
    denser,
    live_through,
    on_a_line,
    reel,
    spread_callers,
    whole_reels_s,
)
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit

WORD = b"\x00\x10" * (FRAME_BYTES // 2)
FIRST, SECOND = Expectation(("一",)), Expectation(("二",))


def tape():
    """Two words of 1 s each, at 10 s and at 30 s of 40 s."""
    frames = [SILENCE] * 2000
    frames[500:550] = frames[1500:1550] = [WORD] * 50
    return Tape("two words", tuple(frames), (TapedTurn(500, 550, FIRST), TapedTurn(1500, 1550, SECOND)))


class Listening:
    """Keeps what it hears and is told, and answers the moment a word is over."""

    def __init__(self, caller):
        self.caller, self.heard, self.expected = caller, [], []

    def expect(self, expectation):
        self.expected.append(expectation)

    def hear(self, frame):
        if self.heard and self.heard[-1] == WORD and frame.pcm == SILENCE:
            asyncio.get_running_loop().call_later(0.3, self.caller.result)
        self.heard.append(frame.pcm)


def test_silence_is_taken_out_until_a_quarter_is_speech_and_the_words_stay_whole():
    dense = denser(tape(), 0.25)
    assert dense.speech == pytest.approx(0.25, abs=0.01)
    assert sum(frame == WORD for frame in dense.frames) == 100
    for turn, expectation in zip(dense.turns, (FIRST, SECOND), strict=True):
        assert set(dense.frames[turn.first : turn.speech_end]) == {WORD}
        assert turn.expectation == expectation


def test_a_pause_between_two_words_is_never_shorter_than_the_hotline_needs():
    dense = denser(tape(), 0.9)
    assert dense.turns[1].first - dense.turns[0].speech_end == 75


def test_a_line_has_its_noise_and_the_words_on_it():
    noisy = on_a_line(tape(), -60.0, 1)
    assert level_dbfs(noisy.frames[0]) == pytest.approx(-60, abs=2)
    assert level_dbfs(noisy.frames[520]) == pytest.approx(level_dbfs(WORD), abs=0.5)
    assert on_a_line(tape(), -100.0, 1).frames == tape().frames


def test_a_caller_lives_through_the_tape_and_its_gaps_are_from_the_last_word_to_the_result():
    async def live():
        caller = TapedCaller(denser(tape(), 0.25), 0)
        caller.listener = Listening(caller)
        load = await live_through([caller], 8.0, lambda: ())
        return caller, load

    caller, load = run(live())
    assert len(caller.listener.heard) == pytest.approx(400, abs=2)
    assert load.turns == 2
    assert load.gaps_ms == pytest.approx((300.0, 300.0), abs=21)
    assert caller.listener.expected[-2:] == [FIRST, SECOND]


def test_a_turn_that_a_caller_begins_in_the_middle_of_is_not_measured():
    async def live():
        dense = denser(tape(), 0.25)
        caller = TapedCaller(dense, dense.turns[0].first + 25)
        caller.listener = Listening(caller)
        return await live_through([caller], 5.0, lambda: (), settled_s=2.0)

    load = run(live())
    assert load.seconds == pytest.approx(5.0, abs=0.03)
    assert (load.turns, len(load.gaps_ms)) == (1, 1)


def test_callers_begin_at_places_of_their_own():
    callers = spread_callers(tape(), 10)
    assert len({caller.position for caller in callers}) == 10


def test_a_load_lives_through_every_frame_of_all_tapes_equally_often():
    both = reel([tape(), denser(tape(), 0.25)])
    assert [set(both.frames[turn.first : turn.speech_end]) for turn in both.turns] == [{WORD}] * 4
    frames = round(whole_reels_s(both, 7, 15.0) * 50)
    lived = [0] * len(both.frames)
    for caller in spread_callers(both, 7):
        for n in range(frames):
            lived[(caller.position + n) % len(lived)] += 1
    assert max(lived) - min(lived) <= 1


@pytest.mark.parametrize("capacity", [1, 9, 13, 122, 400])
def test_how_many_are_borne_is_found_within_a_twelfth_in_six_tries(capacity):
    def at(calls):
        return Tried(calls, calls <= capacity, 2 / (capacity * 1.1))

    tried = [at(20 if capacity > 20 else 2)]
    while (calls := next_load(tried, cores=2)) is not None:
        assert calls not in [each.calls for each in tried]
        tried.append(at(calls))
    borne, broken = bounds(tried)
    assert len(tried) <= 6
    assert borne <= capacity < broken
    assert broken - borne <= max(1, round(borne / 12))


def test_the_report_says_how_many_times_cheaper_and_who_bears_how_many():
    figures = Figures(
        0.25,
        ours=[Load(20, 10.0, 0.5, 2.5, (200.0,) * 40, 40), Load(22, 10.0, 1.0, 5.0, (3000.0,) * 80, 80)],
        theirs=[Load(2, 10.0, 3.0, 0.0, (400.0,) * 4, 4), Load(3, 10.0, 6.0, 0.0, (900.0,) * 4, 4)],
        bare=0.0125,
        frames=Load(50, 5.0, 0.05, 0.0, (), 0),
        overhead=Load(50, 5.0, 0.5, 0.0, (), 0),
    )
    report = as_report(figures)
    assert report["times_cheaper"] == pytest.approx(0.15 / 0.015)
    assert report["goals"] == {"ten_times_the_calls": True, "ten_times_cheaper": True, "not_decoding": True}
    assert [calls * report["cores"] for calls in report["bears_a_core"]["ours"]] == [20, 22]
    assert report["times_the_calls"] == [10.0, pytest.approx(20 / 3, abs=0.01), 11.0]
    assert "always on, 3 calls" in picture(figures)
    assert "at the limit, 12.0 times" in "\n".join(said(report))
    assert report["not_decoding_cores_a_call"] == pytest.approx(0.002)


def test_turns_without_a_result_are_a_gap_that_is_too_long():
    lost = Load(20, 10.0, 1.0, 1.0, (200.0,) * 10, 40)
    report = as_report(Figures(0.25, ours=[Load(5, 10.0, 1.0, 1.0, (200.0,) * 9, 10), lost], theirs=[]))
    assert report["bears_a_core"]["ours"][0] * report["cores"] == 5


def test_a_turn_that_is_never_answered_however_idle_is_no_sign_of_load():
    idle, busy = Load(2, 30.0, 9.0, 0.0, (400.0,) * 8, 12), Load(6, 20.0, 18.0, 0.0, (500.0,) * 16, 24)
    report = as_report(Figures(0.25, ours=[], theirs=[idle, busy]))
    assert [row["kept_up"] for row in report["always_on"]] == [True, True]


@pytest.mark.parametrize("text", ["", "five", "0", "5,-1", "1000"])
def test_a_number_of_calls_that_is_none_is_said_to_be(text):
    with pytest.raises(UsageError, match="--calls"):
        _numbers("--calls", text)
