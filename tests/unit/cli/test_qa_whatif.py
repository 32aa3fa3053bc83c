"""`ivr qa whatif` and the gate of `ivr publish`: what is told, what is passed over, what is refused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from ivr.call.journal import MemoryJournal
from ivr.cli.main import main
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.flow.load import load
from ivr.qa.twin import Twin, TwinTest, TwinTurn
from ivr.qa.twin_run import play_twin
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit

FLOW = """\
hotline: 花店
language: zh-CN
start: need
queues: [florists]
person: {queue: florists}
steps:
  need: {ask: 请问您要订花吗？, intents: [order], then: {order: bye}}
  bye: {hang_up: 再见。}
"""


@pytest.fixture
def ivr(tmp_path, monkeypatch, capsys):
    """`ivr("publish flowers")` in a folder with the flower shop and forty calls to it of yesterday."""
    monkeypatch.chdir(tmp_path)
    for name in ("IVR_CONFIG", "IVR_HOTLINE_VERSIONS", "IVR_HOTLINE_CALLS"):
        monkeypatch.delenv(name, raising=False)
    write(tmp_path, "我要订花")
    record(tmp_path, 40)

    def command(words):
        status = main(words.split())
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return command


def write(tmp_path, example):
    (tmp_path / "flowers" / "intents").mkdir(parents=True, exist_ok=True)
    (tmp_path / "flowers" / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "flowers" / "intents" / "all.yaml").write_text(f"intents:\n  order: [{example}]\n", encoding="utf-8")


def record(tmp_path, calls, ago=timedelta(days=1)):
    flow = load(tmp_path / "flowers")
    journal = MemoryJournal()
    test = TwinTest(test="a call", turns=[TwinTurn(say="我要订花")])
    run(play_twin(flow, vocabulary_for(flow), Twin(test, "", 1, (1,)), journal=journal))
    header, *lines = journal.lines
    (tmp_path / "calls").mkdir(exist_ok=True)
    for number in range(calls):
        began = (datetime.now().astimezone() - ago).isoformat(timespec="seconds")
        first = json.dumps({**json.loads(header), "call_id": str(number), "started": began})
        text = "".join(line + "\n" for line in [first, *lines])
        (tmp_path / "calls" / f"{number:02}.jsonl").write_text(text, encoding="utf-8")


def test_the_same_flow_is_told_to_be_the_same_and_may_be_published(ivr):
    status, said = ivr("qa whatif --flow flowers --json whatif.json")
    assert status == 0
    assert "40 the same" in said
    status, said = ivr("publish flowers --whatif 7d")
    assert status == 0, said


def test_a_flow_that_understands_less_is_refused_and_says_at_which_turn(ivr, tmp_path):
    write(tmp_path, "打道回府")
    status, said = ivr("qa whatif --flow flowers --show 1 --json whatif.json")
    assert status == 0
    assert "turn 1 at need: 我要订花" in said
    assert "… and 39 more" in said
    kept = json.loads((tmp_path / "whatif.json").read_text(encoding="utf-8"))
    assert kept["ways"] == {"parted": 40}
    assert kept["otherwise"][0]["difference"]["turn"] == 1
    status, said = ivr("publish flowers --whatif 7d --worse 5%")
    assert status == 1
    assert "a turn brought nothing: worse by more than 5 points, and more than chance" in said
    assert not (tmp_path / "versions").exists()
    assert ivr("publish flowers --whatif 7d --worse 100%")[0] == 0


def test_damaged_journals_are_named_and_passed_over(ivr, tmp_path):
    calls = tmp_path / "calls"
    (calls / "empty.jsonl").write_text("")
    (calls / "garbage.jsonl").write_bytes(b"\xff\xfe\n")
    whole = (calls / "00.jsonl").read_text(encoding="utf-8").splitlines()
    (calls / "cut.jsonl").write_text("\n".join(whole[:6]) + "\n", encoding="utf-8")
    (calls / "hole.jsonl").write_text("\n".join([*whole[:3], "{", *whole[4:]]) + "\n", encoding="utf-8")
    (calls / "callbacks.jsonl").write_text('{"number": "1"}\n')
    status, said = ivr("qa whatif --flow flowers")
    assert status == 0
    assert "40 calls" in said
    assert "2 because the first line is damaged: empty, garbage" in said
    assert "the call still goes on: cut" in said
    assert "a line is damaged: hole" in said
    assert "callbacks" not in said


def test_only_calls_of_the_time_count(ivr, tmp_path):
    record(tmp_path, 3, ago=timedelta(days=30))
    assert ivr("qa whatif --flow flowers --since 7d")[1].startswith("37 calls")
    assert ivr("qa whatif --flow flowers --since 60d")[1].startswith("40 calls")


def test_without_a_call_there_is_nothing_to_tell_and_publishing_goes_on(ivr, tmp_path):
    for path in (tmp_path / "calls").iterdir():
        path.unlink()
    status, said = ivr("qa whatif --flow flowers")
    assert status == 2
    assert "holds no call to flowers" in said
    status, said = ivr("publish flowers --whatif 7d")
    assert status == 0
    assert "nothing is known of how they would go" in said
