"""What was misspelt is spelt as the hotline spells it; what is right, or unknown, stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.normalise import normalise, tokens
from ivr.understanding.phonetics import syllables
from ivr.understanding.repair import Spelling

pytestmark = pytest.mark.unit

TEXTS = ["怎么查账单", "这个月的账单在哪里看", "云服务器怎么退款", "发票什么时候寄到", "忘记密码怎么办", "银行卡怎么换"]


def read(text):
    found = tokens(normalise(text))
    return found, syllables(found)


@pytest.fixture(scope="module")
def spelling():
    return Spelling.learned(read(text) for text in TEXTS)


def repaired(spelling, text, error_rate=0.1):
    return "".join(spelling.repair(*read(text), error_rate).tokens)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("怎么查涨单", "怎么查账单"),
        ("云福务器怎么推宽", "云服务器怎么退款"),
        ("发漂什么时后季到", "发票什么时候寄到"),
        ("银航卡怎么换", "银行卡怎么换"),  # 行 is read háng here and xíng alone
        ("忘计蜜码怎么办", "忘记密码怎么办"),
    ],
)
def test_homophones_become_the_words_of_the_hotline(spelling, heard, meant):
    assert repaired(spelling, heard) == meant


@pytest.mark.parametrize("text", TEXTS)
def test_what_the_hotline_itself_says_stays(spelling, text):
    assert spelling.repair(*read(text)) == spelling.repair(*read(text))
    assert repaired(spelling, text) == normalise(text)
    assert spelling.repair(*read(text)).changed == 0


def test_what_the_hotline_has_no_spelling_for_stays_as_it_was_heard(spelling):
    assert repaired(spelling, "薛定谔的猫") == "薛定谔的猫"


def test_words_and_digits_of_other_scripts_stay(spelling):
    assert spelling.repair(*read("reset 12 router")).tokens == ("reset", "1", "2", "router")


def test_the_less_the_recogniser_is_sure_the_more_is_repaired(spelling):
    sure, unsure = (spelling.repair(*read("查仗丹"), rate).changed for rate in (0.0001, 0.4))
    assert sure <= unsure
    assert unsure == 2


def test_a_hotline_without_words_repairs_nothing():
    empty = Spelling.learned([])
    assert empty.repair(*read("怎么查涨单")).tokens == tuple("怎么查涨单")


@settings(max_examples=150, deadline=1000)
@given(st.text(max_size=400))
def test_any_text_keeps_its_length_and_its_sounds(spelling, text):
    found, heard = read(text)
    meant = spelling.repair(found, heard)
    assert len(meant.tokens) == len(found)
    assert meant == spelling.repair(found, heard)
