"""The types of values, and what an expression's type is before any call has happened.

`text number yes_no list record any`; a record may say what its parts are. `any` fits everywhere: it is what a
service returns when the flow does not say what it expects. Money, dates, phone numbers and
digits are texts or numbers that are spoken in their own way; to an expression money is a number, the others are texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.flow.expression import Binary, Call, Constant, ExpressionFault, Node, Path, Unary
from ivr.flow.functions import Signature
from ivr.flow.near_miss import did_you_mean

PLAIN = {
    "text": "text",
    "number": "number",
    "money": "number",
    "yes_no": "yes_no",
    "date": "text",
    "time": "text",
    "datetime": "text",
    "phone": "text",
    "digits": "text",
    "id_card": "text",
    "bank_card": "text",
    "plate": "text",
    "address": "text",
    "order": "text",
    "choice": "text",
    "list": "list",
    "record": "record",
    "any": "any",
}


@dataclass(frozen=True)
class Type:
    """`name` as a flow writes it; `parts` of a record, empty where they are not known."""

    name: str
    parts: Mapping[str, Type] = field(default_factory=dict)

    @property
    def plain(self) -> str:
        """What an expression sees: text, number, yes_no, list, record or any."""
        return PLAIN[self.name]


ANY, TEXT, NUMBER, YES_NO = Type("any"), Type("text"), Type("number"), Type("yes_no")


def type_of(node: Node, known: Mapping[str, Type], functions: Mapping[str, Signature]) -> Type:
    """The type of `node` where the names in `known` have theirs. Raises ExpressionFault for what can never fit."""
    match node:
        case Constant(value=value):
            return (
                YES_NO
                if isinstance(value, bool)
                else NUMBER
                if isinstance(value, int | float)
                else TEXT
                if value is not None
                else ANY
            )
        case Path(parts=parts):
            return _of_path(parts, known)
        case Unary(sign="not", operand=operand):
            type_of(operand, known, functions)
            return YES_NO
        case Unary(operand=operand):
            _want(type_of(operand, known, functions), "number", "-")
            return NUMBER
        case Binary(sign="and" | "or", left=left, right=right):
            type_of(left, known, functions)
            type_of(right, known, functions)
            return YES_NO
        case Binary(sign=sign, left=left, right=right):
            return _of_pair(sign, type_of(left, known, functions), type_of(right, known, functions))
        case Call():
            return _of_call(node, known, functions)


def _of_path(parts: tuple[str, ...], known: Mapping[str, Type]) -> Type:
    here = known.get(parts[0])
    if here is None:
        mend = did_you_mean(parts[0], known, "collect, set or save it before, or put a text in quotes")
        raise ExpressionFault(f"nothing is called `{parts[0]}`", mend)
    for part in parts[1:]:
        if here.plain == "any" or (here.plain == "record" and not here.parts):
            return ANY
        if part not in here.parts:
            raise ExpressionFault(
                f"`{parts[0]}` has no part `{part}`", f"use one of {', '.join(here.parts) or 'none: it is no record'}"
            )
        here = here.parts[part]
    return here


def _of_pair(sign: str, left: Type, right: Type) -> Type:
    kinds = {left.plain, right.plain} - {"any"}
    if sign in {"-", "*", "/"}:
        _want(left, "number", sign)
        _want(right, "number", sign)
        return NUMBER
    if sign == "in":
        if right.plain not in {"list", "text", "any"}:
            raise ExpressionFault(
                f"`in` looks into a list or a text, not into a {right.plain}", "compare with == instead"
            )
        return YES_NO
    if len(kinds) > 1:
        one, other = left.plain, right.plain
        raise ExpressionFault(
            f"`{sign}` cannot hold a {one} against a {other}",
            "compare like with like; put texts in quotes and numbers not",
        )
    if sign in {"<", "<=", ">", ">="} and kinds - {"number", "text"}:
        raise ExpressionFault(f"`{sign}` compares numbers or texts, not a {kinds.pop()}", "use == or !=")
    return YES_NO if sign != "+" else Type(kinds.pop()) if kinds else ANY


def _of_call(call: Call, known: Mapping[str, Type], functions: Mapping[str, Signature]) -> Type:
    function = functions.get(call.name)
    if function is None:
        mend = did_you_mean(call.name, functions, f"use one of {', '.join(functions)}")
        raise ExpressionFault(f"there is no function `{call.name}`", mend)
    if len(call.arguments) != len(function.takes):
        raise ExpressionFault(
            f"`{call.name}` takes {len(function.takes)} values, not {len(call.arguments)}",
            f"write {call.name}({', '.join(function.takes)})",
        )
    for argument, wanted in zip(call.arguments, function.takes, strict=True):
        _want(type_of(argument, known, functions), wanted, f"{call.name}(…)")
    return Type(function.gives)


def _want(found: Type, wanted: str, where: str) -> None:
    if found.plain not in {wanted, "any"} and wanted != "any":
        raise ExpressionFault(f"`{where}` wants a {wanted}, not a {found.plain}", "check the types of the values")
