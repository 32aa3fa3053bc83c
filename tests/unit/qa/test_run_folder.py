"""A run's folder: what is written is read again, and what is damaged or another's is refused with the mend."""

import json

import pytest

from ivr.errors import UsageError
from ivr.qa.run_folder import audio_file, empty_for_a_run, journal_file, read_run, run_json, write_run
from ivr.qa.run_result import CaseResult, Cost, Failure, RunResult, TurnResult

pytestmark = pytest.mark.unit

TURN = TurnResult("speech", "查账单", 100, 900, "查账单", alternatives=("茶账单",), intents=("billing",), score=0.9)
CASE = CaseResult(
    "bill",
    "cloud_support",
    "failed",
    tags=("bill", "noise"),
    failures=(Failure(4, 1, "intent", "bill", "billing"), Failure(9, None, "queue", "a", "")),
    turns=(TurnResult("begin"), TURN),
    values={"account": "12", "served": False},
    ways=(("*", "need"), ("need", "bill")),
    seconds=12.5,
)
RUN = RunResult("0.1.0", "small", {"cloud_support": "ab"}, (CASE,), started="2026-11-20T10:00:00+08:00", cost=Cost(2.5))


def test_what_is_written_is_read_again(tmp_path):
    write_run(tmp_path / "run", RUN)
    assert read_run(tmp_path / "run") == RUN
    assert read_run(tmp_path / "run" / "run.json") == RUN
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["run.json"]


def test_a_case_is_a_line_so_that_runs_differ_by_lines():
    assert sum('"case":"bill"' in line for line in run_json(RUN).splitlines()) == 1


def changed(document, path, value):
    *way, last = path
    inner = document
    for step in way:
        inner = inner[step]
    inner[last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), 2, "is of format 2, and this release reads 1"),
        (("format",), None, "is no run of cases"),
        (("cases",), [{"case": "x"}], "is damaged"),
        (("cases", 0, "verdict"), "fine", "`fine` is none of passed, failed"),
        (("cases", 0, "seconds"), "long", "`long` is no float"),
        (("cases", 0, "turns", 1, "mood"), "good", "holds `mood`, which this release does not know"),
        (("cases", 0, "ways"), [["a"]], "is damaged"),
        (("cases",), "none", "is damaged"),
    ],
)
def test_a_file_that_is_no_run_of_this_release_is_refused(tmp_path, path, value, said):
    (tmp_path / "run.json").write_text(changed(json.loads(run_json(RUN)), path, value))
    with pytest.raises(UsageError) as refused:
        read_run(tmp_path)
    assert said in str(refused.value)
    assert "run.json" in str(refused.value)


@pytest.mark.parametrize(("content", "said"), [("{", "is damaged"), ("[]", "is no run"), ("[" * 90_000, "is damaged")])
def test_a_torn_file_is_refused(tmp_path, content, said):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(UsageError, match=said):
        read_run(tmp_path)


def test_a_folder_without_a_run_names_the_command_that_makes_one(tmp_path):
    with pytest.raises(UsageError, match="ivr qa run --to"):
        read_run(tmp_path)


def test_a_new_run_takes_out_what_the_last_has_left_but_nothing_of_others(tmp_path):
    write_run(tmp_path, RUN)
    for file in (journal_file(tmp_path, "gone"), audio_file(tmp_path, "gone")):
        file.parent.mkdir()
        file.write_text("x")
    empty_for_a_run(tmp_path)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(UsageError, match="holds other things than a run"):
        empty_for_a_run(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
