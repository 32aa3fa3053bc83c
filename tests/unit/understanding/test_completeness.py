"""Is a turn so far all that the caller is going to say?"""

import time
from datetime import datetime

import pytest

from ivr.understanding.interpreter import Interpreter
from ivr.understanding.limits import Limit
from ivr.understanding.result import Digits, State, Wanted

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001  a wall clock's
MANY = {f"intent{n}": [f"办理{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n}号套餐业务{m}" for m in range(20)] for n in range(100)}
INTERPRETER = Interpreter(
    {
        "bill": ["查账单", "账单"],
        "bill_details": ["查账单明细"],
        "agent": ["转人工", "人工"],
        "yes": ["是", "是的", "对", "嗯"],
        "no": ["不是", "不对", "没有", "没有了"],
        "hang_up": ["再见", "没有了再见"],
        "anybody": ["没有人吗"],
        **MANY,
    }
)
MENU = State(("bill", "bill_details", "agent", *MANY))
SURE = State(("yes", "no", "agent"))
MORE = State(("yes", "no", "agent", "hang_up", "anybody"))


def digits(shortest, longest):
    return State(("yes", "no", "agent"), digits=Digits(shortest, longest))


def value(kind, **limits):
    return State(("yes", "no", "agent"), wanted=Wanted(kind, **limits))


@pytest.mark.parametrize(
    ("text", "state", "verdict"),
    [
        ("转人工", MENU, "complete"),
        ("我想转人工", MENU, "complete"),
        ("人工", MENU, "complete"),
        ("查账单", MENU, "open"),
        ("查账单明细", MENU, "complete"),
        ("是", SURE, "complete"),
        ("不是", SURE, "complete"),
        ("嗯", SURE, "open"),
        ("嗯", MENU, "unfinished"),
        ("转人工然后", MENU, "unfinished"),
        ("我想", MENU, "unfinished"),
        ("我家的网昨天晚上就坏了", MENU, "open"),
        ("没有", MORE, "open"),
        ("没有了", MORE, "complete"),
        ("没有了谢谢", MORE, "complete"),
        ("查账单吧", MENU, "complete"),
        ("", MENU, "open"),
        ("一三八零零", digits(11, 11), "unfinished"),
        ("一三八零零一三八零零零", digits(11, 11), "complete"),
        ("我的号码是一三八零零一三八零零零", digits(11, 11), "complete"),
        ("一三八零零一三八零零零不对", digits(11, 11), "unfinished"),
        ("一三八零零一三八零零零零", digits(11, 11), "open"),
        ("一二三四五六", digits(6, 12), "open"),
        ("不对", digits(11, 11), "open"),
        ("对", digits(11, 11), "complete"),
        ("转人工", digits(11, 11), "complete"),
        ("一三九一二三四五六七八", value("phone"), "complete"),
        ("一三九一二三四", value("phone"), "unfinished"),
        ("三点", value("time"), "open"),
        ("下午三点半", value("time"), "complete"),
        ("后天", value("date"), "complete"),
        ("十二月", value("date"), "unfinished"),
        ("十二月三号", value("date"), "complete"),
        ("昨天", value("date", earliest=Limit("today", "days")), "open"),
        ("后天", value("datetime"), "open"),
        ("后天下午", value("datetime"), "unfinished"),
        ("后天下午三点半", value("datetime"), "complete"),
        ("五十块钱", value("money"), "complete"),
        ("五十", value("money"), "open"),
    ],
)
def test_what_is_said_so_far(text, state, verdict):
    assert INTERPRETER.completeness(text, state, NOW) == verdict


@pytest.mark.parametrize("text", ["转人工", "我想办理甲三零号套餐业务", "我家的网昨天晚上就坏了能不能快一点"])
def test_the_loop_is_not_kept_waiting_with_two_thousand_wordings(text):
    INTERPRETER.completeness(text, MENU, NOW)
    began = time.perf_counter()
    for _ in range(20):
        INTERPRETER.completeness(text, MENU, NOW)
    assert (time.perf_counter() - began) / 20 < 0.005
