"""The pipe to a recognition worker: whatever the split, the same messages; whatever the garbage, a clear fault."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_asr.api import Hypothesis, Word
from ivr_asr.wire import (
    _TYPES,
    MAX_FRAME_BYTES,
    Audio,
    Check,
    Decoder,
    Drop,
    Failed,
    Finish,
    Open,
    Opened,
    Ready,
    Result,
    WireFault,
    encode,
)

pytestmark = pytest.mark.wire

texts = st.text(max_size=8)
numbers = st.integers(0, 2**32 - 1)
certainties = st.integers(0, 100).map(lambda share: share / 100)
phrases = st.lists(texts, max_size=4).map(tuple)
words = st.builds(Word, texts, st.integers(0, 90_000), st.integers(0, 90_000), certainties)
hypotheses = st.builds(Hypothesis, texts, certainties, st.booleans(), st.lists(words, max_size=3).map(tuple), phrases)
messages = st.one_of(
    st.builds(Open, numbers, phrases, st.booleans()),
    st.builds(Audio, numbers, st.binary(max_size=700)),
    st.builds(Finish, numbers),
    st.builds(Drop, numbers),
    st.builds(Check, numbers, phrases),
    st.builds(Ready, numbers),
    st.builds(Opened, numbers, st.lists(st.tuples(texts, texts), max_size=3).map(tuple)),
    st.builds(Result, numbers, st.none() | hypotheses, certainties),
    st.builds(Failed, numbers, texts),
)


@given(st.lists(messages, max_size=6), st.data())
def test_messages_arrive_whole_and_in_order_however_the_pipe_splits_them(sent, data):
    stream = b"".join(map(encode, sent))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    decoder = Decoder()
    received = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        received += decoder.feed(stream[start:end])
    assert received == sent
    assert not decoder._buffer


def test_one_byte_at_a_time_is_enough():
    decoder = Decoder()
    received = [message for byte in encode(Open(7, ("查账单",))) for message in decoder.feed(bytes([byte]))]
    assert received == [Open(7, ("查账单",))]


@given(st.binary(max_size=60))
def test_garbage_is_a_fault_or_waits_for_more_and_never_anything_else(garbage):
    decoder = Decoder()
    try:
        for message in decoder.feed(garbage):
            assert encode(message)
    except WireFault:
        pass


@given(st.integers(0, 8), st.binary(max_size=40))
def test_a_frame_with_a_broken_payload_is_a_fault_and_no_crash(kind, payload):
    frame = struct.pack(">IBI", 5 + len(payload), kind, 1) + payload
    try:
        messages = list(Decoder().feed(frame))
    except WireFault:
        return
    assert [type(message) for message in messages] == [_TYPES[kind]]


@pytest.mark.parametrize("length", [0, 4, MAX_FRAME_BYTES + 1, 2**32 - 1])
def test_a_length_that_cannot_be_is_refused_before_anything_is_kept(length):
    with pytest.raises(WireFault, match="something else writes to it"):
        list(Decoder().feed(struct.pack(">I", length)))


def test_a_library_that_prints_into_the_pipe_is_found_out():
    with pytest.raises(WireFault):
        list(Decoder().feed(b"LOG (VoskAPI:ReadDataFiles():model.cc:213) Decoding params\n"))


def test_an_unknown_type_is_refused():
    with pytest.raises(WireFault, match="unknown type 99"):
        list(Decoder().feed(struct.pack(">IBI", 5, 99, 1)))


def test_a_message_too_large_is_refused_by_the_sender():
    with pytest.raises(WireFault, match="send fewer phrases or less audio"):
        encode(Audio(1, bytes(MAX_FRAME_BYTES)))
