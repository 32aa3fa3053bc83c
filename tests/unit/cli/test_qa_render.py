"""`ivr qa render`: what lacks a recording is spoken as its case says, and what a person said is left alone."""

import numpy as np
import pytest

from ivr.audio import level_dbfs, read_audio, samples, to_pcm, write_audio
from ivr.cli import qa_render
from ivr.cli.main import main
from ivr.qa.turn_audio import read_turn_audio

pytestmark = pytest.mark.unit

CASE = """case: x
flow: cloud_support
voice: zf_xiaoni
turns:
  - {text: 查账单}
  - {keys: "1"}
  - {text: that is all, voice: af_heart}
"""
TONE = to_pcm((np.sin(np.arange(8000) / 4) * 0.2).astype(np.float32))


class Voices:
    """Stands for the synthesisers: every text is one second of a tone."""

    rate = 8000

    def __init__(self):
        self.made, self.said = [], []

    def __call__(self, settings, language):
        self.made.append((settings.voice.name, language))
        return self

    async def speak(self, text):
        self.said.append(text)
        yield TONE

    async def close(self):
        pass


@pytest.fixture
def voices(monkeypatch):
    made = Voices()
    monkeypatch.setattr(qa_render, "synthesizer_for", made)
    return made


@pytest.fixture
def case(tmp_path):
    def write(name="a", more=""):
        (tmp_path / name).mkdir()
        (tmp_path / name / "case.yaml").write_text(CASE + more, encoding="utf-8")
        return tmp_path / name

    return write


def render(*words):
    return main(["qa", "render", *map(str, words)])


def test_every_turn_gets_its_voice_its_language_and_the_file_of_its_number(voices, case, capsys):
    folder = case()
    assert render(folder) == 0
    assert voices.made == [("zf_xiaoni", "zh-CN"), ("af_heart", "en")]
    assert sorted(path.name for path in folder.glob("*.flac")) == ["01.flac", "03.flac"]
    assert read_turn_audio(folder / "01.flac").advice == ()
    assert render(folder) == 0
    assert len(voices.said) == 2
    assert "0 recordings rendered" in capsys.readouterr().out


def test_again_speaks_what_a_voice_has_spoken_and_never_what_a_person_said(voices, tmp_path):
    text = "case: x\nflow: cloud_support\nturns: [{audio: a.flac, text: 查账单}, {text: 对的, voice: zm_yunxi}]\n"
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    write_audio(tmp_path / "a.flac", TONE[:8000])
    before = (tmp_path / "a.flac").read_bytes()
    render(tmp_path, "--again")
    render(tmp_path, "--again")
    assert voices.said == ["对的", "对的"]
    assert (tmp_path / "a.flac").read_bytes() == before


@pytest.mark.parametrize("kind", ["white", "babble", "music", "car"])
def test_noise_is_so_far_below_the_turn_and_around_it_and_the_same_each_time(voices, case, kind):
    folder = case(more=f"noise: {kind} 10dB\n")
    render(folder)
    pcm = read_audio(folder / "01.flac")
    assert len(pcm) == len(TONE) + 2 * (8000 + 8 * 280)
    clean = np.concatenate([np.zeros(4000 + 960), samples(TONE), np.zeros(4000 + 1280)])
    noise = samples(pcm) - clean
    spoken = to_pcm(clean[4000:-4000].astype(np.float32))
    assert level_dbfs(spoken) - level_dbfs(to_pcm(noise.astype(np.float32))) == pytest.approx(10, abs=3)
    first = (folder / "01.flac").read_bytes()
    render(folder, "--again")
    assert (folder / "01.flac").read_bytes() == first


def test_a_noise_that_nobody_makes_is_named_at_its_line(voices, case, capsys):
    assert render(case(more="noise: storm 10dB\n")) == 1
    told = capsys.readouterr().err
    assert "case.yaml:8:8: `storm 10dB` is no noise; write it as babble 10dB" in told.replace(": write", "; write")
