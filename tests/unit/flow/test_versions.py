"""Published versions on disk: numbered, never changed, whole or not there, and one pointer to what answers."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os

import pytest

from ivr.errors import FlowError, VersionError
from ivr.flow.load import load
from ivr.flow.version_files import read_folder, write_version
from ivr.flow.versions import Pointer, VersionStore

pytestmark = pytest.mark.unit
FLOW = "hotline: 花店\nlanguage: zh-CN\nstart: a\nsteps:\n  a: {say: %s, next: bye}\n  bye: {hang_up: 再见。}\n"
AT = "2026-11-20T10:00:00+08:00"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "flowers"
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "a.yaml").write_text("tests: []\n")
    return folder


@pytest.fixture
def store(tmp_path):
    return VersionStore(tmp_path / "versions", "flowers")


@pytest.fixture
def publish(folder, store):
    """`publish(says)` publishes a flow that says so; gives the pointer."""

    def do(says, **more):
        (folder / "flow.yaml").write_text(FLOW % says, encoding="utf-8")
        return store.publish(read_folder(folder), load(folder).digest, at=AT, **more)

    return do


def says(flow):
    return next(iter(flow.hotline.steps["a"].say.values()))[0]


def test_versions_are_numbered_and_each_stays_as_it_was(publish, store):
    assert [publish(words).version for words in ("您好。", "你好。", "早上好。")] == [1, 2, 3]
    assert [says(store.load(number)) for number in (1, 2, 3)] == ["您好。", "你好。", "早上好。"]
    assert store.pointer() == Pointer(3, since=AT, before=(1, 2))


def test_a_version_knows_its_number_its_hotline_and_what_it_was_made_of(publish, store, folder):
    publish("您好。", by="小王", note="first")
    flow, (manifest,) = store.load(1), store.versions()
    assert (flow.version, flow.name, flow.digest) == (1, "flowers", load(folder).digest)
    assert (manifest.by, manifest.note, manifest.published) == ("小王", "first", AT)
    assert sorted(manifest.files) == ["flow.yaml", "tests/a.yaml"]
    assert load(folder).version == 0


def test_what_is_in_the_folder_after_publishing_changes_nothing(publish, store, folder):
    publish("您好。")
    (folder / "flow.yaml").write_text("broken: [")
    assert says(store.load(1)) == "您好。"


def test_files_of_a_version_are_read_only(publish, store):
    publish("您好。")
    modes = {path.name: path.stat().st_mode & 0o222 for path in [store.folder / "1", *(store.folder / "1").rglob("*")]}
    assert set(modes.values()) == {0}
    assert {"1", "flow.yaml", "manifest.json", "tests"} <= set(modes)


def test_the_same_content_keeps_its_number(publish, store):
    publish("您好。")
    publish("你好。")
    assert publish("您好。") == Pointer(1, since=AT, before=(1, 2))
    assert len(store.versions()) == 2
    assert publish("您好。").before == (1, 2)


def test_publishing_what_is_piloted_makes_it_the_version_for_all(publish):
    publish("您好。")
    assert publish("你好。", share=10) == Pointer(1, pilot=2, share=10, since=AT)
    assert publish("你好。", share=50) == Pointer(1, pilot=2, share=50, since=AT)
    assert publish("你好。") == Pointer(2, since=AT, before=(1,))


def test_a_pilot_needs_something_to_be_compared_with(publish):
    with pytest.raises(VersionError, match="publish without a share first"):
        publish("您好。", share=10)
    publish("您好。")
    with pytest.raises(VersionError, match="answers every call already"):
        publish("您好。", share=10)


def test_a_rollback_ends_the_pilot_first_and_then_goes_back_version_by_version(publish, store):
    for words in ("一", "二", "三"):
        publish(words)
    publish("四", share=10)
    assert store.roll_back(at=AT) == Pointer(3, since=AT, before=(1, 2))
    assert store.roll_back(at=AT).version == 2
    assert store.roll_back(at=AT).version == 1
    with pytest.raises(VersionError, match="nothing before version 1"):
        store.roll_back(at=AT)
    assert publish("五") == Pointer(5, since=AT, before=(1,))


def test_nothing_published_is_nothing_to_roll_back_and_no_folder_is_made(store):
    assert store.pointer() is None
    assert store.versions() == []
    assert store.find("0" * 16) == 0
    with pytest.raises(VersionError, match="nothing was published of flowers"):
        store.roll_back(at=AT)
    with pytest.raises(VersionError, match="`ivr publish` makes version 1"):
        store.put_to_work(1, at=AT)
    assert not store.folder.exists()


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda place: (place / "flow.yaml").write_bytes(b"x"), "flow.yaml was changed"),
        (lambda place: (place / "tests" / "a.yaml").unlink(), "a.yaml is missing"),
        (lambda place: (place / "tests" / "b.yaml").write_bytes(b""), "b.yaml was added"),
        (lambda place: (place / "manifest.json").unlink(), "no version that can be read"),
        (lambda place: (place / "manifest.json").write_bytes(b"[" * 100_000), "no version that can be read"),
        (
            lambda place: (place / "manifest.json").write_text(
                (place / "manifest.json").read_text().replace('"by": ""', '"by": "x"')
            ),
            "is not as it was written",
        ),
    ],
)
def test_a_version_that_was_tampered_with_is_refused_and_the_place_named(publish, store, damage, named):
    publish("您好。")
    place = store.folder / "1"
    for path in (place, *place.rglob("*")):
        path.chmod(0o755)
    damage(place)
    with pytest.raises(VersionError, match=named):
        store.load(1)
    assert publish("您好。") == Pointer(2, since=AT, before=(1,))
    assert says(store.load(2)) == "您好。"


def test_a_version_copied_to_another_number_is_refused(publish, store):
    publish("您好。")
    (store.folder / "1").rename(store.folder / "7")
    with pytest.raises(VersionError, match="is not as it was written"):
        store.load(7)
    with pytest.raises(VersionError, match="there is no version 1 of flowers: give one of 7"):
        store.put_to_work(1, at=AT)


def test_a_publish_that_was_killed_at_any_step_leaves_what_answers_and_the_next_one_mends(
    publish, store, folder, monkeypatch
):
    publish("您好。")
    before = store.pointer()
    for step in range(1, 100):
        calls = iter(range(step))
        killing = _killing(os.fsync, calls)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", killing)
            try:
                publish("你好。")
            except KeyboardInterrupt:
                assert store.pointer() in {before, Pointer(2, since=AT, before=(1,))}
                assert says(store.load(store.pointer().version)) in {"您好。", "你好。"}
                assert all(store.load(manifest.version) for manifest in store.versions())
                continue
        break
    assert step > 5
    assert store.pointer() == Pointer(2, since=AT, before=(1,))
    publish("早。")
    assert {path.name for path in store.folder.iterdir()} == {"1", "2", "3", "answering.json", ".lock"}


def _killing(real, calls):
    def fsync(handle):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        real(handle)

    return fsync


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"version": 0, "before": []}', '{"version": "1", "before": []}', "["]
)
def test_a_damaged_pointer_is_said_with_its_remedy(publish, store, text):
    publish("您好。")
    (store.folder / "answering.json").write_text(text)
    with pytest.raises(VersionError, match=r"move it away, then `ivr rollback flowers --to N`"):
        store.pointer()
    (store.folder / "answering.json").unlink()
    assert store.put_to_work(1, at=AT).version == 1


def test_a_version_that_this_release_refuses_is_not_put_to_work(publish, store, folder):
    publish("您好。")
    files = {"flow.yaml": b"hotline: x\n"}
    manifest = dataclasses.replace(store.versions()[0], version=2, files={})
    manifest = dataclasses.replace(manifest, files={"flow.yaml": _sha(files["flow.yaml"])})
    write_version(store.folder / "2", files, manifest.sealed())
    with pytest.raises(FlowError, match=r"2/flow.yaml:1:1"):
        store.put_to_work(2, at=AT)
    assert store.pointer().version == 1


def _sha(data):
    import hashlib  # noqa: PLC0415

    return hashlib.sha256(data).hexdigest()


def test_a_place_that_cannot_be_written_names_the_setting(tmp_path, folder):
    (tmp_path / "file").write_text("")
    (folder / "flow.yaml").write_text(FLOW % "您好。")
    with pytest.raises(VersionError, match=r"`versions` in \[hotline\]"):
        VersionStore(tmp_path / "file", "flowers").publish(read_folder(folder), "d", at=AT)


def test_many_who_publish_at_once_get_a_version_each(tmp_path, store):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_publish_one, args=(tmp_path, name)) for name in "甲乙丙丁戊己"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    assert [manifest.version for manifest in store.versions()] == [1, 2, 3, 4, 5, 6]
    assert sorted([store.pointer().version, *store.pointer().before]) == [1, 2, 3, 4, 5, 6]
    assert {says(store.load(number)) for number in range(1, 7)} == set("甲乙丙丁戊己")


def _publish_one(tmp_path, name):
    files = {"flow.yaml": (FLOW % name).encode()}
    VersionStore(tmp_path / "versions", "flowers").publish(files, name, at=AT)


def test_the_version_of_a_journal_is_found_by_its_digest(publish, store, folder):
    publish("您好。")
    first = load(folder).digest
    publish("你好。")
    assert store.find(first) == 1
    assert store.find(load(folder).digest, 2) == 2
    assert store.find("0" * 16, 2) == 0
    assert json.loads((store.folder / "1" / "manifest.json").read_text())["flow_digest"] == first
