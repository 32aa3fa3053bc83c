"""Every rule of docs/conversation.md names tests that there are, and a word, setting or constant that there is."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from ivr.flow.reference import WORDS
from ivr.settings import Settings

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[3]
_RULE = re.compile(r"^\| (?!Rule \|)(?P<rule>[^|]+) \| (?P<ruled>[^|]+) \| (?P<proved>[^|]+) \|$", re.MULTILINE)
RULES = [match.groupdict() for match in _RULE.finditer((ROOT / "docs/conversation.md").read_text(encoding="utf-8"))]
SUBJECTS = (
    *("hesitates", "corrects", "interrupt", "Keys interrupt", "cough", "begins together with it", "dead air"),
    *("Lost frames", "hang up at any frame", "worker that dies", "made ready", "heard, by the frames", "Live audio"),
    *("Never silence", "Another machine", "no room", "told to end"),
)
"""What issue and operator ask after: each is in some rule."""


def test_every_subject_has_its_rule():
    everything = "\n".join(rule["rule"] for rule in RULES)
    assert len(RULES) > 20
    assert [subject for subject in SUBJECTS if subject not in everything] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["rule"][:50])
def test_every_test_that_a_rule_names_is_there(rule):
    named = re.findall(r"`([\w/.]+)::(test_\w+)`", rule["proved"])
    assert named
    assert [f"{file}::{test}" for file, test in named if test not in names_in(file)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["rule"][:50])
def test_what_rules_it_is_there(rule):
    named = rule["ruled"].split(", ")
    assert [one for one in named if not is_there(one)] == []


def names_in(file):
    """The names of the tests of a file under tests/."""
    path = ROOT / "tests" / file
    parts = ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else ()
    return {part.name for part in parts if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)}


def is_there(ruled_by):
    """Whether there is such a word, setting or constant."""
    if match := re.fullmatch(r"constant `(\w+)` in (\S+)", ruled_by):
        return re.search(rf"\b{match[1]}\b", (ROOT / match[2]).read_text(encoding="utf-8")) is not None
    if match := re.fullmatch(r"setting `\[(\w+)\] (\w+)`", ruled_by):
        section = getattr(Settings(), match[1], None)
        return section is not None and match[2] in {item.name for item in dataclasses.fields(section)}
    words = {info.alias or name for model in WORDS for name, info in model.model_fields.items()}
    match = re.fullmatch(r"flow `([\w.]+)`", ruled_by)
    return match is not None and set(match[1].split(".")) <= words
