"""AudioSocket's codec, fed with any byte split."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.audiosocket_wire import (
    HANGUP_FRAME,
    AudioSocketWire,
    CallerAudio,
    CallerKey,
    CallUuid,
    SocketHangup,
    audio_frame,
    key_frame,
    uuid_frame,
)
from ivr.errors import ProtocolError

pytestmark = pytest.mark.wire

CALL = UUID("34beebd3-caef-418c-a457-c024e68a10c6")


def named():
    wire = AudioSocketWire()
    wire.receive(uuid_frame(CALL))
    return wire


@given(st.lists(st.integers(0, 2000)))
def test_a_whole_call_is_the_same_however_the_network_cuts_it(cuts):
    voice = bytes(range(256)) + bytes(64)
    data = uuid_frame(CALL) + audio_frame(voice) + key_frame("#") + audio_frame(voice[::-1]) + HANGUP_FRAME
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    wire = AudioSocketWire()
    frames = [frame for start, end in pairwise(edges) for frame in wire.receive(data[start:end])]
    assert frames == [CallUuid(CALL), CallerAudio(voice), CallerKey("#"), CallerAudio(voice[::-1]), SocketHangup()]
    wire.receive_eof()


def test_a_frame_is_type_length_and_payload():
    assert audio_frame(b"\1\2" * 160)[:3] == b"\x10\x01\x40"
    assert HANGUP_FRAME == b"\x00\x00\x00"
    assert uuid_frame(CALL) == b"\x01\x00\x10" + CALL.bytes


@given(st.integers(1, 322))
def test_half_a_frame_at_the_end_is_a_clear_error(length):
    wire = named()
    wire.receive(audio_frame(bytes(320))[:length])
    with pytest.raises(ProtocolError, match=f"inside a frame .{length} bytes"):
        wire.receive_eof()


def test_a_socket_that_closes_before_its_uuid_is_a_clear_error():
    with pytest.raises(ProtocolError, match="before the call's uuid"):
        AudioSocketWire().receive_eof()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (audio_frame(bytes(320)), "first frame is of type 10"),
        (b"GET / HTTP/1.1\r\n", "not Asterisk"),
        (b"\x01\x00\x05hello", "wrong or second uuid"),
        (b"\x01\x00\x11" + bytes(17), "too long"),
        (uuid_frame(CALL) + uuid_frame(CALL), "wrong or second uuid"),
        (uuid_frame(CALL) + b"\x10\xff\xff", "too long"),
        (uuid_frame(CALL) + b"\x03\x00\x01x", "no key"),
        (uuid_frame(CALL) + b"\x03\x00\x00", "no key"),
        (uuid_frame(CALL) + b"\xff\x00\x01\x01", "error of its own"),
        (uuid_frame(CALL) + HANGUP_FRAME + audio_frame(bytes(320)), "after the hang-up"),
    ],
)
def test_what_asterisk_would_not_send_is_refused(data, words):
    with pytest.raises(ProtocolError, match=words):
        AudioSocketWire().receive(data)


def test_a_length_that_lies_costs_no_memory():
    wire = named()
    with pytest.raises(ProtocolError, match="too long"):
        wire.receive(b"\x10\xff\xff" + bytes(1000))


def test_types_of_newer_asterisks_are_passed_over():
    wire = named()
    assert wire.receive(b"\x12\x02\x80" + bytes(640) + key_frame("5")) == [CallerKey("5")]


def test_an_odd_byte_of_sound_is_dropped_and_not_carried_into_the_next_frame():
    assert named().receive(b"\x10\x00\x03abc\x10\x00\x01z") == [CallerAudio(b"ab")]


@pytest.mark.parametrize("length", [0, 1, 321, 1602])
def test_a_frame_of_a_wrong_length_is_not_sent(length):
    with pytest.raises(ValueError, match="audio frame"):
        audio_frame(bytes(length))
