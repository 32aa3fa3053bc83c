"""Cases: what is written is held to its words."""

import pytest

from ivr.audio import write_audio
from ivr.errors import AudioError, FlowError
from ivr.qa.case import load_case
from ivr.shipped import shipped

pytestmark = pytest.mark.unit


def write(tmp_path, text):
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_every_shipped_case_can_be_read_with_its_recordings():
    folders = sorted(path.parent for path in shipped("audio_fixtures").glob("*/case.yaml"))
    assert folders
    for folder in folders:
        assert load_case(folder).turns()


def test_a_case_becomes_the_callers_script(tmp_path):
    write_audio(tmp_path / "a.wav", b"\x00\x10\x00\xf0" * 400)
    written = ("{audio: a.wav, text: 好, during: 1s}", "{keys: 1*#}", "{silence: true}", "{hang_up: true}")
    text = "case: x\nflow: f\nturns:\n" + "".join(f"  - {turn}\n" for turn in written)
    turns = load_case(write(tmp_path, text)).turns()
    assert [len(turns[0].pcm), turns[0].during, turns[0].label, turns[1].keys] == [1600, 1.0, "好", "1*#"]
    assert turns[2].silence
    assert turns[3].hang_up


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        ("{}", "exactly one of audio (or text), keys"),
        ("{keys: 1, silence: true}", "exactly one of audio (or text), keys"),
        ("{keys: 12a}", "keys"),
        ("{kyes: 1}", "did you mean `keys`?"),
        ("{silence: maybe}", "neither true nor false"),
        ("{silence: true, after: soon}", "not a length of time"),
    ],
)
def test_a_mistake_in_a_case_is_named_with_its_line(tmp_path, turn, said):
    with pytest.raises(FlowError) as error:
        load_case(write(tmp_path, f"case: x\nflow: f\nturns:\n  - {turn}\n"))
    assert "case.yaml:4:" in str(error.value)
    assert said in str(error.value)


def test_a_recording_that_is_missing_names_the_command_that_makes_it(tmp_path):
    case = load_case(write(tmp_path, "case: x\nflow: f\nturns: [{audio: a.wav}]\n"))
    with pytest.raises(AudioError, match="ivr qa render"):
        case.turns()
