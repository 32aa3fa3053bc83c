"""Values in prompts, `{account}` and `{bill.amount|money}`: how they are written."""

from __future__ import annotations

import re

VALUE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)(?:\|([a-z]+))?\}")
FORMATTER_NAMES = ("money", "date", "time", "datetime", "digits", "phone", "number")


def values_in(text: str) -> list[tuple[str, str]]:
    """Every (path, formatter) that `text` asks for; the formatter may be ""."""
    return [(match[1], match[2] or "") for match in VALUE.finditer(text)]
