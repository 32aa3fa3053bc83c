"""Expressions in flows: `bill.amount > 100 and not open("support")`.

    or, and, not                 yes_no -> yes_no
    == != < <= > >=, in          values of one kind; `in` a list or a text
    + - * /                      numbers; + also joins texts
    name, name.part              what was collected, saved or set
    "text", 12.5, yes, no, none
    function(argument, …)        only those in functions.py

Decided: a grammar of its own, a page long. No Python is reachable, not because it is kept away but because there is
none: an expression is a tree of the nodes below. Every node has a type that is known before any call, so `ivr check`
refuses `amount > "x"`. Evaluation is total: a value that is not there is `none`, division by zero is `none`, and
comparing `none` with anything but == and != is no. Length and depth are bounded, and so is what can be reckoned: a
number beyond 10^15 and a text beyond 10,000 characters are `none`, however often a circle of steps doubles them.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_CHARACTERS = 500
MAX_DEPTH = 30
MAX_NUMBER = 10**15
MAX_TEXT = 10_000
Value = Any
"""A text, number, yes_no, list, record (dict) or none (None), as JSON has them."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"[^"]*"|'[^']*')|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<sign>==|!=|<=|>=|[-+*/<>().,]))"""
)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
_BINDING = {"or": 1, "and": 2, **dict.fromkeys(_COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6}
_NOT_BINDING, _MINUS_BINDING = 3, 7
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_RECKONS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


class ExpressionFault(ValueError):  # noqa: N818  becomes a Problem at its place in the flow
    """The expression cannot be read or does not fit; `column` counts from 0 within it. The message is `what; mend`."""

    def __init__(self, what: str, mend: str, column: int = 0) -> None:
        super().__init__(f"{what}; {mend}")
        self.what, self.mend, self.column = what, mend, column


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written out."""

    value: Value


@dataclass(frozen=True, slots=True)
class Path:
    """`name` or `name.part.part`."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`not x` or `-x`."""

    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what is between them."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Node, ...]


Node = Constant | Path | Unary | Binary | Call


def parse(text: str) -> Node:
    """The tree of `text`. Raises ExpressionFault."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionFault(
            f"the expression has {len(text)} characters", f"keep it under {MAX_CHARACTERS}: use `set` first"
        )
    parser = _Parser(text)
    node = parser.expression(0, 0)
    parser.end()
    return node


class _Parser:
    """Precedence climbing over a list of tokens."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                mend = "write == to compare" if text[at:].lstrip().startswith("=") else "put texts in quotes"
                raise ExpressionFault(f"`{text[at:].lstrip()[:1]}` cannot stand in an expression", mend, at)
            self._tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            at = match.end()
        self._tokens.append(("end", "", len(text)))
        self._at = 0

    def expression(self, binding: int, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionFault(
                "the expression nests too deep", "split it: use `set` first", self._tokens[self._at][2]
            )
        left = self._operand(depth)
        while True:
            kind, sign, _ = self._tokens[self._at]
            power = _BINDING.get(sign, 0) if kind in {"sign", "name"} else 0
            if power <= binding:
                return left
            self._at += 1
            left = Binary(sign, left, self.expression(power, depth + 1))

    def end(self) -> None:
        kind, sign, column = self._tokens[self._at]
        if kind != "end":
            raise ExpressionFault(f"`{sign}` was not expected here", "join conditions by `and` or `or`", column)

    def _operand(self, depth: int) -> Node:
        kind, sign, column = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            number = as_number(float(sign) if "." in sign else int(sign))
            if number is None:
                raise ExpressionFault(f"`{sign}` is too large", "put it in quotes if it is no amount", column)
            return Constant(number)
        if kind == "text":
            return Constant(sign[1:-1])
        if sign in {"not", "-"}:
            return Unary(sign, self.expression(_NOT_BINDING if sign == "not" else _MINUS_BINDING, depth + 1))
        if sign == "(":
            node = self.expression(0, depth + 1)
            self._expect(")")
            return node
        if kind == "name" and sign not in _BINDING:
            return self._name(sign, depth)
        raise ExpressionFault("something is missing here", "write a name, a number or a text in quotes", column)

    def _name(self, name: str, depth: int) -> Node:
        if name in {"yes", "no", "true", "false", "none"}:
            return Constant({"yes": True, "true": True, "no": False, "false": False}.get(name))
        if self._tokens[self._at][1] == "(":
            self._at += 1
            arguments: list[Node] = []
            while self._tokens[self._at][1] != ")":
                if arguments:
                    self._expect(",")
                arguments.append(self.expression(0, depth + 1))
            self._at += 1
            return Call(name, tuple(arguments))
        parts = [name]
        while self._tokens[self._at][1] == ".":
            self._at += 1
            kind, part, column = self._tokens[self._at]
            if kind != "name":
                raise ExpressionFault("a name is missing after the point", "write bill.amount", column)
            parts.append(part)
            self._at += 1
        return Path(tuple(parts))

    def _expect(self, sign: str) -> None:
        _, found, column = self._tokens[self._at]
        if found != sign:
            raise ExpressionFault(f"`{sign}` is missing before `{found or 'the end'}`", f"add `{sign}`", column)
        self._at += 1


def evaluate(node: Node, values: Mapping[str, Value], functions: Mapping[str, Callable[..., Value]]) -> Value:
    """The value of `node`; total, so it never raises for what values hold."""
    match node:
        case Constant(value=value):
            return value
        case Path(parts=parts):
            return lookup(values, parts)
        case Unary(sign="not", operand=operand):
            return not truth(evaluate(operand, values, functions))
        case Unary(operand=operand):
            number = as_number(evaluate(operand, values, functions))
            return None if number is None else -number
        case Binary(sign="and", left=left, right=right):
            return truth(evaluate(left, values, functions)) and truth(evaluate(right, values, functions))
        case Binary(sign="or", left=left, right=right):
            return truth(evaluate(left, values, functions)) or truth(evaluate(right, values, functions))
        case Binary(sign=sign, left=left, right=right):
            return _apply(sign, evaluate(left, values, functions), evaluate(right, values, functions))
        case Call(name=name, arguments=arguments):
            function = functions.get(name)
            return function(*(evaluate(one, values, functions) for one in arguments)) if function else None


def nodes_of(node: Node) -> Iterator[Node]:
    """`node` and everything in it."""
    yield node
    match node:
        case Unary(operand=operand):
            yield from nodes_of(operand)
        case Binary(left=left, right=right):
            yield from nodes_of(left)
            yield from nodes_of(right)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from nodes_of(argument)
        case Constant() | Path():
            return


def names_in(node: Node) -> set[str]:
    """The values that an expression reads."""
    return {part.parts[0] for part in nodes_of(node) if isinstance(part, Path)}


def truth(value: Value) -> bool:
    """Whether a value counts as yes: yes itself, a number but 0, a text or list that is not empty."""
    return bool(value)


def as_number(value: Value) -> int | float | None:
    """A number as it is, a text that looks like one as one, else None; None too beyond MAX_NUMBER."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if -MAX_NUMBER <= value <= MAX_NUMBER else None
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(?:\.\d{1,6})?", value):
        return float(value) if "." in value else int(value)
    return None


def lookup(values: Mapping[str, Value], parts: Sequence[str]) -> Value:
    """The value at a path; None where there is none."""
    found: Value = values
    for part in parts:
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _apply(sign: str, left: Value, right: Value) -> Value:
    if sign in {"==", "!="}:
        return _same(left, right) == (sign == "==")
    if sign == "in":
        return (isinstance(right, list) and any(_same(left, one) for one in right)) or (
            isinstance(right, str) and isinstance(left, str) and left in right
        )
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= MAX_TEXT else None
    one, other = as_number(left), as_number(right)
    if one is not None and other is not None:
        return _reckoned(sign, one, other) if sign in _RECKONS else _ORDERS[sign](one, other)
    if sign in _ORDERS and isinstance(left, str) and isinstance(right, str):
        return _ORDERS[sign](left, right)
    return None if sign in _RECKONS else False


def _reckoned(sign: str, one: float, other: float) -> Value:
    if sign == "/" and not other:
        return None
    return as_number(_RECKONS[sign](one, other))


def _same(left: Value, right: Value) -> bool:
    """Equal, a text of digits and a number too: an account number may have come as either."""
    one, other = as_number(left), as_number(right)
    if one is not None and other is not None and isinstance(left, str) != isinstance(right, str):
        return one == other
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
