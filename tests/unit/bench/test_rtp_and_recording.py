"""The test phone's ear: packets, G.711, keys, and a recording whose positions are real times."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.audio import SILENCE, duration_ms, frames
from ivr.qa.phone import rtp_wire
from ivr.qa.phone.recording import Recording, Utterance
from ivr.qa.phone.rtp_wire import LAWS, RtpPacket
from tests.asterisk.signals import pitch, tone

pytestmark = pytest.mark.unit


def test_a_packet_reads_back_and_its_counters_wrap():
    packet = RtpPacket(0, 0x1FFFF, 0x1_0000_0001, 7, b"abc", marker=True)
    assert rtp_wire.parse(packet.encode()) == RtpPacket(0, 0xFFFF, 1, 7, b"abc", marker=True)


@pytest.mark.parametrize(
    "datagram", [b"", b"\x80\x00short", b"\x00" * 20, b"\x80\xc8" + bytes(20), b"\x90\x00" + bytes(10)]
)
def test_what_is_no_rtp_is_left_alone(datagram):
    assert rtp_wire.parse(datagram) is None


def test_extensions_contributors_and_padding_are_no_sound():
    head = bytes([0xB1, 0]) + bytes(10) + bytes(4) + b"\xbe\xde\x00\x01" + bytes(4)
    assert rtp_wire.parse(head + b"sound" + b"\0\0\3").payload == b"sound"


@pytest.mark.parametrize(("law", "silence", "loudest"), [("PCMU", 0xFF, 32124), ("PCMA", 0xD5, 32256)])
def test_g711_is_the_standard_s(law, silence, loudest):
    codec = LAWS[law]
    decoded = np.frombuffer(codec.decode(bytes(range(256))), dtype="<i2")
    assert (decoded.max(), decoded.min()) == (loudest, -loudest)
    assert abs(decoded[silence]) <= 8
    ramp = np.arange(-32768, 32768, 7, dtype="<i2")
    error = np.frombuffer(codec.decode(codec.encode(ramp.tobytes())), dtype="<i2").astype(int) - ramp
    assert np.all(np.abs(error) <= np.maximum(np.abs(ramp.astype(int)) / 16, 16) + 650 * (np.abs(ramp) > 32000))


def test_a_key_is_told_until_it_is_let_go_and_its_end_three_times():
    told = list(rtp_wire.key_events("#", 100))
    assert [len(payloads) for payloads, _ in told] == [1, 1, 1, 1, 3]
    assert [marker for _, marker in told] == [True, False, False, False, False]
    assert {rtp_wire.key_in(payloads[0]) for payloads, _ in told} == {("#", False), ("#", True)}
    assert [int.from_bytes(payloads[0][2:]) for payloads, _ in told] == [160, 320, 480, 640, 800]


def heard(*stretches: tuple[float, bytes]) -> Recording:
    """A recording of packets that come 20 ms apart from the start of each stretch."""
    recording = Recording()
    for start, pcm in stretches:
        for number, frame in enumerate(frames(pcm)):
            recording.hear(start + number * 0.02, frame)
    return recording


def test_a_pause_without_packets_is_as_long_in_the_recording_as_in_the_call():
    recording = heard((0.0, tone(440, 0.2)), (1.0, tone(880, 0.2)))
    assert duration_ms(recording.pcm()) == 1200
    assert recording.utterances(0.5) == [Utterance(0.0, 0.2), Utterance(1.0, pytest.approx(1.2))]
    assert pitch(recording.pcm(1.0, 1.2)) == pytest.approx(880, abs=5)
    assert recording.longest_gap_ms == 820


def test_packets_a_little_late_leave_no_hole_and_a_burst_is_played_one_after_another():
    recording = Recording()
    for at in (0.0, 0.05, 0.06, 0.06, 0.06):
        recording.hear(at, tone(440, 0.02))
    assert duration_ms(recording.pcm()) == 100
    assert recording.utterances(0.1) == [Utterance(0.0, pytest.approx(0.1))]


def test_what_was_waited_for_before_is_not_found_again():
    recording = heard((0.0, tone(440, 0.3) + SILENCE * 30 + tone(440, 0.3)))
    first, second = recording.utterances(0.5)
    assert recording.utterances(0.5, after=first.end) == [second]
    assert recording.utterances(0.7) == [Utterance(first.start, second.end)]
    assert recording.last_sound == second.end


def test_a_click_is_no_utterance():
    assert heard((0.0, SILENCE * 5 + tone(440, 0.04) + SILENCE * 20)).utterances(0.1) == []
