"""Saying what is written, as a table: one line a thing that callers of a hotline are told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_tts.spoken_text import FORMATTERS, spoken

pytestmark = pytest.mark.unit

MANDARIN = [
    # numbers
    ("共有0条", "共有零条"),
    ("共10台", "共十台"),
    ("共110台", "共一百一十台"),
    ("共1010台", "共一千零一十台"),
    ("共100000次", "共十万次"),
    ("访问1,234次", "访问一千二百三十四次"),
    ("100020003", "幺零零，零二零，零零三"),
    ("圆周率3.14", "圆周率三点一四"),
    ("２个", "两个"),
    ("2个", "两个"),
    ("2位", "两位"),
    ("12个", "十二个"),
    ("第2个", "第二个"),
    ("按2", "按二"),
    ("200台", "两百台"),
    ("2000台", "两千台"),
    ("2022次", "两千零二十二次"),
    ("20000次", "两万次"),
    ("25次", "二十五次"),
    ("3到5天", "三到五天"),
    ("1-2个工作日", "一到两个工作日"),
    ("3~5天", "三到五天"),
    ("已完成1/3", "已完成三分之一"),
    ("气温-5℃", "气温-五摄氏度"),
    # money
    ("账单128.50元", "账单一百二十八块五"),
    ("¥128", "一百二十八块"),
    ("￥1,280.00", "一千二百八十块"),
    ("128.56元", "一百二十八块五毛六"),
    ("100.05元", "一百块零五分"),
    ("120.50元", "一百二十块零五毛"),
    ("0.5元", "五毛"),
    ("0.05元", "五分"),
    ("0元", "零块"),
    ("2元", "两块"),
    ("2.2元", "两块二"),
    ("每小时0.125元", "每小时零点一二五元"),
    ("3.5万元", "三点五万元"),
    ("余额-20元", "余额负二十块"),
    ("100-200元", "一百到两百元"),
    # dates and times
    ("2026-11-20", "二零二六年十一月二十号"),
    ("2026/1/5", "二零二六年一月五号"),
    ("2026年11月20日", "二零二六年十一月二十日"),
    ("02月08日", "二月八日"),
    ("2个月", "两个月"),
    ("10:30", "十点半"),
    ("22:30", "二十二点三十分"),
    ("2:05", "两点零五分"),
    ("9：00", "九点"),
    ("9:00-18:00", "九点到十八点"),
    ("2026-11-20 10:30", "二零二六年十一月二十号 十点半"),
    ("2026-11-20T10:30:15", "二零二六年十一月二十号十点三十分十五秒"),
    ("2026-13-40", "二零二六，幺三，四零"),
    # shares, versions, addresses
    ("3.5%", "百分之三点五"),
    ("3%-5%", "百分之三到百分之五"),
    ("可用性99.95％", "可用性百分之九十九点九五"),
    ("版本22.10.1", "版本二十二点十点一"),
    ("V2.0", "V二点零"),
    ("192.168.1.20", "幺九二点幺六八点幺点二零"),
    # telephone numbers and codes
    ("8位账号", "八位账号"),
    ("账号12345678", "账号幺二三四，五六七八"),
    ("您的账号是12345678，对吗？", "您的账号是幺二三四，五六七八，对吗？"),
    ("验证码：040912", "验证码：零四零，九幺二"),
    ("验证码6位", "验证码六位"),
    ("密码错误3次", "密码错误三次"),
    ("热线 24 小时", "热线 二十四 小时"),
    ("拨打10086", "拨打幺零零八六"),
    ("13800138000", "幺三八，零零幺三，八零零零"),
    ("+86 13800138000", "加八六，幺三八，零零幺三，八零零零"),
    ("010-62345678", "零幺零，六二三四，五六七八"),
    ("400-820-8820", "四零零，八二零，八八二零"),
    ("尾号1023", "尾号幺零二三"),
    ("20261120", "二零二六，幺幺二零"),
    ("007号", "零零七号"),
    ("工单ECS-1203", "工单E C S 幺二零三"),
    # letters, units, keys
    ("您的VIP账号", "您的V I P账号"),
    ("打开APP", "打开App"),
    ("App Store", "App Store"),
    ("16GB内存", "十六 G内存"),
    ("100Mbps带宽", "一百兆带宽"),
    ("5G网络", "五 G网络"),
    ("IPv6", "I P v 六"),
    ("按1，或按#键", "按一，或按井号键"),
    ("按*号键", "按星号键"),
    ("您好，请稍等。", "您好，请稍等。"),
]

ENGLISH = [
    ("Your bill is $128.50.", "Your bill is one hundred twenty-eight dollars and fifty cents."),
    ("Due 2026-11-20 at 10:30", "Due November twentieth, twenty twenty-six at ten thirty"),
    ("3.5% off", "three point five percent off"),
    ("Press 1 or #", "Press one or hash"),
    ("Account 12345678", "Account one two three four five six seven eight"),
    ("VIP", "V I P"),
    ("call 400-820-8820", "call four zero zero, eight two zero, eight eight two zero"),
]

FORMATTED = [
    ("money", "128.50", "一百二十八块五"),
    ("money", "-3", "负三块"),
    ("money", "免费", "免费"),
    ("date", "2026-11-20T08:00:00+08:00", "二零二六年十一月二十号"),
    ("date", "20261120", "二零二六年十一月二十号"),
    ("date", "明天", "明天"),
    ("time", "2026-11-20T08:05:00+08:00", "八点零五分"),
    ("time", "00:00", "零点"),
    ("digits", "12345678", "幺二三四，五六七八"),
    ("digits", "AB12", "A B 幺二"),
    ("phone", "+86 13800138000", "加八六，幺三八，零零幺三，八零零零"),
    ("phone", "10086", "幺零零八六"),
    ("phone", "", ""),
    ("number", "-1,234.5", "负一千二百三十四点五"),
    ("number", "很多", "很多"),
]


@pytest.mark.parametrize(("written", "said"), MANDARIN)
def test_mandarin_is_said_the_way_people_say_it(written, said):
    assert spoken(written) == said


@pytest.mark.parametrize(("written", "said"), ENGLISH)
def test_english_is_said_the_way_people_say_it(written, said):
    assert spoken(written, "en-US") == said


@pytest.mark.parametrize(("name", "value", "said"), FORMATTED)
def test_a_named_formatter_says_a_value(name, value, said):
    assert FORMATTERS[name](value, "zh-CN") == said


@given(
    st.text(alphabet="0123456789.,:-/%+*#¥元个月日年点T VIPv账号至 ", max_size=24), st.sampled_from(["zh-CN", "en-US"])
)
def test_nothing_written_fails_and_no_digit_is_left_and_saying_twice_is_saying_once(text, language):
    said = spoken(text, language)
    assert not re.search(r"[0-9]", said)
    assert spoken(said, language) == said


@given(st.text(max_size=20), st.sampled_from(sorted(FORMATTERS)), st.sampled_from(["zh-CN", "en-US"]))
def test_no_value_makes_a_formatter_fail(value, name, language):
    assert isinstance(FORMATTERS[name](value, language), str)
