"""Phone, card, plate and order numbers as callers say them."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.entities.bank_cards import luhn
from ivr.understanding.entities.faults import Fault, reprompt
from ivr.understanding.entities.id_cards import check_character, fault_of_id_card
from ivr.understanding.entities.identifiers import find_identifiers

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 20)  # noqa: DTZ001 - the hotline's wall clock


def values(text, kind):
    return [entity.value for entity in find_identifiers(text, AT) if entity.kind == kind]


def best(text, kind):
    return max((e for e in find_identifiers(text, AT) if e.kind == kind), key=lambda e: e.confidence)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("我的手机号是幺三八零零幺三八零零零", "13800138000"),
        ("一三八 零零 一三八 零零零", "13800138000"),
        ("手机号一三八三个八幺二三四五", "13888812345"),
        ("电话一三九两个零一三八三个零", "13900138000"),
        ("手机号是十三 八 一二三四 五六七八", "13812345678"),
        ("my phone number is one three eight double oh one three eight triple zero", "13800138000"),
        ("call me at one three nine, double five, eight six seven seven oh nine", "13955867709"),
        ("零一零六二二八八五五九转八零零一", "01062288559x8001"),
        ("四零零八八八一二三四", "4008881234"),
        ("请打+86 138 0013 8000", "+8613800138000"),
        ("公司电话010-62288559转8001", "01062288559x8001"),
        ("拨打九五五八八", "95588"),
        ("一三八零零一三八零零一三八零零零", "13800138000"),
        ("我的手机号一三酒零零一三八零零零", "13900138000"),
        ("洞幺洞六二二八八五五九是我的电话", "01062288559"),
    ],
)
def test_a_phone_number_is_understood_however_it_is_said(said, number):
    assert best(said, "phone").value == number


@pytest.mark.parametrize(
    "said", ["三份炒饭两杯奶茶", "2024年3月15日", "192.168.1.10", "单价12345678元", "A12345678B", "1/2", "一百二十三"]
)
def test_what_nobody_would_dial_is_no_phone_number(said):
    assert values(said, "phone") == []


def test_a_number_that_is_too_short_or_too_long_is_found_with_its_fault():
    assert best("我的手机号是一三八零零一三八零零", "phone").fault == str(Fault("too_short", "phone", 1, 11))
    assert best("手机号13800138000123", "phone").confidence > 0
    assert best("手机号一三八零零一三八零零零五", "phone").fault == str(Fault("too_long", "phone", 1, 11))
    assert best("手机号幺三八零零幺三八零零零", "phone").fault == ""


@pytest.mark.parametrize(
    ("said", "value", "word"),
    [
        ("身份证号是一一零一零五一九四九一二三一零零二叉", "11010519491231002X", ""),
        ("11010519491231002x", "11010519491231002X", ""),
        ("身份证 110105 19491231 002 艾克斯", "11010519491231002X", ""),
        ("身份证是110105194912310021", "110105194912310021", "wrong_check_digit"),
        ("身份证是11010519491331002X", "11010519491331002X", "no_such_date"),
        ("身份证是99010519491231002X", "99010519491231002X", "unknown_area"),
        ("我的身份证是1101051949123100", "1101051949123100", "too_short"),
    ],
)
def test_an_identity_card_is_checked(said, value, word):
    card = best(said, "id_card")
    assert card.value == value
    assert (Fault.read(card.fault).word if card.fault else "") == word


@pytest.mark.parametrize("said", ["一个身份证可以申请几个", "身份证后四位", "单号是一二三四，身份证过期了"])
def test_a_word_for_a_card_makes_no_card_of_any_figure(said):
    assert values(said, "id_card") == []


def test_a_birth_after_the_call_is_refused():
    seventeen = "11010520270101001"
    number = seventeen + check_character(seventeen)
    assert fault_of_id_card(number, AT.date()) == Fault("future", "id_card")
    assert fault_of_id_card(number) is None


def test_a_bank_card_is_checked_by_its_last_digit():
    good = best("卡号是六二二八四八零四零二五六四八九零零一八", "bank_card")
    assert (good.value, good.fault, good.confidence) == ("6228480402564890018", "", 1.0)
    wrong = best("卡号是六二二八四八零四零二五六四八九零零一七", "bank_card")
    assert Fault.read(wrong.fault).word == "wrong_check_digit"
    assert values("我的单号是6228480402564890017", "bank_card") == []


@pytest.mark.parametrize(
    ("said", "plate"),
    [
        ("京A一二三四五", "京A12345"),
        ("我的车牌是京诶一二三四五", "京A12345"),
        ("粤比D一二三四五", "粤BD12345"),
        ("沪AD12345在停车场", "沪AD12345"),
        ("车牌浙A·8K2M6", "浙A8K2M6"),
        ("井A12345", "京A12345"),
        ("四川A 西 二二二 三", "川AC2223"),
        ("粤A12345警", "粤A12345"),
    ],
)
def test_a_plate_is_understood(said, plate):
    assert values(said, "plate") == [plate]


def test_a_province_heard_only_by_its_sound_is_less_sure():
    assert best("井A12345", "plate").confidence < best("京A12345", "plate").confidence


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("订单号SF1234567890", "SF1234567890"),
        ("订单号A B 一二三四五", "AB12345"),
        ("账号是八零零二三四五六", "80023456"),
        ("尾号三三四", "334"),
        ("tracking number bravo charlie one two three four five", "BC12345"),
        ("my order is a one two three four", "1234"),
    ],
)
def test_order_and_account_numbers_are_found(said, code):
    assert code in values(said, "digits")


def test_a_postcode_is_one_only_beside_a_word_that_says_so():
    assert values("邮编一零零零二零", "postcode") == ["100020"]
    assert values("一零零零二零", "postcode") == []
    assert values("邮箱是abc.def@qq.com", "email") == ["abc.def@qq.com"]


def test_two_numbers_in_one_breath_are_two():
    assert values("13604779660或13604770960", "phone") == ["13604779660", "13604770960"]
    assert values("13604779660 13604770960", "phone") == ["13604779660", "13604770960"]
    assert values("一三八零零一三八零零零，一三九零零一三八零零零", "phone") == ["13800138000", "13900138000"]


@given(st.integers(13000000000, 19999999999))
def test_any_mobile_number_read_out_digit_by_digit_comes_back(number):
    spoken = "".join("零幺二三四五六七八九"[int(digit)] for digit in str(number))
    assert str(number) in values(f"我的手机号是{spoken}", "phone")


@given(st.text(alphabet="0123456789", min_size=12, max_size=18))
def test_one_wrong_digit_is_always_noticed(digits):
    check = next(figure for figure in "0123456789" if luhn(digits + figure))
    assert sum(luhn(digits + figure) for figure in "0123456789") == 1
    changed = ("1" if digits[0] == "0" else "0") + digits[1:]
    assert not luhn(changed + check)


@settings(max_examples=150, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("一二三八零十个双京A叉x-+() .，不对是的1390"), st.characters()), max_size=80
    )
)
def test_whatever_is_said_spans_lie_in_the_text_and_twice_is_the_same(text):
    found = find_identifiers(text, AT)
    assert found == find_identifiers(text, AT)
    for entity in found:
        assert text[entity.start : entity.end] == entity.text != ""
        assert 0.0 < entity.confidence <= 1.0
        if entity.fault:
            assert reprompt(entity.fault, "zh-CN").endswith("。")
