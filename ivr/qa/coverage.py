"""Which steps and ways of a flow its tests have gone.

A way leads from a step to another that it names: by `then`, `keys`, `next`, a branch, a failure, or into a routine; and
from `ANYWHERE` for the flow's digressions. What every question understands without being written is no way of the flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ivr.dialogue.walk import ANYWHERE, Walk, place_name
from ivr.flow.load import MAIN, Flow
from ivr.flow.rules.place import leads, place
from ivr.flow.step_schema import BACK, Step


@dataclass(frozen=True, order=True)
class Way:
    """From a place to a place; `label` is what leads there, such as an intent, `failed` or a condition."""

    start: str
    end: str
    label: str = field(default="", compare=False)


def ways_of(flow: Flow) -> list[Way]:
    """Every way that the flow writes, in its order; two that lead from one step to the same are one."""
    made: dict[Way, list[str]] = {}
    for way in _all_ways(flow):
        labels = made.setdefault(way, [])
        if way.label and way.label not in labels:
            labels.append(way.label)
    return [Way(way.start, way.end, ", ".join(labels)) for way, labels in made.items()]


def _all_ways(flow: Flow) -> Iterator[Way]:
    for intent, target in flow.hotline.anywhere.items():
        yield Way(ANYWHERE, target, intent)
    if flow.hotline.person.refused:
        yield Way(ANYWHERE, flow.hotline.person.refused, "queue refuses")
    for scope, name, step in flow.every_step():
        here, steps = place_name(scope, name), flow.steps(scope)
        for target, label in _targets(flow, scope, step):
            if target in steps:
                yield Way(here, place_name(scope, target), label)
        if step.run and step.run.routine in flow.hotline.routines:
            routine = step.run.routine
            yield Way(here, place_name(routine, flow.hotline.routines[routine].start), "run")


def _targets(flow: Flow, scope: str, step: Step) -> Iterator[tuple[str, str]]:
    for path, target in leads(step):
        if target != BACK and path != ("next",):
            yield target, _label(step, path)
    asked = [name for name in dict.fromkeys((*step.intents, *step.keys.values())) if name not in step.then]
    to_next = [name for name in asked if name not in flow.steps(scope)] if step.ask else []
    if step.ask:
        yield from ((name, name) for name in asked if name in flow.steps(scope))
    # A question goes on to `next` only by an intent that has no step of its own.
    if step.next and step.next != BACK and (not step.ask or to_next):
        yield step.next, ", ".join(name for name in to_next if name not in flow.universals)


def _label(step: Step, path: tuple[str | int, ...]) -> str:
    if path[0] == "branch" and step.branch is not None:
        branch = step.branch[int(path[1])]
        return branch.if_.text if branch.if_ is not None else "else"
    return str(path[-1])


@dataclass
class Coverage:
    """What a flow's tests have gone so far; give it every call's walk."""

    flow: Flow
    steps: set[str] = field(default_factory=set)
    ways: set[Way] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.all_steps = {place_name(scope, name): (scope, name) for scope, name, _ in self.flow.every_step()}
        self.all_ways = ways_of(self.flow)

    def add(self, walk: Walk) -> None:
        """Count one call."""
        self.steps |= {start for way in walk.ways for start in way} & self.all_steps.keys()
        self.ways |= {way for way in self.all_ways if (way.start, way.end) in walk.ways}

    @property
    def step_share(self) -> float:
        """Per cent of the steps that were entered."""
        return 100.0 * len(self.steps) / max(1, len(self.all_steps))

    @property
    def way_share(self) -> float:
        """Per cent of the ways that were gone."""
        return 100.0 * len(self.ways) / len(self.all_ways) if self.all_ways else 100.0

    def missed_steps(self) -> list[tuple[str, str]]:
        """Each step that no test enters, and where it stands as `file:line`."""
        missed = [item for item in self.all_steps.items() if item[0] not in self.steps]
        return [(name, self._where(*scope_and_step)) for name, scope_and_step in missed]

    def missed_ways(self) -> list[tuple[Way, str]]:
        """Each way that no test goes, and where the step stands that writes it."""
        found = [way for way in self.all_ways if way not in self.ways]
        return [(way, self._where(*self.all_steps.get(way.start, (MAIN, "")))) for way in found]

    def _where(self, scope: str, step: str) -> str:
        path = place(scope, step) if step else ("anywhere",)
        return f"{self.flow.document.file}:{self.flow.document.at(path, key=True)[0]}"
