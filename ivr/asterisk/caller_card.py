"""What an agent sees of a call before picking up: the short name on the phone and the one line in X-IVR-Summary.

Decided: what a caller said goes through the dialplan, SIP and phones of many makers, so what means anything to one of
them is replaced by its full-width twin, which reads the same and means nothing: `,` separates arguments, `${` begins
a variable, `"` and
`<` end a SIP name. Letters of every language stay: UTF-8 arrives unharmed in From and in the header (tried with
Asterisk 22).
"""

from __future__ import annotations

import re
import unicodedata

# A SIP request over UDP should stay under 1,300 bytes (RFC 3261, 18.1.1); a Chinese character is three.
MAX_SUMMARY_BYTES = 450
MAX_NAME_BYTES = 60
_FULL_WIDTH = {ord(character): chr(ord(character) + 0xFEE0) for character in "\"$&'(),;<>[\\]^`{|}~=?:!#%*"}
_QUEUE = re.compile(r"[\w.-]{1,79}")


def summary_line(text: str) -> str:
    """`text` as one line that is safe in the dialplan and in SIP, at most 450 bytes of UTF-8."""
    return _shortened(_safe(text), MAX_SUMMARY_BYTES)


def caller_name(text: str) -> str:
    """The same for the name on the agent's phone, at most 60 bytes of UTF-8."""
    return _shortened(_safe(text), MAX_NAME_BYTES)


def is_queue_name(queue: str) -> bool:
    """Whether `queue` can be the name of a queue and cannot be anything else to the dialplan."""
    return _QUEUE.fullmatch(queue) is not None


def _safe(text: str) -> str:
    printable = (" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    return " ".join("".join(printable).split()).translate(_FULL_WIDTH)


def _shortened(text: str, limit: int) -> str:
    data = text.encode("utf-8", "ignore")
    if len(data) <= limit:
        return data.decode()
    return data[: limit - 3].decode("utf-8", "ignore").rstrip() + "…"
