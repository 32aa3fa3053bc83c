"""The value that a question wants: which reading, which of several, and is it allowed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding.interpreter import Interpreter
from ivr.understanding.limits import read_limit
from ivr.understanding.result import State, Utterance, Wanted
from ivr.understanding.slots import KINDS, fill
from ivr.understanding.trust import Hypothesis
from ivr.understanding.typed_values import from_keys, longest_keys, star_writes

pytestmark = pytest.mark.unit
AT = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001  a Friday, by the hotline's wall clock


def filled(wanted, *texts):
    """(value, the fault's word) of a turn with these readings, the best first."""
    readings = [Hypothesis(text, 0.03 * rank, f"alternative {rank}" if rank else "") for rank, text in enumerate(texts)]
    found = fill(readings, wanted, AT, "zh-CN")
    return None if found is None else (found.value, found.fault.partition("|")[0])


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (("六月三十一号", "六月三十号"), ("2027-06-30", "")),
        (("六月三十号", "六月十三号"), ("2027-06-30", "")),
        (("二月三十号",), ("二月三十号", "no_such_date")),
        (("明天，哦不对，后天",), ("2026-11-22", "")),
        (("后天，不是明天",), ("2026-11-22", "")),
        (("不知道",), None),
    ],
)
def test_the_reading_that_is_allowed_is_taken_and_the_last_of_several(texts, value):
    assert filled(Wanted("date"), *texts) == value


@pytest.mark.parametrize(
    ("known", "said", "value"),
    [
        ("", "明天下午三点", ("2026-11-21T15:00", "")),
        ("", "下午三点，明天", ("2026-11-21T15:00", "")),
        ("", "明天", ("2026-11-21", "needs_time")),
        ("", "下午三点", ("2026-11-20T15:00", "")),
        ("", "早上八点", ("08:00", "needs_day")),
        ("2026-11-21", "下午三点", ("2026-11-21T15:00", "")),
        ("15:00", "后天", ("2026-11-22T15:00", "")),
        ("2026-11-21T15:00", "不对，是下午四点", ("2026-11-21T16:00", "")),
        ("2026-11-21T15:00", "不对，是后天", ("2026-11-22T15:00", "")),
        ("2026-11-21T23:00", "后天下午", ("2026-11-22", "needs_time")),
        ("2026-11-21T15:00", "后天下午", ("2026-11-22T15:00", "")),
        ("2026-11-21T23:00", "后天晚上", ("2026-11-22T23:00", "")),
    ],
)
def test_a_day_and_a_time_complete_each_other(known, said, value):
    assert filled(Wanted("datetime", direction="future", known=known), said) == value


@pytest.mark.parametrize(
    ("known", "said", "value"),
    [
        ("", "我在中山路八号", ("中山路8号", "")),
        ("", "人民路", ("人民路", "needs_more")),
        ("", "建设路阳光小区", ("建设路阳光小区", "needs_more")),
        ("", "我在走路", None),
        ("人民路", "十八号", ("人民路18号", "")),
        ("建设路", "阳光小区三号楼", ("建设路阳光小区3栋", "")),
        ("建设路", "建设路阳光小区三号楼", ("建设路阳光小区3栋", "")),
        ("建设路阳光小区3栋", "不对，是五号楼", ("建设路阳光小区5栋", "")),
        ("中山路8号", "不是，是十八号", ("中山路18号", "")),
        ("中山路8号", "对", None),
    ],
)
def test_an_address_is_taken_up_where_it_was_begun(known, said, value):
    assert filled(Wanted("address", down_to="house", known=known), said) == value


def test_a_road_is_enough_where_no_house_is_wanted():
    assert filled(Wanted("address", down_to="road"), "人民路") == ("人民路", "")


@pytest.mark.parametrize(
    ("wanted", "keys", "value", "fault"),
    [
        (Wanted("date"), "20261121", "2026-11-21", ""),
        (Wanted("date"), "20261331", "20261331", "no_such_date"),
        (Wanted("date", earliest=read_limit("today")), "20261119", "2026-11-19", "past"),
        (Wanted("time"), "1530", "15:30", ""),
        (Wanted("datetime"), "20261121", "2026-11-21", "needs_time"),
        (Wanted("money", at_most=Decimal(10)), "12*5", "12.5", "out_of_range"),
        (Wanted("money"), "*", "*", "out_of_range"),
        (Wanted("id_card"), "11010519491231002*", "11010519491231002X", ""),
        (Wanted("id_card"), "110105194912310021", "110105194912310021", "wrong_check_digit"),
        (Wanted("phone"), "1380013800", "1380013800", "too_short"),
        (Wanted("order", length=(6, 8)), "12345", "12345", "too_short"),
    ],
)
def test_keys_write_a_value_or_what_is_wrong_with_it(wanted, keys, value, fault):
    found = from_keys(keys, wanted, AT)
    assert (found[0], found[1].partition("|")[0]) == (value, fault)


def test_a_star_is_a_sign_only_where_one_can_stand():
    assert star_writes("1" * 17, Wanted("id_card"))
    assert not star_writes("1" * 16, Wanted("id_card"))
    assert star_writes("12", Wanted("money"))
    assert not star_writes("12*5", Wanted("money"))
    assert not star_writes("138", Wanted("phone"))


def test_a_value_is_taken_beside_an_intent_and_an_intent_beside_a_value():
    interpreter = Interpreter({"agent": ["转人工"], "no": ["不对"]})
    state = State(("agent", "no"), wanted=Wanted("date"))
    person = interpreter.understand(Utterance("明天吧，算了转人工", at=AT), state)
    assert person.intent == "agent"
    mended = interpreter.understand(Utterance("不对，是后天", at=AT), state)
    assert mended.slots == {"date": "2026-11-22"}
    plain = interpreter.understand(Utterance("我想约后天", at=AT), state)
    assert (plain.intent, plain.fault) == ("slot:date", "")


@given(st.text(max_size=40), st.sampled_from(KINDS), st.sampled_from(["", "2026-11-21", "15:00", "人民路"]))
def test_any_text_gives_a_value_or_none_and_the_same_each_time(text, kind, known):
    fits = {"datetime": known if "路" not in known else "", "address": known if "路" in known else ""}
    wanted = Wanted(kind, known=fits.get(kind, ""))
    found = fill([Hypothesis(text, 0.0, "")], wanted, AT, "zh-CN")
    assert found == fill([Hypothesis(text, 0.0, "")], wanted, AT, "zh-CN")
    assert found is None or (found.value and 0 <= found.share <= 1 and 0 <= found.sure <= 1)


@given(st.text("0123456789*", min_size=1, max_size=30), st.sampled_from(KINDS))
def test_any_keys_give_a_value_or_a_fault(keys, kind):
    wanted = Wanted(kind)
    typed = ""
    for key in keys[: longest_keys(wanted)]:
        typed += key if key != "*" or star_writes(typed, wanted) else ""
    assert not typed or from_keys(typed, wanted, AT)[0]
