"""What stands below a word of the flow language is its meaning, its bases' words included."""

import pytest

from ivr.flow.field_docs import field_docs
from ivr.flow.scalars import Written

pytestmark = pytest.mark.unit


class Called(Written):
    name: str
    """What it is called,
    in a word."""
    silent: bool = False


class Priced(Called):
    price: float = 0.0
    """What it costs."""


def test_a_word_means_what_stands_below_it_and_one_with_nothing_below_is_left_out():
    assert field_docs(Called) == {"name": "What it is called,\nin a word."}


def test_words_of_a_base_keep_their_meaning():
    assert set(field_docs(Priced)) == {"name", "price"}
