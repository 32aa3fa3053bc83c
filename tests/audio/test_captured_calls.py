"""A recorded call, captured: the case that comes of it plays and goes the same way."""

from __future__ import annotations

import shutil

import pytest
import yaml

from ivr.cli.main import main

pytestmark = pytest.mark.audio


def test_a_captured_call_takes_the_same_way_again(model, tmp_path, monkeypatch, capsys):
    model("vosk-model-small-cn-0.22")
    monkeypatch.chdir(tmp_path)
    assert main(["qa", "run", "outage_interrupted", "--jobs", "1", "--keep-audio", "--to", "run"]) == 0
    (tmp_path / "calls").mkdir()
    shutil.copy(tmp_path / "run" / "journals" / "outage_interrupted.jsonl", tmp_path / "calls")
    shutil.copy(tmp_path / "run" / "audio" / "outage_interrupted.flac", tmp_path / "calls")
    assert main(["qa", "capture", "outage_interrupted", "--to", "cases/mine"]) == 0
    written = yaml.safe_load((tmp_path / "cases" / "mine" / "case.yaml").read_text(encoding="utf-8"))
    assert written["turns"][0]["when"].startswith("prompt ")
    assert len(written["expect"]["intents"]) == 3
    assert main(["qa", "run", "cases", "--jobs", "1"]) == 0, capsys.readouterr().out
