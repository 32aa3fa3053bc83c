"""A recording that is bad is its case's error, or is converted and told; the others of the run are played."""

import functools

import numpy as np
import pytest
import soundfile

from ivr.cli.case_setup import equipped
from ivr.cli.flows import flow_folder
from ivr.qa.case_worker import CasePlayer, Setup
from ivr.settings import RecognitionSettings, Settings

pytestmark = pytest.mark.calls

FLOW = """
hotline: 花店
language: zh-CN
start: need
steps:
  need:
    ask: 要订花请按一。
    intents: [order]
    keys: {1: order}
    then: {order: bye}
  bye: {hang_up: 再见。}
"""
SCRIPTED = Settings(recognition=RecognitionSettings(engine="scripted"))
TONE = (np.sin(np.arange(8000) / 4) * 0.3).astype(np.float32)


def torn(path):
    soundfile.write(path, np.tile(TONE, 4), 8000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


BAD = {
    "empty": (lambda path: path.write_bytes(b""), "is not a recording"),
    "text": (lambda path: path.write_text("你好"), "is not a recording"),
    "torn": (torn, "is torn off before its end"),
    "silent": (lambda path: soundfile.write(path, TONE * 0, 8000), "write `silence: true`"),
    "endless": (lambda path: soundfile.write(path, np.zeros(121 * 8000), 8000), "longer than 120 s"),
    "two_voices": (
        lambda path: soundfile.write(path, np.stack([TONE, np.roll(np.square(TONE), 900)], axis=1), 8000),
        "give the caller's channel alone",
    ),
}
CONVERTED = {
    "cd": (lambda path: soundfile.write(path, np.tile(TONE, 5), 44100), "44100 Hz"),
    "stereo": (lambda path: soundfile.write(path, np.stack([TONE, TONE], axis=1), 8000), "2 channels"),
    "mislabelled": (lambda path: soundfile.write(path, TONE, 8000, format="FLAC"), "rename it to 01.flac"),
}


@pytest.fixture
def play(tmp_path):
    """`play(name, make)` plays a case of that name whose recording `make` writes."""
    shop = tmp_path / "shop"
    (shop / "intents").mkdir(parents=True)
    (shop / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (shop / "intents" / "main.yaml").write_text("intents:\n  order: [订花, 我要订花]\n", encoding="utf-8")
    player = CasePlayer(Setup(flow_folder, functools.partial(equipped, SCRIPTED, False)))

    def played(name, make):
        folder = tmp_path / name
        folder.mkdir()
        text = f"case: {name}\nflow: {shop}\nturns: [{{audio: 01.wav}}, {{keys: '1'}}]\nexpect: {{ended: hung_up}}\n"
        (folder / "case.yaml").write_text(text, encoding="utf-8")
        make(folder / "01.wav")
        return player.play(folder)

    return played


def test_a_bad_recording_is_its_cases_error_with_the_remedy_and_the_next_is_played(play):
    for name, (make, said) in BAD.items():
        result = play(name, make)
        assert (name, result.verdict) == (name, "error")
        assert f"{name}/01.wav" in result.trouble
        assert said in result.trouble
    assert play("good", lambda path: soundfile.write(path, TONE, 8000)).verdict == "passed"


def test_a_recording_that_can_be_converted_is_played_with_advice(play):
    for name, (make, said) in CONVERTED.items():
        result = play(name, make)
        assert (name, result.verdict) == (name, "passed")
        assert said in " ".join(result.advice)
