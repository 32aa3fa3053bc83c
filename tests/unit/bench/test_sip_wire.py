"""What the test phone makes of SIP; the bench may not err where it judges others."""

from __future__ import annotations

import pytest

from ivr.qa.phone import sip_wire
from ivr.qa.phone.sip_wire import Session, SipError, SipMessage

pytestmark = pytest.mark.unit

INVITE = (
    "INVITE sip:agent1@127.0.0.1:5071 SIP/2.0\r\n"
    "v: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKabc\r\n"
    'From: "账单 \\"七月\\"" <sip:13800138000@127.0.0.1>;tag=f1\r\n'
    "To: <sip:agent1@127.0.0.1>\r\n"
    "i: id-1\r\n"
    "CSeq: 7 INVITE\r\n"
    "X-IVR-Summary: 第一行，\r\n 接着\r\n"
    "l: 4\r\n"
    "\r\n"
    "bodytrailing"
).encode()


def test_compact_names_folded_lines_and_the_body_s_length_are_understood():
    invite = sip_wire.parse(INVITE)
    assert (invite.method, invite.status, invite.branch) == ("INVITE", 0, "z9hG4bKabc")
    assert invite.get("call-id") == "id-1"
    assert invite.get("X-IVR-Summary") == "第一行， 接着"
    assert invite.body == b"body"


def test_a_display_name_is_unquoted():
    name = sip_wire.address(sip_wire.parse(INVITE).get("From"))
    assert (name.display, name.uri, name.tag) == ('账单 "七月"', "sip:13800138000@127.0.0.1", "f1")


@pytest.mark.parametrize(
    ("header", "display", "uri", "tag"),
    [
        ("sip:a@b;tag=x", "", "sip:a@b", "x"),
        ("<sip:a@b;transport=udp>", "", "sip:a@b;transport=udp", ""),
        ("Anna Li <sip:a@b>;tag=y", "Anna Li", "sip:a@b", "y"),
    ],
)
def test_every_form_of_an_address_is_understood(header, display, uri, tag):
    assert sip_wire.address(header) == sip_wire.Address(display, uri, tag)


def test_a_response_is_tied_to_its_request_and_tagged_once():
    invite = sip_wire.parse(INVITE)
    ringing = sip_wire.parse(sip_wire.response(invite, 180, "Ringing", tag="t1", Contact="<sip:x@y>").encode())
    assert (ringing.status, ringing.method, ringing.branch) == (180, "INVITE", invite.branch)
    assert ringing.get("To") == "<sip:agent1@127.0.0.1>;tag=t1"
    invite.headers = [(name, value + ";tag=own" if name == "To" else value) for name, value in invite.headers]
    assert sip_wire.response(invite, 200, "OK", tag="t1").get("To") == "<sip:agent1@127.0.0.1>;tag=own"


def test_a_message_reads_back_as_it_was_written():
    message = SipMessage("BYE sip:a@b SIP/2.0", [("CSeq", "2 BYE"), ("X", "天")], "账".encode())
    assert sip_wire.parse(message.encode()) == message


@pytest.mark.parametrize("datagram", [b"", b"hello", b"\xff\xfe SIP/2.0\r\n\r\n", b"BYE x SIP/2.0\r\nno colon\r\n\r\n"])
def test_what_is_no_sip_is_refused(datagram):
    with pytest.raises(SipError):
        sip_wire.parse(datagram)


def test_the_password_is_proved_as_rfc_2617_computes_it():
    challenge = 'Digest realm="asterisk",nonce="1/2",opaque="op",algorithm=MD5,qop="auth"'
    header = sip_wire.authorization(challenge, user="agent1", password="pw", method="REGISTER", uri="sip:h:1")
    assert 'username="agent1", realm="asterisk", nonce="1/2", uri="sip:h:1"' in header
    assert 'opaque="op", qop=auth, nc=00000001' in header


def test_a_session_reads_back_and_the_wanted_codec_is_chosen():
    offer = sip_wire.describe(Session("127.0.0.1", 4000, "PCMA"))
    assert sip_wire.session_in(offer, "PCMU") == Session("127.0.0.1", 4000, "PCMA", 101)
    both = offer.replace(b"RTP/AVP 8", b"RTP/AVP 8 0")
    assert sip_wire.session_in(both, "PCMU").codec == "PCMU"
    with pytest.raises(SipError, match="neither"):
        sip_wire.session_in(offer.replace(b"RTP/AVP 8", b"RTP/AVP 9"), "PCMU")
