"""Live callers before second looks: inside a worker, and for a place in it; and how pressed an engine says it is."""

import asyncio
import threading
from typing import ClassVar

import pytest

from ivr.simulate.virtual_loop import run
from ivr_asr.api import Pressure, RecognizerLost, open_unhurried, pressure_of
from ivr_asr.pressure import Meter, Places
from ivr_asr.scripted import Scripted
from ivr_asr.wire import Audio, Drop, Finish, Open, Opened, Result
from ivr_asr.worker import Worker

pytestmark = pytest.mark.unit

SECOND_LOOK, LIVE = 1, 2
LONG, SHORT = bytes(8000 * 2 * 2), bytes(1600)


class Model:
    def vosk_model_find_word(self, _word):
        return 1


class Recogniser:
    """Says in `order` whose piece is decoded, and stays in its first live piece until `go`."""

    order: ClassVar = []
    in_live = threading.Event()
    go = threading.Event()

    def __init__(self, *arguments):
        self.who = "live" if len(arguments) > 2 else "second look"

    def SetWords(self, yes): ...  # noqa: N802  Vosk's names
    def SetMaxAlternatives(self, most): ...  # noqa: N802

    def AcceptWaveform(self, _pcm):  # noqa: N802
        if self.who == "live":
            self.in_live.set()
            assert self.go.wait(5)
        self.order.append(self.who)

    def PartialResult(self):  # noqa: N802
        return "{}"

    def FinalResult(self):  # noqa: N802
        return "{}"


class Replies:
    """What a worker sends."""

    def __init__(self):
        self.all = []
        self._came = threading.Condition()

    def __call__(self, message):
        with self._came:
            self.all.append(message)
            self._came.notify()

    def wait_for(self, count):
        with self._came:
            assert self._came.wait_for(lambda: len(self.all) >= count, timeout=5)


def test_a_second_look_makes_way_for_live_audio_between_its_pieces():
    Recogniser.order.clear()
    Recogniser.go.clear()
    Recogniser.in_live.clear()
    replies = Replies()
    worker = Worker(Model(), Recogniser, 8000, replies)
    worker.handle(Open(SECOND_LOOK, (), unhurried=True))
    worker.handle(Open(LIVE, ("查账单",)))
    replies.wait_for(2)
    worker.handle(Audio(LIVE, SHORT))
    assert Recogniser.in_live.wait(5)
    worker.handle(Audio(SECOND_LOOK, LONG))
    Recogniser.go.set()
    replies.wait_for(4)
    assert Recogniser.order == ["live", *["second look"] * 10]
    for stream in (LIVE, SECOND_LOOK):
        worker.handle(Drop(stream))


def test_an_answer_says_what_it_cost():
    replies = Replies()
    Recogniser.go.set()
    worker = Worker(Model(), Recogniser, 8000, replies)
    for message in (Open(LIVE, ("好",)), Audio(LIVE, SHORT), Finish(LIVE)):
        worker.handle(message)
    replies.wait_for(3)
    assert [type(reply) for reply in replies.all] == [Opened, Result, Result]
    assert all(reply.cpu_ms > 0 for reply in replies.all[1:])


def test_who_comes_when_all_places_are_taken_waits_for_one():
    async def work():
        places = Places(2, 1, patience_s=5.0)
        await places.take(unhurried=False)
        await places.take(unhurried=False)
        waiting = asyncio.create_task(places.take(unhurried=False))
        await asyncio.sleep(4.0)
        assert not waiting.done()
        places.give_back(unhurried=False)
        await waiting

    run(work())


def test_who_waits_too_long_for_a_place_is_told_what_to_do():
    async def work():
        places = Places(1, 1, patience_s=5.0)
        await places.take(unhurried=False)
        with pytest.raises(RecognizerLost, match="all 1 places of the recogniser are taken: give it more `hearings`"):
            await places.take(unhurried=False)
        with pytest.raises(RecognizerLost):
            await places.take(unhurried=True)
        places.give_back(unhurried=False)
        await places.take(unhurried=True)

    run(work())


def test_second_looks_never_take_all_places():
    async def work():
        places = Places(3, 1, patience_s=5.0)
        await places.take(unhurried=True)
        second = asyncio.create_task(places.take(unhurried=True))
        await asyncio.sleep(1.0)
        await places.take(unhurried=False)
        await places.take(unhurried=False)
        assert not second.done()
        places.give_back(unhurried=True)
        await second

    run(work())


def test_load_is_the_share_of_the_cores_that_the_last_seconds_took():
    async def work():
        meter = Meter(cores=2)
        meter.spent(1500.0)
        assert meter.pressure() == Pressure(0.25, 0, 0)
        await asyncio.sleep(2.0)
        meter.spent(3000.0)
        assert meter.pressure().load == 0.75
        await asyncio.sleep(2.0)
        assert meter.pressure().load == 0.5
        await asyncio.sleep(2.0)
        assert meter.pressure().load == 0.0

    run(work())


def test_lag_is_how_long_the_oldest_live_audio_has_waited():
    async def work():
        meter = Meter(cores=2)
        with meter.asking():
            await asyncio.sleep(0.5)
            with meter.asking():
                await asyncio.sleep(0.25)
                assert meter.pressure().lag_ms == 750
            assert meter.pressure().lag_ms == 750
        assert meter.pressure().lag_ms == 0

    run(work())


async def test_an_engine_that_says_nothing_of_pressure_is_under_none_and_opens_as_ever():
    plain = Scripted(["好"])
    assert pressure_of(plain) == Pressure()
    hearing = await open_unhurried(plain, phrases=("好",))
    assert (await hearing.finish()).text == "好"
    assert plain.opened == [("好",)]
