"""Cases are found and told apart; what is wrong with one is no trouble of another."""

import pytest

from ivr.errors import UsageError
from ivr.flow.load import load
from ivr.qa.case_folder import find_cases, read_cases, why_unplayable
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


def test_of_two_cases_with_one_name_neither_is_played_and_the_rest_is(tmp_path):
    twins = [case(tmp_path / "a" / "bill"), case(tmp_path / "b" / "bill")]
    other = case(tmp_path / "c" / "other")
    loaded, unplayable = read_cases(find_cases([tmp_path]))
    assert [one.folder for one in loaded] == [other]
    assert [one.folder for one in unplayable] == twins
    assert f"in {twins[1]}: rename one of the folders" in unplayable[0].why


def test_a_case_with_mistakes_is_told_with_its_line_and_the_rest_is_read(tmp_path):
    case(tmp_path / "good")
    case(tmp_path / "bad", "case: x\nflow: f\nturns:\n  - {kyes: 1}\n")
    loaded, (bad,) = read_cases(find_cases([tmp_path]))
    assert [one.name for one in loaded] == ["good"]
    assert "case.yaml:4:" in bad.why
    assert "did you mean `keys`?" in bad.why


def test_a_recording_outside_the_cases_folder_is_refused(tmp_path):
    case(tmp_path / "a", "case: x\nflow: f\nturns: [{audio: ../b.flac}]\n")
    _, (bad,) = read_cases(find_cases([tmp_path]))
    assert "put the recording beside case.yaml" in bad.why


def test_why_a_case_cannot_be_played_is_said_before_it_is(tmp_path):
    flow = load(shipped("flows/cloud_support"))
    case(tmp_path / "lost", "case: x\nflow: cloud_support\nturns: [{text: 好}]\n")
    case(tmp_path / "silent", "case: x\nflow: cloud_support\nturns: [{audio: 01.flac}]\n")
    (tmp_path / "silent" / "01.flac").write_text("not sound")
    case(tmp_path / "gone", GOOD + "expect: {steps: [no_such_step]}\n")
    case(tmp_path / "good")
    loaded, _ = read_cases(find_cases([tmp_path]))
    why = {one.name: why_unplayable(one, flow) for one in loaded}
    assert why.pop("good") == ""
    assert "no step `no_such_step`" in why["gone"]
    assert "01.flac is missing: render it with `ivr qa render" in why["lost"]
    assert "01.flac is not a recording" in why["silent"]


def test_a_mock_has_jsons_types(tmp_path):
    case(tmp_path / "a", GOOD + 'mock: {/bills/: {amount: 1.5, number: "7"}}\n')
    ((loaded,), _) = read_cases(find_cases([tmp_path]))
    assert loaded.case.mock == {"/bills/": {"amount": 1.5, "number": "7"}}
