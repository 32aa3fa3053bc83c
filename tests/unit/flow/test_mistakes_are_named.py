# ruff: noqa: E501  a table of mistakes is read a line a mistake
"""Every mistake that a designer can make: named at its line and column, with what to do, and never a traceback."""

import pytest

from ivr.flow.problem import Problem

pytestmark = pytest.mark.unit


def test_a_good_flow_has_no_mistakes(problems):
    assert problems() == []


# (what is written instead of what, where it is named, what the message says)
MISTAKES = {
    "an unknown word": ("    ask:", "    aks:", "flow.yaml:6:5: `aks` is not a word of the flow language", "mean `ask`?"),
    "a word far from any": ("    ask:", "    xyzzy:", "flow.yaml:6:5:", "use one of say, set,"),
    "no start": ("start: one\n", "", "flow.yaml:1:1: `start` is missing", "add a line `start: …`"),
    "a start that is not there": ("start: one", "start: oen", "flow.yaml:3:8: there is no step `oen`", "mean `one`?"),
    "an unknown language": ("zh-CN", "klingon", "flow.yaml:2:11: `language` cannot be `klingon`", "'zh-CN' or 'en'"),
    "a step that is not there": ("buy: two", "buy: tow", "flow.yaml:9:17: there is no step `tow`", "mean `two`?"),
    "a next that is not there": ("next: one", "next: 编号", "flow.yaml:14:11: `编号` is no name", "use letters"),
    "an intent that is not there": ("[buy, ", "[bye, ", "flow.yaml:7:15: there is no intent `bye`", "mean `buy`?"),
    "a FAQ that is not there": ("faq: shop", "faq: shops", "flow.yaml:8:10: there is no FAQ `shops`", "mean `shop`?"),
    "a value that nothing fills": ("{code|d", "{cdoe|d", "flow.yaml:13:10: nothing ever fills `{cdoe}`", "`code`?"),
    "an unknown formatter": ("|digits}", "|digist}", "flow.yaml:13:10: there is no formatter `digist`", "`digits`?"),
    "a dead end": ("    next: one\n", "", "flow.yaml:10:3: the call breaks off after step `two`", "add `next: …`"),
    "an intent without a way": (", sell: three", "", "flow.yaml:5:3: intent `sell` leads nowhere", "add `sell: …`"),
    "an empty prompt": ("再见。", "''", "flow.yaml:16:14: the text is empty", "write what the caller shall hear"),
    "a bad length": ("length: 6", "length: 6-4", "flow.yaml:12:36: `6-4` is not a number of digits", "write 8, or 6-12"),
    "a length of zero": ("length: 6", "length: 0", "flow.yaml:12:36: `0` is not a number of digits", "write 8"),
    "a length of none": ("length: 6", "length: ~", "flow.yaml:12:28: `length` is empty", "write its value"),
    "a bad type": ("type: digits", "type: digit", "flow.yaml:12:20: `type` cannot be `digit`", "use 'digits', 'choice'"),
    "a limit that is none": ("type: digits, length: 6", "type: date, latest: soon", "flow.yaml:12:34: `soon` is no day and no time", "write today, now, 30 days"),
    "a limit of another type": ("type: digits, length: 6", "type: date, latest: 08:00", "flow.yaml:12:26: `08:00` is no limit of a date", "write `today` or `30 days`"),
    "a limit where none fits": ("type: digits", "type: digits, earliest: today", "flow.yaml:12:28: `earliest` does not go with `type: digits`", "use `type: date`"),
    "days in the wrong order": ("type: digits, length: 6", "type: date, earliest: 3 days, latest: tomorrow", "flow.yaml:12:44: `tomorrow` is before `3 days`", "swap the two"),
    "amounts in the wrong order": ("type: digits, length: 6", "type: money, at_least: 50, at_most: 10", "flow.yaml:12:41: 10 is less than 50", "swap the two"),
    "an amount that is none": ("type: digits, length: 6", "type: money, at_most: much", "flow.yaml:12:36: `much` is not a number", "write it as 50"),
    "a length where none fits": ("type: digits", "type: phone", "flow.yaml:12:27: `length` does not go with `type: phone`", "remove it"),
    "a part of no address": ("type: digits, length: 6", "type: address, down_to: planet", "flow.yaml:12:38: `down_to` cannot be `planet`", "'district'"),
    "a choice of nothing": ("digits, length: 6", "choice", "flow.yaml:12:13: a choice needs `options`", "list each"),
    "a key that is no key": ("faq: shop", "keys: {12: buy}", "flow.yaml:8:12: `12` is not a key of a telephone", "0-9"),
    "a bad time": ("faq: shop", "patience: {wait: soon}", "flow.yaml:8:22: `soon` is not a length of time", "600ms"),
    "a time out of range": ("faq: shop", "patience: {wait: 5m}", "flow.yaml:8:22: `wait` is too much", "at most 60"),
    "a threshold that is no number": ("start:", "threshold: high\nstart:", "flow.yaml:3:12: ", "write it as 0.7"),
    "a flag that is none": ("ask: 请", "pii: maybe, ask: 请", "flow.yaml:12:44: `maybe` is neither true nor", "write true"),
    "a word of a question without one": ("hang_up: 再见。", "say: 好\n    again: 又\n    next: one", "flow.yaml:17:5: `again` belongs", "add `ask`"),
    "something after the end": ("hang_up: 再见。", "hang_up: 再见。\n    say: 还有", "flow.yaml:17:5: nothing happens after `hang_up`", "the last action"),
    "a step that does nothing": ("    hang_up: 再见。", "    next: one", "flow.yaml:16:5: this step does nothing", "give"),
    "a step that is a list": ("    hang_up: 再见。", "    - 再见", "flow.yaml:16:5: `three` must be", "`name: value`"),
    "a text that is a list of lists": ("再见。", "[[再见]]", "flow.yaml:16:", "text"),
    "a silent circle": (
        "hang_up: 再见。", "say: 好。\n    next: three", "flow.yaml:17:11: steps three → three go round", "put an `ask`",
    ),
    "a step that nobody reaches": (
        "hang_up: 再见。", "hang_up: 再见。\n  four:\n    hang_up: 好。", "flow.yaml:17:3: no call ever reaches", "remove it",
    ),
    "a question that nothing answers": (
        "hang_up: 再见。", "ask: 好吗？\n    next: one", "flow.yaml:16:5: no answer leads on from", "add `intents: …`",
    ),
    "a word that only ladders know": ("faq: shop", "intents_: [buy]", "flow.yaml:8:5:", "did you mean `intents`?"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_where_it_is_with_its_remedy(problems, changed, mistake):
    old, new, where_and_what, mend = MISTAKES[mistake]
    found = problems(changed(old, new))
    named = [problem for problem in found if problem.startswith(where_and_what)]
    assert named, found
    assert any(mend in problem for problem in named), found


YAML_MISTAKES = {
    "a tab": ("    hang_up:", "\thang_up:", "flow.yaml:16:1: a tab", "indent with spaces"),
    "bad indentation": ("    hang_up:", "   hang_up: x\n  - y", "flow.yaml:17:3: ", "line it up"),
    "a second colon": ("ask: 买还是卖？", "ask: 买: 卖", "flow.yaml:6:11: a second colon", "in quotes"),
    "an open bracket": ("[buy, sell]", "[buy, sell", "flow.yaml:8:8: brackets or a comma", "close [ ]"),
    "an open quote": ("再见。", "'再见。", "flow.yaml:17:1: a quote is never closed", "close the quotation mark"),
    "a missing anchor": ("再见。", "*bye", "flow.yaml:16:14: an alias", "quote the text"),
    "a bare star": ("再见。", "*", "flow.yaml:16:15: a * begins an alias", "in quotes"),
    "a bare percent or at": ("再见。", "@再见", "flow.yaml:16:14: a character that cannot begin", "in quotes"),
    "a second document": ("steps:", "---\nsteps:", "flow.yaml:4:1: the file holds more than one", "remove the line"),
    "a duplicate key": (
        "    then:",
        "    ask: 又\n    then:",
        "flow.yaml:9:5: `ask` stands twice",
        "the first is on line 6",
    ),
    "a duplicate step": ("  three:", "  two:", "flow.yaml:15:3: `two` stands twice", "the first is on line 10"),
    "a key that is a list": ("    then:", "    [a]: b\n    then:", "flow.yaml:9:5: a name before the colon", "write"),
    "an anchor in itself": ("[buy, sell]", "&a [*a]", "flow.yaml:7:14: an anchor contains itself", "remove the alias"),
    "a control character": ("再见。", "再\x07见", "flow.yaml:16:15: a character that no text may hold", "remove it"),
}


@pytest.mark.parametrize("mistake", YAML_MISTAKES)
def test_a_mistake_in_yaml_is_named_where_it_is_with_its_remedy(problems, changed, mistake):
    old, new, where_and_what, mend = YAML_MISTAKES[mistake]
    found = problems(changed(old, new))
    named = [problem for problem in found if problem.startswith(where_and_what)]
    assert named, found
    assert any(mend in problem for problem in named), found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{y}: &{y} [{','.join(['*' + x] * 9)}]\n" for x, y in zip("abcdefgh", "bcdefghi", strict=True)), "aliases unfold to too much"),
        ("[" * 100_000, "values nest too deep"),
        ("a: " + "{a: " * 100_000, "values nest too deep"),
        ("- " * 100_000 + "x", "values nest too deep"),
        ("x: " + "y" * 3_000_000, "the file has 3 MB"),
        ("热线".encode("gb18030"), "the file is not UTF-8 text"),
        (b"\xff\xfea\x00", "the file is not UTF-8 text"),
        (b"\x00\x01\x02", "a character that no text may hold"),
        ("", "holds no `name: value` lines"),
        ("# nothing but a remark\n", "holds no `name: value` lines"),
        ("just words", "holds no `name: value` lines"),
        ("- a\n- b\n", "holds no `name: value` lines"),
        ("!!python/object/apply:os.system [true]", "flow.yaml:1:1"),
    ],
    ids=["bomb", "brackets", "braces", "dashes", "large", "gb18030", "utf16", "binary", "empty", "remark", "words", "list", "object"],
)  # fmt: skip
def test_a_file_that_is_no_flow_is_refused_in_a_sentence(problems, text, said):
    found = problems(text)
    assert len(found) == 1, found
    assert said in found[0]
    assert found[0].startswith("flow.yaml:")


def test_mistakes_of_all_files_are_named_at_once(problems, changed):
    found = problems(
        changed("ask: 买", "aks: 买", "length: 6", "length: x", "hang_up: 再见。", "hang_up: 再见。\n    lenght: 3"),
        intents="intents:\n  buy: [买]\n  sell: []\n",
        faq="faq:\n  - id: 1a\n    question: x\n",
    )
    text = "\n".join(found)
    for place in ("flow.yaml:6:5", "flow.yaml:12:36", "flow.yaml:17:5", "intents/main.yaml:3:9", "faq/shop.yaml:2:9"):
        assert place in text, text
    assert "`answer` is missing" in text


def test_a_file_that_is_no_yaml_does_not_hide_the_mistakes_of_the_others(problems, changed):
    found = problems(changed("length: 6", "length: x"), intents="intents: [", faq="faq: 3\n")
    assert {problem.split(":")[0] for problem in found} == {"flow.yaml", "intents/main.yaml", "faq/shop.yaml"}


def test_a_mistake_is_not_told_again_as_what_follows_from_leaving_it_out(problems, changed):
    found = problems(changed("ask: 买", "aks: 买", "type: digits", "type: digit"))
    assert [problem.split(" ")[0] for problem in found] == ["flow.yaml:6:5:", "flow.yaml:12:20:"]


def test_mistakes_that_fit_the_schema_are_named_at_once_too(problems, changed):
    found = problems(
        changed("start: one", "start: oen", "buy: two", "buy: tow", "{code|", "{x|"),
        faq="faq:\n  - {id: a, question: b, answer: ' '}\n  - {id: a, question: c, answer: d}\n",
    )
    text = "\n".join(found)
    for place in ("flow.yaml:3:8", "flow.yaml:9:17", "flow.yaml:13:10", "faq/shop.yaml:2:34", "faq/shop.yaml:3:10"):
        assert place in text, text


def test_one_example_under_two_intents_is_named(problems):
    found = problems(intents="intents:\n  buy: [买, 都行]\n  sell:\n    - 卖\n    - 都行\n")
    assert found == [
        "intents/main.yaml:5:7: `都行` is an example of `buy` and of `sell`: keep it where it belongs and remove the other"
    ]


@pytest.mark.parametrize("empty", ["", "''", "' '", "~"])
def test_an_empty_example_is_named(problems, empty):
    found = problems(intents=f"intents:\n  buy:\n    - {empty}\n    - 买\n  sell: [卖]\n")
    assert found
    assert found[0].startswith("intents/main.yaml:3:")


def test_an_intent_in_two_files_is_named(problems, tmp_path):
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "other.yaml").write_text("intents:\n  buy: [采购]\n", encoding="utf-8")
    found = problems()
    assert len(found) == 1
    assert found[0].startswith("intents/other.yaml:2:3: intent `buy` stands in")


def test_a_flow_that_is_not_there_is_named(tmp_path):
    from ivr.flow.load import examine  # noqa: PLC0415

    flow, found = examine(tmp_path / "nowhere")
    assert flow is None
    assert "there is no such flow" in found[0].what
    flow, found = examine(tmp_path)
    assert [problem.what for problem in found] == ["the file does not exist"]


def test_a_problem_reads_as_editors_and_compilers_write_it():
    assert str(Problem("a.yaml", 3, 7, "this is wrong", "do that")) == "a.yaml:3:7: this is wrong: do that"
