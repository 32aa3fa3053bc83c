"""Values in prompts: `{account}`, `{bill.amount|money}`.

A formatter writes a value out as people say it, so that what is shown, journaled and spoken is the same text. The
formatters are the voice's (`ivr_tts.spoken_text`): one place knows how a number is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ivr.flow.expression import lookup
from ivr.flow.types import Type
from ivr.flow.values import VALUE
from ivr_tts.spoken_text import FORMATTERS

_SIGN_BY_SIGN = {"id_card", "bank_card", "plate", "order"}
_SIGNS = re.compile(r"[A-Za-z0-9]+")


def fill(text: str, values: Mapping[str, Any], types: Mapping[str, Type], language: str, year: str = "") -> list[str]:
    """`text` with its values, each by the formatter it names, else by its type's; cut around the values. A date and
    time in `year` is said without it.

    A value that is not there yet is left out (`ivr check` finds such places before a caller does).
    """
    parts: list[str] = []
    end = 0
    for match in VALUE.finditer(text):
        path = match[1].split(".")
        value = aloud(_text(lookup(values, path)), match[2] or _type_at(types, path), language, year)
        parts += [text[end : match.start()], value]
        end = match.end()
    return [part for part in (*parts, text[end:]) if part]


def aloud(value: str, how: str, language: str, year: str = "") -> str:
    """`value` as people say it, by the name of a formatter or of a type; as it is where neither is known."""
    if how in _SIGN_BY_SIGN:
        return _SIGNS.sub(lambda signs: FORMATTERS["digits"](signs[0], language), value)
    formatter = FORMATTERS.get(how)
    if how == "datetime" and year and value.startswith(f"{year}-"):
        value = value.replace(year, "-", 1)
    return formatter(value, language) if formatter and value else value


def fixed_parts(text: str) -> list[str]:
    """What of `text` can be rendered before the call: all of it, or the pieces between its values."""
    return [part for part in VALUE.sub("\0", text).split("\0") if speakable(part)]


def speakable(part: str) -> bool:
    """Whether there is anything in `part` to pronounce."""
    return any(sign.isalnum() for sign in part)


def joined(parts: list[str]) -> tuple[str, ...]:
    """Parts that can each be spoken: punctuation goes to the part before it."""
    made: list[str] = []
    for part in parts:
        if made and not speakable(part):
            made[-1] += part
        else:
            made.append(part)
    return tuple(made)


def _type_at(types: Mapping[str, Type], path: list[str]) -> str:
    here = types.get(path[0])
    for part in path[1:]:
        here = here.parts.get(part) if here else None
    return here.name if here else ""


def _text(value: Any) -> str:
    if isinstance(value, float):
        return re.sub(r"\.?0+$", "", f"{value:.6f}")
    return "" if value is None or isinstance(value, dict | list) else str(value)
