"""The JSON Schema for editors: made from the code, accepts what is shipped, underlines what does not fit."""

import re
from pathlib import Path

import pytest

from ivr.cli.main import main
from ivr.flow.document import read
from ivr.flow.field_docs import field_docs
from ivr.flow.json_schema import json_schema, json_schema_text
from ivr.flow.reference import WORDS
from ivr.qa.case_schema import case_schema
from ivr.shipped import shipped

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[3]
WHOLE = ROOT / "tests" / "unit" / "flow" / "whole_language"
SCHEMA = json_schema()
CASE_SCHEMA = case_schema()
_KINDS = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


def faults(value, schema, path="", root=SCHEMA):
    """What does not fit, for the few words of JSON Schema that ours uses."""
    assert set(schema) <= {
        "$ref", "$schema", "$defs", "title", "description", "anyOf", "enum", "type", "pattern", "minLength", "minItems",
        "items", "properties", "required", "additionalProperties", "propertyNames", "minProperties",
    }  # fmt: skip
    found = []
    if "$ref" in schema:
        found += faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], path, root)
    if "anyOf" in schema:
        ways = [faults(value, one, path, root) for one in schema["anyOf"]]
        found += [] if [] in ways else max(ways, key=lambda way: max(len(fault) for fault in way))
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: enum")
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not isinstance(value, tuple(_KINDS[kind] for kind in kinds)):
            return [*found, f"{path}: type"]
    if isinstance(value, str):
        found += [f"{path}: pattern"] if not re.search(schema.get("pattern", ""), value) else []
        found += [f"{path}: minLength"] if len(value) < schema.get("minLength", 0) else []
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += faults(item, schema.get("items", {}), f"{path}/{index}", root)
    if isinstance(value, dict):
        found += object_faults(value, schema, path, root)
    return found


def object_faults(value, schema, path, root):
    found = [f"{path}: missing {name}" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        found += faults(name, schema.get("propertyNames", {}), f"{path}/{name}", root)
        if name in schema.get("properties", {}):
            found += faults(inner, schema["properties"][name], f"{path}/{name}", root)
        elif schema.get("additionalProperties") is False:
            found.append(f"{path}/{name}: unknown")
        elif isinstance(schema.get("additionalProperties"), dict):
            found += faults(inner, schema["additionalProperties"], f"{path}/{name}", root)
    return found


def as_an_editor_reads_it(path):
    """The file's data with the flags that YAML knows."""

    def typed(value):
        if isinstance(value, dict):
            return {name: typed(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [typed(inner) for inner in value]
        return {"true": True, "false": False}.get(value, value)

    document, problems = read(path)
    assert problems == []
    return typed(document.data)


FLOWS = sorted(shipped("flows").glob("*/flow.yaml"))


def test_the_shipped_schema_is_that_of_this_release():
    written = (ROOT / "docs" / "flow.schema.json").read_text(encoding="utf-8")
    assert written == json_schema_text(), "run `ivr reference --into docs`"


def test_the_command_prints_it(capsys):
    assert main(["reference", "schema"]) == 0
    assert capsys.readouterr().out == json_schema_text()


@pytest.mark.parametrize("flow", [*FLOWS, WHOLE / "flow.yaml"], ids=lambda path: path.parent.name)
def test_it_accepts_the_shipped_flows_with_their_intents_and_faqs(flow):
    assert faults(as_an_editor_reads_it(flow), SCHEMA) == []
    for kind, model in (("intents", "IntentFile"), ("faq", "FaqFile")):
        for path in (flow.parent / kind).glob("*.yaml"):
            assert faults(as_an_editor_reads_it(path), SCHEMA["$defs"][model]) == [], path.name


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("main_menu: need", "main_mneu: need", "/main_mneu: unknown"),
        ("language: zh-CN", "language: french", "/language: enum"),
        ("start: welcome\n", "", ": missing start"),
        ("by: code", "by: sms", "/steps/identified/verify/by: enum"),
        ("owed: {type: money", "owed: {type: euro", "/values/owed/type: enum"),
        ("      failed: need\n", "", "/steps/look/call: missing failed"),
        ("say: {zh-CN: 您好。, en: Hello.}", "say: {fr: Salut.}", "/steps/welcome/say/fr: unknown"),
        ("keys: {1: buy, 2: sell}", "keys: {12: buy}", "/steps/need/keys/12: enum"),
        ("  bye:\n", "  9bye:\n", "/steps/9bye: pattern"),
    ],
)
def test_it_underlines_what_does_not_fit(tmp_path, old, new, fault):
    text = (WHOLE / "flow.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "flow.yaml").write_text(text.replace(old, new), encoding="utf-8")
    assert fault in faults(as_an_editor_reads_it(tmp_path / "flow.yaml"), SCHEMA)


def test_every_word_has_its_hover_text_from_the_docstrings():
    for model in WORDS:
        written = SCHEMA["$defs"][model.__name__]
        fields = {info.alias or name: info for name, info in model.model_fields.items() if not info.exclude}
        assert written["properties"].keys() == fields.keys()
        assert written["description"]
        meant = {model.model_fields[name].alias or name: text for name, text in field_docs(model).items()}
        for word in fields:
            assert meant.get(word), word
            assert written["properties"][word]["description"] == meant[word]


def test_every_reference_leads_somewhere():
    assert set(re.findall(r'"#/\$defs/(\w+)"', json_schema_text())) <= SCHEMA["$defs"].keys()


def test_the_shipped_schema_of_cases_is_that_of_this_release_and_is_printed(capsys):
    written = (ROOT / "docs" / "case.schema.json").read_text(encoding="utf-8")
    assert written == json_schema_text(CASE_SCHEMA), "run `ivr reference --into docs`"
    assert main(["reference", "case", "schema"]) == 0
    assert capsys.readouterr().out == written


def test_it_accepts_every_shipped_case_and_underlines_a_word_that_is_none(tmp_path):
    for path in shipped("audio_fixtures").glob("*/case.yaml"):
        assert faults(as_an_editor_reads_it(path), CASE_SCHEMA, root=CASE_SCHEMA) == [], path.parent.name
    written = "case: x\nflow: f\nturns:\n  - {text: 好, when: soon, expct: {}}\n"
    (tmp_path / "case.yaml").write_text(written, encoding="utf-8")
    found = faults(as_an_editor_reads_it(tmp_path / "case.yaml"), CASE_SCHEMA, root=CASE_SCHEMA)
    assert found == ["/turns/0/when: pattern", "/turns/0/expct: unknown"]
