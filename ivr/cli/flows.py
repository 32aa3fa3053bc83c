"""Which flow a command means: a folder, or the name of a shipped hotline."""

from __future__ import annotations

from pathlib import Path

from ivr.errors import UsageError
from ivr.shipped import shipped


def flow_folder(name: str) -> Path:
    """The folder of `name`. Raises UsageError that lists what there is."""
    path = Path(name)
    if path.is_dir() or path.name == "flow.yaml":
        return path
    if "/" not in name and (shipped("flows") / name).is_dir():
        return shipped("flows") / name
    there = sorted(folder.name for folder in shipped("flows").iterdir() if (folder / "flow.yaml").is_file())
    raise UsageError(f"there is no flow `{name}`: give a folder with a flow.yaml, or one of {', '.join(there)}.")
