# ruff: noqa: E501  a table of mistakes is read a line a mistake
"""Mistakes in examples, questions, short names and tables: each named at its line and column, with what to do."""

import pytest

from ivr.dialogue.prompts import fixed_prompts
from ivr.flow.load import load

pytestmark = pytest.mark.unit

TABLE = """\
table:
  about: 套餐
  attributes:
    fee: {called: 月费, also: [多少钱], type: money, answer: "{name}的月费是{value}。"}
    data: {called: 流量, type: number, unit: 个G, answer: "{name}有{value}。", most: [流量最多]}
    gift: {called: 赠品, answer: "{name}送{value}。"}
  rows:
    small: {name: 小套餐, cells: {fee: 29, data: 10}}
    large: {name: 大套餐, also: [大的], cells: {fee: 59.5, data: 30, gift: 手机}}
"""
MISTAKES = {
    "a cell of no attribute": (
        "{fee: 29,",
        "{fea: 29,",
        "8:32: the table has no attribute `fea`",
        "did you mean `fee`?",
    ),
    "a value that is no number": (
        "fee: 29",
        "fee: 便宜",
        "8:37: `便宜` is no number, and `fee` is a money",
        "write the number alone",
    ),
    "a word that there is not": (
        "unit: 个G",
        "units: 个G",
        "5:38: `units` is not a word of the flow language here",
        "did you mean `unit`?",
    ),
    "no answer": (', answer: "{name}送{value}。"', "", "6:5: `answer` is missing", "add a line"),
    "an answer without the value": (
        "{name}送{value}。",
        "{name}有赠品。",
        "6:32: the answer never says the value",
        "write {value}",
    ),
    "a value that an answer has not": (
        "{name}送{value}。",
        "{nmae}送{value}。",
        "6:32: there is no {nmae} in a table's answer",
        "did you mean `name`?",
    ),
    "a type that there is not": (
        "type: number",
        "type: date",
        "5:30: `type` cannot be `date`",
        "use 'money', 'number' or 'text'",
    ),
    "a name for two rows": (
        "[大的]",
        "[小套餐]",
        "9:5: “小套餐” stands for `small` and for `large`",
        "keep it where it belongs",
    ),
    "a name for two attributes": (
        "called: 赠品",
        "called: 流量",
        "6:5: “流量” stands for `data` and for `gift`",
        "keep it",
    ),
    "a row called as the machine's own": (
        "    small:",
        "    most:",
        "8:5: a row cannot be called `most`",
        "call the row something else",
    ),
    "no rows": (
        "    small: {name: 小套餐, cells: {fee: 29, data: 10}}\n    large: {name: 大套餐, also: [大的], cells: {fee: 59.5, data: 30, gift: 手机}}\n",
        "",
        "7:3: `rows` is empty",
        "write its value",
    ),
}


def test_a_good_table_has_no_mistakes(problems):
    assert problems(faq=TABLE) == []


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_table_is_named_where_it_is(problems, mistake):
    old, new, place, mend = mistake
    assert TABLE.count(old) == 1
    found = problems(faq=TABLE.replace(old, new))
    assert any(line.startswith(f"faq/shop.yaml:{place}") and mend in line for line in found), found


@pytest.mark.parametrize(
    ("faq", "said"),
    [
        (
            "faq:\n  - {id: a, question: 几点开门, answer: 九点。}\n  - {id: b, question: 几点关门, variants: [几点开门], answer: 六点。}\n",
            "faq/shop.yaml:3:40: “几点开门” asks for `a` (line 2) and for `b`",
        ),
        ("faq:\n  - {id: a, question: 几点开门, answer: ' '}\n", "faq/shop.yaml:2:37: `a` has an empty answer"),
        ("faq:\n  - {id: a, question: '？', answer: 九点。}\n", "faq/shop.yaml:2:23: `a` has an empty question"),
        (
            "faq:\n  - {id: a, question: 几点开门, variants: [' '], answer: 九点。}\n",
            "faq/shop.yaml:2:40: `a` has an empty question",
        ),
        ("faq: []\n", "faq/shop.yaml:1:1: the file holds neither questions nor a table"),
    ],
)
def test_a_question_of_two_answers_and_what_is_empty_is_named(problems, faq, said):
    found = problems(faq=faq)
    assert any(line.startswith(said) for line in found), found


def test_an_example_that_differs_only_in_its_signs_is_the_same(problems):
    found = problems(intents="intents:\n  buy: [买, 都行]\n  sell: [卖, 都行。]\n")
    assert found[0].startswith("intents/main.yaml:3:13: `都行。` is an example of `buy` and of `sell`")


def test_a_short_name_of_no_intent_is_named(problems):
    found = problems(intents="intents:\n  buy: [买]\n  sell: [卖]\ncalled: {bye: 买东西}\n")
    assert found == ["intents/main.yaml:4:10: there is no intent `bye` that could be called so: did you mean `buy`?"]


def test_every_answer_of_a_table_is_rendered_ahead(problems, tmp_path):
    assert problems(faq=TABLE) == []
    said = fixed_prompts(load(tmp_path))
    for text in (
        "小套餐的月费是二十九块。",
        "大套餐的月费是五十九块五。",
        "抱歉，小套餐的赠品我这里没有资料。",
        "大套餐，月费五十九块五，流量三十个G，赠品手机。",
        "流量最多的是大套餐，流量三十个G。",
        "符合的有小套餐和大套餐。",
        "没有这样的套餐。",
    ):
        assert text in said
