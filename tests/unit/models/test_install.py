"""Installing: the order of the places, mending, and what is left when it fails."""

from __future__ import annotations

import errno
import fcntl
import json
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.models import disk, store
from ivr.models import install as installing
from ivr.models.install import install
from ivr.models.web import UnreachableError

pytestmark = pytest.mark.unit

FILES = {"am/final.mdl": b"acoustic", "conf/mfcc.conf": b"--rate=16000\n"}


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "ears.zip"
    with zipfile.ZipFile(path, "w") as written:
        for name, content in FILES.items():
            written.writestr(f"ears/{name}", content)
    return path


@pytest.fixture
def model(make_model, source):
    return make_model(FILES, sources=[source("web"), source("pip", "ears==1.0")])


@pytest.fixture
def place(model, models_root):
    return models_root / model.name


@pytest.fixture
def put(model, models_root, told):
    """Install the model with these fetchers, out of these places."""

    def run(local=None, **fetchers):
        return install([model.name], local=local, progress=told, catalogue={model.name: model}, fetchers=fetchers)

    return run


def test_the_first_source_that_answers_is_used_and_the_others_are_left_alone(place, archive, courier, put, told):
    web, pip = courier(fails=UnreachableError("models.example cannot be reached")), courier(archive)
    assert put(web=web, pip=pip) == [place.name]
    assert (web.asked, pip.asked) == (1, 1)
    assert sum("not reachable from here, trying the package registry" in note for note in told.notes) == 1
    assert not any("cannot" in note for note in told.notes), "what goes on well does not sound like a failure"
    assert (place / "am/final.mdl").read_bytes() == b"acoustic"
    manifest = store.read_manifest(place)
    assert manifest["sources"] == {"model": "pip"}
    assert manifest["licence"] == "Apache-2.0"
    assert (place / "conf/mfcc.conf").read_bytes() == b"--rate=16000\n"


def test_a_second_installation_asks_nobody(archive, courier, put):
    put(web=courier(archive))
    nobody = courier(fails=AssertionError("asked"))
    assert put(web=nobody, pip=nobody) == []
    assert nobody.asked == 0


def test_what_the_user_names_is_searched_before_the_network(archive, courier, put):
    nobody = courier(fails=AssertionError("asked"))
    put(local=archive, web=nobody, pip=nobody)
    assert nobody.asked == 0


def test_the_setting_names_a_folder_as_the_option_does(archive, courier, put, monkeypatch):
    monkeypatch.setenv("IVR_MODELS_FROM", str(archive.parent))
    assert put(web=courier(fails=AssertionError("asked"))) != []


def test_a_place_that_does_not_exist_is_refused_at_once(put, courier):
    with pytest.raises(ModelError, match=r"nowhere does not exist: name a folder or an archive"):
        put(local=Path("nowhere"), web=courier(fails=AssertionError("asked")))


def test_a_damaged_model_is_mended_with_only_what_it_lacks(place, archive, courier, put, tmp_path):
    put(web=courier(archive))
    (place / "am/final.mdl").unlink()
    only = tmp_path / "final.mdl"
    only.write_bytes(b"acoustic")
    put(web=courier(only))
    assert (place / "am/final.mdl").read_bytes() == b"acoustic"


def test_wrong_content_of_the_right_size_is_mended_once_verify_has_seen_it(model, place, archive, courier, put):
    put(web=courier(archive))
    (place / "am/final.mdl").write_bytes(b"ACOUSTIC")
    fault = store.fault_of(model, thorough=True)
    assert fault == "file am/final.mdl has other content than it should"
    store.remember(model, fault)
    assert store.fault_of(model) == fault
    put(web=courier(archive))
    assert store.fault_of(model) == ""
    assert (place / "am/final.mdl").read_bytes() == b"acoustic"


def test_when_nobody_has_it_the_message_tells_every_try_and_the_way_out(models_root, place, courier, put, tmp_path):
    changed = tmp_path / "ears.zip"
    with zipfile.ZipFile(changed, "w") as written:
        written.writestr("am/final.mdl", b"ACOUSTIC")
    with pytest.raises(ModelError) as refusal:
        put(web=courier(fails=ModelError("models.example cannot be reached")), pip=courier(changed))
    said = str(refusal.value)
    assert "web: models.example cannot be reached" in said
    assert "pip: lacks am/final.mdl, conf/mfcc.conf" in said
    assert f"ivr models install {place.name} --from" in said
    assert "\n" not in said
    assert not (place).exists()
    assert list(models_root.glob(".new-*")) == []


def test_a_model_is_whole_or_not_there_when_the_process_dies_midway(models_root, place, archive, courier, put):
    with pytest.raises(KeyboardInterrupt):
        put(web=courier(fails=KeyboardInterrupt()))
    assert not (place).exists()
    (models_root / f".new-{place.name}").mkdir()  # as a killed installation leaves it
    assert put(web=courier(archive)) == [place.name]
    assert sorted(path.name for path in models_root.iterdir()) == [".lock", place.name]


def test_a_failed_installation_leaves_a_working_model_alone(model, archive, courier, put, make_model):
    put(web=courier(archive))
    newer = make_model(FILES | {"am/final.mdl": b"acoustic 2"}, sources=model.parts[0].sources)
    with pytest.raises(ModelError):
        install(
            [newer.name], catalogue={newer.name: newer}, fetchers={"web": courier(archive), "pip": courier(archive)}
        )
    assert store.fault_of(model, thorough=True) == ""


def test_too_little_room_is_told_before_anything_is_fetched(model, courier, put, monkeypatch):
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    nobody = courier(fails=AssertionError("asked"))
    with pytest.raises(ModelError, match=r"are needed below .* make room, or set IVR_MODELS"):
        put(web=nobody, pip=nobody)
    assert nobody.asked == 0


def test_a_full_disk_ends_the_run_instead_of_trying_the_next_source(archive, courier, put, monkeypatch):
    pip = courier(fails=AssertionError("asked"))
    real = Path.mkdir

    def refuse(self, *args, **kwargs):
        if self.name == "am":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ModelError, match="is full"):
        put(web=courier(archive), pip=pip)
    assert pip.asked == 0


def test_a_second_installation_waits_for_the_first(place, archive, courier, put, monkeypatch):
    place.parent.mkdir()
    waiting = threading.Event()
    monkeypatch.setattr(installing.time, "sleep", lambda _: waiting.set())
    with (place.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = threading.Thread(target=put, kwargs={"web": courier(archive)})
        second.start()
        assert waiting.wait(5)
        assert not place.exists()
    second.join(5)
    assert not second.is_alive()
    assert (place / "am/final.mdl").read_bytes() == b"acoustic"


def test_the_manifest_names_every_file_with_its_sha256(model, place, archive, courier, put):
    put(web=courier(archive))
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"] == {file.path: {"size": file.size, "sha256": file.sha256} for file in model.files}
    assert manifest["digest"] == model.digest
