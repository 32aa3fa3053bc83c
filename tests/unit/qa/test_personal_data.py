"""Personal data in a captured call: replaced by others of the same shape, everywhere alike, or named."""

from __future__ import annotations

import pytest

from ivr.qa.personal_data import Replacements, personal_fields, unreplaceable
from ivr.understanding.entities.bank_cards import luhn
from ivr.understanding.entities.id_cards import fault_of_id_card
from ivr.understanding.entities.phones import mainland_confidence

pytestmark = pytest.mark.unit

PHONE, ACCOUNT = "13912345678", "86520439"
ID_CARD = "11010519491231002X"


def replacing(*known, seed=1):
    made = Replacements(seed)
    for value in known:
        made.learn(value)
    made.settle()
    return made


def test_a_number_is_replaced_alike_wherever_it_is_written_or_spoken():
    made = replacing(ACCOUNT)
    other = made.value(ACCOUNT)
    assert other != ACCOUNT
    assert made.text(f"/bills/{ACCOUNT}") == f"/bills/{other}"
    assert made.text("账号86520439，对吗") == f"账号{other}，对吗"
    spoken = made.text("是八六五二零四三九没错")
    assert len(spoken) == len("是八六五二零四三九没错")
    assert spoken == "是" + "".join("零一二三四五六七八九"[int(digit)] for digit in other) + "没错"
    assert made.json({"a": [ACCOUNT, 128.5, "2026-12-01"]}) == {"a": [other, 128.5, "2026-12-01"]}


def test_the_last_four_digits_are_those_of_the_number_that_stands_for_it():
    made = replacing(PHONE, PHONE[-4:])
    assert made.value(PHONE).endswith(made.value(PHONE[-4:]))
    assert made.value(PHONE[-4:]) != PHONE[-4:]


@pytest.mark.parametrize("seed", range(20))
def test_what_was_valid_stays_valid(seed):
    made = replacing(PHONE, ID_CARD, "4111111111111111", seed=seed)
    assert mainland_confidence(made.value(PHONE)) == 1.0
    assert fault_of_id_card(made.value(ID_CARD)) is None
    assert luhn(made.value("4111111111111111"))
    assert {PHONE, ID_CARD, "4111111111111111"}.isdisjoint({made.value(PHONE), made.value(ID_CARD)})


def test_how_one_is_said_stays_how_it_was_said():
    made = replacing("13800138000", seed=3)
    said = made.text("幺三八零零一三八零零零")
    assert "一" not in said
    assert len(said) == 11


def test_service_numbers_dates_and_small_numbers_are_nobodys():
    made = Replacements(1)
    made.learn_from({"a": "请拨打10086", "due": "2026-12-01", "b": "三个", "amount": "128.5"})
    made.settle()
    assert len(made) == 0


def test_what_was_forgotten_is_found():
    made = replacing(ACCOUNT)
    assert made.left_in(f"x {ACCOUNT} y") == [ACCOUNT]
    assert made.left_in("账号八六五二零四三九") == [ACCOUNT]
    assert made.left_in(made.text("账号八六五二零四三九")) == []


def test_names_and_addresses_are_named_for_a_person_to_decide():
    assert unreplaceable("我住在北京市朝阳区建国路88号")
    assert unreplaceable("你好我叫张三丰")
    assert unreplaceable("我想查一下账单") == []
    answer = {"owner": {"name": "张三", "phone": PHONE}, "items": [{"address": "x"}], "amount": 3}
    assert list(personal_fields(answer)) == ["owner.name", "items.address"]


def test_another_draw_gives_another_number():
    assert replacing(ACCOUNT, seed=1).value(ACCOUNT) != replacing(ACCOUNT, seed=2).value(ACCOUNT)
