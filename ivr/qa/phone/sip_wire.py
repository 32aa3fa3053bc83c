"""SIP and SDP as a test phone needs them: text in, objects out, no I/O (RFC 3261, RFC 4566, digest of RFC 2617).

Decided: a message is a start line and a list of headers, nothing cleverer. The bench looks at what Asterisk really
sent, so no header is dropped, reordered or normalised but for the compact names.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

_COMPACT = {
    "v": "Via",
    "f": "From",
    "t": "To",
    "i": "Call-ID",
    "m": "Contact",
    "l": "Content-Length",
    "c": "Content-Type",
    "k": "Supported",
    "s": "Subject",
}
_NAME_ADDR = re.compile(r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^<"]*?))\s*<(?P<uri>[^>]*)>(?P<parameters>.*)')
TELEPHONE_EVENT = 101
NAMES = {"PCMU": 0, "PCMA": 8}


class SipError(ValueError):
    """A datagram that is no SIP message, or a body that is no session description."""


@dataclass(slots=True)
class SipMessage:
    """A request or a response; `headers` in the order in which they stand."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def status(self) -> int:
        """The status of a response; 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/") else 0

    @property
    def method(self) -> str:
        """The method of a request, or of the request that a response is to."""
        return self.get("CSeq").split()[-1] if self.status else self.start.split()[0]

    @property
    def branch(self) -> str:
        """What ties a response to its request."""
        found = re.search(r";branch=([^;,\s]+)", self.get("Via"))
        return found[1] if found else ""

    def get(self, name: str, default: str = "") -> str:
        """The first header called `name`, in any case of letters."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), default)

    def all(self, name: str) -> list[tuple[str, str]]:
        """Every header called `name`, as they are to be copied into a response."""
        return [(known, value) for known, value in self.headers if known.lower() == name.lower()]

    def encode(self) -> bytes:
        """The datagram; Content-Length is added."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers), f"Content-Length: {len(self.body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


def parse(datagram: bytes) -> SipMessage:
    """One datagram as a message. Raises SipError."""
    head, _, body = datagram.partition(b"\r\n\r\n")
    try:
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode()).split("\r\n")
    except UnicodeDecodeError as fault:
        raise SipError(f"a SIP message that is not UTF-8: {head[:80]!r}") from fault
    if "SIP/2.0" not in lines[0]:
        raise SipError(f"not a SIP message: {lines[0][:80]!r}")
    message = SipMessage(lines[0])
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise SipError(f"a header without a colon: {line[:80]!r}")
        name = _COMPACT.get(name.strip().lower(), name.strip())
        if name.lower() == "content-length":
            body = body[: int(value)]
        else:
            message.headers.append((name, value.strip()))
    message.body = body
    return message


def response(request: SipMessage, status: int, reason: str, *, tag: str = "", **headers: str) -> SipMessage:
    """The response to a request; `tag` is ours if To bears none yet; `headers` such as Contact="<sip:…>"."""
    answer = SipMessage(f"SIP/2.0 {status} {reason}")
    answer.headers += request.all("Via") + request.all("Record-Route") + request.all("From")
    to = request.get("To")
    answer.headers.append(("To", f"{to};tag={tag}" if tag and ";tag=" not in to else to))
    answer.headers += [("Call-ID", request.get("Call-ID")), ("CSeq", request.get("CSeq")), *headers.items()]
    return answer


@dataclass(frozen=True, slots=True)
class Address:
    """What stands in From, To and Contact: the display name unquoted, the URI, the tag."""

    display: str
    uri: str
    tag: str


def address(value: str) -> Address:
    """`"Display \\"Name\\"" <sip:uri>;tag=x` taken apart."""
    found = _NAME_ADDR.match(value)
    if found is None:
        uri, _, parameters = value.partition(";")
        display = ""
    else:
        uri, parameters = found["uri"], found["parameters"]
        display = re.sub(r"\\(.)", r"\1", found["quoted"]) if found["quoted"] is not None else found["bare"].strip()
    tag = re.search(r"tag=([^;\s]+)", parameters)
    return Address(display, uri.strip(), tag[1] if tag else "")


def authorization(challenge: str, *, user: str, password: str, method: str, uri: str) -> str:
    """The Authorization header that answers a WWW-Authenticate header (MD5, quality auth)."""
    asked = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', challenge)}

    def md5(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()  # noqa: S324  SIP's digest is MD5 (RFC 3261, 22.4)

    count, own = "00000001", md5(asked["nonce"], "phone")[:16]
    secret, what = md5(user, asked["realm"], password), md5(method, uri)
    answer = md5(secret, asked["nonce"], count, own, "auth", what)
    words = {"username": user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": uri, "response": answer}
    words |= {"cnonce": own} | ({"opaque": asked["opaque"]} if "opaque" in asked else {})
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in words.items()) + f", qop=auth, nc={count}"


@dataclass(frozen=True, slots=True)
class Session:
    """Where one side wants its audio, and how: `codec` PCMU or PCMA, `events` the payload type of keys or None."""

    host: str
    port: int
    codec: str
    events: int | None = TELEPHONE_EVENT


def describe(session: Session) -> bytes:
    """The session as SDP: one codec, keys as RFC 4733 events, 20 ms a packet."""
    payload = NAMES[session.codec]
    lines = ["v=0", f"o=- 1 1 IN IP4 {session.host}", "s=test phone", f"c=IN IP4 {session.host}", "t=0 0"]
    lines += [f"m=audio {session.port} RTP/AVP {payload} {session.events or ''}".rstrip()]
    lines += [f"a=rtpmap:{payload} {session.codec}/8000"]
    if session.events is not None:
        lines += [f"a=rtpmap:{session.events} telephone-event/8000", f"a=fmtp:{session.events} 0-16"]
    return ("\r\n".join([*lines, "a=ptime:20", "a=sendrecv"]) + "\r\n").encode()


def session_in(body: bytes, wanted: str) -> Session:
    """The far side's session; `wanted` is the codec to be used if it is among those offered. Raises SipError."""
    text = body.decode()
    media = re.search(r"^m=audio (\d+) RTP/AVP ([\d ]+)", text, re.MULTILINE)
    host = re.search(r"^c=IN IP4 (\S+)", text, re.MULTILINE)
    if media is None or host is None:
        raise SipError(f"no audio in the session description: {text!r}")
    offered = [int(payload) for payload in media[2].split()]
    codec = next((name for name in (wanted, *NAMES) if NAMES[name] in offered), None)
    if codec is None:
        raise SipError(f"neither PCMU nor PCMA in the session description: {text!r}")
    events = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", text, re.MULTILINE)
    return Session(host[1], int(media[1]), codec, int(events[1]) if events else None)
