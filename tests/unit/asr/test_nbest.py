"""Vosk's n-best list as one hypothesis."""

import math

import pytest

from ivr_asr.nbest import final_hypothesis

pytestmark = pytest.mark.unit


def ranked(score, *words):
    return {
        "confidence": score,
        "text": " ".join(words),
        "result": [{"word": word, "start": at * 0.5, "end": at * 0.5 + 0.4} for at, word in enumerate(words)],
    }


def test_a_word_is_as_sure_as_the_share_of_hypotheses_that_hold_it_at_that_time():
    rival = 100 + math.log(1 / 3)
    best = final_hypothesis({"alternatives": [ranked(100, "查", "账单"), ranked(rival, "查", "帐单")]})
    assert best.text == "查账单"
    assert best.final
    assert [round(word.confidence, 3) for word in best.words] == [1.0, 0.75]
    assert best.confidence == pytest.approx(0.875)
    assert best.alternatives == ("查帐单",)
    assert (best.words[1].start_ms, best.words[1].end_ms) == (500, 900)


def test_the_same_word_elsewhere_does_not_make_it_surer():
    best = final_hypothesis({"alternatives": [ranked(0, "九", "八"), ranked(0, "八", "九")]})
    assert [word.confidence for word in best.words] == [0.5, 0.5]


def test_what_most_hypotheses_nearly_say_is_taken_before_the_likeliest():
    far = ranked(0.0, "大", "桥", "下面")
    near = [ranked(-0.1, "查", word) for word in ("账单", "帐单", "账但")]
    best = final_hypothesis({"alternatives": [far, *near]})
    assert best.text == "查账单"
    assert [word.text for word in best.words] == ["查", "账单"]
    assert "大桥下面" in best.alternatives
    assert best.text not in best.alternatives


def test_among_two_that_differ_the_likelier_is_taken():
    assert final_hypothesis({"alternatives": [ranked(3, "账单"), ranked(2.9, "帐单")]}).text == "账单"


def test_one_alternative_is_all_certainty_and_no_rival():
    best = final_hypothesis({"alternatives": [ranked(368.7, "人工")]})
    assert (best.confidence, best.alternatives) == (1.0, ())


def test_what_was_not_understood_is_not_text_and_not_certain():
    assert final_hypothesis({"alternatives": [ranked(5, "[unk]")]}).confidence == 0
    half = final_hypothesis({"alternatives": [ranked(5, "[unk]", "八")]})
    assert (half.text, half.confidence) == ("八", 0.5)


def test_silence_is_an_empty_hypothesis():
    assert final_hypothesis({"alternatives": []}).text == ""
    assert final_hypothesis({"text": ""}).confidence == 0
    empty = final_hypothesis({"alternatives": [{"confidence": 9.0, "text": ""}, ranked(8, "啊")]})
    assert (empty.text, empty.confidence, empty.alternatives) == ("", 0.0, ("啊",))


def test_alternatives_are_different_texts_and_ten_at_most():
    many = [ranked(100 - n, "话" * (n // 2 + 1)) for n in range(60)]
    best = final_hypothesis({"alternatives": many})
    assert len(best.alternatives) == 10
    assert len({best.text, *best.alternatives}) == 11
