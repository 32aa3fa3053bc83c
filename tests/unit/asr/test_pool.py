"""The pool of workers, with workers that are no processes."""

import asyncio

import pytest

from ivr_asr.api import ModelUnusable, RecognizerLost
from ivr_asr.pool import WorkerPool

pytestmark = pytest.mark.unit


class Worker:
    """What the pool needs of a WorkerProcess."""

    def __init__(self):
        self.gone = asyncio.Event()
        self.reason = "ended by signal 6"
        self.load = 0
        self.closed = False

    async def close(self):
        self.closed = True


class Foundry:
    """Makes workers; raises what stands in `faults` first."""

    def __init__(self, *faults):
        self.faults = list(faults)
        self.made = []
        self.tried = 0
        self.made_one = asyncio.Event()

    async def __call__(self):
        self.tried += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            raise fault
        self.made.append(Worker())
        self.made_one.set()
        return self.made[-1]


async def test_the_next_hearing_goes_to_the_least_loaded():
    foundry = Foundry()
    pool = WorkerPool(3, foundry)
    await pool.start()
    for worker, load in zip(foundry.made, (4, 1, 2), strict=True):
        worker.load = load
    assert await pool.least_loaded() is foundry.made[1]
    await pool.close()
    assert all(worker.closed for worker in foundry.made)


async def test_a_dead_worker_is_replaced_and_whoever_needs_one_waits_for_it():
    foundry = Foundry()
    pool = WorkerPool(1, foundry)
    await pool.start()
    foundry.made[0].gone.set()
    assert await pool.least_loaded() is foundry.made[1]
    assert foundry.made[0].closed
    await pool.close()


async def test_a_worker_that_dies_at_its_start_is_tried_again():
    foundry = Foundry()
    pool = WorkerPool(1, foundry, first_pause_s=0.001)
    await pool.start()
    foundry.faults = [RecognizerLost("it dies"), ModelUnusable("it is gone"), OSError("too many open files")]
    foundry.made[0].gone.set()
    assert await pool.least_loaded() is foundry.made[1]
    assert foundry.tried == 5
    await pool.close()


async def test_a_model_that_cannot_be_loaded_is_told_at_once_and_leaves_no_worker():
    foundry = Foundry(None, ModelUnusable("run it"))
    pool = WorkerPool(2, foundry)
    with pytest.raises(ModelUnusable, match="run it"):
        await pool.start()
    assert [worker.closed for worker in foundry.made] == [True]
    await pool.close()


async def test_a_pool_starts_once_and_a_closed_one_never_again():
    foundry = Foundry()
    pool = WorkerPool(2, foundry)
    await asyncio.gather(pool.start(), pool.start())
    assert len(foundry.made) == 2
    await pool.close()
    await pool.close()
    with pytest.raises(RecognizerLost, match="closed"):
        await pool.start()
    with pytest.raises(RecognizerLost, match="closed"):
        await pool.least_loaded()
