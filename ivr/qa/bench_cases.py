"""The callers of the benchmarks, unless others are named: three of the recorded cases, clean speech.

Decided: they stay the same three whatever cases are added, so that figures of before can be compared; and noise in a
recording would be taken for the caller's own.
"""

from __future__ import annotations

from pathlib import Path

from ivr.shipped import shipped

_NAMES = ("bill_then_person", "faq_and_goodbye", "outage_interrupted")


def bench_cases() -> list[Path]:
    """Their folders."""
    return [shipped("audio_fixtures") / name for name in _NAMES]
