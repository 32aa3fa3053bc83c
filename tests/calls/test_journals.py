"""The journal as a file: whole, cut off, damaged, of another release, written twice."""

import json

import pytest

from ivr.call.journal import Header, JournalFile, read_journal
from ivr.cli.main import main
from ivr.dialogue.events import Heard
from ivr.errors import JournalError

pytestmark = pytest.mark.calls


@pytest.fixture
def journal(cloud_support, tmp_path):
    told = cloud_support.call("查账单", "一二三四五六七八", "对", "没有了")
    path = tmp_path / "call.jsonl"
    path.write_text(told.journal.text(), encoding="utf-8")
    return path


def test_a_journal_is_read_as_it_was_written(cloud_support, journal):
    header, exchanges = read_journal(journal)
    assert (header.call_id, header.flow, header.flow_digest) == ("test", "cloud_support", cloud_support.flow.digest)
    assert next(exchange.event.text for exchange in exchanges if isinstance(exchange.event, Heard)) == "查账单"
    assert exchanges[0].line == 2


def test_replay_finds_the_call_the_same(journal, capsys):
    assert main(["replay", str(journal)]) == 0
    assert "the same:" in capsys.readouterr().out


def test_a_journal_cut_off_anywhere_in_its_last_line_is_read_without_it(journal):
    whole = journal.read_bytes()
    count = sum(1 + len(exchange.commands) for exchange in read_journal(journal)[1])
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(last + 1, len(whole) - 1):
        journal.write_bytes(whole[:cut])
        exchanges = read_journal(journal)[1]
        assert sum(1 + len(exchange.commands) for exchange in exchanges) == count - 1


def test_a_journal_cut_off_anywhere_replays_the_same_up_to_there(journal, capsys):
    whole = journal.read_bytes()
    header = whole.index(b"\n") + 1
    for cut in [*range(header, len(whole) - 1, 97), whole.rstrip(b"\n").rfind(b"\n") + 1]:
        journal.write_bytes(whole[:cut])
        assert main(["replay", str(journal)]) == 0, cut
        out = capsys.readouterr().out
        assert "cut off before the call's end" in out
        assert "up to there the same: " in out


def test_a_difference_before_the_cut_is_still_a_difference(journal, capsys):
    whole = journal.read_bytes().replace("请说出或按键输入您的八位账号。".encode(), "请说账号。".encode())
    journal.write_bytes(whole[: whole.rindex("感谢".encode())])
    assert main(["replay", str(journal)]) == 1
    assert "goes another way here" in capsys.readouterr().out


def test_a_journal_cut_off_inside_a_chinese_character_is_read(journal):
    whole = journal.read_bytes()
    journal.write_bytes(whole[: whole.rindex("感谢".encode()) + 1])
    assert main(["replay", str(journal)]) == 0
    assert read_journal(journal)[1]


@pytest.mark.parametrize(
    "damage", [b"{", b"\xff\xfe", b"[" * 100_000, b"17", b'{"at":1,"event":"Unknown"}', b'{"x":1}']
)
def test_a_journal_damaged_in_the_middle_is_named_in_one_line(journal, capsys, damage):
    lines = journal.read_bytes().split(b"\n")
    lines[5] = damage
    journal.write_bytes(b"\n".join(lines))
    assert main(["replay", str(journal)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"ivr replay: {journal}")
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("head", ["", "{}", "[]", '{"journal":99}', "hello"])
def test_a_file_that_is_no_journal_is_refused(tmp_path, head):
    path = tmp_path / "other.jsonl"
    path.write_text(f"{head}\n" if head else "", encoding="utf-8")
    with pytest.raises(JournalError):
        read_journal(path)


def test_a_journal_of_another_version_is_refused_and_the_version_named(journal):
    lines = journal.read_text(encoding="utf-8").split("\n")
    lines[0] = json.dumps({**json.loads(lines[0]), "journal": 2})
    journal.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(JournalError, match="no journal of version 1"):
        read_journal(journal)


def test_a_changed_prompt_is_the_first_divergence_and_its_line_is_named(journal, capsys):
    text = journal.read_text(encoding="utf-8")
    journal.write_text(text.replace("请说出或按键输入您的八位账号。", "请说账号。"), encoding="utf-8")
    assert main(["replay", str(journal)]) == 1
    out = capsys.readouterr().out
    line = next(number for number, line in enumerate(text.splitlines(), 1) if "Heard" in line)
    assert out.startswith(f"{journal}:{line}: call test goes another way here")
    assert "请说账号。" in out


async def test_what_is_written_stays(tmp_path):
    path = tmp_path / "calls" / "a.jsonl"
    file = JournalFile(path)
    file.begin(Header("a", "", "", "f", "d", "t"))
    await file.close()
    with pytest.raises(JournalError, match="there already"):
        JournalFile(path)
    assert len(path.read_text().splitlines()) == 1


def test_a_journal_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be written"):
        JournalFile(tmp_path / "file" / "a.jsonl")
