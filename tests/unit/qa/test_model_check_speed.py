"""A flow of 200 steps is checked while its designer waits: by what is explored; the seconds are `ivr bench check`'s."""

import pytest

from ivr.cli.bench_check import write_large_flow
from ivr.flow.load import load
from ivr.qa.model_check.proof import prove

pytestmark = pytest.mark.unit
MOST_STATES, MOST_MOVES = 6200, 34_500  # 5,926 and 32,860, which took 7.5 s


def test_a_flow_of_two_hundred_steps_is_proved_whole_in_a_bounded_number_of_states(tmp_path):
    flow = load(write_large_flow(tmp_path, 200))
    assert len(flow.hotline.steps) == 200
    proof = prove(flow)
    assert proof.states < MOST_STATES
    assert proof.moves < MOST_MOVES
    assert proof.whole
    assert proof.stands
    assert proof.never_entered == ()


def test_twice_the_steps_are_about_twice_the_states(tmp_path):
    small = prove(load(write_large_flow(tmp_path, 16))).states
    assert prove(load(write_large_flow(tmp_path, 32))).states < 2.2 * small
