"""What each way for media asks of Asterisk, as findings for the doctor; pure.

Decided: AudioSocket needs nothing but its modules, for we tell Asterisk the address with each call. chan_websocket
dials what websocket_client.conf says, so that file and [asterisk] of ivr.toml must agree, and a test call should not
be the first to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ivr.asterisk.ami_wire import AmiMessage
    from ivr.asterisk.settings import AsteriskSettings

CLIENT_FILE = "websocket_client.conf"
# AudioSocket is in 18; DTMF in its stream came about 22.4.
_OLDEST, _FOR_KEYS = (18, 0), (22, 4)
# The first release of each branch whose chan_websocket knows f(json).
_JSON_SINCE = {20: 18, 22: 8, 23: 2}
_RELOAD = "asterisk -rx 'module reload res_websocket_client'"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `ok` None where it cannot be known; `remedy` is empty where nothing is to be done."""

    name: str
    ok: bool | None
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class MediaNeeds:
    """Our `server` as messages call it, Asterisk's `modules`, and what its `version` text comes to."""

    server: str
    modules: tuple[str, ...]
    version: Callable[[str], Finding]


def _number(text: str) -> tuple[int, int] | None:
    found = re.match(r"(?:certified[/-])?(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found is not None else None


def _for_audiosocket(text: str) -> Finding:
    version = _number(text)
    if version is None:
        return _unreadable(text)
    if version < _OLDEST:
        return Finding(
            "Asterisk", ok=False, what=f"{text} has no AudioSocket", remedy="install Asterisk 22.4 or newer."
        )
    if version < _FOR_KEYS:
        what = f"{text} may send no keys in the audio stream: callers could speak but not press"
        return Finding(
            "Asterisk", ok=None, what=what, remedy="press a key in a test call; if nothing comes, install 22.4."
        )
    return Finding("Asterisk", ok=True, what=text)


def _for_websocket(text: str) -> Finding:
    version = _number(text)
    if version is None:
        return _unreadable(text)
    branch, release = version
    if branch <= max(_JSON_SINCE) and release < _JSON_SINCE.get(branch, release + 1):
        what = f"{text} has no chan_websocket that speaks JSON"
        remedy = 'install Asterisk 22.8 or newer, or set media = "audiosocket" in [asterisk] of ivr.toml.'
        return Finding("Asterisk", ok=False, what=what, remedy=remedy)
    return Finding("Asterisk", ok=True, what=text)


def _unreadable(text: str) -> Finding:
    return Finding("Asterisk", ok=None, what=f"its version {text!r} cannot be read")


MEDIA_NEEDS = {
    "audiosocket": MediaNeeds("the AudioSocket server", ("res_audiosocket", "app_audiosocket"), _for_audiosocket),
    "websocket": MediaNeeds(
        "the media WebSocket", ("res_websocket_client", "chan_websocket", "app_dial"), _for_websocket
    ),
}


def connection_finding(settings: AsteriskSettings, answer: AmiMessage) -> Finding:
    """What GetConfig told of the connection `media_connection`, against our own settings."""
    name = settings.media_connection
    lines = [value.split("=", 1) for key, value in answer.fields.items() if key.startswith("line-") and "=" in value]
    said = {key.strip(): value.strip() for key, value in lines}
    if not said:
        what = f"there is no connection [{name}], which media_connection in [asterisk] of ivr.toml names"
        return Finding(CLIENT_FILE, ok=False, what=what, remedy=f"install asterisk_conf/{CLIENT_FILE}, then {_RELOAD}.")
    wrong = [
        f"{key}={said.get(key, '')} instead of {wanted}"
        for key, wanted in (
            ("type", "websocket_client"),
            ("connection_type", "per_call_config"),
            ("protocols", "media"),
        )
        if said.get(key) != wanted
    ]
    uri = said.get("uri", "")
    if not _is_ours(uri, settings.audio_port):
        wrong.append(f"uri={uri} instead of ws://ADDRESS:{settings.audio_port}/media")
    if wrong:
        what = f"[{name}] says {' and '.join(wrong)}: no call would have sound"
        remedy = f"mend {CLIENT_FILE}, or audio_port in [asterisk] of ivr.toml, then {_RELOAD}."
        return Finding(CLIENT_FILE, ok=False, what=what, remedy=remedy)
    return Finding(CLIENT_FILE, ok=True, what=f"[{name}] dials {uri}")


def _is_ours(uri: str, port: int) -> bool:
    try:
        parts = urlsplit(uri)
        said_port = parts.port
    except ValueError:  # a port that is no number
        return False
    return (parts.scheme, said_port, parts.path) == ("ws", port, "/media")
