"""Sets of examples in their three forms, and what is said of rows that cannot be used."""

from __future__ import annotations

import json

import pytest

from ivr.errors import UsageError
from ivr.qa.intent_sets import IntentSetError, read

pytestmark = pytest.mark.unit


def test_a_tsv_is_read_and_oos_is_elsewhere(tmp_path):
    file = tmp_path / "set.tsv"
    file.write_text('text\tintent\n查账单\tbill\n他说"好\tchat\n\n晚饭吃什么\toos\n', encoding="utf-8")
    found = read(file)
    assert found.texts == ("查账单", '他说"好')
    assert found.labels == ("bill", "chat")
    assert found.elsewhere == ("晚饭吃什么",)


def test_a_csv_may_quote_commas_and_lines(tmp_path):
    file = tmp_path / "set.csv"
    file.write_text('text,category\n"well, where is it?",card\n"two\nlines",card\n', encoding="utf-8")
    assert read(file).texts == ("well, where is it?", "two\nlines")


def test_clincs_json_has_splits_and_texts_from_elsewhere(tmp_path):
    file = tmp_path / "set.json"
    rows = {"train": [["hi", "greet"]], "oos_train": [["moon", "oos"]], "val": [["hello", "greet"]], "oos_val": []}
    file.write_text(json.dumps(rows), encoding="utf-8")
    assert read(file).elsewhere == ("moon",)
    assert read(file, "val").texts == ("hello",)
    with pytest.raises(IntentSetError, match=r"no list “test” .it has train"):
        read(file, "test")


def test_every_bad_row_is_named_by_file_and_line(tmp_path):
    file = tmp_path / "set.tsv"
    file.write_text("text\tintent\n查账单\tbill\n没有意图\n\tbill\n", encoding="utf-8")
    with pytest.raises(IntentSetError) as error:
        read(file)
    assert "set.tsv:3: 1 columns instead of 2" in str(error.value)
    assert "set.tsv:4: no text" in str(error.value)


def test_a_row_after_one_of_two_lines_is_named_by_its_own_line(tmp_path):
    file = tmp_path / "set.csv"
    file.write_text('text,category\n"two\nlines",card\nalone\n', encoding="utf-8")
    with pytest.raises(IntentSetError, match=r"set.csv:4: 1 columns"):
        read(file)


@pytest.mark.parametrize(("text", "said"), [("text\tintent\n", "no examples"), ("", "no examples")])
def test_an_empty_set_is_refused(tmp_path, text, said):
    (tmp_path / "set.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(IntentSetError, match=said):
        read(tmp_path / "set.tsv")


def test_json_that_is_none_and_a_missing_file_are_said(tmp_path):
    (tmp_path / "set.json").write_text("{", encoding="utf-8")
    with pytest.raises(IntentSetError, match=r"set.json:1:2: not JSON"):
        read(tmp_path / "set.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "none.tsv")
