"""`ivr check`, `chat`, `call` and `replay` as a person uses them: exit status, one line for what they can mend."""

import io

import numpy as np
import pytest
import soundfile

from ivr.audio import read_audio
from ivr.cli.main import main

pytestmark = pytest.mark.calls


@pytest.fixture(autouse=True)
def _no_models_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("COLUMNS", "300")


def one_line(capsys, command):
    error = capsys.readouterr().err
    assert error.startswith(f"ivr {command}: ")
    assert len(error.splitlines()) == 1, error
    return error


def test_check_finds_the_shipped_flow_good(capsys):
    assert main(["check", "cloud_support"]) == 0
    assert "no mistakes" in capsys.readouterr().out


def test_check_names_every_mistake_of_every_flow_and_counts_them(tmp_path, capsys):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "flow.yaml").write_text("hotline: x\nlanguage: en\nstrat: a\nsteps: {}\n", encoding="utf-8")
    assert main(["check", "a", "cloud_support"]) == 1
    out = capsys.readouterr().out
    assert "a/flow.yaml:3:1: `strat` is not a word" in out
    assert "a/flow.yaml:1:1: `start` is missing" in out
    assert "a/flow.yaml:4:8: `steps` is empty" in out
    assert out.endswith("3 mistakes\n")
    assert "Traceback" not in out


@pytest.mark.parametrize("command", [["check"], ["chat"], ["call", "--audio", "x.wav"]], ids=lambda words: words[0])
def test_a_flow_that_is_not_there_is_said_in_one_line_with_those_that_are(command, capsys):
    assert main([*command, "nowhere"]) == 2
    assert "cloud_support" in one_line(capsys, command[0])


@pytest.mark.parametrize("command", ["check", "chat", "serve --flow"])
def test_a_folder_without_a_flow_is_said_in_one_line(tmp_path, command, capsys):
    (tmp_path / "empty").mkdir()
    assert main([*command.split(), "empty"]) == 2
    assert "there is no flow.yaml in empty" in one_line(capsys, command.split()[0])


@pytest.mark.parametrize("command", ["call cloud_support --case", "demo --case", "qa run", "bench turn --case"])
def test_a_folder_without_a_case_is_said_in_one_line(tmp_path, command, capsys):
    (tmp_path / "empty").mkdir()
    for folder, what in (("empty", "there is no case.yaml in empty"), ("none", "there is no folder none")):
        assert main([*command.split(), folder]) == 2
        assert what in one_line(capsys, command.split()[0])


def test_a_folder_given_as_a_recording_is_called_a_folder(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["call", "cloud_support", "--audio", "empty"]) == 1
    assert "empty is a folder: give the recording itself" in one_line(capsys, "call")


def test_chat_from_a_pipe_is_a_whole_call(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.stdin", io.StringIO("查账单\n/keys 12345678\n对\n转人工\n"))
    assert main(["chat", "cloud_support", "--journal", "call.jsonl"]) == 0
    out = capsys.readouterr().out
    assert "billing 1.00" in out
    assert "digits=12345678" in out
    assert "handed to a person" in out
    assert main(["replay", "call.jsonl"]) == 0


def test_chat_ends_when_the_pipe_does(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("查账单\n\n"))
    assert main(["chat", "cloud_support"]) == 0
    out = capsys.readouterr().out
    assert "no_input" in out
    assert "hung up by the caller" in out


def test_a_journal_is_not_written_over(monkeypatch, capsys, tmp_path):
    (tmp_path / "call.jsonl").write_text("old")
    assert main(["chat", "cloud_support", "--journal", "call.jsonl"]) == 1
    assert "there already" in one_line(capsys, "chat")


def test_a_missing_model_names_the_command_that_mends_it(tmp_path, capsys):
    soundfile.write(tmp_path / "a.wav", np.zeros(8000), 8000)
    assert main(["call", "cloud_support", "--audio", "a.wav"]) == 1
    assert "ivr models install" in one_line(capsys, "call")


@pytest.mark.parametrize("content", [b"just words\n", b"", b"RIFF\x00\x00\x00\x00WAVEfmt ", b"\x00" * 500])
def test_a_file_that_is_no_recording_is_said_in_one_line(tmp_path, capsys, content):
    (tmp_path / "a.wav").write_bytes(content)
    assert main(["call", "cloud_support", "--audio", "a.wav"]) == 1
    assert "a.wav" in one_line(capsys, "call")


def test_a_recording_that_is_not_there_is_said_in_one_line(capsys):
    assert main(["call", "cloud_support", "--audio", "none.wav"]) == 1
    assert "no file none.wav" in one_line(capsys, "call")


def test_call_wants_one_caller(capsys):
    assert main(["call", "cloud_support"]) == 2
    assert "--audio FILE or --case FOLDER" in one_line(capsys, "call")


@pytest.mark.parametrize(("rate", "channels", "kind"), [(44_100, 2, "wav"), (16_000, 1, "flac"), (48_000, 1, "wav")])
def test_a_recording_in_another_format_becomes_8_khz_mono(tmp_path, rate, channels, kind):
    time = np.arange(rate) / rate
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, np.column_stack([0.5 * np.sin(2 * np.pi * 440 * time)] * channels), rate)
    pcm = np.frombuffer(read_audio(path), "<i2")
    assert len(pcm) == pytest.approx(8000, abs=2)
    spectrum = np.abs(np.fft.rfft(pcm))
    assert np.argmax(spectrum) * 8000 / len(pcm) == pytest.approx(440, abs=2)


def test_replay_of_nothing_is_said_in_one_line(capsys):
    assert main(["replay", "none.jsonl"]) == 1
    assert "does not exist" in one_line(capsys, "replay")


def test_an_unknown_command_is_wrong_usage(capsys):
    assert main(["chek"]) == 2
    assert "check" in capsys.readouterr().err
