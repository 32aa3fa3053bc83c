"""What the pages say of words, settings, options and journal lines is what the code says today."""

import dataclasses
import json
import re
import typing
from collections import Counter
from pathlib import Path

import pytest

from ivr.call.journal import parse_journal
from ivr.cli.main import COMMANDS, main
from ivr.cli.reference import renewed, text_of, topics
from ivr.dialogue.commands import Command
from ivr.dialogue.events import Event
from ivr.flow.reference import WORDS
from ivr.settings import Settings

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted((ROOT / "docs").glob("*.md"))
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)|!\[[^\]]*\]\((?P<picture>[^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_generated_parts_of_a_page_are_those_of_this_release(page):
    written = page.read_text(encoding="utf-8")
    assert renewed(written) == written, "run `ivr reference --into docs`"


def test_every_topic_of_the_reference_stands_on_exactly_one_page():
    everything = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    placed = Counter(re.findall(r"<!-- ivr reference ([a-z ]+) -->", everything))
    assert placed == Counter(dict.fromkeys(topics(), 1))


def test_the_language_reference_names_every_word_with_a_meaning():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| .*? \| (.+) \|$", text_of("flow"), re.MULTILINE)
    words = [info.alias or name for model in WORDS for name, info in model.model_fields.items() if not info.exclude]
    assert [row[0] for row in rows] == words
    assert all(meaning.strip() and "typing." not in written for _, written, meaning in rows)


def test_the_settings_reference_names_every_setting():
    named = re.findall(r"`IVR_[A-Z_]+`", text_of("settings"))
    wanted = [
        f"`IVR_{section.name}_{item.name}`".upper()
        for section in dataclasses.fields(Settings)
        for item in dataclasses.fields(getattr(Settings(), section.name))
    ]
    assert named == wanted


def test_no_secret_is_printed_with_the_settings(monkeypatch, capsys):
    monkeypatch.setenv("IVR_ASTERISK_AMI_SECRET", "nobody-may-see-this")
    assert main(["reference", "settings"]) == 0
    assert "nobody-may-see-this" not in capsys.readouterr().out


def test_every_command_and_option_has_a_meaning():
    for name in COMMANDS:
        rows = [line.split(" | ") for line in text_of(f"command {name}").splitlines()[2:]]
        assert all(row[1].strip(" |") for row in rows), name


def test_the_journal_page_shows_a_line_of_every_kind_with_just_its_fields():
    page = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
    lines = [
        line
        for block in re.findall(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
        for line in block.split("\n")
        if line
    ]
    records = [json.loads(line) for line in lines]
    for key, kinds in (("event", typing.get_args(Event)), ("command", typing.get_args(Command))):
        for kind in kinds:
            fields = {item.name for item in dataclasses.fields(kind)} - {"at"}
            shown = [set(record) - {"at", key} for record in records if record.get(key) == kind.__name__]
            assert shown, f"no line of {kind.__name__}"
            assert all(found == fields for found in shown), kind.__name__
    header, exchanges = parse_journal(lines, "the page")
    assert header.flow == "cloud_support"
    assert exchanges


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "asr/README.md", "tts/README.md", "asterisk_conf/README.md"]
)
def test_every_link_of_a_page_leads_to_a_file(name):
    assert_links(ROOT / name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_docs_page_leads_to_a_file(page):
    assert_links(page)


def assert_links(page):
    for found in _LINK.finditer(page.read_text(encoding="utf-8")):
        target, _, anchor = (found["target"] or found["picture"]).partition("#")
        if not target.startswith("http"):
            path = (page.parent / target).resolve() if target else page
            assert path.exists(), f"{page.name}: {target}"
            if anchor and path.suffix == ".md":
                assert anchor in anchors(path), f"{page.name}: {target}#{anchor}"


def anchors(path):
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_the_map_of_the_tree_knows_every_package_and_every_one_it_names_is_there():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    packages = {f"ivr/{path.name}/" for path in (ROOT / "ivr").iterdir() if (path / "__init__.py").is_file()}
    named = set(re.findall(r"`(ivr/\w+/)`", page))
    assert named >= packages
    assert all((ROOT / name).is_dir() for name in named)
