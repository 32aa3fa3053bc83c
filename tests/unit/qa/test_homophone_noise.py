"""Noise for measuring: what is changed sounds alike, and what is not Mandarin stays."""

import pytest

from ivr.qa.homophone_noise import misheard
from ivr.understanding import mishearing
from ivr.understanding.phonetics import sounds

pytestmark = pytest.mark.unit


def test_letters_and_digits_stay_however_strong_the_noise():
    said = "i have an e bike or a car 12 ok"
    assert misheard([said], 1.0) == [said]
    assert mishearing.misheard(said, 1.0) == said
    assert misheard(["开通a套餐5g"], 1.0)[0][2::3] == "a5"


def test_what_is_misheard_is_written_otherwise_and_sounds_alike():
    said = "我要查一下这个月的账单"
    for heard in (misheard([said], 1.0)[0], mishearing.misheard(said, 1.0)):
        assert all(a != b for a, b in zip(said, heard, strict=True))
        assert sounds(tuple(heard)) == sounds(tuple(said))


def test_the_same_seed_is_the_same_noise():
    said = ["转人工客服", "密码忘了怎么办"]
    assert misheard(said, 0.5, seed=3) == misheard(said, 0.5, seed=3)
    assert misheard(said, 0.5, seed=3) != misheard(said, 0.5, seed=4)
