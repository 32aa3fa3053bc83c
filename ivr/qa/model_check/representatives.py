"""Values that stand for all others: for every comparison in a flow, one that makes it hold and one that does not.

A value is compared with constants, so a number's line falls into pieces at those constants, and a text is one of them
or another; one representative of each piece decides as all of it does. Comparisons of two values with each other are
met by a small and a large number only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from ivr.dialogue.world import share_of
from ivr.flow.expression import Binary, Call, Constant, Node, Path, nodes_of
from ivr.flow.hours import Hours
from ivr.flow.load import Flow
from ivr.flow.step_schema import Step
from ivr.qa.model_check.live_values import deciding

MOST_ANSWERS = 64
DIGITS = "739182640573918264057391826405"
USUAL_MOMENT = "2026-11-20T10:00:00+08:00"
USUAL_CALLER = "13800000000"
_OFFSET = "+08:00"
_LONGEST_WAY = 4
"""Through how many `set` and routines a value is followed back."""
_WEEK_HOURS = 24 * 7


class Representatives:
    """The representatives of one flow; everything is found once."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._expressions = [node for _, _, step in flow.every_step() for node in deciding(step)]
        starts = [variable.start.node for variable in flow.hotline.values.values() if variable.start is not None]
        self._all = [part for expression in (*self._expressions, *starts) for part in nodes_of(expression)]
        self._constants: dict[str, list[Any]] = {}
        for node in self._all:
            for path, constant in _comparisons(node):
                self._constants.setdefault(path, []).append(constant)
            for path, other in _compared_paths(node):
                self._constants.setdefault(path, []).extend(self._like_slot(other))
        self._pass_back()

    def _like_slot(self, name: str) -> list[str]:
        """What a service may answer that begins with, ends with, or is the number that callers say for slot `name`."""
        slots = [(step.collect or {}).get(name) for _, _, step in self._flow.every_step()]
        numbers = [DIGITS[: slot.length[0]] for slot in slots if slot is not None and slot.type == "digits"]
        return [text for number in numbers for text in (number, f"138{number}".rjust(11, "0"), number.ljust(11, "0"))]

    def _pass_back(self) -> None:
        """What a value is compared with matters to whatever it is filled from, through `set` and routines."""
        ways = [(path, to) for _, _, step in self._flow.every_step() for path, to in _filled_from(step)]
        for _ in range(_LONGEST_WAY):
            for path, to in ways:
                known = self._constants.setdefault(path, [])
                known += [one for one in self._constants.get(to, []) if one not in known]

    @property
    def largest(self) -> float:
        """No constant of the flow is larger: numbers beyond decide alike."""
        numbers = [n.value for n in self._all if isinstance(n, Constant) and type(n.value) in {int, float}]
        return float(max([0, *numbers]))

    def digits(self, name: str, shortest: int, longest: int) -> list[str]:
        """Numbers of a right length for the value `name`."""
        texts = [str(constant) for constant in self._constants.get(name, [])]
        fitting = [text for text in texts if text.isdecimal() and shortest <= len(text) <= longest]
        usual = DIGITS[:shortest]
        if shortest == 1 and usual in fitting:
            usual = next((digit for digit in DIGITS if digit not in fitting), usual)
        return list(dict.fromkeys([usual, *fitting]))

    def constants(self, name: str) -> list[Any]:
        """What the value `name` is held against."""
        return list(dict.fromkeys(self._constants.get(name, [])))

    def of(self, name: str, kind: str) -> list[Any]:
        """Values of a `kind` for the value `name`, so that every condition on it is met and missed."""
        return self._values(name, kind)

    def answers(self, save: str, expect: Mapping[str, str]) -> list[Any]:
        """What a service may answer, so that every condition on it is met and missed; of too many
        ways to combine its parts (64), one part at a time. `{}` if it is not
        looked at."""
        parts = {path: self._values(f"{save}.{path}", kind) for path, kind in expect.items()}
        for path in self._paths_of(save):
            parts.setdefault(path, self._values(f"{save}.{path}", "any"))
        if not parts:
            return [{}]
        ways = list(product(*parts.values()))
        if len(ways) > MOST_ANSWERS:  # one part at a time
            usual = tuple(values[0] for values in parts.values())
            ways = [usual]
            for index, values in enumerate(parts.values()):
                ways += [(*usual[:index], value, *usual[index + 1 :]) for value in values[1:]]
        return [_record(dict(zip(parts, way, strict=True))) for way in ways]

    def starts(self) -> list[tuple[str, str]]:
        """(caller, moment): one for every time of day and caller that the flow tells apart."""
        callers = [USUAL_CALLER, *self._callers()]
        moments = list(dict.fromkeys(self._moments())) or [USUAL_MOMENT]
        firsts = [(USUAL_CALLER, moment) for moment in moments]
        return [*firsts, *((caller, moments[0]) for caller in dict.fromkeys(callers[1:]))]

    def _paths_of(self, save: str) -> list[str]:
        paths = [".".join(node.parts[1:]) for node in self._all if isinstance(node, Path) and node.parts[0] == save]
        return list(dict.fromkeys(path for path in paths if path))

    def _values(self, path: str, kind: str) -> list[Any]:
        constants = list(dict.fromkeys(self._constants.get(path, [])))
        numbers = [constant for constant in constants if type(constant) in {int, float}]
        texts = [constant for constant in constants if isinstance(constant, str)]
        compared = any(isinstance(node, Path) and ".".join(node.parts) == path for node in self._all)
        if kind in {"number", "money"} or (kind == "any" and numbers):
            around = [value for number in numbers for value in (number, number + 1, number - 1)]
            return list(dict.fromkeys([*around, 1000000, 0])) if compared else [128]
        if kind == "yes_no" or (kind == "any" and not texts):
            return [True, False] if compared else [True]
        if kind == "list":
            return [["a"], []] if compared else [["a"]]
        usual = {"date": "2026-11-20", "time": "10:00", "phone": USUAL_CALLER, "digits": DIGITS[:8]}.get(kind, "甲")
        return [usual, *texts, *([""] if compared and not texts else [])]

    def _callers(self) -> Iterator[str]:
        for constant in (one for name in ("caller", "called") for one in self._constants.get(name, [])):
            text = str(constant)
            yield text if len(text) > 7 else text.ljust(11, "0")
            yield "0" * (11 - len(text)) + text
        shares = [c for c in self._constants.get("random_share()", []) if type(c) in {int, float}]
        numbers = [f"139{index:08d}" for index in range(0, 2000, 7)]
        for share in shares:
            yield from (
                next((n for n in numbers if test(share_of(n), share)), USUAL_CALLER) for test in (_below, _above)
            )

    def _moments(self) -> Iterator[str]:
        """For each of the `hours` asked for, a time when they are open and one when they are not, and so for `now`."""
        began = datetime.fromisoformat(USUAL_MOMENT).replace(tzinfo=None)
        calls = [node for node in self._all if isinstance(node, Call) and node.name == "open"]
        asked = {one.value for call in calls for one in call.arguments if isinstance(one, Constant)}
        for name in sorted(str(one) for one in asked):
            hours = self._flow.hotline.hours.get(name)
            if hours is None:
                continue
            kept = Hours(tuple(hours.open), hours.holidays)
            week = [began + timedelta(hours=hour) for hour in range(_WEEK_HOURS)]
            for wanted in (True, False):
                found = next((moment for moment in week if kept.open_at(moment) is wanted), None)
                if found is not None:
                    yield found.isoformat() + _OFFSET
        for clock in self._constants.get("now", []):
            yield from (f"2026-11-20T{time}:00{_OFFSET}" for time in (clock, "00:01", "23:30") if len(str(time)) == 5)
        yield from (f"{day}T10:00:00{_OFFSET}" for day in self._constants.get("today", []) if len(str(day)) == 10)


def _below(share: int, limit: float) -> bool:
    return share < limit


def _above(share: int, limit: float) -> bool:
    return share > limit


def _comparisons(node: Node) -> Iterator[tuple[str, Any]]:
    """(path, constant) that are held against each other in `node` itself."""
    if isinstance(node, Binary):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            path = _subject(one)
            if path and isinstance(other, Constant) and other.value is not None:
                yield path, other.value
    elif isinstance(node, Call) and len(node.arguments) == 2:
        path, other = _subject(node.arguments[0]), node.arguments[1]
        if path and isinstance(other, Constant):
            yield path, other.value


def _compared_paths(node: Node) -> Iterator[tuple[str, str]]:
    """Two paths that are held against each other in `node` itself, both ways round."""
    pair = (node.left, node.right) if isinstance(node, Binary) else node.arguments if isinstance(node, Call) else ()
    if len(pair) == 2 and isinstance(pair[0], Path) and isinstance(pair[1], Path):
        one, other = (".".join(path.parts) for path in pair if isinstance(path, Path))
        yield one, other
        yield other, one


def _filled_from(step: Step) -> Iterator[tuple[str, str]]:
    """(path, name) for every value that a step fills from another."""
    given = {**(step.set or {}), **(step.return_ or {}), **(step.run.with_ if step.run is not None else {})}
    for name, expression in given.items():
        yield from ((".".join(n.parts), name) for n in nodes_of(expression.node) if isinstance(n, Path))
    if step.run is not None:
        yield from ((theirs, ours) for ours, theirs in step.run.save.items())


def _subject(node: Node) -> str:
    """What a comparison is about: a value's path, also inside `last(…)`, `count(…)`, `round(…)` and sums."""
    if isinstance(node, Path):
        return ".".join(node.parts)
    if isinstance(node, Call):
        return _subject(node.arguments[0]) if node.arguments else f"{node.name}()"
    return ""


def _record(parts: Mapping[str, Any]) -> dict[str, Any]:
    """`{"amount": 1, "plan.name": "x"}` as nested records."""
    made: dict[str, Any] = {}
    for path, value in parts.items():
        *outer, last = path.split(".")
        here = made
        for name in outer:
            here = here.setdefault(name, {})
            if not isinstance(here, dict):
                break
        else:
            here[last] = value
    return made
