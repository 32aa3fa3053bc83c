"""FastAGI's codec, fed with any byte split."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.agi_wire import MAX_COMMAND, MAX_LINE, AgiHangup, AgiReply, AgiRequest, AgiWire, quote
from ivr.errors import ProtocolError

pytestmark = pytest.mark.wire

HEADERS = b"agi_network: yes\nagi_channel: PJSIP/caller-00000001\nagi_callerid: 13800138000\nagi_arg_1: 4001\n\n"
NAMES = {"network": "yes", "channel": "PJSIP/caller-00000001", "callerid": "13800138000", "arg_1": "4001"}


def opened():
    wire = AgiWire()
    wire.receive(HEADERS)
    return wire


def asked(command="NOOP"):
    wire = opened()
    wire.send_command(command)
    return wire


def pieces(data, cuts):
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(edges)]


def unquoted(line):
    """What res_agi.c's parse_args makes of a command line: words, quotes that may hold blanks, backslashes."""
    words, word, quoted, escaped, inside = [], "", False, False, False
    for character in line:
        if escaped:
            word, escaped = word + character, False
        elif character == "\\":
            escaped = inside = True
        elif character == '"':
            quoted, inside = not quoted, True
        elif character in " \t" and not quoted:
            if inside:
                words.append(word)
            word, inside = "", False
        else:
            word, inside = word + character, True
    return [*words, word] if inside else words


@given(st.lists(st.integers(0, 1000)))
def test_the_headers_are_the_same_however_the_network_cuts_them(cuts):
    wire = AgiWire()
    events = [event for piece in pieces(HEADERS, cuts) for event in wire.receive(piece)]
    assert events == [AgiRequest(NAMES)]


@given(st.lists(st.integers(0, 1000)))
def test_replies_and_a_hangup_are_the_same_however_the_network_cuts_them(cuts):
    wire = asked()
    data = b"HANGUP\n200 result=1 (\xe8\xb4\xa6\xe5\x8d\x95 (3))\n"
    events = [event for piece in pieces(data, cuts) for event in wire.receive(piece)]
    assert events == [AgiHangup(), AgiReply(200, "1", "账单 (3)")]


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"200 result=0\n", AgiReply(200, "0")),
        (b"200 result=1\r\n", AgiReply(200, "1")),
        (b"200 result=-1\n", AgiReply(200, "-1")),
        (b"200 result=1 (hello)\n", AgiReply(200, "1", "hello")),
        (b"200 result=1 ()\n", AgiReply(200, "1")),
        (b"200 result=1 (two\nlines)\n", AgiReply(200, "1", "two\nlines")),
        (b"510 Invalid or unknown command\n", AgiReply(510, "", "Invalid or unknown command")),
        (
            b"511 Command Not Permitted on a dead channel\n",
            AgiReply(511, "", "Command Not Permitted on a dead channel"),
        ),
        (
            b"520-Invalid syntax.\nUsage: NOOP\n520 End of proper usage.\n",
            AgiReply(520, "", "Invalid syntax.\nUsage: NOOP"),
        ),
        (b"520 Invalid command syntax.\n", AgiReply(520, "", "Invalid command syntax.")),
        (b"100 result=0 Trying...\n200 result=0\n", AgiReply(200, "0")),
    ],
)
def test_every_kind_of_reply_is_read(line, reply):
    wire = asked()
    assert wire.receive(line) == [reply]
    assert not wire.waiting
    wire.receive_eof()


def test_a_hangup_line_does_not_shift_the_replies_after_it():
    wire = asked("GET VARIABLE")
    assert wire.receive(b"HANGUP\n") == [AgiHangup()]
    assert wire.waiting
    assert wire.receive(b"200 result=1 (mine)\n") == [AgiReply(200, "1", "mine")]


def test_a_second_command_before_the_reply_is_refused():
    wire = asked()
    with pytest.raises(RuntimeError, match="second"):
        wire.send_command("NOOP")


def test_a_command_before_the_headers_are_complete_is_refused():
    with pytest.raises(RuntimeError, match="headers"):
        AgiWire().send_command("NOOP")


def test_a_reply_that_nothing_asked_for_is_refused():
    with pytest.raises(ProtocolError, match="nothing asked"):
        opened().receive(b"200 result=0\n")


@given(st.integers(0, len(HEADERS) - 1))
def test_headers_cut_short_are_named_as_such(length):
    wire = AgiWire()
    wire.receive(HEADERS[:length])
    with pytest.raises(ProtocolError, match="before the empty line"):
        wire.receive_eof()


def test_a_reply_cut_short_is_named_as_such():
    wire = asked()
    wire.receive(b"200 resu")
    with pytest.raises(ProtocolError, match="middle of a reply"):
        wire.receive_eof()


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\n", b"\n", b"\x16\x03\x01\n", b"agi_network\n"])
def test_who_is_not_asterisk_is_refused_at_its_first_line(start):
    with pytest.raises(ProtocolError, match="not Asterisk"):
        AgiWire().receive(start)


def test_a_line_without_an_end_takes_bounded_memory():
    wire = AgiWire()
    wire.receive(b"a" * MAX_LINE)
    with pytest.raises(ProtocolError, match="more than 8192 bytes"):
        wire.receive(b"a" * 1000)
    assert len(wire._buffer) <= MAX_LINE + 1000


def test_headers_without_an_end_take_bounded_memory():
    wire = AgiWire()
    with pytest.raises(ProtocolError, match="more than 200 headers"):
        wire.receive(b"".join(b"agi_arg_%d: x\n" % number for number in range(1000)))
    assert len(wire._headers) == 200


@pytest.mark.parametrize("flood", [b"520-usage\n" + b"more\n" * 4000, b"200 result=1 (" + b"more\n" * 4000])
def test_a_reply_without_an_end_takes_bounded_memory(flood):
    wire = asked()
    with pytest.raises(ProtocolError, match="more than 8192"):
        wire.receive(flood)


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"]), min_size=1, max_size=100))
def test_whatever_a_caller_said_comes_out_of_the_quotes_as_it_went_in(text):
    line = opened().send_command("SET VARIABLE", "X", text)
    assert line.count(b"\n") == 1
    assert unquoted(line.decode().rstrip("\n")) == ["SET", "VARIABLE", "X", text]


@pytest.mark.parametrize("text", ["a\nEXEC System rm", "a\r\nHANGUP", "\0", "\x1b[2J", "\x7f"])
def test_a_line_break_never_becomes_a_command_of_its_own(text):
    wire = opened()
    with pytest.raises(ValueError, match="control character"):
        wire.send_command("SET VARIABLE", "X", text)
    assert not wire.waiting
    with pytest.raises(ValueError, match="control character"):
        quote(text)


@pytest.mark.parametrize("command", ["set variable", 'EXEC System "', "", " NOOP", "NOOP\n"])
def test_only_words_in_capitals_are_a_command(command):
    with pytest.raises(ValueError, match="not an AGI command"):
        opened().send_command(command)


def test_a_command_longer_than_asterisk_reads_is_refused():
    wire = opened()
    assert len(wire.send_command("SET VARIABLE", "X", "a" * 1900)) < MAX_COMMAND
    with pytest.raises(ValueError, match=re.escape(f"takes {MAX_COMMAND}")):
        opened().send_command("SET VARIABLE", "X", "账" * 700)
