"""A call over a page's socket, the socket being a pair of queues."""

import asyncio
import json

import pytest
from aiohttp import WSCloseCode, WSMessage, WSMsgType

from ivr.audio import FRAME_BYTES, SILENCE
from ivr.call.line import AudioFrame, CallInfo, Destination, HandOffResult, Played, Speech
from ivr.console.browser_line import BrowserLine
from ivr.dialogue.events import Heard, HungUp, KeyPressed

pytestmark = pytest.mark.unit

TONE = b"\x10\x20" * (FRAME_BYTES // 2)


class Socket:
    """What a BrowserLine uses of aiohttp's WebSocketResponse. `stuck`: the page does not read."""

    def __init__(self):
        self.sent = []
        self.said = asyncio.Queue()
        self.closed_with = None
        self.stuck = False
        self.broken = False
        self._sent_more = asyncio.Event()

    def hear(self, kind, data):
        self.said.put_nowait(WSMessage(kind, data, None))

    def words(self):
        return [json.loads(what) for what in self.sent if isinstance(what, str)]

    async def receive(self):
        return await self.said.get()

    async def send_bytes(self, data):
        await self._send(data)

    async def send_str(self, data):
        await self._send(data)

    async def _send(self, data):
        if self.stuck:
            await asyncio.Event().wait()
        if self.broken:
            raise ConnectionResetError
        self.sent.append(data)
        self._sent_more.set()

    async def has_sent(self, what, after=0):
        """Wait until `what` was sent, as message number `after` or later."""
        while what not in self.sent[after:]:
            self._sent_more.clear()
            await self._sent_more.wait()

    async def close(self, *, code, message):
        self.closed_with = (code, message.decode())


@pytest.fixture
def socket():
    return Socket()


async def carry(socket, on_call, **options):
    line = BrowserLine(socket, CallInfo("a-call", "browser", "browser"))
    async with asyncio.timeout(5):
        await line.carry(on_call, **options)
    return line


async def events(line):
    return [event async for event in line.incoming()]


async def audio(frames):
    yield TONE * frames


async def test_frames_keys_and_typing_arrive_in_their_order_and_the_callers_hang_up_ends_them(socket):
    heard = []
    socket.hear(WSMsgType.BINARY, TONE)
    socket.hear(WSMsgType.TEXT, '{"type": "key", "key": "#"}')
    socket.hear(WSMsgType.TEXT, '{"type": "say", "text": "转人工"}')
    socket.hear(WSMsgType.TEXT, '{"type": "hang_up"}')

    async def on_call(line):
        heard.extend(await events(line))

    await carry(socket, on_call)
    assert [type(event) for event in heard] == [AudioFrame, KeyPressed, Heard, HungUp]
    assert heard[-1].by == "caller"
    assert socket.closed_with == (WSCloseCode.OK, "call over")


@pytest.mark.parametrize(
    ("kind", "by"), [(WSMsgType.CLOSE, "caller"), (WSMsgType.CLOSED, "fault"), (WSMsgType.ERROR, "fault")]
)
async def test_a_closed_page_hung_up_and_a_broken_network_is_a_fault(socket, kind, by):
    heard = []
    socket.hear(kind, None)

    async def on_call(line):
        heard.extend(await events(line))

    await carry(socket, on_call)
    assert [event.by for event in heard] == [by]


async def test_a_page_that_breaks_the_rules_is_told_which_one(socket):
    heard = []
    socket.hear(WSMsgType.BINARY, b"short")
    socket.hear(WSMsgType.TEXT, '{"type": "key", "key": "1"}')

    async def on_call(line):
        heard.extend(await events(line))

    await carry(socket, on_call)
    assert [event.by for event in heard] == ["fault"]
    code, reason = socket.closed_with
    assert code == WSCloseCode.POLICY_VIOLATION
    assert "5 bytes: send 320" in reason


async def test_a_prompt_is_heard_to_its_end_frame_by_frame(socket):
    played = []

    async def on_call(line):
        played.append(await line.play(Speech("您好", audio(3))))

    await carry(socket, on_call)
    assert played == [Played(60, cut=False)]
    assert [what for what in socket.sent if isinstance(what, bytes) and what != SILENCE] == [TONE] * 3


async def test_a_cut_prompt_tells_the_page_to_drop_what_it_holds_and_nothing_of_it_follows(socket):
    played = []

    async def on_call(line):
        playing = asyncio.create_task(line.play(Speech("您好", audio(500))))
        await socket.has_sent(TONE)
        line.cut()
        played.append(await playing)
        await socket.has_sent(SILENCE, after=len(socket.sent))

    await carry(socket, on_call)
    clear = socket.sent.index('{"type":"clear"}')
    sounding = [at for at, what in enumerate(socket.sent) if what == TONE]
    assert played[0].cut
    assert played[0].heard_ms == 20 * len(sounding)
    assert max(sounding) < clear
    assert socket.sent[clear + 1 :].count(SILENCE) >= 1


async def test_cutting_when_nothing_plays_spares_the_end_of_the_last_prompt(socket):
    async def on_call(line):
        await line.play(Speech("您好", audio(1)))
        line.cut()

    await carry(socket, on_call)
    assert [word["type"] for word in socket.words()] == ["answered"]


async def test_a_recorder_gets_every_frame_that_goes_out_silence_too(socket):
    recorded = []

    async def on_call(line):
        line.tap(recorded.append)
        await line.play(Speech("好的", audio(2)))
        await socket.has_sent(SILENCE, after=len(socket.sent))

    await carry(socket, on_call)
    frames = [what for what in socket.sent if isinstance(what, bytes)]
    assert recorded[: len(frames)] == frames[: len(recorded)]
    assert recorded.count(TONE) == 2
    assert SILENCE in recorded


async def test_handing_off_ends_the_events_but_the_page_still_learns_what_follows(socket):
    found = []

    async def on_call(line):
        found.append(await line.hand_off(Destination("billing", "账号 12345678")))
        found.append(await events(line))
        line.show(HungUp(1.0, "hotline"))

    await carry(socket, on_call)
    assert found == [HandOffResult(accepted=True), []]
    assert socket.words()[1] == {"type": "handed_off", "queue": "billing", "summary": "账号 12345678"}
    assert socket.words()[2]["type"] == "HungUp"


async def test_the_hotlines_hang_up_ends_the_events_once(socket):
    heard = []

    async def on_call(line):
        await line.hang_up()
        await line.hang_up()
        heard.extend(await events(line))

    await carry(socket, on_call)
    assert [event.by for event in heard] == ["hotline"]


async def test_a_page_that_stops_reading_is_hung_up_on_and_holds_nobody(socket, monkeypatch):
    monkeypatch.setattr("ivr.console.browser_line._OUTBOX_MESSAGES", 5)
    monkeypatch.setattr("ivr.console.browser_line._FLUSH_S", 0.01)
    socket.stuck = True
    heard = []

    async def on_call(line):
        heard.extend(await events(line))

    await carry(socket, on_call)
    assert [event.by for event in heard] == ["fault"]


async def test_a_prompt_ends_when_the_page_is_gone(socket):
    socket.broken = True
    played = []

    async def on_call(line):
        played.append(await line.play(Speech("您好", audio(500))))

    await carry(socket, on_call)
    assert played[0].cut


async def test_a_driver_that_does_not_keep_up_loses_the_call_not_the_memory(socket, monkeypatch):
    monkeypatch.setattr("ivr.console.browser_line._INBOX_EVENTS", 10)
    for _ in range(50):
        socket.hear(WSMsgType.BINARY, TONE)
    heard = []

    async def on_call(line):
        for _ in range(100):  # turns of the loop: the reader reads on meanwhile
            await asyncio.sleep(0)
        heard.extend(await events(line))

    await carry(socket, on_call)
    assert len(heard) == 11
    assert heard[-1].by == "fault"
    assert "cannot keep up" in socket.closed_with[1]


async def test_a_call_that_does_not_end_after_the_caller_left_is_ended(socket):
    socket.hear(WSMsgType.TEXT, '{"type": "hang_up"}')
    await carry(socket, lambda _line: asyncio.Event().wait(), patience_s=0.01)
    assert socket.closed_with is not None


async def test_a_fault_of_ours_is_raised_after_the_page_was_told(socket):
    async def on_call(_line):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await carry(socket, on_call)
    assert socket.closed_with == (WSCloseCode.INTERNAL_ERROR, "the hotline had a fault: please call again")
