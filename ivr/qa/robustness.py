"""How task success falls as a line gets worse: the same cases, at one strength after the other.

Decided: a curve is of task success, what callers came for, and not of error rates, which `ivr qa measure` tells of each
run. A share has Wilson's interval. Several seeds of noise are several calls, but of the same few callers: they make the
noise's chance smaller, and not that of the choice of cases, so cases are counted, each with the share of its seeds that
met its expectations, and the interval is that of so many cases. With one seed that is Wilson's interval of the calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ivr.qa.measures.calls import SUCCEEDED
from ivr.qa.measures.recognition import recognition
from ivr.qa.outcomes import Interval, share_interval
from ivr.qa.run_result import CaseResult, RunResult


@dataclass(frozen=True, slots=True)
class Strength:
    """One point: `label` is what the channel is there ("" for the recordings as they are), `runs` one a seed."""

    label: str
    runs: tuple[RunResult, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """`met`: for each case, in how many of its `calls` its expectations were met; `success` over the cases; `cer`: of
    all turns whose words are known, None where there are none; `unplayed`: why a case could not be played, which is no
    success either."""

    label: str
    success: Interval
    by_flow: Mapping[str, Interval]
    met: Mapping[str, int]
    calls: int
    cer: float | None
    unplayed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in the order asked for; the first is of the recordings as they are."""

    over: str
    points: tuple[Point, ...]

    def breaks_at(self) -> dict[str, str]:
        """For each case that succeeds on the first point, the first point at which some call of it does not; cases that
        never break are left out."""
        first = self.points[0]
        broken: dict[str, str] = {}
        for point in self.points[1:]:
            for case, met in point.met.items():
                if first.met.get(case) == first.calls and met < point.calls:
                    broken.setdefault(case, point.label)
        return broken

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"over": self.over, "points": [asdict(point) for point in self.points], "breaks_at": self.breaks_at()}


def curve(over: str, strengths: Sequence[Strength]) -> Curve:
    """The curve of `strengths`, at least one, each with one run at least of the same cases."""
    return Curve(over, tuple(map(_point, strengths)))


def _point(strength: Strength) -> Point:
    results = [result for run in strength.runs for result in run.cases]
    flows = {result.case: result.flow for result in results if result.flow}
    met = dict.fromkeys(sorted({result.case for result in results}), 0)
    for result in results:
        met[result.case] += _succeeded(result)
    by_flow = {
        flow: _share([met[case] for case, its in flows.items() if its == flow], len(strength.runs))
        for flow in sorted(set(flows.values()))
    }
    heard = [found.characters for run in strength.runs if (found := recognition(run)) is not None]
    edits, said = sum(each.edits for each in heard), sum(each.said for each in heard)
    calls = len(strength.runs)
    share = _share(list(met.values()), calls)
    unplayed = {result.case: result.trouble for result in results if result.verdict == "error"}
    return Point(strength.label, share, by_flow, met, calls, edits / said if said else None, unplayed)


def _succeeded(result: CaseResult) -> bool:
    return result.verdict in SUCCEEDED


def _share(met: Sequence[int], calls: int) -> Interval:
    return share_interval(sum(met) / calls, len(met))
