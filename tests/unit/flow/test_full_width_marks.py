"""What a Chinese keyboard leaves in a flow: ：，“【 where YAML needs ASCII, named where they stand; texts keep them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.document import Document, parse

pytestmark = pytest.mark.unit


def problems(text):
    return [str(problem) for problem in parse(text, Document("f"))]


MISTAKES = {
    "the first line": (
        "hotline：云服务\nlanguage: zh-CN\n",
        "f:1:8: the colon ： is full-width: write the ASCII colon :",
    ),
    "the last line": ("language: zh-CN\nhotline：云服务\n", "f:2:8: the colon ："),
    "the only line": ("hotline：云服务\n", "f:1:8: the colon ："),
    "every line": ("a：b\nc：d\n", "f:1:2: the colon ："),
    "inside a step": ("steps:\n  a:\n    say：你好\n    next: b\n", "f:3:8: the colon ："),
    "the whole of a step": ("a:\n  say：你好\n  next：b\n", "f:2:6: the colon ："),
    "before a list": ("intents:\n  buy：[a, b]\n  sell: [c]\n", "f:2:6: the colon ："),
    "a space before it": ("key ：value\nb: 1\n", "f:1:5: the colon ："),
    "a colon in braces": ("a: {x：1, y: 2}\n", "f:1:6: the colon ："),
    "a comma in braces": ("a: {x: 1，y: 2}\n", "f:1:9: the ， is full-width: write the ASCII comma"),
    "a list of one": ("a: [华北，北京]\n", "f:1:7: the list has one item with a full-width ， in it"),
    "a list of one with 、": ("a: [华北、北京]\n", "f:1:7: the list has one item"),
    "both brackets": ("a: 【x, y】\nb: 1\n", "f:1:4: the bracket 【 is full-width: write the ASCII bracket ["),
    "the closing bracket": ("a: [p, q】\nb: c\n", "f:1:9: the bracket 】 is full-width: write the ASCII bracket ]"),
    "braces": ("a: ｛x: 1｝\n", "f:1:4: the bracket ｛ is full-width"),
    "quotation marks": ("a: “x: y”\n", "f:1:4: the quotation mark “ is none to YAML: put the text in ASCII quotes"),
    "full-width spaces": ("a:\n　　b: c\n", "f:2:1: the line is indented with full-width spaces"),
    "no space after the colon": ("hotline:云服务\nlanguage: zh-CN\n", "f:1:9: no space after the colon"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_full_width_mark_is_named_where_it_stands(mistake):
    text, message = MISTAKES[mistake]
    assert problems(text)[0].startswith(message)


TEXTS = [
    *("您好：请说", "您好，再见", "【重要】您好", "“您好”", "12：30", "[您好，请问有什么可以帮您？]", "['华北，北京']"),
    *("[华北，北京, 上海]", "'华北：x'", "\n  提示：您好", "|\n  say：好", "[9：00-18：00]", "http://x:80", "# 注：x"),
    *("[这一句话没有标点但是很长很长，所以是一句]", "{say: 您好，再见}"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_keeps_its_full_width_marks(text):
    assert problems(f"a: {text}\nb: c\n") == []


@given(st.text("：，。、“”【】（）您好吗请说abc", min_size=1, max_size=20))
def test_a_quoted_text_is_never_blamed(text):
    document = Document("f")
    assert parse(f'a: "{text}"\nb: ["{text}"]\nc: {{d: "{text}"}}\n', document) == []
    assert document.data == {"a": text, "b": [text], "c": {"d": text}}


def test_a_second_colon_that_is_ascii_is_still_called_that():
    assert problems("# 注：x\na: b: c\n")[0].startswith("f:2:5: a second colon in one line")


@given(st.text(":：，,“”【】[]{}｛｝'\"#- \n　ab您", max_size=60))
def test_whatever_is_written_is_read_or_named_at_a_place_that_exists(text):
    for problem in parse(text, Document("f")):
        assert 1 <= problem.line <= text.count("\n") + 2
        assert problem.column >= 1
