"""Recordings of a person and how they find their prompt."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from ivr_tts.api import SynthesisError
from ivr_tts.recorded import RecordedPrompts

pytestmark = pytest.mark.unit


def record(path, seconds=1.0, rate=8000, channels=1):
    soundfile.write(path, np.full((int(rate * seconds), channels), 1000, dtype="<i2"), rate, subtype="PCM_16")


def test_a_recording_named_as_the_text_is_found_whatever_the_punctuation(tmp_path):
    record(tmp_path / "您好，欢迎致电.wav")
    prompts = RecordedPrompts(tmp_path)
    assert "您好！ 欢迎致电。" in prompts
    assert "您好" not in prompts
    assert prompts.find("您好 欢迎致电") == np.full(8000, 1000, dtype="<i2").tobytes()


def test_a_recording_of_a_number_is_found_by_the_number_as_it_is_said(tmp_path):
    record(tmp_path / "按1查账单.wav")
    assert "按一查账单" in RecordedPrompts(tmp_path)


def test_the_index_names_recordings_of_long_texts(tmp_path):
    record(tmp_path / "welcome.wav")
    (tmp_path / "index.toml").write_text('"您好？还是/您好。" = "welcome.wav"\n', encoding="utf-8")
    assert "您好，还是您好" in RecordedPrompts(tmp_path)


def test_any_rate_and_stereo_become_telephone_audio(tmp_path):
    record(tmp_path / "您好.flac", rate=44100, channels=2)
    assert len(RecordedPrompts(tmp_path).find("您好")) == pytest.approx(16000, abs=4)


def test_an_index_with_a_mistake_names_the_file_and_the_remedy(tmp_path):
    (tmp_path / "index.toml").write_text("您好 = welcome.wav\n", encoding="utf-8")
    with pytest.raises(SynthesisError, match=r"index.toml.*write lines such as"):
        RecordedPrompts(tmp_path)


def test_an_index_that_names_a_missing_recording_is_refused(tmp_path):
    (tmp_path / "index.toml").write_text('"您好" = "gone.wav"\n', encoding="utf-8")
    with pytest.raises(SynthesisError, match=r"gone.wav.*record it"):
        RecordedPrompts(tmp_path)


def test_a_recording_that_cannot_be_read_leaves_the_word_to_the_voice_and_it_is_said(tmp_path, caplog):
    (tmp_path / "您好.wav").write_bytes(b"no sound")
    assert RecordedPrompts(tmp_path).find("您好") is None
    assert "unreadable" in caplog.text


def test_no_folder_is_no_recordings(tmp_path):
    assert "您好" not in RecordedPrompts(tmp_path / "nowhere")
