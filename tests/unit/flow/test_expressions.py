"""Expressions: what they give, that nothing breaks them, and that what was checked never meets a wrong type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.session import Session
from ivr.dialogue.world import functions
from ivr.flow.conditions import facts, wanted, wanted_by_condition
from ivr.flow.expression import MAX_CHARACTERS, MAX_NUMBER, MAX_TEXT, ExpressionFault, Path, evaluate, parse
from ivr.flow.functions import SIGNATURES
from ivr.flow.load import load
from ivr.flow.types import NUMBER, TEXT, YES_NO, Type, type_of
from ivr.shipped import shipped

pytestmark = pytest.mark.unit

TYPES = {
    "amount": NUMBER,
    "level": TEXT,
    "vip": YES_NO,
    "bill": Type("record", {"amount": Type("money"), "due": Type("date")}),
    "items": Type("list"),
}
VALUES = {
    "amount": 120,
    "level": "L4",
    "vip": True,
    "bill": {"amount": 9.5, "due": "2026-12-01"},
    "items": ["a", "b"],
    "nothing": None,
}


@pytest.fixture(scope="module")
def bound():
    flow = load(shipped("flows/cloud_support"))
    session = Session(caller="13800000000", began="2026-11-20T10:00:00+08:00")
    return functions(session, flow)


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("-amount + 1", -119),
        ("not vip or amount > 100", True),
        ("not (vip or amount > 100)", False),
        ("not vip == no", True),
        ("bill.amount >= 9.5 and level == 'L4'", True),
        ("bill.nowhere.at_all", None),
        ("level.part", None),
        ("nothing > 3", False),
        ("3 > nothing", False),
        ("nothing == none", True),
        ("nothing != 3", True),
        ("nothing + 1", None),
        ("amount / 0", None),
        ('"a" in items', True),
        ('"L" in level', True),
        ("vip in items", False),
        ('"12" + "34"', "1234"),
        ('"12" == 12', True),
        ("yes == 1", False),
        ("count(items) + count(level)", 4),
        ('starts(level, "L") and ends(level, "4")', True),
        ('last("13800138000", 4)', "8000"),
        ("round(2.6)", 3),
        ("unknown(3)", None),
        ("999999999999999 * 999999999999999", None),
    ],
)
def test_an_expression_gives_what_it_says(text, gives, bound):
    found = evaluate(parse(text), VALUES, bound)
    assert found == gives
    assert isinstance(found, bool) == isinstance(gives, bool)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "something is missing"),
        ("1 +", "something is missing"),
        ("(1", "`)` is missing before `the end`"),
        ("a b", "`b` was not expected"),
        ("a = b", "`=` cannot stand"),
        ("a.3", "a name is missing after the point"),
        ("f(1 2)", "`,` is missing before `2`"),
        ("import os", "`os` was not expected"),
        ("[1]", "`[` cannot stand"),
        ("1" * 17, "is too large"),
        ("(" * 40 + "1" + ")" * 40, "nests too deep"),
        ("a" * (MAX_CHARACTERS + 1), "characters"),
    ],
)
def test_what_is_no_expression_is_refused_with_a_remedy(text, what):
    with pytest.raises(ExpressionFault) as fault:
        parse(text)
    assert what in fault.value.what
    assert fault.value.mend
    assert 0 <= fault.value.column <= len(text)


@pytest.mark.parametrize("word", ["__class__", "__import__", "os", "open", "lambda", "exec"])
def test_no_python_is_reachable(word, bound):
    assert evaluate(parse(f"{word}.__globals__"), VALUES, bound) is None
    with pytest.raises(ExpressionFault):
        type_of(parse(f"level.{word}"), TYPES, SIGNATURES)


@given(st.text(max_size=60) | st.text(alphabet="abn ot123.+-*/()<>=!\"',", max_size=60))
def test_any_text_is_an_expression_or_a_fault(text):
    try:
        node = parse(text)
    except ExpressionFault:
        return
    evaluate(node, VALUES, {})


_ATOMS = st.sampled_from(
    ["amount", "level", "vip", "bill.amount", "bill.due", "items", "none", "yes", '"x"', '"7"', "3"]
)
_SIGNS = st.sampled_from(["+", "-", "*", "/", "<", ">=", "==", "!=", "in", "and", "or"])


def _bigger(inner):
    pairs = st.builds(lambda left, sign, right: f"({left} {sign} {right})", inner, _SIGNS, inner)
    calls = st.builds(lambda name, one: f"{name}({one})", st.sampled_from(["count", "round", "open"]), inner)
    two = st.builds(lambda name, a, b: f"{name}({a}, {b})", st.sampled_from(["starts", "ends", "last"]), inner, inner)
    return (
        pairs | calls | two | st.builds(lambda one: f"(not {one})", inner) | st.builds(lambda one: f"(-{one})", inner)
    )


EXPRESSIONS = st.recursive(_ATOMS, _bigger, max_leaves=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["amount", "due"]), inner),
    max_leaves=5,
)
_OF_TYPE = {
    "number": lambda value: value is None or (isinstance(value, int | float) and not isinstance(value, bool)),
    "text": lambda value: value is None or isinstance(value, str),
    "yes_no": lambda value: value is None or isinstance(value, bool),
    "list": lambda value: value is None or isinstance(value, list),
    "record": lambda value: value is None or isinstance(value, dict),
    "any": lambda _: True,
}
_GIVEN = st.fixed_dictionaries(
    {
        "amount": st.none() | st.integers(-1000, 1000) | st.floats(-1e6, 1e6),
        "level": st.none() | st.text(max_size=5) | st.sampled_from(["7", "12"]),
        "vip": st.none() | st.booleans(),
        "bill": st.none()
        | st.fixed_dictionaries({"amount": st.integers(0, 99), "due": st.sampled_from(["2026-12-01", "1"])}),
        "items": st.none() | st.lists(st.text(max_size=2), max_size=3),
    }
)


@given(EXPRESSIONS, st.dictionaries(st.sampled_from(list(TYPES)), _JSON))
def test_whatever_the_values_hold_an_expression_has_a_value_of_bounded_size(bound, text, values):
    node = parse(text)
    found = evaluate(node, values, bound)
    if isinstance(found, int | float) and not isinstance(node, Path):
        assert abs(found) <= MAX_NUMBER


@given(EXPRESSIONS, _GIVEN)
def test_what_was_checked_never_meets_a_wrong_type(bound, text, values):
    node = parse(text)
    try:
        promised = type_of(node, TYPES, SIGNATURES)
    except ExpressionFault:
        return
    assert _OF_TYPE[promised.plain](evaluate(node, values, bound)), (text, promised)


@pytest.mark.parametrize(("begin", "step"), [(3, "x * x"), ("ab", "x + x"), (1.5, "x * x / 0.1")])
def test_what_doubles_in_every_round_stays_bounded(begin, step, bound):
    value = begin
    for _ in range(100):
        value = evaluate(parse(step), {"x": value}, bound)
        assert value is None or (len(value) <= MAX_TEXT if isinstance(value, str) else abs(value) <= MAX_NUMBER)
    assert value is None


@pytest.mark.parametrize(
    ("condition", "if_true", "if_false"),
    [
        ("x != none", "x", ""),
        ("none != x", "x", ""),
        ("x == none", "", "x"),
        ('x == "a"', "x", ""),
        ('x != "a"', "", "x"),
        ("x", "x", ""),
        ("not x", "", "x"),
        ("x > 3", "x", ""),
        ("x and y", "xy", ""),
        ("x or y", "", ""),
        ("x == none or y == none", "", "xy"),
        ("not (x != none and y > 3)", "", "xy"),
        ("x.part != none", "x", ""),
        ("count(x) > 3", "", ""),
    ],
)
def test_a_condition_tells_what_is_filled_where_it_leads(condition, if_true, if_false):
    found = facts(parse(condition))
    assert (found.if_true, found.if_false) == (frozenset(if_true), frozenset(if_false))


@given(EXPRESSIONS, _GIVEN)
def test_what_a_condition_tells_is_true(bound, text, values):
    node = parse(text)
    told = facts(node)
    filled = told.if_true if evaluate(node, values, bound) else told.if_false
    try:
        type_of(node, TYPES, SIGNATURES)
    except ExpressionFault:
        return
    assert all(values[name] is not None for name in filled), (text, told)


@pytest.mark.parametrize(
    ("expression", "needs", "as_condition"),
    [
        ("x", "x", ""),
        ("x > 3", "x", "x"),
        ("x != none and x > 3", "", ""),
        ("x == none or x > 3", "", ""),
        ("x > 3 and x != none", "x", "x"),
        ("x + y", "xy", "xy"),
        ('x == "a"', "", ""),
        ("not x", "", ""),
        ("count(x)", "x", "x"),
    ],
)
def test_what_an_expression_needs_is_what_none_would_spoil(expression, needs, as_condition):
    node = parse(expression)
    assert "".join(wanted(node, frozenset())) == needs
    assert "".join(wanted_by_condition(node, frozenset())) == as_condition
