"""One case in two runs: what changed at which turn, and whether it is better or worse.

Decided: what the case expects decides. Right is a call that went as expected (also one that was known to fail), wrong
one that did not, or is known not to, or could not be played, which is worst. Of two that are wrong, the one with new
failures is worse. Where expectations see no difference and the caller would, nobody has said what is better: it is
`different`, and a person must look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.qa.compare.cause import cause_of
from ivr.qa.compare.turn_diff import Change, TurnDiff, aligned, changes_of, label, listed, written
from ivr.qa.run_result import CaseResult, Failure, Verdict

Verdicts = Literal["improved", "same", "different", "worse"]

_RANK: dict[Verdict, int] = {"passed": 2, "mended": 2, "failed": 1, "known": 1, "error": 0}


@dataclass(frozen=True, slots=True)
class CaseDiff:
    """A case that both runs have. `was`, `now`: what each run said of it; `changes` of the call as a whole; `new` and
    `gone`: failures of one side only; `right`, `wrong`: how many of the
    `aligned` turns became so; `trouble`: why one side could not be played, of whose turns nothing is known then."""

    case: str
    channel: str
    title: str
    flow: str
    verdict: Verdicts
    was: Verdict
    now: Verdict
    turns: tuple[TurnDiff, ...] = ()
    changes: tuple[Change, ...] = ()
    new: tuple[Failure, ...] = ()
    gone: tuple[Failure, ...] = ()
    right: int = 0
    wrong: int = 0
    aligned: int = 0
    trouble: str = ""

    @property
    def name(self) -> str:
        """The case, and the channel it was played through if that is not the plain one."""
        return f"{self.case} [{self.channel}]" if self.channel else self.case

    @property
    def changed(self) -> bool:
        """Whether there is anything to tell, be it only a note."""
        return self.was != self.now or bool(self.turns or self.changes or self.new or self.gone)

    @property
    def first(self) -> TurnDiff | None:
        """The turn with which it began: the first that the caller would notice, or else the first that changed."""
        return next((turn for turn in self.turns if turn.noticed), self.turns[0] if self.turns else None)


def compare_case(before: CaseResult, after: CaseResult) -> CaseDiff:
    """What changed from `before` to `after`, two results of one case."""
    pairs = list(aligned(before.turns, after.turns)) if before.turns and after.turns else []
    turns = tuple(_turns(before, after, pairs))
    changes = tuple(_whole(before, after)) if pairs else ()
    new, gone = _without(after, before, pairs), _without(before, after, [(b, a) for a, b in pairs])
    right, wrong = _righted(before, after, pairs)
    return CaseDiff(
        after.case,
        after.channel,
        after.title,
        after.flow,
        _verdict(before, after, new, gone, noticed=bool(changes) or any(turn.noticed for turn in turns)),
        before.verdict,
        after.verdict,
        turns,
        changes,
        new,
        gone,
        right,
        wrong,
        sum(None not in pair for pair in pairs),
        after.trouble or before.trouble,
    )


def _verdict(
    before: CaseResult, after: CaseResult, new: tuple[Failure, ...], gone: tuple[Failure, ...], *, noticed: bool
) -> Verdicts:
    better = _RANK[after.verdict] - _RANK[before.verdict]
    if better:
        return "improved" if better > 0 else "worse"
    if new:
        return "worse"
    if gone:
        return "improved"
    return "different" if noticed else "same"


def _turns(before: CaseResult, after: CaseResult, pairs: list[tuple[int | None, int | None]]) -> Iterator[TurnDiff]:
    earlier, noticed = None, None
    for was, now in pairs:
        if was is not None and now is not None:
            old, new = before.turns[was], after.turns[now]
            if changes := changes_of(old, new, earlier):
                stood = (earlier[0].step, earlier[1].step) if earlier else ("", "")
                yield TurnDiff(was, now, label(new), changes, cause_of(old, new, stood, noticed))
                noticed = now if any(change.noticed for change in changes) else noticed
            earlier = (old, new)
        elif was is not None:
            yield _only(was, None, label(before.turns[was]), after)
        elif now is not None:
            yield _only(None, now, label(after.turns[now]), before)


def _only(was: int | None, now: int | None, said: str, other: CaseResult) -> TurnDiff:
    """A turn of one side; `other` is the result that has it not."""
    change = Change("turn", "(none)" if was is None else said, "(none)" if now is None else said)
    when = "before" if was is None else "after"
    how = f" ({other.ended})" if other.ended else ""
    return TurnDiff(was, now, said, (change,), f"{when}, the call never came to it{how}, or the case had it not")


def _whole(before: CaseResult, after: CaseResult) -> Iterator[Change]:
    was, now = (listed([part for part in (call.ended, call.ended_by) if part]) for call in (before, after))
    if was != now:
        yield Change("ended", was, now)
    for what in ("queue", "summary"):
        if (old := getattr(before, what)) != (new := getattr(after, what)):
            yield Change(what, old or "nothing", new or "nothing")
    if (old := written(before.values)) != (new := written(after.values)):
        yield Change("values", old, new)


def _without(one: CaseResult, other: CaseResult, pairs: list[tuple[int | None, int | None]]) -> tuple[Failure, ...]:
    """The failures of `one` that `other` has not; `pairs` of turns are (other's, one's). What came instead may differ:
    it is the same expectation that is not met."""
    turn_of: dict[int | None, int | None] = {mine: others for others, mine in pairs if mine is not None}
    known = {(failure.turn, failure.what, failure.expected) for failure in other.failures}
    return tuple(
        failure
        for failure in one.failures
        if (turn_of.get(failure.turn, failure.turn), failure.what, failure.expected) not in known
    )


def _righted(before: CaseResult, after: CaseResult, pairs: list[tuple[int | None, int | None]]) -> tuple[int, int]:
    """How many turns that both have became right, and how many wrong."""
    was = {failure.turn for failure in before.failures}
    now = {failure.turn for failure in after.failures}
    both = [(old in was, new in now) for old, new in pairs if old is not None and new is not None]
    return both.count((True, False)), both.count((False, True))
