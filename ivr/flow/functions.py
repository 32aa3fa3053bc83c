"""The functions of expressions, and what each takes and gives.

What they do needs the call (its clock, its caller), so the dialogue binds them; their signatures are known
without one, so that a flow can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """The plain types a function takes, the one it gives, and what it is for."""

    takes: tuple[str, ...]
    gives: str
    meaning: str


SIGNATURES = {
    "open": Signature(("text",), "yes_no", "whether the hours of that name are open now"),
    "count": Signature(("any",), "number", "how many items a list has, or characters a text"),
    "starts": Signature(("text", "text"), "yes_no", "whether the first text begins with the second"),
    "ends": Signature(("text", "text"), "yes_no", "whether the first text ends with the second"),
    "last": Signature(("text", "number"), "text", "the last so many characters of a text"),
    "round": Signature(("number",), "number", "the nearest whole number"),
    "random_share": Signature((), "number", "0 to 99, always the same for the same caller"),
}
