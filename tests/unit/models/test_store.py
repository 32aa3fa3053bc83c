"""Where models are kept, and the one line that tells how to mend one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.cli import main as cli
from ivr.errors import ModelError
from ivr.models import store

pytestmark = pytest.mark.unit

NAME = "ears-small-zh"


@pytest.fixture
def model(make_model, models_root, monkeypatch):
    model = make_model({"am/final.mdl": b"acoustic"}, name=NAME)
    monkeypatch.setattr(store, "load", lambda: {NAME: model})
    monkeypatch.setattr("ivr.cli.models.catalogue.load", lambda: {NAME: model})
    monkeypatch.setattr("ivr.models.install.load", lambda: {NAME: model})
    return model


@pytest.fixture
def installed(model, models_root):
    folder = models_root / NAME
    (folder / "am").mkdir(parents=True)
    (folder / "am/final.mdl").write_bytes(b"acoustic")
    store.write_manifest(folder, {"digest": model.digest})
    return folder


def test_an_installed_model_has_a_folder(installed):
    assert store.model_dir(NAME) == installed
    assert store.installed(NAME)


def test_a_missing_model_is_one_line_that_names_the_command(model):
    with pytest.raises(ModelError) as refusal:
        store.model_dir(NAME)
    assert str(refusal.value) == f"the model {NAME} is not installed: run `ivr models install {NAME}`"
    assert not store.installed(NAME)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda folder: (folder / "am/final.mdl").unlink(), "file am/final.mdl is missing"),
        (lambda folder: (folder / "am/final.mdl").write_bytes(b"ac"), "file am/final.mdl has 2 bytes instead of 8"),
        (lambda folder: (folder / "manifest.json").unlink(), "file manifest.json is missing"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "file manifest.json cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "file manifest.json cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text('{"digest": "0"}'), "another version than this"),
    ],
)
def test_a_damaged_model_is_one_line_that_names_the_file_and_the_command(installed, spoil, fault):
    spoil(installed)
    with pytest.raises(ModelError) as refusal:
        store.model_dir(NAME)
    said = str(refusal.value)
    assert said.startswith(f"the model {NAME} is damaged ({fault}")
    assert said.endswith(f"run `ivr models install {NAME}`")
    assert "\n" not in said
    assert not store.installed(NAME)


def test_an_unknown_name_points_to_the_list(model):
    with pytest.raises(ModelError, match="ivr models list"):
        store.model_dir("eyes")
    assert not store.installed("eyes")


def test_models_are_kept_where_the_settings_say(monkeypatch):
    monkeypatch.delenv("IVR_MODELS", raising=False)
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert store.root() == Path("/home/someone/.cache/ivr-hotline/models")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/someone")
    assert store.root() == Path("/var/cache/someone/ivr-hotline/models")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert store.root() == Path("/home/someone/.cache/ivr-hotline/models")
    monkeypatch.setenv("IVR_MODELS", "~/models")
    assert store.root() == Path("/home/someone/models")


def test_verify_reads_the_bytes_and_the_hotline_then_refuses_the_model(installed, capsys):
    assert cli.main(["models", "verify"]) == 0
    assert capsys.readouterr().out == f"{NAME}: whole\n"
    (installed / "am/final.mdl").write_bytes(b"ACOUSTIC")
    assert store.installed(NAME)  # sizes are right: the quick look cannot know
    assert cli.main(["models", "verify"]) == 1
    said = capsys.readouterr().out
    assert said == f"{NAME}: file am/final.mdl has other content than it should: run `ivr models install {NAME}`\n"
    assert not store.installed(NAME)
    (installed / "am/final.mdl").write_bytes(b"acoustic")
    assert cli.main(["models", "verify"]) == 0
    assert store.installed(NAME)


def test_the_list_shows_size_licence_and_state(model, capsys):
    assert cli.main(["models", "list"]) == 0
    said = capsys.readouterr().out
    assert NAME in said
    assert "Apache-2.0" in said
    assert "not installed" in said
    assert str(store.root()) in said


def test_a_fault_is_one_line_on_standard_error_and_a_status(model, capsys):
    assert cli.main(["models", "install", "eyes"]) == 1
    assert (
        capsys.readouterr().err
        == 'ivr models: no model is called "eyes": run `ivr models list` to see those there are\n'
    )
    assert cli.main(["models", "install", "--all", NAME]) == 2


def test_installing_what_is_whole_says_so(installed, capsys):
    assert cli.main(["models", "install", NAME]) == 0
    assert "nothing to do" in capsys.readouterr().out
