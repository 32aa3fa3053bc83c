"""A flow as a picture has it: boxes, lines that lead on, and short hints for ways that would only tangle.

Decided: **a way back is a word, not a line.** Most steps of a hotline lead back to the menu, and many fail into the
same apology; drawn as lines they would bury the picture. So a way is a line where it leads on to one of the next
columns, and else a hint at the box it leaves: `↩ need`, `→ sorry`. Routines are pictures of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.dialogue.walk import ANYWHERE, place_name
from ivr.flow.load import MAIN, Flow
from ivr.flow.step_schema import BACK, Step
from ivr.qa.coverage import Coverage, Way, ways_of
from ivr.qa.layered_layout import columns_of, without_circles

_LONGEST_LINE = 2
_MOST_LINES_IN = 4


@dataclass(frozen=True)
class Hint:
    """A way in a word: `text`, what is written behind it, and the way itself (None: it leads to no step)."""

    text: str
    label: str
    way: Way | None


@dataclass(frozen=True)
class Box:
    """A step: `name` as it is called in its part of the flow, what it does in order, and its hints."""

    place: str
    name: str
    actions: tuple[str, ...]
    hints: tuple[Hint, ...]
    begins: bool = False


@dataclass(frozen=True)
class Part:
    """The main part of a flow (no title), or a routine."""

    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Way, ...]


def parts_of(flow: Flow) -> list[Part]:
    """The main part and every routine."""
    ways = ways_of(flow)
    return [_part(flow, scope, ways) for scope in (MAIN, *flow.hotline.routines)]


def covered(way: Way, coverage: Coverage | None) -> str:
    """How a way is drawn: `covered`, `missed`, or plain ("")."""
    if coverage is None:
        return ""
    return "covered" if way in coverage.ways else "missed"


def _part(flow: Flow, scope: str, ways: list[Way]) -> Part:
    steps = flow.steps(scope)
    places = {place_name(scope, name): name for name in steps}
    own = [way for way in ways if way.end in places and (way.start in places or (not scope and way.start == ANYWHERE))]
    following: dict[str, list[str]] = {}
    for way in own:
        following.setdefault(way.start, []).append(way.end)
    start = place_name(scope, flow.hotline.routines[scope].start if scope else flow.hotline.start)
    first = [start, *((ANYWHERE,) if ANYWHERE in following else ()), *places]
    lines = _lines(own, without_circles(first, following), [*places, *((ANYWHERE,) if ANYWHERE in following else ())])
    boxes = [
        Box(place, name, _doing(steps[name]), _hints(steps[name], place, own, lines, places), place == start)
        for place, name in places.items()
    ]
    if ANYWHERE in following:
        hints = _way_hints(ANYWHERE, own, lines, places)
        boxes.append(Box(ANYWHERE, "at every question", (), hints))
    return Part(scope, tuple(boxes), tuple(lines))


def _lines(ways: list[Way], forward: set[tuple[str, str]], names: Iterable[str]) -> list[Way]:
    """Of the ways that lead on, the short ones; where many arrive, the shortest alone, so that its end has a place."""
    on = [way for way in ways if (way.start, way.end) in forward]
    column = columns_of(names, [(way.start, way.end) for way in on])
    arriving: dict[str, list[Way]] = {}
    for way in sorted(on, key=lambda way: column[way.end] - column[way.start]):
        arriving.setdefault(way.end, []).append(way)
    for others in arriving.values():
        most = 1 if len(others) > _MOST_LINES_IN else len(others)
        near = [way for way in others if column[way.end] - column[way.start] <= _LONGEST_LINE]
        others[:] = (near or others[:1])[:most]
    return [way for way in on if way in arriving[way.end]]


def _hints(step: Step, place: str, ways: list[Way], lines: list[Way], places: dict[str, str]) -> tuple[Hint, ...]:
    hints = list(_way_hints(place, ways, lines, places))
    if BACK in {step.next, *step.then.values()}:
        hints.append(Hint("↩ to where it was", "", None))
    return tuple(hints)


def _way_hints(place: str, ways: list[Way], lines: list[Way], places: dict[str, str]) -> tuple[Hint, ...]:
    order = list(places)
    hints: list[Hint] = []
    for way in ways:
        if way.start == place and way not in lines:
            back = place == way.end or (place in places and order.index(way.end) <= order.index(place))
            hints.append(Hint(f"{'↩' if back else '→'} {places[way.end]}", way.label, way))
    return tuple(hints)


def _doing(step: Step) -> tuple[str, ...]:
    """The actions with what tells most of each: what is collected, who is called, which routine, which queue."""
    more = {
        "collect": ", ".join(step.collect or {}),
        "run": step.run.routine if step.run else "",
        "hand_off": step.hand_off.queue if step.hand_off else "",
        "verify": step.verify.by if step.verify else "",
        "set": ", ".join(step.set or {}),
        "record": step.record.save if step.record else "",
        "call": (step.call.save or "") if step.call else "",
    }
    return tuple(f"{action} {more[action]}" if more.get(action) else action for action in step.actions)
