"""The one door to entities, with corrections and the flow's own names."""

from datetime import datetime

import pytest

from ivr.understanding.entities.find import find

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001 - the hotline's wall clock


@pytest.mark.parametrize(
    ("said", "kind", "value"),
    [("三百块不对四百块", "money", "400"), ("我要三份不四份", "number", "4"), ("三份说错了五份", "number", "5")],
)
def test_of_two_values_the_one_that_was_not_taken_back_is_found(said, kind, value):
    (entity,) = find(said, AT, kinds=[kind])
    assert str(getattr(entity.value, "amount", entity.value)) == value
    assert said[entity.start : entity.end] == entity.text


def test_a_corrected_day_keeps_its_month():
    (entity,) = find("十二月五号不对六号", AT, kinds=["date"])
    assert (entity.value.month, entity.value.day) == (12, 6)


def test_no_is_an_answer_and_no_correction():
    (entity,) = find("一三八不对", AT, kinds=["yes_no"])
    assert entity.value is False


def test_products_are_found_by_the_names_that_are_given():
    (entity,) = find("我的云服务气坏了", AT, kinds=["product"], names={"云服务器": ()})
    assert entity.value == "云服务器"
    assert find("我的云服务器坏了", AT, kinds=["product"]) == ()
