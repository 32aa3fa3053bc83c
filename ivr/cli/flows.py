"""Which flow or case a command means: a folder, or the name of a shipped hotline."""

from __future__ import annotations

from pathlib import Path

from ivr.errors import UsageError
from ivr.shipped import shipped


def flow_folder(name: str) -> Path:
    """The folder of `name`. Raises UsageError that lists what there is."""
    path = Path(name)
    folder = path.parent if path.name == "flow.yaml" else path
    if (folder / "flow.yaml").is_file():
        return path
    if "/" not in name and (shipped("flows") / name).is_dir():
        return shipped("flows") / name
    there = sorted(folder.name for folder in shipped("flows").iterdir() if (folder / "flow.yaml").is_file())
    what = f"there is no flow.yaml in {folder}" if folder.is_dir() else f"there is no flow `{name}`"
    raise UsageError(f"{what}: give a folder with a flow.yaml, or one of {', '.join(there)}.")


def case_folder(name: str) -> Path:
    """The folder of a recorded case. Raises UsageError."""
    path = Path(name)
    if not (path / "case.yaml").is_file():
        what = f"there is no case.yaml in {path}" if path.is_dir() else f"there is no folder {path}"
        raise UsageError(f"{what}: give the folder of a recorded caller, the one that holds case.yaml.")
    return path
