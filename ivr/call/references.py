"""`{env.CRM}` and `{secret.CRM_TOKEN}`: what the engineer has set, put in at the last moment.

Decided: flows, commands and journals hold the reference, never what it stands for. `{env.X}` is the environment's X,
`{secret.X}` its IVR_SECRET_X; a secret is for headers only, because addresses end in other people's logs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\{(env|secret)\.([A-Z][A-Z0-9_]*)\}")
_SECRET = "IVR_SECRET_"  # noqa: S105  the beginning of a name


class Unresolved(Exception):  # noqa: N818  becomes an outcome, never an error that anybody sees
    """A reference to nothing, or in the wrong place; the message says how to mend it."""


def resolved(text: str, environment: Mapping[str, str], *, secrets: bool) -> str:
    """`text` with its references put in; `secrets`: whether it may hold any. Raises Unresolved."""

    def put(match: re.Match[str]) -> str:
        kind, name = match.groups()
        if kind == "secret" and not secrets:
            raise Unresolved(f"{{secret.{name}}} stands in an address: put it into `headers`")
        variable = f"{_SECRET}{name}" if kind == "secret" else name
        if not environment.get(variable):
            raise Unresolved(f"{variable} is not set in the environment")
        return environment[variable].strip()

    return _REFERENCE.sub(put, text)


def beginning(text: str) -> str:
    """The reference that `text` begins with, or ""."""
    found = _REFERENCE.match(text)
    return found[0] if found else ""
