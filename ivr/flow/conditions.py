"""What a condition says of values: which are filled if it holds, which if it does not, and which it reads unguarded.

`none` may be compared by == and != with anything, looked for by `in`, and tested as it stands (`if: vip`): that is
how a flow asks whether a value is there. Everything else wants a value: arithmetic, < and >, functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.expression import Binary, Call, Constant, Node, Path, Unary

_NOTHING: frozenset[str] = frozenset()
_ASKS = {"and", "or", "==", "!=", "in"}


@dataclass(frozen=True, slots=True)
class Facts:
    """Names of values that are certainly filled if the condition holds, and if it does not."""

    if_true: frozenset[str] = _NOTHING
    if_false: frozenset[str] = _NOTHING


def facts(node: Node) -> Facts:  # noqa: PLR0911  a case a kind of node
    """What `node`, taken as a condition, says of values."""
    match node:
        case Path(parts=parts):
            return Facts(frozenset([parts[0]]))
        case Unary(sign="not", operand=operand):
            inner = facts(operand)
            return Facts(inner.if_false, inner.if_true)
        case Binary(sign="and", left=left, right=right):
            one, other = facts(left), facts(right)
            return Facts(one.if_true | other.if_true, one.if_false & other.if_false)
        case Binary(sign="or", left=left, right=right):
            one, other = facts(left), facts(right)
            return Facts(one.if_true & other.if_true, one.if_false | other.if_false)
        case Binary(sign="==" | "!=" as sign, left=left, right=right):
            return _of_equality(left, right, same=sign == "==")
        case Binary(sign="<" | "<=" | ">" | ">=" | "in", left=left, right=right):
            return Facts(_paths(left) | _paths(right))
        case _:
            return Facts()


def _of_equality(left: Node, right: Node, *, same: bool) -> Facts:
    """`x == none` and `x == "a"` say opposite things of x."""
    if isinstance(left, Constant):
        left, right = right, left
    if not isinstance(left, Path) or not isinstance(right, Constant):
        return Facts()
    named = frozenset([left.parts[0]])
    equal, different = (_NOTHING, named) if right.value is None else (named, _NOTHING)
    return Facts(equal, different) if same else Facts(different, equal)


def _paths(node: Node) -> frozenset[str]:
    return frozenset([node.parts[0]]) if isinstance(node, Path) else _NOTHING


def wanted(node: Node, certain: frozenset[str]) -> Iterator[str]:
    """The names of values that `node` needs and that are not in `certain`, in the order in which they stand."""
    match node:
        case Path(parts=parts):
            if parts[0] not in certain:
                yield parts[0]
        case Unary(sign=sign, operand=operand):
            yield from (wanted_by_condition if sign == "not" else wanted)(operand, certain)
        case Binary(sign=sign, left=left, right=right):
            look = wanted_by_condition if sign in _ASKS else wanted
            yield from look(left, certain)
            yield from look(right, certain | _known_on_the_right(sign, left))
        case Call(arguments=arguments):
            for argument in arguments:
                yield from wanted(argument, certain)
        case Constant():
            return


def wanted_by_condition(node: Node, certain: frozenset[str]) -> Iterator[str]:
    """As `wanted`, for a node that is tested or compared: a value that is not there is as good as any."""
    if not isinstance(node, Path):
        yield from wanted(node, certain)


def _known_on_the_right(sign: str, left: Node) -> frozenset[str]:
    """What is filled when the right side of `and` or `or` is looked at: `x != none and x > 3`."""
    return {"and": facts(left).if_true, "or": facts(left).if_false}.get(sign, _NOTHING)
