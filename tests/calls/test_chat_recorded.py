"""`ivr chat` with mocks, a clock, and a record that is a test."""

import io

import pytest

from ivr.cli.chat import mocks_of
from ivr.cli.main import main
from ivr.errors import UsageError

pytestmark = pytest.mark.calls

FLOW = """
hotline: 测试热线
language: zh-CN
start: hours
hours:
  day: {open: [mon-fri 09:00-18:00]}
steps:
  hours:
    branch:
      - if: open("day")
        next: need
      - else: closed
  closed:
    hang_up: 我们已经下班，来电{caller|phone}。
  need:
    ask: 要什么？
    intents: bill
    keys: {1: bill}
  bill:
    call: {get: "{env.CRM}/bills/1", save: bill, expect: {amount: money}, timeout: 3s, failed: sorry}
    say: 一共{bill.amount|money}。
    next: need
  sorry:
    say: 系统很忙。
    next: need
"""


@pytest.fixture
def chat(monkeypatch, capsys, tmp_path):
    """Types `text` into a chat; returns what stands on the screen."""
    (tmp_path / "flow").mkdir()
    (tmp_path / "flow" / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "flow" / "intents").mkdir()
    (tmp_path / "flow" / "intents" / "main.yaml").write_text("intents:\n  bill: [查账单]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")

    def run(text, *options, status=0):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        assert main(["chat", "flow", *options]) == status
        return capsys.readouterr().out

    return run


WORKDAY = ("--at", "2026-11-20 10:00")


def test_a_mock_answers_and_what_is_not_mocked_has_failed(chat):
    assert "一百二十八" in chat("查账单\n/bye\n", *WORKDAY, "--mock", '/bills/={"amount": 128}')
    out = chat("查账单\n/bye\n", *WORKDAY)
    assert "系统很忙" in out
    assert "failed: no mock" in out


def test_a_service_out_of_time_is_waited_for_before_the_caller_is_asked(chat):
    out = chat("查账单\n/bye\n", *WORKDAY, "--mock", "/bills/=timeout")
    assert out.index("timeout: no answer within 3 s") < out.index("> /bye")


def test_the_clock_and_the_caller_are_those_given(chat):
    out = chat("", "--at", "2026-02-17 03:00", "--caller", "13912345678")
    assert "我们已经下班" in out
    assert "幺三九" in out


def test_with_keys_a_line_of_keys_is_pressed(chat):
    assert "[1]   bill 1.00" in chat("1\n/bye\n", *WORKDAY, "--keys")
    assert "[1]" not in chat("1\n/bye\n", *WORKDAY)


def test_a_recorded_chat_is_a_test_that_passes_and_falls_when_the_flow_changes(chat, tmp_path):
    mock = ("--mock", '/bills/={"amount": 128.5}')
    chat("查账单\n\n1\n转人工\n", *WORKDAY, "--keys", *mock, "--refuse", "full", "--record", "flow/tests.yaml")
    written = (tmp_path / "flow" / "tests.yaml").read_text(encoding="utf-8")
    assert "action: /bills/1" in written
    assert "silence: true" in written
    assert "查账单   bill 1.00" in chat("", "--play", "flow/tests.yaml")
    flow = tmp_path / "flow" / "flow.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("一共", "总共"), encoding="utf-8")
    out = chat("", "--play", "flow/tests.yaml", status=1)
    assert "prompt: expected  一共一百二十八" in out


def test_what_is_there_is_not_written_over(chat, capsys):
    chat("/bye\n", *WORKDAY, "--record", "a.yaml")
    chat("/bye\n", *WORKDAY, "--record", "a.yaml", status=2)


@pytest.mark.parametrize(
    ("written", "words"),
    [("crm", "write it as NAME=ANSWER"), ("crm=broken", "`broken` is no answer"), ("=failed", "NAME=ANSWER")],
)
def test_a_mock_that_cannot_be_read_says_how_it_is_written(written, words):
    with pytest.raises(UsageError, match=words):
        mocks_of([written])


def test_a_clock_that_cannot_be_read_says_how_it_is_written(chat, capsys):
    chat("", "--at", "tomorrow", status=2)
