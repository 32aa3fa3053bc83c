"""A reply that is made ready while it is not yet certain that it will be given."""

import asyncio

import pytest

from ivr.call.line import CallInfo
from ivr.call.mouth import Mouth
from ivr.dialogue.commands import Say
from ivr.simulate.text_line import TextLine

pytestmark = pytest.mark.unit

READ_BACK = Say(4, "您的账号是幺二三四，对吗？", parts=("您的账号是", "幺二三四", "，对吗？"))
GOODBYE = Say(5, "再见")


class Voice:
    """Notes what it is asked to render; a piece of it takes until `go` is set."""

    def __init__(self):
        self.asked, self.left = [], 0
        self.go = asyncio.Event()

    async def render(self, text, language):
        self.asked.append((text, language))
        try:
            await self.go.wait()
            yield bytes(320)
        except asyncio.CancelledError:
            self.left += 1
            raise


@pytest.fixture
async def mouth():
    line = TextLine(CallInfo("test", "1", "2"), [])
    line.speaks = "audio"
    voice, events = Voice(), []
    return Mouth(line, events.append, 0.0, voice, "zh-CN"), voice, events


async def settled():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_prepared_reply_is_begun_by_the_voice_and_never_spoken(mouth):
    mouth, voice, events = mouth
    speaking = asyncio.create_task(mouth.run())
    mouth.prepare([READ_BACK])
    await settled()
    voice.go.set()
    await settled()
    assert voice.asked == [(part, "zh-CN") for part in READ_BACK.parts]
    assert events == []
    speaking.cancel()
    await asyncio.wait([speaking])


async def test_what_was_prepared_is_dropped_when_something_else_or_nothing_is(mouth):
    mouth, voice, events = mouth
    mouth.prepare([READ_BACK])
    await settled()
    mouth.prepare([GOODBYE])
    await settled()
    assert voice.left == 1
    mouth.prepare([])
    await settled()
    assert voice.left == 2
    assert events == []


async def test_a_call_that_ends_leaves_nothing_being_prepared(mouth):
    mouth, voice, _ = mouth
    speaking = asyncio.create_task(mouth.run())
    mouth.prepare([READ_BACK])
    await settled()
    speaking.cancel()
    await asyncio.wait([speaking])
    await settled()
    assert voice.left == 1
