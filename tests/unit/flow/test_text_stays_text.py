"""YAML's scalars reach the flow as they were written; what they mean is the field's to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import FlowError
from ivr.flow.document import Document, parse
from ivr.flow.load import load

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text", ["no", "yes", "on", "010", "22:30", "1e3", "0x1F", "3.10", "true", "2026-01-01", "1_000"]
)
def test_a_scalar_is_its_text(text):
    document = Document("f")
    assert parse(f"a: {text}\n", document) == []
    assert document.data == {"a": text}


@pytest.mark.parametrize("text", ["", "~", "null"])
def test_nothing_is_nothing(text):
    document = Document("f")
    parse(f"a: {text}\n", document)
    assert document.data == {"a": None}


def test_quoted_nothing_is_text():
    document = Document("f")
    parse("a: ''\nb: 'null'\n", document)
    assert document.data == {"a": "", "b": "null"}


def test_keys_and_options_of_a_menu_stay_as_written(tmp_path):
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "main.yaml").write_text("intents: {no: ['no', 010], yes: [22:30]}\n", encoding="utf-8")
    steps = "{on: {ask: 1e3, keys: {1: no}, then: {no: off}}, off: {hang_up: no}}"
    flow = f"hotline: 007\nlanguage: en\nstart: on\nsteps: {steps}\n"
    (tmp_path / "flow.yaml").write_text(flow, encoding="utf-8")
    loaded = load(tmp_path)
    assert loaded.hotline.hotline == "007"
    assert loaded.hotline.steps["on"].ask == {"": ["1e3"]}
    assert loaded.hotline.steps["off"].hang_up == {"": ["no"]}
    assert loaded.intents == {"no": ["no", "010"], "yes": ["22:30"]}


def test_an_alias_stands_for_what_it_names():
    document = Document("f")
    assert parse("a: &x [1, 2]\nb: *x\n", document) == []
    assert document.data == {"a": ["1", "2"], "b": ["1", "2"]}
    assert document.at(("a", 1)) == (1, 11)


@given(st.text(max_size=200))
def test_any_text_is_data_or_a_problem(text):
    document = Document("f")
    problems = parse(text, document)
    lines = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + text.count("\u2029") + 2
    assert all(1 <= problem.line <= lines and problem.column >= 1 and problem.mend for problem in problems)


@given(st.text(alphabet=" \n:-[]{}&*!|>'\"%@`#,?ab\t", max_size=80))
def test_any_yaml_like_text_is_data_or_a_problem(text):
    assert isinstance(parse(text, Document("f")), list)


def test_loading_a_flow_with_mistakes_raises_one_error_that_lists_them(tmp_path):
    (tmp_path / "flow.yaml").write_text("hotline: x\nlanguage: en\nstrat: a\n", encoding="utf-8")
    with pytest.raises(FlowError) as error:
        load(tmp_path)
    assert "did you mean `start`?" in str(error.value)
    assert "`steps` is missing" in str(error.value)


def test_the_digest_names_the_content_and_nothing_else(tmp_path):
    def flow(name, say):
        (tmp_path / name).mkdir()
        text = f"hotline: x\nlanguage: en\nstart: a\nsteps: {{a: {{hang_up: {say}}}}}\n"
        (tmp_path / name / "flow.yaml").write_text(text, encoding="utf-8")
        return load(tmp_path / name).digest

    assert flow("one", "bye") == flow("two", "bye") != flow("three", "goodbye")
