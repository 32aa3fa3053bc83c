"""Question pairs say what answers what, letter for letter and as it is spoken, with the query itself or without."""

import pytest

from ivr.errors import UsageError
from ivr.qa.question_pairs import judge, read_pairs
from ivr.understanding.bank import Hit

pytestmark = pytest.mark.unit

PAIRS = (
    "怎么查账单\t账单怎么查\t1",
    "账单在哪看\t账单怎么查\t1",
    "账单在哪看\t怎么查账单？\t0",
    "怎么退款\t怎么查账单\t0",
)


@pytest.fixture
def pairs(tmp_path):
    (tmp_path / "pairs.tsv").write_text("\n".join(PAIRS) + "\n", encoding="utf-8")
    return read_pairs(tmp_path / "pairs.tsv")


def hits(pairs, *texts):
    return [Hit(str(pairs.bank.index(text)), text, 0.9, 0.9, 0.9, None, "") for text in texts]


def first_hits(pairs, *found):
    """Left in and left out, letter for letter, then as spoken."""
    asked = [hits(pairs, *texts) for texts in found]
    return [
        judge(pairs.queries, asked, left_out=left_out, spoken=spoken).first
        for spoken in (False, True)
        for left_out in (False, True)
    ]


def test_a_query_in_the_bank_answers_itself_only_where_it_is_left_in(pairs):
    found = ("怎么查账单", "怎么查账单？", "账单怎么查"), ("账单怎么查",)
    assert pairs.bank == ("账单怎么查", "怎么查账单？", "怎么查账单")
    assert first_hits(pairs, *found) == [1.0, 0.5, 1.0, 1.0]


def test_a_question_mark_makes_a_wrong_answer_only_letter_for_letter(pairs):
    assert first_hits(pairs, ("账单怎么查",), ("怎么查账单？",)) == [0.5, 0.5, 1.0, 1.0]


def test_what_is_paired_with_an_answer_answers_too(pairs):
    assert first_hits(pairs, ("账单怎么查",), ("怎么查账单",)) == [1.0, 1.0, 1.0, 1.0]


def test_a_line_that_is_no_pair_is_named(tmp_path):
    (tmp_path / "pairs.tsv").write_text("怎么退款\t怎么退款\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"pairs\.tsv:1: a line is two questions"):
        read_pairs(tmp_path / "pairs.tsv")
