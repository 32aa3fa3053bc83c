"""What a designer may get wrong in a twin test is named at its line."""

import pytest

from ivr.errors import FlowError
from ivr.flow.load import load
from ivr.qa.expectations import same
from ivr.qa.twin import twins_of
from ivr.shipped import shipped

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def flow():
    return load(shipped("flows/cloud_support"))


@pytest.fixture
def read(flow, tmp_path):
    def twins(text):
        path = tmp_path / "t.yaml"
        path.write_text(text, encoding="utf-8")
        return twins_of(flow, [path])

    return twins


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("- test: a\n    turns: [{say: 你好, expect: {step: neeed}}]", "3:38", "no step `neeed`: did you mean `need`?"),
        ("- test: a\n    expect: {steps: [welcome, gone_for_good]}", "3:31", "no step `gone_for_good`"),
        ("- test: a\n    turns: [{say: 你好, expect: {intent: biling}}]", "3:40", "did you mean `billing`?"),
        ("- test: a\n    turns: [{say: 你好, keys: '1'}]", "3:13", "exactly one of say, keys, silence, hang_up"),
        ("- test: a\n    turns: [{keys: 'x1'}]", "3:20", "`keys`"),
        ("- test: a\n    at: tomorrow\n    turns: []", "3:9", "write it as 2026-02-17 03:00"),
        ("- test: a\n    expct: {}", "3:5", "`expct` is not a word of the flow language here: did you mean `expect`?"),
    ],
)
def test_mistakes_are_named_where_they_stand(read, text, place, words):
    with pytest.raises(FlowError) as refused:
        read(f"tests:\n  {text}\n")
    assert f"t.yaml:{place}: " in str(refused.value)
    assert words in str(refused.value)


def test_mocks_have_jsons_types_and_what_is_in_quotes_is_text(read):
    (twin,) = read(
        "tests:\n  - test: a\n    mock:\n"
        "      /x: {n: 1.5, i: 3, t: '007', z: 007, y: true, no: no, at: 22:30, l: [1, '1']}\n"
        "      send_code: [failed, timeout]\n"
    )
    assert twin.spec.mock == {
        "/x": {"n": 1.5, "i": 3, "t": "007", "z": "007", "y": True, "no": "no", "at": "22:30", "l": [1, "1"]},
        "send_code": ["failed", "timeout"],
    }


def test_a_test_begins_on_a_working_day_unless_it_says_otherwise(read):
    first, second = read("tests:\n  - test: a\n  - test: b\n    at: 2026-02-17 03:00\n")
    assert first.spec.at == "2026-11-20T10:00:00+08:00"
    assert second.spec.at == "2026-02-17T03:00:00+08:00"


@pytest.mark.parametrize(
    ("found", "written", "is_same"),
    [
        (True, "yes", True),
        (True, "no", False),
        (128.5, "128.50", True),
        (2, "two", False),
        ("007", "7", False),
        (None, "none", True),
        ({"a": 1, "b": "x"}, {"b": "x"}, True),
        ({"a": 1}, {"b": "x"}, False),
        ([1, 2], ["1", "2"], True),
    ],
)
def test_values_are_compared_as_a_designer_writes_them(found, written, is_same):
    assert same(found, written) is is_same
