"""Detectors of voice behind one protocol: which there are, what is said of one that cannot be had, when they look."""

import numpy as np
import pytest

from ivr.errors import ModelError, SettingsError
from ivr.hearing.silero import Gated, Silero
from ivr.hearing.voice_activity import DETECTORS, VoiceActivity, VoiceSettings, settings_for
from ivr.settings import load_settings

pytestmark = pytest.mark.unit

SILENCE = bytes(320)


class Always:
    """A detector that finds a voice in everything, and keeps what it was told."""

    def __init__(self):
        self.told = []

    def voiced(self, _frame, *, loud):
        self.told.append(loud)
        return True


def noise(level, seed=1):
    signal = np.random.default_rng(seed).standard_normal(160) * level * 32768
    return signal.astype("<i2").tobytes()


@pytest.fixture
def always(monkeypatch):
    detector = Always()
    monkeypatch.setattr("ivr.hearing.voice_activity.DETECTORS", {"webrtcvad": lambda _settings: detector})
    return detector


def test_a_detector_hears_soft_frames_too_and_they_are_never_speech(always):
    activity = VoiceActivity()
    assert not any(activity.hear(SILENCE) for _ in range(20))
    assert always.told == [False] * 20
    assert any(activity.hear(noise(0.1)) for _ in range(20))


def test_whoever_sets_nothing_hears_with_webrtcvad():
    assert load_settings(environment={}).hearing.voice_activity == "webrtcvad"
    assert VoiceSettings() == settings_for("webrtcvad")


def test_the_detector_is_set_in_the_file_or_in_the_environment(tmp_path):
    path = tmp_path / "ivr.toml"
    path.write_text('[hearing]\nvoice_activity = "silero"\n')
    assert load_settings(path, {}).hearing.voice_activity == "silero"
    assert load_settings(path, {"IVR_HEARING_VOICE_ACTIVITY": "webrtcvad"}).hearing.voice_activity == "webrtcvad"


def test_a_detector_that_there_is_not_is_refused_with_those_there_are(tmp_path):
    path = tmp_path / "ivr.toml"
    path.write_text('[hearing]\nvoice_activity = "sielro"\n')
    with pytest.raises(SettingsError) as told:
        load_settings(path, {})
    assert all(name in str(told.value) for name in ("voice_activity is `sielro`", *DETECTORS))


@pytest.mark.parametrize("detector", [Silero, Gated])
def test_a_model_that_cannot_be_loaded_is_told_with_both_ways_to_mend_it(detector, tmp_path):
    damaged = tmp_path / "silero_vad.onnx"
    damaged.write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"ivr models install silero-vad-6.*webrtcvad"):
        detector(str(damaged))


def test_a_model_that_is_not_installed_is_told_before_the_first_call(tmp_path, monkeypatch):
    from ivr.cli.equipment import hearing_for  # noqa: PLC0415  it loads engines, which the other tests do without

    monkeypatch.setenv("IVR_MODELS", str(tmp_path))
    with pytest.raises(ModelError, match="silero-vad-6 is not installed: run `ivr models install silero-vad-6`"):
        hearing_for("silero")
    assert hearing_for("webrtcvad") == VoiceSettings()


def test_silero_is_not_asked_while_nothing_loud_is_heard(monkeypatch):
    asked = []

    class Counting:
        def __init__(self, *_args):
            pass

        def reset(self):
            asked.clear()

        def voiced(self, frame):
            asked.append(frame)
            return True

    monkeypatch.setattr("ivr.hearing.silero.Silero", Counting)
    gated = Gated("nowhere", aggressiveness=0)
    loud = noise(0.3)
    assert not any(gated.voiced(loud, loud=False) for _ in range(50))
    assert not asked
    assert gated.voiced(loud, loud=True)
    assert asked == [loud] * 14, "260 ms before the gate opened, and the frame that opened it"
    assert sum(gated.voiced(SILENCE, loud=False) for _ in range(50)) < 30, "half a second later it is shut again"
