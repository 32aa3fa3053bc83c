"""Where the files that ship beside the code are: flows, prompts, model lists, dialplans.

They stand at the top of a checkout and under `ivr/_shipped` in a wheel (pyproject.toml, force-include).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(relative: str) -> Path:
    """The shipped file or folder `relative` (such as `asr/models.toml`); it may not exist."""
    in_wheel = _PACKAGE / "_shipped" / relative
    return in_wheel if in_wheel.exists() else _PACKAGE.parent / relative
