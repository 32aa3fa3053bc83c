"""A recorded caller on a worse line: frames that are lost leave gaps, and what comes, comes at its time."""

import pytest

from ivr.audio import FRAME_BYTES, frames, to_pcm
from ivr.call.line import AudioFrame, CallInfo
from ivr.qa.channels.channel_line import ChannelLine
from ivr.qa.channels.noise import talkers
from ivr.qa.channels.path import ChannelPath, said_through
from ivr.qa.channels.spec import parse_channel
from ivr.simulate.caller import CallerTurn
from ivr.simulate.virtual_loop import run as run_virtually

pytestmark = pytest.mark.unit

SPEECH = to_pcm(talkers()[0])
SCRIPT = [CallerTurn(pcm=SPEECH, at_once=True), CallerTurn(hang_up=True, at_once=True)]


def carried(spec, script=SCRIPT):
    """Every frame that arrives in one call, with its moment, and the turns as they were told."""
    told = []

    async def call():
        channel = parse_channel(spec)
        turns = said_through(channel, script)
        path = ChannelPath(channel, turns, "case")
        line = ChannelLine(CallInfo("1"), turns, path=path, spoken=lambda _at, turn: told.append(turn))
        return [item async for item in line.incoming() if isinstance(item, AudioFrame)]

    return run_virtually(call()), told


def test_lost_frames_leave_gaps_in_time_and_no_zeros():
    clean, _ = carried("")
    came, _ = carried("loss=burst@20%")
    assert 0 < len(came) < len(clean)
    moments = {round(frame.at * 1000): frame.pcm for frame in clean}
    assert all(moments[round(frame.at * 1000)] == frame.pcm for frame in came)


def test_late_frames_come_together_and_none_is_lost_on_the_way():
    came, _ = carried("jitter=60ms")
    said = list(frames(SPEECH))
    heard = [frame.pcm for frame in came if any(frame.pcm)]
    assert heard == [frame for frame in said if any(frame)][: len(heard)]
    assert len({frame.at for frame in came}) < len(came)
    assert [frame.at for frame in came] == sorted(frame.at for frame in came)


def test_the_turn_that_is_told_is_the_one_that_sounds():
    _, told = carried("speed=1.25")
    assert len(told[0].pcm) == pytest.approx(len(SPEECH) / 1.25, abs=4)
    assert told[1].hang_up


def test_the_same_call_is_the_same_to_the_byte():
    spec = "noise=babble@10dB,codec=gsm,loss=burst@10%,jitter=20ms"
    first, second = carried(spec)[0], carried(spec)[0]
    assert [(frame.at, frame.pcm) for frame in first] == [(frame.at, frame.pcm) for frame in second]
    assert all(len(frame.pcm) == FRAME_BYTES for frame in first)
