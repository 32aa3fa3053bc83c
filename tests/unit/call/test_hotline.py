"""What a hotline does where the folder for calls does not do as it should."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ivr.call import hotline
from ivr.call.driver import Equipment
from ivr.call.hotline import Hotline
from ivr.flow.load import load
from ivr.shipped import shipped

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def flow():
    return load(shipped("flows/cloud_support"))


def test_a_call_goes_on_without_a_recording_that_cannot_be_opened(flow, tmp_path, monkeypatch):
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(hotline, "Recorder", full)
    assert Hotline(flow, Equipment(), tmp_path)._recorder("a-call") is None


def test_the_folder_for_calls_is_its_owners_alone(flow, tmp_path):
    calls = tmp_path / "calls"
    assert Hotline(flow, Equipment(), calls).writable() == ""
    assert stat.S_IMODE(calls.stat().st_mode) == 0o700
