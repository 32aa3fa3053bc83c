"""Two runs: every case that changed, the verdict of all, and whether it is more than chance.

Decided: recorded calls on virtual time are no sample, so a call that went right and goes wrong is worse, be it the only
one; chance is asked about when something is claimed of callers at large. So `worse` follows from any case that is
worse (or different, where that is not accepted), or from replies that come later by more than GAP_TOLERANCE_MS on
average and beyond chance; a case that one side has not is named and decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.errors import UsageError
from ivr.qa.compare.case_diff import CaseDiff, compare_case
from ivr.qa.compare.significance import Paired, paired_bootstrap
from ivr.qa.compare.turn_diff import GAP_TOLERANCE_MS, aligned
from ivr.qa.outcomes import Interval
from ivr.qa.recognition_errors import errors
from ivr.qa.run_result import CaseResult, RunResult, TurnResult

_PAGE = 6  # names in a sentence


@dataclass(frozen=True, slots=True)
class RunDiff:
    """What two runs differ in. `conditions`: what else is not the same on both sides, a sentence each; `only_before`,
    `only_after`: cases that one side has not; `by_case`, `by_turn`: right or wrong; `gap_ms`: how much later replies
    come, `cer`: how much more of what was said is misheard, each None where there are too few cases to tell."""

    cases: tuple[CaseDiff, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    conditions: tuple[str, ...]
    by_case: Paired
    by_turn: Paired
    gap_ms: Interval | None
    cer: Interval | None
    accepted: bool = False

    @property
    def verdict(self) -> Literal["improved", "same", "worse"]:
        """Of all; `worse` also where something is different and that was not accepted."""
        found = {case.verdict for case in self.cases}
        if "worse" in found or self.slower or ("different" in found and not self.accepted):
            return "worse"
        return "improved" if "improved" in found else "same"

    @property
    def slower(self) -> bool:
        """Whether replies come later on the whole, by more than tolerance and beyond chance."""
        return self.gap_ms is not None and self.gap_ms.value > GAP_TOLERANCE_MS and self.gap_ms.low > 0

    @property
    def changed(self) -> tuple[CaseDiff, ...]:
        """The cases with anything to tell, the worst first, then by name."""
        order = ("worse", "different", "improved", "same")
        told = [case for case in self.cases if case.changed]
        return tuple(sorted(told, key=lambda case: (order.index(case.verdict), case.name)))

    def count(self, verdict: str) -> int:
        """How many cases are `verdict`."""
        return sum(case.verdict == verdict for case in self.cases)


def compare_runs(before: RunResult, after: RunResult, *, accept_changes: bool = False) -> RunDiff:
    """What changed from `before` to `after`. Raises UsageError if a run has two cases of one name, or they have none
    in common."""
    old, new = _by_name(before, after)
    both = [name for name in new if name in old]
    if old and new and not both:
        raise UsageError("the two runs have no case in common: compare runs of the same cases.")
    cases = tuple(compare_case(old[name], new[name]) for name in both)
    steps = [_step(case) for case in cases]
    played = [(old[name], new[name]) for name in both if old[name].turns and new[name].turns]
    return RunDiff(
        cases,
        tuple(name for name in old if name not in new),
        tuple(name for name in new if name not in old),
        tuple(_conditions(before, after)),
        Paired(len(cases), steps.count(1), steps.count(-1)),
        Paired(sum(case.aligned for case in cases), sum(case.right for case in cases), sum(c.wrong for c in cases)),
        paired_bootstrap([_later(*pair) for pair in played]),
        paired_bootstrap([_misheard(*pair) for pair in played]),
        accept_changes,
    )


def restricted(run: RunResult, names: set[str]) -> RunResult:
    """`run` without the cases that are not in `names`, for a comparison with a run of some cases."""
    cases = tuple(case for case in run.cases if case.case in names)
    flows = {case.flow for case in cases}
    kept = {flow: digest for flow, digest in run.flows.items() if flow in flows}
    return RunResult(run.release, run.model, kept, cases, run.channel, run.started, run.cost, run.format)


def _by_name(*runs: RunResult) -> list[dict[str, CaseResult]]:
    """The cases of each run by name; with the channel they were played through where a run has several of one."""
    plain = all(len({case.case for case in run.cases}) == len(run.cases) for run in runs)
    found = []
    for which, run in zip(("first", "second"), runs, strict=True):
        names = [case.case if plain else f"{case.case} [{case.channel}]" for case in run.cases]
        if twice := [name for name, times in Counter(names).items() if times > 1]:
            raise UsageError(
                f"the {which} run has two cases named {twice[0]}: rename the folder of one, and run again."
            )
        found.append(dict(zip(names, run.cases, strict=True)))
    return found


def _step(case: CaseDiff) -> int:
    """1 if the case went wrong and goes right, -1 the other way, else 0."""
    right = {"passed", "mended"}
    return (case.now in right) - (case.was in right)


def _conditions(before: RunResult, after: RunResult) -> Iterator[str]:
    for what in ("release", "model", "channel"):
        was, now = (getattr(run, what) or "none" for run in (before, after))
        if was != now:
            yield f"another {what}: {was}, then {now}"
    if changed := [flow for flow in after.flows if before.flows.get(flow, after.flows[flow]) != after.flows[flow]]:
        more = f" and {len(changed) - _PAGE} more" if len(changed) > _PAGE else ""
        yield f"another version of {', '.join(changed[:_PAGE])}{more}"


def _later(before: CaseResult, after: CaseResult) -> tuple[float, float]:
    """By how many ms the replies came later, all together, and how many there are on both sides."""
    later: list[int] = []
    for old, new in _pairs(before, after):
        if old.gap_ms is not None and new.gap_ms is not None and new.kind == "speech":
            later.append(new.gap_ms - old.gap_ms)
    return float(sum(later)), float(len(later))


def _misheard(before: CaseResult, after: CaseResult) -> tuple[float, float]:
    """How many characters more were misheard, and how many were said, as far as somebody wrote it down."""
    more = said = 0
    for old, new in _pairs(before, after):
        if new.kind != "speech" or not new.said:
            continue
        was, now = (errors(new.said, turn.heard) for turn in (old, new))
        more += sum((now.substitutions, now.deletions, now.insertions))
        more -= sum((was.substitutions, was.deletions, was.insertions))
        said += now.said
    return float(more), float(said)


def _pairs(before: CaseResult, after: CaseResult) -> Iterator[tuple[TurnResult, TurnResult]]:
    for was, now in aligned(before.turns, after.turns):
        if was is not None and now is not None:
            yield before.turns[was], after.turns[now]
