"""What goes to AMI and comes back, as plain values; no I/O.

The protocol's codec is panoramisk's. It puts values on the wire as they are, so a line break in a caller's words
would become a header, or an action of its own; and it hands out messages that answer every attribute with ''. Both
end here: nothing goes out that was not checked, and nothing of panoramisk's goes further in than this file and
ami.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AmiMessage:
    """One response or event; `fields` by lower-case name, a repeated field joined by line breaks."""

    fields: Mapping[str, str]

    def get(self, name: str) -> str:
        """The field, '' where there is none."""
        return self.fields.get(name.lower(), "")

    def number(self, name: str) -> int | None:
        """The field as a whole number, None where it is none."""
        text = self.get(name)
        return int(text) if text.isdecimal() else None


@dataclass(frozen=True, slots=True)
class AmiReply:
    """What an action came to: `ok`, Asterisk's own `message`, the response itself, and the events of a list."""

    ok: bool
    message: str
    response: AmiMessage
    events: tuple[AmiMessage, ...] = ()


def action_fields(action: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The action as panoramisk takes it.

    Raises ValueError for a name that is no word or a value with a line break in it.
    """
    checked = {"Action": action}
    for name, value in {**fields}.items():
        if not (name.isascii() and name.isalnum()) or name.lower() in ("action", "actionid", "commandid"):
            raise ValueError(f"not a field of an AMI action: {name!r}")
        if any(ord(character) < 32 for character in value):
            raise ValueError(f"the AMI field {name} holds a control character: {value!r}")
        checked[name] = value
    if not (action.isascii() and action.isalnum()):
        raise ValueError(f"not an AMI action: {action!r}")
    return checked


def plain(message: Mapping[str, Any]) -> AmiMessage:
    """One of panoramisk's messages as ours."""
    return AmiMessage(
        {
            str(name).lower(): "\n".join(map(str, value)) if isinstance(value, list) else str(value)
            for name, value in message.items()
        }
    )


def reply(messages: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> AmiReply:
    """What panoramisk resolves an action with: one message, or the response and its list of events."""
    parts = [plain(message) for message in ([messages] if isinstance(messages, Mapping) else messages)]
    response, events = parts[0], parts[1:]
    listed = tuple(event for event in events if event.get("EventList").lower() != "complete")
    return AmiReply(
        response.get("Response").lower() in ("success", "goodbye"), response.get("Message"), response, listed
    )
