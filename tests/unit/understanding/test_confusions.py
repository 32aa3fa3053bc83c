"""What is heard for what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.qa.channel_noise import heard_through
from ivr.understanding.confusions import Confusions, ConfusionsError, learn, shipped
from ivr.understanding.phonetics import FINALS, INITIALS, syllables

pytestmark = pytest.mark.unit


def test_what_was_heard_wrong_is_counted_by_halves_of_syllables():
    channel = learn([("查账单", "查涨单"), ("四栋", "是栋")], "two")
    assert channel.said_syllables == 5
    assert channel.heard["s-"] == {"sh-": 1}
    assert channel.heard["d-"] == {"d-": 2}
    assert channel.homophones == 0.5
    assert channel.worst() == [("s-", "sh-", 1, 1.0)]


def test_lost_and_added_syllables_are_shares_of_what_was_said():
    channel = learn([("转人工服务", "转人工"), ("好的", "好的啊")], "two")
    assert channel.lost == pytest.approx(2 / 7)
    assert channel.added == pytest.approx(1 / 7)


def test_digits_and_words_of_other_scripts_are_not_counted():
    assert learn([("账号12 CDN", "账号 13 cdm")], "one").said_syllables == 2


def test_without_data_the_channel_is_an_accent():
    channel = Confusions()
    assert channel.chance("zh-", "z-") > channel.chance("zh-", "m-")
    assert channel.credit("-ang", "-an") > channel.credit("-ang", "-i")
    assert channel.credit("b-", "b-") == 1


def test_what_is_often_heard_earns_credit():
    some = learn([("八百八", "趴百八")] * 20, "many")
    assert some.chance("b-", "p-") > Confusions().chance("b-", "p-")
    assert 0.5 < some.credit("b-", "p-") < 1


@given(st.sampled_from((INITIALS, FINALS)), st.data())
def test_chances_of_all_that_can_be_heard_are_one(kind, data):
    said = data.draw(st.sampled_from(kind))
    channel = learn([("查账单话费", "查涨蛋花飞")], "one")
    assert sum(channel.chance(said, heard) for heard in kind) == pytest.approx(1)


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=5))
def test_any_text_can_be_learned_from_and_the_file_holds_it_all(pairs):
    channel = learn(pairs, "anything")
    again = Confusions.from_json(channel.to_json())
    assert again.to_json() == channel.to_json()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 2}', '{"format": 1, "heard": 3}'])
def test_a_broken_channel_says_how_to_make_it_again(text):
    with pytest.raises(ConfusionsError, match="ivr learn confusions"):
        Confusions.from_json(text, "x.json")


def test_the_shipped_channel_says_what_it_was_learned_from():
    assert shipped().source


def test_noise_follows_the_channel_and_its_seed():
    channel = Confusions(homophones=1.0)
    texts = ["我想查一下上个月的账单", "please 转人工"]
    assert heard_through(texts, channel, 0.5) == heard_through(texts, channel, 0.5)
    assert heard_through(texts, channel, 0.5, seed=2) != heard_through(texts, channel, 0.5)
    assert heard_through(texts, channel, 0.0) == texts
    every = heard_through(["查账单"], channel, 1.0)[0]
    assert every != "查账单"
    assert syllables(tuple(every)) == syllables(tuple("查账单"))
