"""Publishing from the command line: what is refused, what is said, and how versions are listed and compared."""

from __future__ import annotations

import json

import pytest

from ivr.cli.main import main
from ivr.flow.versions import VersionStore

pytestmark = pytest.mark.unit
FLOW = "hotline: 花店\nlanguage: zh-CN\nstart: a\nsteps:\n  a: {say: %s, next: bye}\n  bye: {hang_up: 再见。}\n"
TEST = "tests:\n  - test: 有人来电\n    turns: []\n    expect: {steps: [%s]}\n"


@pytest.fixture
def ivr(tmp_path, monkeypatch, capsys):
    """`ivr("publish flowers")` runs it in a folder of the test's own; gives the status and what was said."""
    monkeypatch.chdir(tmp_path)
    for name in ("IVR_CONFIG", "IVR_HOTLINE_VERSIONS", "IVR_HOTLINE_CALLS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "flowers").mkdir()
    write(tmp_path, "您好。")

    def run(words):
        status = main(words.split())
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


def write(tmp_path, greeting, tested=""):
    (tmp_path / "flowers" / "flow.yaml").write_text(FLOW % greeting, encoding="utf-8")
    if tested:
        (tmp_path / "flowers" / "tests").mkdir(exist_ok=True)
        (tmp_path / "flowers" / "tests" / "a.yaml").write_text(TEST % tested, encoding="utf-8")


def answering(tmp_path):
    pointer = VersionStore(tmp_path / "versions", "flowers").pointer()
    return (pointer.version, pointer.pilot, pointer.share) if pointer else None


def call(tmp_path, number, version, ended="hotline", hour=10):
    head = {"call_id": str(number), "caller": "", "called": "", "flow": "flowers", "flow_digest": "d"}
    end = {"at": 9.0, "event": "HungUp", "by": ended}
    (tmp_path / "calls").mkdir(exist_ok=True)
    lines = [{**head, "started": f"2099-01-01T{hour}:00:00+00:00", "flow_version": version, "journal": 1}, end]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (tmp_path / "calls" / f"{number}.jsonl").write_text(text)


def test_publish_pilot_publish_for_all_and_back(ivr, tmp_path):
    assert ivr("publish flowers")[0] == 0
    assert answering(tmp_path) == (1, 0, 0)
    write(tmp_path, "早安。")
    status, said = ivr("publish flowers --share 10%")
    assert status == 0
    assert "new calls get version 1, and version 2 for 10 % of callers" in said
    assert ivr("publish flowers")[0] == 0
    assert answering(tmp_path) == (2, 0, 0)
    assert ivr("rollback flowers")[0] == 0
    assert answering(tmp_path) == (1, 0, 0)
    assert ivr("rollback flowers --to 2")[0] == 0
    assert ivr("publish flowers --version 1 --share 5")[0] == 0
    assert answering(tmp_path) == (2, 1, 5)


def test_what_ivr_check_refuses_is_not_published(ivr, tmp_path):
    ivr("publish flowers")
    write(tmp_path, "早安。, nxt: bye")
    status, said = ivr("publish flowers")
    assert status == 1
    assert "flowers/flow.yaml:5:" in said
    assert answering(tmp_path) == (1, 0, 0)
    assert not (tmp_path / "versions" / "flowers" / "2").exists()


def test_a_flow_that_keeps_callers_from_a_person_is_not_published(ivr, tmp_path):
    terms = "本服务由我公司向您提供。" * 60
    (tmp_path / "flowers" / "flow.yaml").write_text(
        "hotline: 花店\nlanguage: zh-CN\nstart: a\nsteps:\n"
        "  a: {ask: 您要买花吗？, intents: [buy], then: {buy: terms}}\n"
        f"  terms: {{say: {terms}, barge_in: off, next: a}}\n"
    )
    (tmp_path / "flowers" / "intents").mkdir()
    (tmp_path / "flowers" / "intents" / "main.yaml").write_text("intents: {buy: [我要买花, 买花]}\n")
    status, said = ivr("publish flowers")
    assert status == 1
    assert "nothing is published: mend this first" in said
    assert "a person is" in said
    assert answering(tmp_path) is None


def test_what_ivr_test_refuses_is_not_published(ivr, tmp_path):
    write(tmp_path, "您好。", tested="a, nowhere")
    status, said = ivr("publish flowers")
    assert status == 1
    assert "nowhere" in said
    assert answering(tmp_path) is None
    write(tmp_path, "您好。", tested="a, bye")
    assert ivr("publish flowers")[0] == 0
    assert answering(tmp_path) == (1, 0, 0)


def test_a_flow_that_changes_while_it_is_checked_is_not_published(ivr, tmp_path, monkeypatch):
    monkeypatch.setattr("ivr.cli.publish._accepted", lambda _folder: write(tmp_path, "早安。") or True)
    status, said = ivr("publish flowers")
    assert (status, "was changed while it was being checked" in said) == (1, True)
    assert answering(tmp_path) is None


@pytest.mark.parametrize("share", ["0", "100%", "0.5%", "ten", "-3", "１０"])
def test_a_share_that_is_none_is_refused_in_a_line(ivr, share, capsys):
    with pytest.raises(SystemExit):
        ivr(f"publish flowers --share={share}")
    assert "give a whole number of percent, 1% to 99%" in capsys.readouterr().err


def test_nothing_published_is_said_with_the_remedy(ivr):
    assert ivr("versions flowers") == (
        2,
        "ivr versions: nothing was published of flowers: `ivr publish flowers` makes version 1.\n",
    )
    assert ivr("rollback flowers")[0] == 1


def test_a_pilot_is_compared_with_what_answers_in_the_calls_since_it_began(ivr, tmp_path):
    ivr("publish flowers")
    write(tmp_path, "早安。")
    ivr("publish flowers --share 50% --note 问候")
    for number in range(100):
        call(tmp_path, number, version=1 + number % 2, ended="caller" if number % 2 else "hotline")
    old = (tmp_path / "calls" / "0.jsonl").read_text().replace("2099", "2020")
    (tmp_path / "calls" / "0.jsonl").write_text(old)  # a call of before the pilot
    (tmp_path / "calls" / "callbacks.jsonl").write_text("{}\n")
    status, said = ivr("versions flowers")
    lines = {line.split("  ")[0]: " ".join(line.split()) for line in said.splitlines()}
    assert status == 0
    assert "pilot, 50 % of callers" in said
    assert "问候" in said
    assert "version 1: 49 calls against version 2: 50 calls, since " in said
    assert lines["ended by the hotline"].endswith("fewer")
    assert lines["hung up by the caller"].endswith("more")
    assert lines["contained"].endswith("no difference to be seen")
    assert "1 of 101 files, which are no journals" in said


def test_a_handful_of_calls_tells_nothing(ivr, tmp_path):
    ivr("publish flowers")
    write(tmp_path, "早安。")
    ivr("publish flowers")
    call(tmp_path, 1, version=1)
    assert "nothing to compare yet" in ivr("versions flowers 1 2")[1]
    call(tmp_path, 2, version=2, ended="caller")
    assert "each version needs 30 at least" in ivr("versions flowers 1 2")[1]


def test_a_replay_of_a_version_no_longer_as_published_says_so(ivr, tmp_path):
    ivr("publish flowers")
    digest = VersionStore(tmp_path / "versions", "flowers").versions()[0].flow_digest
    call(tmp_path, 1, version=1)
    path = tmp_path / "calls" / "1.jsonl"
    path.write_text(path.read_text().replace('"d"', f'"{digest}"'))
    place = tmp_path / "versions" / "flowers" / "1" / "flow.yaml"
    place.chmod(0o644)
    place.write_text("x: 1\n")
    status, said = ivr("replay calls/1.jsonl")
    assert status == 1
    assert "version 1 is not as it was published" in said
