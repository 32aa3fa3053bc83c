"""Every example on a page is what happens: flows load, settings are read, commands print what is shown.

What a fence says after its language decides:

    ```yaml file=flowers/flow.yaml     written into a fresh folder, then loaded and checked (`wrong`: only written)
    ```toml                            read as an ivr.toml
    ```console                         run in that folder, `$ ivr …` by `$ ivr …`; a line `…` stands for any lines,
                                       `…` in a line for anything; the moment in the call may differ
    ```console audio                   the same in the audio tier, because it needs the models
    ```console shown                   not run: it needs a PBX, a network, minutes, or a browser

`printf '…' | ivr …` gives the command its input.
"""

import contextlib
import io
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.cli.main import main
from ivr.flow.load import load
from ivr.qa.case import load_case
from ivr.settings import load_settings

ROOT = Path(__file__).resolve().parents[3]
PAGES = ["README.md", "CONTRIBUTING.md", "asr/README.md", "tts/README.md", "asterisk_conf/README.md"]
PAGES += [f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^```(?P<language>\w*) ?(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_MOMENT = re.compile(r"^ *\d+\.\ds ")
_PIPED = re.compile(r"printf '(?P<typed>[^']*)' \| (?P<command>.*)")


@dataclass(frozen=True)
class Example:
    """A fenced block of `page`, which begins on `line`; `info` is what its fence says after the language."""

    page: str
    line: int
    language: str
    info: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str:
        return next((word.removeprefix("file=") for word in self.info if word.startswith("file=")), "")


def examples():
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for found in _FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Example(page, line, found["language"], tuple(found["info"].split()), found["text"])


EXAMPLES = list(examples())


def tiers(language, choose=lambda _example: True):
    """The examples in `language` as test parameters: those that need models in the audio tier, all others in unit."""
    return [
        pytest.param(example, id=str(example), marks=pytest.mark.audio if "audio" in example.info else pytest.mark.unit)
        for example in EXAMPLES
        if example.language == language and "shown" not in example.info and choose(example)
    ]


@pytest.fixture
def folder(request, tmp_path, monkeypatch):
    """A folder with the files that the example's page shows; it is the working folder, without settings."""
    for other in EXAMPLES:
        if other.page == request.node.callspec.params["example"].page and other.file:
            path = tmp_path / other.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(other.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("IVR_CONFIG", raising=False)
    (tmp_path / "audio_fixtures").symlink_to(ROOT / "audio_fixtures")
    return tmp_path


@pytest.mark.parametrize("example", tiers("yaml", lambda example: example.file.endswith("flow.yaml")))
def test_a_flow_on_a_page_loads_without_a_mistake_unless_it_shows_one(example, folder):
    if "wrong" not in example.info:
        assert load(folder / example.file).hotline.steps


@pytest.mark.parametrize("example", tiers("yaml", lambda example: example.file.endswith("case.yaml")))
def test_a_case_on_a_page_is_one(example, folder):
    assert load_case((folder / example.file).parent).case.turns


@pytest.mark.parametrize("example", tiers("toml"))
def test_settings_on_a_page_are_settings(example, tmp_path):
    assert tomllib.loads(example.text)
    (tmp_path / "ivr.toml").write_text(example.text, encoding="utf-8")
    load_settings(tmp_path / "ivr.toml", environment={})


@pytest.mark.parametrize("example", tiers("console"))
def test_a_command_on_a_page_prints_what_the_page_shows(example, folder, monkeypatch, model):
    if "audio" in example.info:
        model("vosk-model-small-cn-0.22")
        model("kokoro-82m-v1.0-int8")
    for command, shown in commands(example):
        printed = run(command, monkeypatch)
        if not re.fullmatch(pattern(shown), printed):
            pytest.fail(f"{example}: `{command}` prints\n{printed}\nand the page says\n{shown}", pytrace=False)


@pytest.mark.unit
def test_every_example_says_how_it_is_tested():
    careless = [
        str(example)
        for example in EXAMPLES
        if (example.language == "yaml" and not example.file)
        or (example.language == "console" and not set(example.info) <= {"audio", "shown"})
        or example.language not in {"yaml", "toml", "console", "json", "text", "mermaid", "python", "ini"}
    ]
    assert not careless


@pytest.mark.unit
def test_an_ellipsis_stands_for_what_may_differ_and_nothing_else_does():
    assert re.fullmatch(pattern("a\n…\nd 1…3\n"), "a\nb\nc\nd 1223\n")
    assert not re.fullmatch(pattern("a\n…\nd\n"), "a\nb\ne\n")
    assert not re.fullmatch(pattern("a.c\n"), "abc\n")


def commands(example):
    """Each `$ command` of a console example with the output that follows it."""
    for part in re.split(r"^\$ ", example.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command.partition("  #")[0].strip(), shown


def run(command, monkeypatch):
    """What `command` prints, to standard output and error alike."""
    typed = ""
    if piped := _PIPED.fullmatch(command):
        typed, command = piped["typed"].replace("\\n", "\n"), piped["command"]
    words = shlex.split(command)
    assert words[0] == "ivr", f"`{command}` cannot be tried here: begin with ivr, or mark the example as shown"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), contextlib.suppress(SystemExit):
        main(words[1:])
    return plain(out.getvalue())


def plain(printed):
    """The lines without spaces at their ends, nor the moment in the call at their beginning."""
    return "".join(_MOMENT.sub("   0.0s ", line).rstrip() + "\n" for line in printed.splitlines())


def pattern(shown):
    lines = re.escape(plain(shown))
    return re.sub(r"(?m)^…\\?\n", r"(?:.*\\n)*", lines.replace("\\\n", "\n")).replace("…", ".*")
