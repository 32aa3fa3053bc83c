"""Every measure of a run in one place, for the table, for JSON and for whoever compares two runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ivr.flow.load import Flow
from ivr.qa.case import Case
from ivr.qa.measures.calls import Calls, calls, gaps
from ivr.qa.measures.meanings import Acceptance, Intents, Slots, acceptance, intents, slots
from ivr.qa.measures.recognition import Recognition, recognition
from ivr.qa.run_coverage import KINDS, coverage_of
from ivr.qa.run_result import RunResult


@dataclass(frozen=True, slots=True)
class Covered:
    """Of one flow, (reached, all there are); what counts is told in run_coverage.py."""

    steps: tuple[int, int]
    ways: tuple[int, int]
    intents: tuple[int, int]
    faq: tuple[int, int]
    prompts: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Measures:
    """What a run says; a measure is None where the run, or its cases, say nothing of it."""

    recognition: Recognition | None
    intents: Intents | None
    slots: Slots | None
    acceptance: Acceptance | None
    calls: Calls | None
    gaps_ms: Mapping[str, Mapping[str, float]]
    coverage: Mapping[str, Covered]

    def as_json(self) -> dict[str, Any]:
        """For `--json`: shares in [0, 1], times in ms."""
        return asdict(self)


def measures(run: RunResult, cases: Mapping[str, Case], flows: Mapping[str, Flow]) -> Measures:
    """All measures of `run`. `cases` by name and `flows` by name are what its cases and hotlines say now; what is not
    there is not measured."""
    covered = {name: coverage(run, flow) for name, flow in flows.items()}
    return Measures(
        recognition(run),
        intents(run, cases),
        slots(run, cases),
        acceptance(run, cases),
        calls(run),
        gaps(run),
        covered,
    )


def of_flow(run: RunResult, flow: str) -> RunResult:
    """The run as if only cases that call `flow` had been played."""
    return replace(run, cases=tuple(result for result in run.cases if result.flow == flow))


def coverage(run: RunResult, flow: Flow) -> Covered:
    """What the run's calls of `flow` have reached."""
    found = coverage_of(flow, of_flow(run, flow.name).cases)
    kinds = [found.share(kind) for kind in KINDS]
    return Covered(kinds[0], found.way_share, *kinds[1:])
