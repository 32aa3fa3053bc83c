"""chan_websocket's messages: what a call needs of them, and nothing that is no message taken for one."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.asterisk.audiosocket_wire import CallerKey
from ivr.asterisk.media_websocket_wire import (
    FLUSH,
    MarkPlayed,
    MediaStarted,
    QueueDrained,
    QueueStatus,
    mark,
    media_event,
)
from ivr.errors import ProtocolError

pytestmark = pytest.mark.wire


def test_the_beginning_the_keys_and_an_empty_queue_are_told():
    start = {"event": "MEDIA_START", "channel": "WebSocket/ivr/0x1", "optimal_frame_size": 320, "format": "slin"}
    assert media_event(json.dumps(start)) == MediaStarted("WebSocket/ivr/0x1", 320)
    assert media_event('{"event":"DTMF_END","digit":"#"}') == CallerKey("#")
    assert media_event('{"event":"QUEUE_DRAINED"}') == QueueDrained()


def test_what_newer_asterisks_tell_is_passed_over():
    assert media_event('{"event":"MEDIA_XOFF"}') is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "MEDIA_START channel:x", "[]", "null", '{"digit":"1"}', '{"event":"MEDIA_START"}', "[" * 5000),
        *('{"event":"DTMF_END"}', '{"event":"DTMF_END","digit":"12"}', '{"event":"DTMF_END","digit":["1"]}'),
    ],
)
def test_what_is_no_event_is_refused(text):
    with pytest.raises(ProtocolError, match="chan_websocket"):
        media_event(text)


@given(st.text())
def test_no_text_does_harm(text):
    with contextlib.suppress(ProtocolError):
        media_event(text)


def test_a_command_is_json():
    assert json.loads(FLUSH) == {"command": "FLUSH_MEDIA"}


def test_a_mark_and_the_length_of_the_queue_are_told():
    assert json.loads(mark(7)) == {"command": "MARK_MEDIA", "correlation_id": "7"}
    assert media_event('{"event":"MEDIA_MARK_PROCESSED","correlation_id":"7"}') == MarkPlayed(7)
    assert media_event('{"event":"STATUS","queue_length":3,"xon_level":800}') == QueueStatus(3)
