"""FastAGI as a codec without I/O: bytes in, events out; commands in, bytes out.

Decided here, because panoramisk's FastAGI does the opposite (FACTS.md): the `HANGUP` line is an event of its own and
never taken for a reply, so it cannot shift later replies by one; one command waits for one reply, and a second one
before that is a mistake of ours that raises; what a peer may make us remember is bounded before it is parsed.

The shape is wsproto's: `receive(data)` and `send_command(...)`. The grammar is that of res_agi.c: `agi_name: value`
lines up to an empty line; then replies `CODE result=VALUE (data)`, of which `520-` is several lines up to one that
starts with
`520 `.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.errors import ProtocolError

MAX_LINE = 8192
MAX_HEADERS = 200
# res_agi reads a command into 2,048 bytes; a longer one would be taken for two.
MAX_COMMAND = 2000
_REPLY = re.compile(r"(?P<code>\d{3})(?P<more>[ -])(?P<rest>.*)", re.DOTALL)
_RESULT = re.compile(r"result=(?P<result>\S*)(?: \((?P<data>.*)\)| (?P<words>.*))?", re.DOTALL)
_VALUE_GOES_ON = re.compile(r"200 result=\S* \([^)]*\Z")


@dataclass(frozen=True, slots=True)
class AgiRequest:
    """The headers with which Asterisk opens a call, names without `agi_`: `channel`, `callerid`, `dnid`, `arg_1` …"""

    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AgiReply:
    """What a command came to.

    `code` 200: it ran, with `result` and, where it gives one, `data` (GET VARIABLE's value). 510: no such command.
    511: not on a channel that is gone. 520: wrong usage, `data` holds the usage.
    """

    code: int
    result: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class AgiHangup:
    """The caller is gone; what still waits for a reply gets it all the same."""


AgiEvent = AgiRequest | AgiReply | AgiHangup


def quote(argument: str) -> str:
    """One argument as res_agi's parser reads it back: in quotes, with backslash and quote escaped.

    Raises ValueError where the argument holds a control character: a line break would start a command of its own.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in argument):
        raise ValueError(f"an AGI argument holds a control character: {argument!r}")
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'


class AgiWire:
    """One FastAGI connection, seen from the server."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._headers: dict[str, str] = {}
        self._opened = False
        self._waiting = False
        self._usage: list[str] | None = None
        self._value: str | None = None

    @property
    def waiting(self) -> bool:
        """A command was sent and its reply has not come."""
        return self._waiting

    def receive(self, data: bytes) -> list[AgiEvent]:
        """Take the next bytes, split anywhere; give what they complete.

        Raises ProtocolError: a line over 8,192 bytes, more than 200 headers, a header without a colon, a reply that
        nothing asked for or that cannot be read.
        """
        self._buffer += data
        events: list[AgiEvent] = []
        while (end := self._buffer.find(b"\n")) >= 0:
            if end > MAX_LINE:
                break
            line = self._buffer[:end].rstrip(b"\r").decode("utf-8", "replace")
            del self._buffer[: end + 1]
            event = self._reply_line(line) if self._opened else self._header_line(line)
            if event is not None:
                events.append(event)
        if len(self._buffer) > MAX_LINE:
            raise ProtocolError(f"AGI: a line of more than {MAX_LINE} bytes: this is not Asterisk.")
        return events

    def receive_eof(self) -> None:
        """The peer has closed. Raises ProtocolError if it did so in the middle of its headers or of a reply."""
        if not self._opened:
            raise ProtocolError(
                f"AGI: the connection was closed after {len(self._headers)} headers, before the empty line that ends "
                "them: the dialplan's AGI() was broken off, or something else than Asterisk connected."
            )
        if self._buffer or self._usage is not None or self._value is not None:
            raise ProtocolError("AGI: the connection was closed in the middle of a reply.")

    def send_command(self, command: str, *arguments: str) -> bytes:
        """The bytes of one command: `command` as it stands (`SET VARIABLE`), each argument quoted.

        Raises RuntimeError before the headers are complete or while a reply is awaited, ValueError for a control
        character or over 2,000 bytes.
        """
        if not self._opened:
            raise RuntimeError("an AGI command before the headers are complete")
        if self._waiting:
            raise RuntimeError("a second AGI command while the first one's reply is awaited")
        if not re.fullmatch(r"[A-Z][A-Z ]*", command):
            raise ValueError(f"not an AGI command: {command!r}")
        line = " ".join([command, *map(quote, arguments)]).encode() + b"\n"
        if len(line) > MAX_COMMAND:
            raise ValueError(f"an AGI command of {len(line)} bytes: Asterisk takes {MAX_COMMAND}")
        self._waiting = True
        return line

    def _header_line(self, line: str) -> AgiEvent | None:
        if not line:
            if not self._headers:
                raise ProtocolError("AGI: an empty line instead of headers: this is not Asterisk.")
            self._opened = True
            return AgiRequest(dict(self._headers))
        name, colon, value = line.partition(":")
        if not colon or not name.startswith("agi_"):
            raise ProtocolError(f'AGI: {line[:60]!r} is no header (expected "agi_name: value"): this is not Asterisk.')
        if len(self._headers) >= MAX_HEADERS:
            raise ProtocolError(f"AGI: more than {MAX_HEADERS} headers: this is not Asterisk.")
        self._headers[name.removeprefix("agi_")] = value.strip()
        return None

    def _reply_line(self, line: str) -> AgiEvent | None:
        if self._value is not None:  # a variable's value with a line break in it
            return self._value_line(f"{self._value}\n{line}")
        if self._usage is not None:
            return self._usage_line(line)
        if line == "HANGUP":
            return AgiHangup()
        parts = _REPLY.fullmatch(line)
        if parts is None:
            raise ProtocolError(f"AGI: {line[:60]!r} is no reply.")
        if not self._waiting:
            raise ProtocolError(f"AGI: a reply that nothing asked for: {line[:60]!r}.")
        if parts["code"].startswith("1"):  # 100 Trying: the reply itself is still to come
            return None
        if parts["code"] == "520" and parts["more"] == "-":
            self._usage = [parts["rest"]]
            return None
        return self._value_line(line)

    def _value_line(self, line: str) -> AgiEvent | None:
        if _VALUE_GOES_ON.fullmatch(line):
            if len(line) > MAX_LINE:
                raise ProtocolError(f"AGI: a value of more than {MAX_LINE} characters.")
            self._value = line
            return None
        self._value, self._waiting = None, False
        code, rest = int(line[:3]), line[4:]
        found = _RESULT.fullmatch(rest)
        if found is None:
            return AgiReply(code, "", rest)
        return AgiReply(code, found["result"], found["data"] or found["words"] or "")

    def _usage_line(self, line: str) -> AgiEvent | None:
        usage = self._usage or []
        if line.startswith("520 "):
            self._usage, self._waiting = None, False
            return AgiReply(520, "", "\n".join(usage))
        usage.append(line)
        if sum(map(len, usage)) > MAX_LINE:
            raise ProtocolError(f"AGI: a usage of more than {MAX_LINE} characters.")
        return None
