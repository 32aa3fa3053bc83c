"""A flow's hints come into what was heard freely, where they sound as what stands there."""

import pytest

from ivr.understanding.hinted import with_hints

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("free", "phrases", "hints", "expected"),
    [
        ("我想订一束胡蝶蓝送到人民路", "我想订一束蝴蝶兰人呢", ["蝴蝶兰"], "我想订一束蝴蝶兰送到人民路"),
        ("胡蝶蓝", "蝴蝶兰", ["百合", "蝴蝶兰"], "蝴蝶兰"),
        ("please talk to mister ecs one", "see s one", ["see s"], "please talk to mister ecs one"),
        ("call john myers back", "call jon meyers back", ["jon meyers"], "call jon meyers back"),
    ],
)
def test_a_hint_that_was_heard_stands_where_it_sounds_so(free, phrases, hints, expected):
    assert with_hints(free, phrases, hints) == expected


def test_a_hint_that_sounds_otherwise_is_what_the_phrases_bent():
    assert with_hints("门口的路灯坏了", "蝴蝶兰坏了", ["蝴蝶兰"]) == "门口的路灯坏了"


@pytest.mark.parametrize(
    ("free", "hints"), [("胡蝶蓝", []), ("", ["蝴蝶兰"]), ("蝶", ["蝴蝶兰"]), ("蝴蝶兰", ["蝴蝶兰", ""])]
)
def test_without_a_hint_or_a_place_for_it_the_words_are_as_they_were(free, hints):
    assert with_hints(free, "蝴蝶兰", hints) == free
