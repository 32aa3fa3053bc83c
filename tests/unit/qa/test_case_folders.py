"""Cases are found, each once, and what is wrong with one is told with its line and remedy before it is played."""

import numpy as np
import pytest
import soundfile

from ivr.errors import AudioError, FlowError, UsageError
from ivr.flow.load import load
from ivr.qa.case import load_case
from ivr.qa.case_folder import find_cases
from ivr.shipped import shipped

pytestmark = pytest.mark.unit

GOOD = 'case: x\nflow: cloud_support\nturns: [{keys: "1"}]\n'


def case(folder, text=GOOD):
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


def test_cases_are_found_below_a_folder_each_once_in_the_order_of_their_names(tmp_path):
    second, first = case(tmp_path / "a" / "y"), case(tmp_path / "b" / "x")
    assert find_cases([tmp_path, second, first / "case.yaml"]) == [first, second]


def test_a_folder_without_cases_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"there is no case\.yaml in"):
        find_cases([tmp_path])
    with pytest.raises(UsageError, match="there is no folder"):
        find_cases([tmp_path / "nowhere"])


def test_a_mistake_is_told_with_its_line(tmp_path):
    with pytest.raises(FlowError, match=r"case\.yaml:4:.*did you mean `keys`\?"):
        load_case(case(tmp_path / "bad", "case: x\nflow: f\nturns:\n  - {kyes: 1}\n"))


def test_a_recording_outside_the_cases_folder_is_refused(tmp_path):
    with pytest.raises(FlowError, match=r"put the recording beside case\.yaml"):
        load_case(case(tmp_path / "a", "case: x\nflow: f\nturns: [{audio: ../b.flac}]\n"))


def test_a_recording_that_is_missing_or_none_is_told_before_the_call(tmp_path):
    lost = load_case(case(tmp_path / "lost", "case: x\nflow: f\nturns: [{text: 好}]\n"))
    with pytest.raises(AudioError, match=r"01\.flac is missing: render it with `ivr qa render"):
        lost.turns()
    none = load_case(case(tmp_path / "none", "case: x\nflow: f\nturns: [{audio: a.wav}]\n"))
    (tmp_path / "none" / "a.wav").write_text("not sound")
    with pytest.raises(AudioError, match=r"a\.wav is not a recording"):
        none.turns()


def test_a_converted_recording_is_played_with_advice(tmp_path):
    loaded = load_case(case(tmp_path / "a", "case: x\nflow: f\nturns: [{audio: a.wav}]\n"))
    tone = (np.sin(np.arange(16000) / 8) * 0.3).astype(np.float32)
    soundfile.write(tmp_path / "a" / "a.wav", tone, 16000)
    (turn,), (advice,) = loaded.script()
    assert len(turn.pcm) == 16000
    assert "16000 Hz" in advice


def test_every_shipped_case_names_only_what_its_hotline_has():
    flows = {path.name: load(path) for path in shipped("flows").iterdir() if (path / "flow.yaml").is_file()}
    cases = [load_case(folder) for folder in find_cases([shipped("audio_fixtures")])]
    assert [str(problem) for one in cases for problem in one.problems(flows[one.case.flow])] == []
    assert len(cases) >= 60


def test_a_mock_has_jsons_types(tmp_path):
    loaded = load_case(case(tmp_path / "a", GOOD + 'mock: {/bills/: {amount: 1.5, number: "7"}}\n'))
    assert loaded.case.mock == {"/bills/": {"amount": 1.5, "number": "7"}}
