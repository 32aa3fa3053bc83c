"""Sums, ages, measures and temperatures in what callers say."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from ivr.understanding.entities.entity import Money, Quantity
from ivr.understanding.entities.find import find

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001  the hotline's wall clock


def found(text, *kinds):
    return [(entity.text, entity.value) for entity in find(text, AT, kinds=kinds)]


@pytest.mark.parametrize(
    ("said", "text", "amount"),
    [
        ("充三块五", "三块五", "3.5"),
        ("三块零五分", "三块零五分", "3.05"),
        ("十块零五", "十块零五", "10.05"),
        ("三块五毛二", "三块五毛二", "3.52"),
        ("一百二十八块五毛", "一百二十八块五毛", "128.5"),
        ("两万四千八百元整", "两万四千八百元整", "24800"),
        ("8亿元人民币", "8亿元人民币", "800000000"),
        ("人民币 50元", "人民币 50元", "50"),
        ("一毛", "一毛", "0.1"),
        ("五毛二", "五毛二", "0.52"),
        ("两百来块", "两百来块", "200"),
        ("￥1,234.50", "￥1,234.50", "1234.5"),
        ("三块半", "三块半", "3.5"),
    ],
)
def test_a_sum_in_yuan_is_read_as_it_is_said(said, text, amount):
    assert found(said, "money") == [(text, Money(Decimal(amount)))]


@pytest.mark.parametrize(
    ("said", "amount", "currency"),
    [
        ("十五美元", "15", "USD"),
        ("两美元又三美分", "2.03", "USD"),
        ("$20", "20", "USD"),
        ("HK$300", "300", "HKD"),
        ("三万韩元", "30000", "KRW"),
        ("二十个比特币", "20", "XBT"),
        ("two hundred and fifty dollars", "250", "USD"),
        ("twenty dollars and fifty cents", "20.5", "USD"),
        ("a hundred bucks", "100", "USD"),
        ("twenty dollars fifty", "20.5", "USD"),
        ("5 thousand dollars", "5000", "USD"),
    ],
)
def test_a_sum_keeps_the_currency_that_was_named(said, amount, currency):
    assert [value for _, value in found(said, "money")] == [Money(Decimal(amount), currency)]


@pytest.mark.parametrize("said", ["五角大楼", "毛巾两条", "一块儿去", "我们一块去", "四毛线团", "五分钟"])
def test_what_only_looks_like_money_is_left_alone(said):
    assert found(said, "money") == []


def test_a_bare_number_answers_how_much_but_stays_a_number_where_one_is_wanted():
    (entity,) = find("充两千三吧", AT, kinds=["money"])
    assert (entity.value, entity.confidence) == (Money(Decimal(2300)), 0.5)
    assert [entity.kind for entity in find("充两千三吧", AT)] == ["number"]


def test_a_currency_without_a_sum_is_found_as_a_currency():
    assert found("人民币美元", "money", "currency") == [("人民币", "CNY"), ("美元", "USD")]


def test_what_callers_pay_a_month_is_not_joined_with_what_follows():
    assert found("三十九块一个月", "money") == [("三十九块", Money(Decimal(39)))]


@pytest.mark.parametrize(
    ("said", "kind", "text", "amount", "unit"),
    [
        ("我二十三岁", "age", "二十三岁", "23", "year"),
        ("三岁半了", "age", "三岁半", "3.5", "year"),
        ("宝宝十个月大", "age", "十个月大", "10", "month"),
        ("thirty years old", "age", "thirty years old", "30", "year"),
        ("三斤半", "dimension", "三斤半", "3.5", "jin"),
        ("一米七五", "dimension", "一米七五", "1.75", "meter"),
        ("12千米", "dimension", "12千米", "12", "kilometer"),
        ("三千比特", "dimension", "三千比特", "3", "kilobit"),
        ("五十兆宽带", "dimension", "五十兆", "50", "megabyte"),
        ("1千兆字节", "dimension", "1千兆字节", "1", "gigabyte"),
        ("重二十五千克", "dimension", "二十五千克", "25", "kilogram"),
        ("20GB", "dimension", "20GB", "20", "gigabyte"),
        ("两万两", "dimension", "两万两", "20000", "liang"),
        ("半公里", "dimension", "半公里", "0.5", "kilometer"),
        ("零下五度", "temperature", "零下五度", "-5", "degree"),
        ("三十七度五", "temperature", "三十七度五", "37.5", "degree"),
        ("华氏温度98.6度", "temperature", "华氏温度98.6度", "98.6", "fahrenheit"),
        ("39°C那么高", "temperature", "39°C", "39", "celsius"),
    ],
)
def test_a_measure_keeps_its_unit(said, kind, text, amount, unit):
    assert found(said, kind) == [(text, Quantity(Decimal(amount), unit))]


@pytest.mark.parametrize("said", ["两个苹果", "三升级了", "十米粉", "五公里"])
def test_what_only_looks_like_a_temperature_or_an_age_is_neither(said):
    assert found(said, "temperature", "age") == []
