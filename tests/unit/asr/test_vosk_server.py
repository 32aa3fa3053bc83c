"""Recognition on another machine: a scripted server of vosk-server's protocol, its silence, its death and its peers."""

import asyncio
import importlib.util
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ivr_asr.api import Hypothesis, ModelUnusable, RecognizerLost, Word
from ivr_asr.vosk_server import VoskServer, engine, joined

pytestmark = pytest.mark.unit

_spec = importlib.util.spec_from_file_location("vosk_protocol", Path(__file__).with_name("vosk_protocol.py"))
protocol = sys.modules["vosk_protocol"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(protocol)
Said, serve = protocol.Said, protocol.serve

PIECE = bytes(1600)
BILL = {"alternatives": [{"text": "查 账单", "confidence": 90.0}, {"text": "查 账", "confidence": 80.0}]}
NOWHERE = "ws://127.0.0.1:9/"


@asynccontextmanager
async def recogniser(*addresses, **options):
    engine = VoskServer(addresses, **options)
    try:
        yield engine
    finally:
        await engine.close()


async def test_a_turn_is_sent_and_its_partials_and_final_result_come_back():
    said = Said({"partial": ""}, {"partial": "查"}, {"partial": "查"}, BILL)
    async with serve(said) as address, recogniser(address) as remote:
        hearing = await remote.open(phrases=("查账单", "pay"))
        partials = [await hearing.feed(PIECE) for _ in range(3)]
        best = await hearing.finish()
    assert partials == [None, Hypothesis("查"), None]
    assert (best.text, best.alternatives, best.final) == ("查账单", ("查账",), True)
    assert said.audio == PIECE * 3
    assert said.config["sample_rate"] == 8000
    assert said.config["words"] is True
    assert said.config["phrase_list"] == ["查 账单", "pay", "[unk]"]


async def test_sentences_that_the_server_ends_itself_are_one_turn():
    said = Said({"text": "我 想", "result": []}, {"partial": "查"}, {"text": "查 账单"})
    async with serve(said) as address, recogniser(address) as remote:
        hearing = await remote.open()
        assert await hearing.feed(PIECE) == Hypothesis("我想")
        assert await hearing.feed(PIECE) == Hypothesis("我想查")
        assert (await hearing.finish()).text == "我想查账单"
    assert "phrase_list" not in said.config


def test_the_alternatives_of_a_turn_in_two_results_differ_in_one_of_them():
    parts = [
        Hypothesis("一二", 0.5, True, (Word("一二", 0, 900, 0.5),), ("一儿",)),
        Hypothesis("三", 0.8, True, (), ("山",)),
    ]
    whole = joined(parts)
    assert (whole.text, whole.alternatives) == ("一二三", ("一二山", "一儿三"))
    assert whole.confidence == pytest.approx(0.6)
    assert joined([]) == Hypothesis("", final=True)


async def test_a_server_that_is_down_is_passed_over():
    async with serve(lambda _: Said(BILL)) as address, recogniser(NOWHERE, address) as remote:
        await remote.start()
        for _ in range(3):
            assert (await (await remote.open()).finish()).text == "查账单"


async def test_callers_are_spread_over_the_servers():
    first, second = [], []

    def counted(count):
        return lambda config: count.append(config) or Said(BILL)

    async with (
        serve(counted(first)) as one,
        serve(counted(second)) as two,
        recogniser(one, two) as remote,
    ):
        for _ in range(4):
            await (await remote.open()).finish()
    assert len(first) == len(second) == 2


async def test_a_server_that_dies_in_a_turn_is_avoided_when_the_turn_is_decoded_again():
    async with (
        serve(lambda _: Said(ConnectionResetError())) as dying,
        serve(lambda _: Said({"partial": ""}, BILL)) as well,
        recogniser(dying, well) as remote,
    ):
        hearing = await remote.open()
        with pytest.raises(RecognizerLost, match="is lost: the connection"):
            await hearing.feed(PIECE)
        await hearing.close()
        for _ in range(3):
            again = await remote.open()
            await again.feed(PIECE)
            assert (await again.finish()).text == "查账单"


async def test_a_server_that_does_not_answer_in_time_is_lost():
    async def never():
        await asyncio.Event().wait()

    async with serve(lambda _: Said(never())) as address, recogniser(address, patience_s=0.05) as remote:
        hearing = await remote.open()
        with pytest.raises(RecognizerLost, match="did not answer within"):
            await hearing.feed(PIECE)
        await hearing.close()


@pytest.mark.parametrize("nonsense", ["{", "[]", '{"alternatives": 3}', '{"result": [{}]}'])
async def test_nonsense_is_a_lost_server_and_no_crash(nonsense):
    async with serve(lambda _: Said(nonsense)) as address, recogniser(address) as remote:
        hearing = await remote.open()
        with pytest.raises(RecognizerLost):
            await hearing.feed(PIECE)
        await hearing.close()


async def test_no_server_at_all_is_told_at_the_start_with_the_remedy():
    async with recogniser(NOWHERE) as remote:
        with pytest.raises(ModelUnusable, match="start one, or mend `addresses`"):
            await remote.start()


async def test_a_hearing_that_is_closed_takes_no_more():
    async with serve(lambda _: Said(BILL)) as address, recogniser(address) as remote:
        hearing = await remote.open()
        await hearing.close()
        await hearing.close()
        with pytest.raises(RecognizerLost, match="open another"):
            await hearing.feed(PIECE)
    with pytest.raises(RecognizerLost, match="closed"):
        await remote.open()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "missing"),
        ({"addresses": "one:2700"}, "one:2700"),
        ({"addresses": "ws://one:2700", "segmented": "maybe"}, "true or false"),
        ({"addresses": "ws://one:2700", "rate": "fast"}, "8000"),
    ],
)
def test_options_that_are_none_are_said_to_be(options, message):
    with pytest.raises(ModelUnusable, match=message):
        engine(options)
