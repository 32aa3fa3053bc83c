"""The recogniser that remembers: what it gives is what the engine gave, piece by piece, or it asks the engine."""

import asyncio
import os
from multiprocessing import get_context

import pytest

from ivr_asr import cached
from ivr_asr.api import Hypothesis, ModelUnusable, RecognizerLost, Word
from ivr_asr.cache_folder import make_room
from ivr_asr.cached import Cached
from ivr_asr.scripted import Scripted

pytestmark = pytest.mark.unit

SECOND = bytes(16_000)


class Counting:
    """An engine whose partial hypothesis is how many bytes it was fed and in how many pieces, told every other time."""

    rate = 8000

    def __init__(self, lost_at=None):
        self.started = self.opened = 0
        self.lost_at = lost_at

    async def start(self):
        self.started += 1

    async def open(self, *, phrases=()):
        self.opened += 1
        return CountingHearing(self, phrases)

    async def close(self):
        pass


class CountingHearing:
    def __init__(self, owner, phrases):
        self.owner, self.phrases, self.pieces = owner, phrases, []

    async def feed(self, pcm, /):
        self.pieces.append(len(pcm))
        if len(self.pieces) == self.owner.lost_at:
            raise RecognizerLost("gone")
        return self.said() if len(self.pieces) % 2 else None

    async def finish(self):
        return self.said(final=True)

    async def close(self):
        self.pieces.clear()

    def said(self, *, final=False):
        text = f"{sum(self.pieces)} in {self.pieces} of {self.phrases}"
        return Hypothesis(text, 1 / 3, final, (Word("字", 10, 200, 0.123456),) if final else (), ("another",) * final)


async def answers(recognizer, pieces, phrases=(), *, finish=True):
    """What a hearing of these pieces was told, piece by piece."""
    hearing = await recognizer.open(phrases=phrases)
    told = [await hearing.feed(piece) for piece in pieces]
    if finish:
        told.append(await hearing.finish())
    await hearing.close()
    return told


PIECES = [bytes([number]) * 1600 for number in range(7)]


async def test_from_the_cache_every_piece_is_answered_as_the_engine_answered_it(tmp_path):
    first = Cached(Counting(), tmp_path, "m")
    told = await answers(first, PIECES)
    await first.close()
    assert [hypothesis is None for hypothesis in told] == [False, True] * 3 + [False, False]
    engine = Counting()
    second = Cached(engine, tmp_path, "m")
    assert await answers(second, PIECES) == told
    await second.close()
    assert engine.started == engine.opened == 0
    assert (first.hits, first.misses, second.hits, second.misses) == (0, 1, 1, 0)
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


async def test_pieces_that_were_cut_elsewhere_are_asked_of_the_engine(tmp_path):
    first = Cached(Counting(), tmp_path, "m")
    await answers(first, PIECES)
    joined = [PIECES[0], PIECES[1] + PIECES[2]]
    assert await answers(first, joined) == await answers(Counting(), joined, ()) or first.misses == 2
    assert first.misses == 2
    await first.close()


@pytest.mark.parametrize("known", range(len(PIECES)))
async def test_where_the_way_leads_on_from_what_is_known_the_engine_is_given_all_of_it(tmp_path, known):
    first = Cached(Counting(), tmp_path, "m")
    await answers(first, PIECES[:known], finish=False)
    await first.close()
    second = Cached(Counting(), tmp_path, "m")
    told = await answers(second, PIECES)
    await second.close()
    assert [hypothesis and hypothesis.text for hypothesis in told] == [
        hypothesis and hypothesis.text for hypothesis in await answers(Counting(), PIECES)
    ]
    third = Cached(Scripted(["never asked"]), tmp_path, "m")
    assert await answers(third, PIECES) == told
    assert third.misses == 0


async def test_the_first_run_is_told_the_digits_that_the_second_reads(tmp_path):
    first = Cached(Counting(), tmp_path, "m")
    told = await answers(first, PIECES[:1])
    await first.close()
    assert told[0].confidence == 0.3333
    assert told[1].words[0].confidence == 0.1235


@pytest.mark.parametrize(
    ("model", "phrases", "pieces"),
    [
        ("model-b", ("a",), PIECES),
        ("model-a", ("a", "a"), PIECES),
        ("model-a", ("a",), [*PIECES, b"\1\0"]),
        ("model-a", ("a",), [PIECES[1], PIECES[0], *PIECES[2:]]),
    ],
    ids=["another model", "another weight of a phrase", "more audio", "in another order"],
)
async def test_whatever_changes_the_answer_is_a_miss(tmp_path, model, phrases, pieces):
    first = Cached(Counting(), tmp_path, "model-a")
    await answers(first, PIECES, ("a",))
    await first.close()
    second = Cached(Counting(), tmp_path, model)
    await answers(second, pieces, phrases)
    assert second.misses == 1
    await second.close()


async def test_audio_that_spells_the_end_is_not_the_end(tmp_path):
    recognizer = Cached(Counting(), tmp_path, "m")
    await answers(recognizer, PIECES[:1])
    told = await answers(recognizer, [PIECES[0], b""], finish=False)
    assert told[1] is None
    await recognizer.close()


async def test_a_hearing_that_was_dropped_in_the_middle_is_remembered_as_far_as_it_went(tmp_path):
    recognizer = Cached(Counting(), tmp_path, "m")
    await answers(recognizer, PIECES[:3], finish=False)
    engine = recognizer.inner
    await answers(recognizer, PIECES[:3], finish=False)
    assert engine.opened == 1
    await recognizer.close()


async def test_an_engine_that_is_lost_is_lost_to_the_caller_and_what_it_said_before_stays(tmp_path):
    recognizer = Cached(Counting(lost_at=3), tmp_path, "m")
    with pytest.raises(RecognizerLost):
        await answers(recognizer, PIECES)
    recognizer.inner.lost_at = None
    assert len(await answers(recognizer, PIECES)) == 8
    await recognizer.close()


async def test_a_hearing_that_is_over_takes_no_more(tmp_path):
    recognizer = Cached(Counting(), tmp_path, "m")
    hearing = await recognizer.open()
    await hearing.feed(PIECES[0])
    await hearing.finish()
    with pytest.raises(RecognizerLost, match="open another"):
        await hearing.feed(PIECES[1])
    with pytest.raises(RecognizerLost, match="open another"):
        await hearing.finish()
    await recognizer.close()


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", '{"answers": 3}', '{"answers": {"zz": null}}', '{"answers": {"00": {"text": 5}}}', "9" * 9],
)
async def test_a_damaged_file_is_decoded_again_and_mended(tmp_path, damage):
    first = Cached(Counting(), tmp_path, "m")
    told = await answers(first, PIECES)
    await first.close()
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_text(damage)
    second = Cached(Counting(), tmp_path, "m")
    assert await answers(second, PIECES) == told
    await second.close()
    assert second.misses == 1
    assert path.read_bytes() == whole


async def test_a_file_that_is_cut_anywhere_costs_a_decoding_and_nothing_else(tmp_path):
    first = Cached(Counting(), tmp_path, "m")
    told = await answers(first, PIECES)
    await first.close()
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for cut in range(0, len(whole), 97):
        path.write_bytes(whole[:cut])
        again = Cached(Counting(), tmp_path, "m")
        assert await answers(again, PIECES) == told
        await again.close()


async def test_a_cache_that_cannot_be_written_does_not_cost_the_answer(tmp_path):
    (tmp_path / "file").write_text("")
    recognizer = Cached(Counting(), tmp_path / "file", "m")
    assert len(await answers(recognizer, PIECES)) == 8
    await recognizer.close()
    assert recognizer.fault


def _in_another_process(folder, number):
    async def hear():
        recognizer = Cached(Counting(), folder, "m")
        await answers(recognizer, [*PIECES[:2], bytes([number]) * 320])
        await recognizer.close()

    asyncio.run(hear())


async def test_processes_that_share_a_folder_leave_whole_files_that_hold_what_they_added(tmp_path):
    started = [get_context("fork").Process(target=_in_another_process, args=(tmp_path, 50 + n)) for n in range(3)]
    for process in started:
        process.start()
    for process in started:
        await asyncio.to_thread(process.join)
    assert [process.exitcode for process in started] == [0, 0, 0]
    assert not list(tmp_path.glob(".*"))
    again = Cached(Counting(), tmp_path, "m")
    for number in range(3):
        await answers(again, [*PIECES[:2], bytes([50 + number]) * 320])
    await again.close()
    last = Cached(Scripted(), tmp_path, "m")
    for number in range(3):
        assert len(await answers(last, [*PIECES[:2], bytes([50 + number]) * 320])) == 4
    assert last.misses == 0


def test_the_folder_drops_what_was_not_used_for_longest(tmp_path):
    for number in range(10):
        path = tmp_path / f"{number}.json"
        path.write_bytes(bytes(1000))
        os.utime(path, (number, number))
    (tmp_path / "notes.txt").write_bytes(bytes(9000))
    assert make_room(tmp_path, 10_000) == 0
    assert make_room(tmp_path, 5_000) == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == [*(f"{n}.json" for n in range(6, 10)), "notes.txt"]
    assert make_room(tmp_path / "missing", 1) == 0


async def test_what_was_heard_with_noise_taken_out_is_no_answer_where_it_is_left_in(tmp_path):
    options = {"engine": "scripted", "script": "有", "folder": str(tmp_path), "model": "m"}

    async def heard(**more):
        recognizer = cached.engine({**options, **more})
        told = await answers(recognizer, PIECES)
        await recognizer.close()
        return told[-1].text

    assert await heard() == "有"
    assert await heard(script="没有", denoise="false") == "有"
    assert await heard(script="没有", denoise="true") == "没有"


async def test_all_in_the_cache_needs_no_model_and_a_miss_names_what_installs_it(tmp_path):
    name = cached.decoder_name("vosk-model-x")
    first = Cached(Counting(), tmp_path, name)
    told = await answers(first, [SECOND])
    await first.close()
    recognizer = cached.engine({"folder": str(tmp_path), "model": "/nowhere/vosk-model-x"})
    await recognizer.start()
    assert await answers(recognizer, [SECOND]) == told
    with pytest.raises(ModelUnusable, match="run `ivr models install vosk-model-x`"):
        await answers(recognizer, [SECOND * 2])
    await recognizer.close()


def test_a_cache_without_a_folder_or_around_itself_is_refused():
    with pytest.raises(ModelUnusable, match="set `folder`"):
        cached.engine({"model": "m"})
    with pytest.raises(ModelUnusable, match="no recogniser `cached`"):
        cached.engine({"folder": "f", "engine": "cached"})
    with pytest.raises(ModelUnusable, match="whole number of megabytes"):
        cached.engine({"folder": "f", "model": "m", "cache_mb": "much"})
