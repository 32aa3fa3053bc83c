"""What `ivr bench qa` makes of its runs, and that it leaves the user's caches alone."""

import os
from pathlib import Path

import pytest

from ivr.cli.bench_qa import Played, empty_caches, goals_met, played
from ivr.models.store import learned_folder, root
from ivr.qa.run_result import CaseResult, Cost, RunResult

pytestmark = pytest.mark.unit


def ran(name, cpu_s, audio_s=100.0):
    return Played(name, 2, audio_s, 1.0, cpu_s, 1, 0, 0, 0)


def test_a_core_plays_so_many_seconds_in_one_and_a_frame_costs_so_much():
    run = ran("cold", 0.2)
    assert run.times_a_core == 500
    assert run.frame_us == pytest.approx(40)


def test_a_run_counts_its_calls_their_seconds_and_those_that_could_not_be_played():
    cases = tuple(CaseResult(str(n), "f", verdict, seconds=20.0) for n, verdict in enumerate(("passed", "error")))
    run = played("cold", RunResult("r", "m", {}, cases, cost=Cost(4.0, 2.0, 2, 5, 7)))
    assert (run.calls, run.audio_s, run.cpu_s, run.cached, run.decoded, run.faults) == (2, 40.0, 2.0, 5, 7, 1)


def test_the_better_of_two_warm_runs_counts_and_a_journal_that_differs_is_a_goal_missed():
    runs = [ran("cold", 10.0), ran("warm", 9.0), ran("warm again", 0.1), ran("in memory", 0.3)]
    assert list(goals_met(runs, same=False).values()) == [True, True, False, False, False]
    assert list(goals_met([ran("cold", 13.0), *runs[1:3], ran("in memory", 0.1)], same=True).values()) == [
        False,
        True,
        True,
        True,
        True,
    ]


def test_the_caches_of_the_bench_are_its_own_and_the_models_are_the_users(tmp_path, monkeypatch):
    (tmp_path / "models" / "a-model").mkdir(parents=True)
    monkeypatch.setenv("IVR_MODELS", str(tmp_path / "models"))
    with empty_caches():
        assert (root() / "a-model").is_dir()
        assert learned_folder().parent != tmp_path
        kept = Path(learned_folder().parent)
        learned_folder().mkdir()
    assert os.environ["IVR_MODELS"] == str(tmp_path / "models")
    assert not kept.exists()
    assert (tmp_path / "models" / "a-model").is_dir()
