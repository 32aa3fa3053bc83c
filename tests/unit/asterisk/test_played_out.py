"""What the caller has heard of what was sent: the account of Asterisk's queue against a queue that is one."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.played_out import LEAD_FRAMES, LOOK_EVERY, PlayedOut, unheard

pytestmark = pytest.mark.unit


@given(st.lists(st.sampled_from(["send", "play"]), max_size=200))
def test_what_a_flush_throws_away_of_a_prompt_is_known_however_the_queue_went(steps):
    account, queue = PlayedOut(), deque(["silence"] * LEAD_FRAMES)
    for step in steps:
        if step == "send":
            assert account.sends(silence=False)
            queue.append("prompt")
        elif queue:
            queue.popleft()
        else:  # it has run dry
            account.lead_given()
            queue.extend(["silence"] * LEAD_FRAMES)
    assert unheard(len(queue), account.sent_after_lead) == queue.count("prompt")


def test_the_queue_is_looked_at_once_a_second():
    account = PlayedOut()
    assert [account.look_due() for _ in range(2 * LOOK_EVERY)].count(True) == 2


def test_no_frame_of_a_prompt_is_ever_left_out():
    account = PlayedOut()
    account.looked(100)
    assert all(account.sends(silence=False) for _ in range(100))
    assert [account.sends(silence=True) for _ in range(100)].count(False) == 100 - LEAD_FRAMES - 1
