"""Every text that a step can say, with its place and language: for checks, and for rendering ahead."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.scalars import Prompt
from ivr.flow.step_schema import Step

_Path = tuple[str | int, ...]
_PARTS = {
    "answer": ("ask", "more", "helped"),
    "call": ("filler",),
    "record": ("ask",),
    "verify": ("ask",),
    "survey": ("ask", "thanks"),
    "callback": ("ask",),
    "hand_off": ("say",),
}


def prompts_of(step: Step) -> Iterator[tuple[_Path, str, str]]:
    """(path within the step, down to the language and the number of the variant; language or "" for any; text)."""
    for word in ("say", "ask", "again", "hang_up"):
        yield from _texts((word,), getattr(step, word))
    for word in ("no_input", "no_match"):
        for index, rung in enumerate(getattr(step, word)):
            yield from _texts((word, index), rung)
    for name, slot in (step.collect or {}).items():
        yield from _texts(("collect", name, "ask"), slot.ask)
        yield from _texts(("collect", name, "confirm"), slot.confirm)
        for word in ("no_input", "no_match"):
            for index, rung in enumerate(getattr(slot, word)):
                yield from _texts(("collect", name, word, index), rung)
    for part, words in _PARTS.items():
        if (written := getattr(step, part)) is not None:
            for word in words:
                yield from _texts((part, word), getattr(written, word))


def _texts(path: _Path, prompt: Prompt | None) -> Iterator[tuple[_Path, str, str]]:
    for language, variants in (prompt or {}).items():
        for number, text in enumerate(variants):
            yield (*path, *([language] if language else []), number), language, text
