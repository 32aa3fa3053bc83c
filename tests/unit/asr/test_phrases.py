"""A flow's phrases as a grammar of the model's words."""

import json

import pytest

from ivr_asr.phrases import UNKNOWN, Splitter, join_words

pytestmark = pytest.mark.unit

WORDS = {"查", "账单", "账", "单", "我", "要", "查账", "人工", "转", "云服务", "服务", "云", "器", "a", "ok", "wifi"}


def lines(grammar):
    return json.loads(grammar.json)


@pytest.fixture
def splitter():
    return Splitter(WORDS.__contains__)


def test_a_phrase_is_cut_into_the_fewest_words_that_the_model_has(splitter):
    assert lines(splitter.grammar(["我要查账单", "云服务器"])) == ["我 要 查 账单", "云服务 器", UNKNOWN]


def test_a_cut_is_found_where_the_longest_word_first_leads_nowhere():
    assert lines(Splitter({"ab", "甲乙", "甲", "乙丙"}.__contains__).grammar(["甲乙丙"])) == ["甲 乙丙", UNKNOWN]


def test_what_the_model_cannot_hear_is_left_out_and_named(splitter):
    grammar = splitter.grammar(["转人工", "查6月账单", "龘查账单", "hello 人工"])
    assert lines(grammar) == ["转 人工", UNKNOWN]
    assert grammar.missing == (
        ("查6月账单", "查 [6] [月] 账单"),
        ("龘查账单", "[龘] 查 账单"),
        ("hello 人工", "[hello] 人工"),
    )


def test_a_lacking_character_in_the_middle_of_a_run_is_the_one_that_is_named(splitter):
    assert splitter.grammar(["查龘账单"]).missing == (("查龘账单", "查 [龘] 账单"),)


def test_a_repeated_phrase_keeps_its_weight(splitter):
    assert lines(splitter.grammar(["转人工", "转人工", "账单"])) == ["转 人工", "转 人工", "账单", UNKNOWN]


def test_punctuation_case_and_width_do_not_matter(splitter):
    assert lines(splitter.grammar(["查，账单。", "ＯＫ！", "WiFi账单"])) == ["查 账单", "ok", "wifi 账单", UNKNOWN]


def test_no_phrase_that_the_model_can_hear_means_free_decoding_and_not_deafness(splitter):
    assert splitter.grammar(["hello"]).json == ""
    assert splitter.grammar([]).json == ""
    assert splitter.grammar(["？！"]).json == ""


def test_the_same_list_is_split_once_and_the_memory_is_bounded():
    asked = []
    splitter = Splitter(lambda word: not asked.append(word))
    first = splitter.grammar(["查账单"])
    count = len(asked)
    assert splitter.grammar(["查账单"]) is first
    assert len(asked) == count
    for number in range(200):
        splitter.grammar(["查账单"] * number)
    assert len(splitter._grammars) <= 64


def test_words_are_joined_as_people_write_them():
    assert join_words(["我", "要", "wifi", "ok", "账单"]) == "我要wifi ok账单"
