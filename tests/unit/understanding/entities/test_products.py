"""Products by their names, misheard ones too."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.products import Names, find_products

pytestmark = pytest.mark.unit

NAMES = {
    "云服务器": ["云主机", "ECS"],
    "对象存储": ["OSS"],
    "千兆宽带套餐": ["千兆宽带"],
    "手机15": [],
    "年费会员": ["年卡"],
}


def values(text):
    return [entity.value for entity in find_products(text, NAMES)]


@pytest.mark.parametrize(
    ("said", "product"),
    [
        ("我的云服务器坏了", "云服务器"),
        ("ecs怎么收费", "云服务器"),
        ("开通千兆宽带", "千兆宽带套餐"),
        ("手机十五多少钱", "手机15"),
        ("对象存储", "对象存储"),
    ],
)
def test_a_product_is_found_by_its_name_or_another_name(said, product):
    (entity,) = find_products(said, NAMES)
    assert (entity.value, entity.confidence) == (product, 1.0)


@pytest.mark.parametrize(
    ("said", "product"),
    [
        ("我的云服务气坏了", "云服务器"),
        ("对像存除", "对象存储"),
        ("前兆宽代", "千兆宽带套餐"),
        ("云伏务七", "云服务器"),
        ("连卡", "年费会员"),
    ],
)
def test_a_misheard_product_is_found_by_its_sound_and_less_sure(said, product):
    (entity,) = find_products(said, NAMES)
    assert entity.value == product
    assert entity.confidence < 0.9


def test_two_products_in_one_turn_are_both_found_where_they_stand():
    text = "云主机和对象存储"
    assert [(text[e.start : e.end], e.value) for e in find_products(text, NAMES)] == [
        ("云主机", "云服务器"),
        ("对象存储", "对象存储"),
    ]


@pytest.mark.parametrize("said", ["帮我查账单", "服务", "转人工", ""])
def test_what_names_no_product_is_none(said):
    assert values(said) == []


def test_two_thousand_names_are_searched_in_about_a_millisecond():
    syllables = "云天星海光明速达通宝金银山水"
    names = Names({a + b + c + d: [] for a in syllables for b in syllables for c in syllables[:5] for d in "卡包"})
    names.find("我要办云天星包")
    begun = time.perf_counter()
    for _ in range(20):
        names.find("我要办云天星包谢谢")
    assert (time.perf_counter() - begun) / 20 < 0.02  # a busy machine; alone it is under a millisecond


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("云服务器对象存储千兆宽带1十五 a"), st.characters()), max_size=40))
def test_whatever_is_said_spans_lie_in_the_text(text):
    for entity in find_products(text, NAMES):
        assert text[entity.start : entity.end] == entity.text != ""
        assert entity.value in NAMES
