"""Calls from a scripted Asterisk: the two connections meet, and every caller is handed on or reaches people."""

from __future__ import annotations

import asyncio

import pytest

from ivr.asterisk.admission import Strain
from ivr.asterisk.server import AsteriskServer
from ivr.asterisk.settings import AsteriskSettings
from ivr.audio import SILENCE
from ivr.call.line import Destination, Speech
from ivr.dialogue.events import HungUp
from ivr.errors import ServerError, SettingsError

pytestmark = pytest.mark.unit

BOUND_S = 5.0
VOICE = b"\1\0" * 160


class Hotline:
    """A server whose calls are played by the test: `line()` is the next call, `release()` lets its `on_call` return."""

    def __init__(self, settings):
        self.lines = asyncio.Queue()
        self.over = asyncio.Event()
        self.server = AsteriskServer(settings, self.on_call)

    async def on_call(self, line):
        self.lines.put_nowait(line)
        await self.over.wait()

    async def line(self):
        return await asyncio.wait_for(self.lines.get(), BOUND_S)

    @property
    def port(self):
        return self.server.ports[0]


@pytest.fixture
async def hotline():
    """`await hotline(**settings)`: a server on free ports."""
    made = []

    async def start(**settings):
        settings = {"agi_port": 0, "audio_port": 0, "opening_s": 0.3, **settings}
        made.append(Hotline(AsteriskSettings(**settings)))
        await made[-1].server.start()
        await made[-1].server.ami.settled(BOUND_S)
        return made[-1]

    yield start
    for one in made:
        one.over.set()
        await one.server.close()


async def events(line, count=None):
    found = []
    async with asyncio.timeout(BOUND_S):
        async for event in line.incoming():
            found.append(event)
            if len(found) == count:
                break
    return found


async def prompt(pcm):
    yield pcm


async def test_a_call_meets_its_socket_and_both_hear_each_other(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port) as call:
        line = await hot.line()
        assert (line.info.caller, line.info.called) == ("13800138000", "4001")
        assert line.info.call_id in hot.server.calls
        call.say(VOICE)
        call.press("5")
        frame, key = await events(line, 2)
        assert (frame.pcm, key.key) == (VOICE, "5")
        assert 0 <= frame.at <= key.at < BOUND_S
        played = await line.play(Speech("", prompt(VOICE * 3)))
        assert (played.heard_ms, played.cut) == (60, False)
    assert call.heard.startswith(SILENCE)
    assert VOICE * 3 in bytes(call.heard)


async def test_packets_of_thirty_milliseconds_become_frames_of_twenty(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port) as call:
        line = await hot.line()
        call.say(bytes(480))
        call.say(bytes(480))
        assert [len(frame.pcm) for frame in await events(line, 3)] == [320, 320, 320]


async def test_who_takes_the_frames_has_them_and_the_reader_has_the_rest(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port) as call:
        line = await hot.line()
        taken = []
        line.frames_to(taken.append)
        call.say(bytes(480))
        call.say(VOICE[:160])
        call.press("5")
        (key,) = await events(line, 1)
        assert key.key == "5"
        assert [frame.pcm for frame in taken] == [bytes(320), bytes(160) + VOICE[:160]]
        assert 0 <= taken[0].at <= taken[1].at <= key.at < BOUND_S


async def test_a_hand_off_leaves_queue_and_summary_and_says_queue_last(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port) as call:
        line = await hot.line()
        result = await line.hand_off(Destination("support", '要求转人工, "急"'))
        await call.given_back()
        assert result.accepted
        assert not any(isinstance(event, HungUp) for event in await events(line))
    assert list(call.variables)[-1] == "IVR_RESULT"
    del call.variables["TIMEOUT(absolute)"]
    assert call.variables == {
        "IVR_QUEUE": "support",
        "__IVR_SUMMARY": "要求转人工， ＂急＂",
        "CALLERID(name)": "要求转人工， ＂急＂",
        "IVR_RESULT": "queue",
    }


async def test_a_caller_who_hangs_up_in_the_moment_of_hand_off_is_not_said_to_be_in_the_queue(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port, result=b"-1") as call:
        line = await hot.line()
        result = await line.hand_off(Destination("support", "x"))
        assert (result.accepted, result.reason) == (False, "gone")
        assert (await events(line))[-1].by == "caller"
    assert "IVR_RESULT" not in call.variables


async def test_a_hang_up_says_so_and_comes_back_as_the_hotlines_own(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port) as call:
        line = await hot.line()
        await line.hang_up()
        await line.hang_up()
        await call.given_back()
        assert (await events(line))[-1].by == "hotline"
    assert call.variables["IVR_RESULT"] == "hangup"


async def test_a_caller_who_hangs_up_ends_the_line_and_nothing_raises_after_it(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port) as call:
        line = await hot.line()
        playing = asyncio.create_task(line.play(Speech("", prompt(VOICE * 500))))
        call.hang_up()
        assert (await events(line))[-1].by == "caller"
        assert (await asyncio.wait_for(playing, BOUND_S)).cut
        assert (await line.hand_off(Destination("support", "x"))).reason == "gone"
        await line.hang_up()
        line.cut()
        assert (await line.play(Speech("", prompt(VOICE)))).heard_ms == 0
    assert "IVR_RESULT" not in call.variables


@pytest.mark.parametrize(
    ("params", "reason"), [(("Max: 1", "Calls: 1"), "full"), (("Max: 0", "Calls: 0"), "empty"), (None, "unknown")]
)
async def test_a_queue_that_cannot_take_the_caller_is_refused_and_the_call_goes_on(
    hotline, call_to, manager, params, reason
):
    manager.params, manager.members = params, ()
    hot = await hotline(ami_port=manager.port, ami_secret="right")
    async with call_to(hot.port) as call:
        line = await hot.line()
        refused = await line.hand_off(Destination("support", "x"))
        assert (refused.accepted, refused.reason) == (False, reason)
        call.press("1")
        assert [event.key for event in await events(line, 1)] == ["1"]
    assert "IVR_RESULT" not in call.variables


async def test_a_name_that_the_dialplan_would_misread_is_no_queue(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port):
        line = await hot.line()
        assert (await line.hand_off(Destination("support,tc,,,9999", "x"))).reason == "unknown"


@pytest.mark.parametrize("secret", ["wrong", "right"])
async def test_the_hotline_answers_and_hands_over_while_ami_is_refused_or_mute(hotline, call_to, manager, secret):
    hot = await hotline(ami_port=manager.port, ami_secret=secret)
    manager.silent = True
    async with call_to(hot.port) as call:
        line = await hot.line()
        assert (await line.hand_off(Destination("support", "x"))).accepted
        await call.given_back()
    assert call.variables["IVR_RESULT"] == "queue"


async def test_the_dead_man_timer_is_short_and_renewed_with_ami_and_stops_before_the_queue(hotline, call_to, manager):
    hot = await hotline(ami_port=manager.port, ami_secret="right", dead_man_s=0.2)
    async with call_to(hot.port) as call:
        line = await hot.line()
        assert call.variables["TIMEOUT(absolute)"] == "0.2"
        login, *renewals = [await asyncio.wait_for(manager.arrived.get(), BOUND_S) for _ in range(4)]
        assert login["Action"] == "Login"
        assert {(one["Action"], one["Channel"], one["Variable"], one["Value"]) for one in renewals} == {
            ("Setvar", "PJSIP/trunk-01", "TIMEOUT(absolute)", "0.2")
        }
        assert (await line.hand_off(Destination("support", "x"))).accepted
        assert line._dead_man._renewing.done()


async def test_an_ivr_that_was_frozen_does_not_renew_the_timer_of_a_caller_who_is_with_people_by_now(
    hotline, call_to, manager
):
    hot = await hotline(ami_port=manager.port, ami_secret="right", dead_man_s=0.2)
    async with call_to(hot.port):
        line = await hot.line()
        line._dead_man._expires -= 10
        await asyncio.wait_for(asyncio.shield(line._dead_man._renewing), BOUND_S)
        assert "Setvar" not in [action["Action"] for action in manager.actions]


async def test_without_ami_the_timer_is_as_long_as_the_longest_call(hotline, call_to):
    hot = await hotline(call_limit_s=1234567.0)
    async with call_to(hot.port) as call:
        await hot.line()
        assert call.variables["TIMEOUT(absolute)"] == "1234567"


async def test_one_call_too_many_gets_the_busy_treatment_at_once(hotline, call_to):
    hot = await hotline(max_calls=1)
    async with call_to(hot.port):
        await hot.line()
        async with call_to(hot.port) as second:
            await second.given_back()
            assert list(second.variables.items()) == [("IVR_BUSY", "calls"), ("IVR_RESULT", "busy")]


async def test_a_strained_hotline_turns_the_next_caller_away_and_keeps_the_one_it_has(hotline, call_to):
    hot = await hotline(busy_lag_ms=500)
    async with call_to(hot.port) as call:
        line = await hot.line()
        for _ in range(30):
            hot.server.admission.note(Strain(lag_ms=800.0))
        async with call_to(hot.port) as second:
            await second.given_back()
            assert second.variables["IVR_BUSY"] == "recogniser"
        await line.hang_up()
        await call.given_back()
        assert call.variables["IVR_RESULT"] == "hangup"


async def test_an_asterisk_that_cannot_open_the_socket_has_its_caller_back(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port, comes_to_audio=False) as call:
        await call.given_back()
        assert "IVR_RESULT" not in call.variables
    assert hot.lines.empty()
    assert len(hot.server._audio.awaited) == 0


async def test_a_call_that_fails_or_decides_nothing_brings_its_caller_to_people(hotline, call_to):
    hot = await hotline()
    hot.over.set()
    async with call_to(hot.port) as call:
        await hot.line()
        await call.given_back()
        assert "IVR_RESULT" not in call.variables


async def test_draining_lets_a_call_end_and_whoever_calls_meanwhile_gets_the_busy_treatment(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port) as call:
        line = await hot.line()
        draining = asyncio.create_task(hot.server.drain(BOUND_S))
        await asyncio.sleep(0)
        async with call_to(hot.port) as late:
            await late.given_back()
            assert list(late.variables.items()) == [("IVR_BUSY", "draining"), ("IVR_RESULT", "busy")]
        await line.hang_up()
        hot.over.set()
        assert await draining == 0
        assert call.variables["IVR_RESULT"] == "hangup"
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", hot.port)


async def test_a_drain_that_takes_too_long_sends_who_is_left_to_people(hotline, call_to):
    hot = await hotline()
    async with call_to(hot.port) as call:
        await hot.line()
        assert await hot.server.drain(0.01) == 1
        await call.given_back()
        assert "IVR_RESULT" not in call.variables
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", hot.port)


async def test_a_port_in_use_leaves_nothing_open(hotline):
    hot = await hotline()
    agi_port, audio_port = hot.server.ports
    second = AsteriskServer(AsteriskSettings(agi_port=agi_port, audio_port=0), hot.on_call)
    with pytest.raises(ServerError, match=f"{agi_port}.*agi_port"):
        await second.start()
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", second.ports[1])
    assert audio_port


@pytest.mark.parametrize(
    "wrong",
    [
        {"agi_port": 70000},
        {"ami_port": -1},
        {"max_calls": 0},
        {"dead_man_s": 0.0},
        {"opening_s": -1.0},
        {"busy_lag_ms": -1},
    ],
)
def test_a_setting_out_of_range_is_named_with_its_range(wrong):
    (name,) = wrong
    with pytest.raises(SettingsError, match=rf"{name} in \[asterisk\] is .*: give"):
        AsteriskSettings(**wrong)


def test_a_secret_is_not_printed_with_the_settings():
    assert "hush" not in repr(AsteriskSettings(ami_secret="hush"))
