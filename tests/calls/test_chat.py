"""`ivr chat` at the keyboard: commands, keys, and Ctrl-C."""

import io
import os
import signal
import subprocess
import sys

import pytest

from ivr.cli.main import main

pytestmark = pytest.mark.calls


@pytest.fixture
def chat(monkeypatch, capsys, tmp_path):
    """Types `text` into a chat with the shipped hotline; returns what stands on the screen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")

    def run(text, *options):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        assert main(["chat", "cloud_support", *options]) == 0
        return capsys.readouterr().out

    return run


def test_a_command_that_does_not_exist_is_not_said_to_the_hotline(chat):
    out = chat("/foo bar\n/bye\n")
    assert "There is no /foo. Type what the caller says. /keys 123 presses keys" in out
    assert "no_match" not in out


@pytest.mark.parametrize("keys", ["abc", "12a", "", "１２"])
def test_keys_that_no_telephone_has_are_not_pressed(chat, tmp_path, keys):
    out = chat(f"/keys {keys}\n/bye\n", "--journal", "call.jsonl")
    assert "0 to 9, * and #" in out
    assert "KeyPressed" not in (tmp_path / "call.jsonl").read_text(encoding="utf-8")


def test_keys_are_pressed_one_by_one(chat, tmp_path):
    chat("查账单\n/keys 12 34*#\n/bye\n", "--journal", "call.jsonl")
    assert (tmp_path / "call.jsonl").read_text(encoding="utf-8").count('"KeyPressed"') == 6


def test_one_ctrl_c_hangs_up_and_leaves_a_whole_journal(tmp_path):
    journal = tmp_path / "call.jsonl"
    command = [sys.executable, "-m", "ivr.cli.main", "chat", "cloud_support", "--journal", str(journal)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as process:
        seen = b""
        while not seen.endswith(b"> "):
            seen += process.stdout.read(1) or pytest.fail(f"the chat ended: {seen!r}")
        process.send_signal(signal.SIGINT)
        try:
            out, error = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert process.returncode == 130
    assert "hung up by the caller" in out.decode()
    assert error == b""
    assert '"HungUp"' in journal.read_text(encoding="utf-8").splitlines()[-1]
