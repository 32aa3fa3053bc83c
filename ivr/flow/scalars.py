"""The small things that a designer writes: names, texts, lengths of time, keys, expressions.

Scalars arrive as text (see document.py) and get their meaning here. A `ValueError` says what is wrong, then
after a semicolon how to mend it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from ivr.flow.expression import MAX_NUMBER, ExpressionFault, Node, parse
from ivr.flow.hours import HoursFault, Span, read_hours
from ivr.understanding import limits

KEYS = "0123456789*#"
LANGUAGES = ("zh-CN", "en")
ANY_LANGUAGE = ""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(ms|s|m)")
_LENGTH = re.compile(r"(\d{1,2})(?: ?- ?(\d{1,2}))?")


@dataclass(frozen=True)
class Expression:
    """An expression as it was written, and read."""

    text: str
    node: Node


def _seconds(value: Any) -> Any:
    if isinstance(value, int | float):
        return float(value)
    match = _DURATION.fullmatch(str(value))
    if not match:
        raise ValueError(f"`{value}` is not a length of time; write it as 600ms, 5s or 1.5m")
    return float(match[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0}[match[2]]


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _prompt(value: Any) -> Any:
    """A text, a list of variants, or either by language, as variants by language ("" for any)."""
    by_language = value if isinstance(value, dict) else {ANY_LANGUAGE: value}
    made: dict[str, list[str]] = {}
    for language, texts in by_language.items():
        if language not in {ANY_LANGUAGE, *LANGUAGES}:
            raise misplaced(str(language), f"`{language}` is not a language here; use one of {', '.join(LANGUAGES)}")
        variants = [texts] if isinstance(texts, str) else texts
        if not isinstance(variants, list) or not variants or not all(_is_text(text) for text in variants):
            raise ValueError("the text is empty; write what the caller shall hear")
        made[language] = variants
    if not made:
        raise ValueError("the text is empty; write what the caller shall hear")
    return made


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _parsed(value: Any) -> Any:
    if isinstance(value, Expression):
        return value
    try:
        return Expression(str(value), parse(str(value)))
    except ExpressionFault as fault:
        raise ValueError(f"`{value}`: {fault}") from None


def _hours(value: Any) -> Any:
    if isinstance(value, Span):
        return value
    try:
        return read_hours(str(value))
    except HoursFault as fault:
        raise ValueError(str(fault)) from None


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(f"`{value}` is no name; use letters, digits and _, beginning with a letter")
    return value


def _length(value: Any) -> Any:
    if isinstance(value, tuple):
        return value
    match = _LENGTH.fullmatch(str(value))
    shortest, longest = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= shortest <= longest <= 30:
        raise ValueError(f"`{value}` is not a number of digits; write 8, or 6-12, up to 30")
    return shortest, longest


def _key(value: str) -> str:
    if len(value) != 1 or value not in KEYS:
        raise ValueError(f"`{value}` is not a key of a telephone; use one of 0-9, * and #")
    return value


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"`{value}` is not a number; write it as 0.7") from None


def _amount(value: Any) -> Any:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"`{value}` is not a number; write it as 50 or 0.5") from None
    if not amount.is_finite() or abs(amount) > MAX_NUMBER:
        raise ValueError(f"`{value}` is too large; write one of at most fifteen digits")
    return amount


def _limit(value: Any) -> Any:
    return value if isinstance(value, limits.Limit) else limits.read_limit(str(value))


def _count(value: Any) -> Any:
    if isinstance(value, int) or re.fullmatch(r"[0-9]{1,6}", str(value)):
        return int(value)
    raise ValueError(f"`{value}` is not a whole number; write it as 3")


def misplaced(word: str, message: str) -> PydanticCustomError:
    """A mistake of the whole that stands at one of its words; the message names the remedy after a semicolon."""
    return PydanticCustomError("misplaced", "{message}", {"word": word, "message": message})


def _flag(value: Any) -> Any:
    if value in {True, False}:
        return value
    if value in {"true", "false"}:
        return value == "true"
    raise ValueError(f"`{value}` is neither true nor false; write true or false")


Name = Annotated[str, AfterValidator(_name)]
Prompt = Annotated[dict[str, list[str]], BeforeValidator(_prompt)]
Expr = Annotated[Expression, BeforeValidator(_parsed)]
OpeningHours = Annotated[Span, BeforeValidator(_hours)]
Names = Annotated[list[Name], BeforeValidator(_one_or_many)]
Length = Annotated[tuple[int, int], BeforeValidator(_length)]
Number = Annotated[float, BeforeValidator(_number)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Limit = Annotated[limits.Limit, BeforeValidator(_limit)]
Count = Annotated[int, BeforeValidator(_count)]
Seconds = Annotated[float, BeforeValidator(_seconds)]
Key = Annotated[str, AfterValidator(_key)]
Flag = Annotated[bool, BeforeValidator(_flag)]


def in_language(prompt: Mapping[str, list[str]], language: str) -> list[str]:
    """The variants of a prompt in `language`, else those in any, else those there are."""
    return prompt.get(language) or prompt.get(ANY_LANGUAGE) or next(iter(prompt.values()))


class Written(BaseModel):
    """What a designer writes: nothing unknown is let pass, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)
