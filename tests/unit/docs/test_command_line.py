"""What a newcomer reads first: help, and what is said of a slip."""

import pytest
from rich.text import Text

from ivr.cli import picture
from ivr.cli.main import COMMANDS, main
from ivr.errors import SettingsError
from ivr.settings import ConsoleSettings

pytestmark = pytest.mark.unit


def test_help_lists_every_command_on_a_line_of_its_own(capsys):
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out.splitlines()
    for name, what in COMMANDS.items():
        assert any(line.split() == [name, *what.split()] for line in shown), name


def test_without_a_command_the_help_is_shown_and_the_usage_is_wrong(capsys):
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out


def test_a_misspelt_command_is_answered_with_the_likely_one(capsys):
    assert main(["chek"]) == 2
    assert capsys.readouterr().err == "ivr: there is no command `chek`: did you mean `check`?\n"


def test_mistakes_of_a_flow_are_lines_that_an_editor_can_jump_to(tmp_path, capsys):
    (tmp_path / "flow.yaml").write_text("hotline: 花店\nlanguage: zh-CN\nstart: a\nsteps:\n  a: {sey: 您好}\n")
    assert main(["chat", str(tmp_path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith(f"{tmp_path}/flow.yaml:5:")
    assert "did you mean `say`?" in lines[0]
    assert lines[-1] == "ivr chat: mend this first."


def test_a_start_that_is_not_there_does_not_bury_itself_under_unreachable_steps(tmp_path, capsys):
    (tmp_path / "flow.yaml").write_text(
        "hotline: 花店\nlanguage: zh-CN\nstart: wellcome\nsteps:\n"
        "  welcome: {say: 您好。, next: bye}\n  bye: {hang_up: 再见。}\n"
    )
    assert main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path}/flow.yaml:3:8: there is no step `wellcome`: did you mean `welcome`?",
        "1 mistake",
    ]


def test_a_picture_of_a_call_gives_chinese_two_columns_and_fetches_nothing(tmp_path, capsys):
    console = picture.console()
    console.print(Text("转人工", "green"))
    console.print(Text("abc", "green"))
    picture.save(console, tmp_path / "call.svg", "a call")
    drawn = (tmp_path / "call.svg").read_text()
    assert f'textLength="{6 * 12.2:g}"' in drawn
    assert f'textLength="{3 * 12.2:g}"' in drawn
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["call", "cloud_support", "--audio", "missing.wav"],
            "ivr call: there is no file missing.wav: check the path.\n",
        ),
        (
            ["call", "cloud_support", "--audio", "a.wav", "--record", "heard.mp3"],
            "ivr call: heard.mp3 is neither a .wav nor a .flac: give it one of these endings.\n",
        ),
        (
            ["call", "cloud_support", "--audio", "a.wav", "--record", "nowhere/heard.wav"],
            "ivr call: there is no folder nowhere: make it, or give another place.\n",
        ),
        (["call", "cloud_support"], "ivr call: give the caller as one of --audio FILE or --case FOLDER.\n"),
        (
            ["replay", "nope.jsonl"],
            "ivr replay: nope.jsonl does not exist: give the journal of a call, such as calls/<id>.jsonl.\n",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line_that_names_the_remedy(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) in {1, 2}
    assert capsys.readouterr().err == said


def test_a_port_that_is_none_is_said_to_be_none():
    with pytest.raises(SettingsError, match=r"port is 70000: give one from 0 \(any free one\) to 65535"):
        ConsoleSettings(port=70000)
