"""Which version store a command means, and what of it answers: the same name finds the folder and its versions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ivr.call.editions import Editions
from ivr.cli.flows import flow_folder
from ivr.flow.load import load
from ivr.flow.versions import Pointer, VersionStore
from ivr.settings import Settings


def store_for(settings: Settings, name: str) -> VersionStore:
    """The versions of the flow called `name`, a folder or a shipped hotline's name; the folder itself may be gone."""
    path = Path(name)
    folder = path.parent if path.name == "flow.yaml" else path
    return VersionStore(Path(settings.hotline.versions), folder.resolve().name)


def editions_for(settings: Settings, name: str) -> Editions:
    """What answers: the published version, or the folder as it stands while there is none. Blocks while it reads.
    Raises VersionError, FlowError, UsageError."""
    return Editions.open(store_for(settings, name), lambda: load(flow_folder(name)))


def right_now() -> str:
    """The time as the store keeps it: ISO 8601 with offset, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def said(pointer: Pointer) -> str:
    """What new calls get, in words."""
    if pointer.pilot:
        return f"version {pointer.version}, and version {pointer.pilot} for {pointer.share} % of callers"
    return f"version {pointer.version}"
