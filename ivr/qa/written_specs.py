"""How writing in digits is judged: public files of lines `spoken => written`, right when written the same throughout.

Files whose names say that they were made with lone numbers or lone digits left in words are judged so. Letters' case
and nothing else is compared as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ivr.errors import UsageError

_ARROW = " => "


@dataclass(frozen=True, slots=True)
class WrittenSpec:
    """One file: what is said with what is to be written, and how lone numbers and lone digits are to be treated."""

    lines: tuple[tuple[str, str], ...]
    standalone: bool = True
    small: bool = True


def load_written(path: Path) -> WrittenSpec:
    """The lines of a file. Raises UsageError."""
    try:
        texts = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        lines = tuple((said.strip(), wanted.strip()) for said, wanted in (line.split("=>", 1) for line in texts))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path} is no list of spoken and written lines ({error}): write `spoken{_ARROW}written`."
        ) from error
    name = path.stem
    return WrittenSpec(lines, "disable_standalone" not in name, "disable_0_to_9" not in name)
