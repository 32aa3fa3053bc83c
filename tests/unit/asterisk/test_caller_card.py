"""What an agent sees: what a caller said means nothing to the dialplan, to SIP or to a phone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.agi_wire import quote
from ivr.asterisk.caller_card import MAX_NAME_BYTES, MAX_SUMMARY_BYTES, caller_name, is_queue_name, summary_line

pytestmark = pytest.mark.unit


def test_a_mandarin_summary_stays_as_it_is():
    assert summary_line("账单查询：账号 12345678，要求转人工。") == "账单查询：账号 12345678，要求转人工。"


def test_what_means_something_elsewhere_is_written_full_width():
    assert summary_line('a,b "c" ${SHELL(rm)} <d>;e:f?g') == "a，b ＂c＂ ＄｛SHELL（rm）｝ ＜d＞；e：f？g"


def test_line_breaks_and_controls_become_one_blank():
    assert summary_line("one\r\nX-Injected: yes\t\0two\u2028three") == "one X-Injected： yes two three"


@given(st.text(max_size=400))
def test_any_text_is_one_safe_short_line_that_agi_takes(text):
    line, name = summary_line(text), caller_name(text)
    assert not set(line) & set("\"$&'(),;<>[\\]^`{|}~=?:!#%*\r\n\0")
    assert len(line.encode()) <= MAX_SUMMARY_BYTES
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert quote(line) == f'"{line}"'


def test_a_long_summary_is_cut_between_characters_and_says_so():
    assert caller_name("账" * 100) == "账" * 19 + "…"


@pytest.mark.parametrize("queue", ["support", "tier-2.vip", "客服", "a" * 79])
def test_a_queue_may_be_named_in_any_language(queue):
    assert is_queue_name(queue)


@pytest.mark.parametrize("queue", ["", "a,b", "a b", "${X}", "a\n", "a" * 80])
def test_what_the_dialplan_would_read_otherwise_is_no_queue(queue):
    assert not is_queue_name(queue)
