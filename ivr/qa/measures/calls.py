"""How the calls went, and how long callers waited.

- *Task success*: of the cases, the share that met everything their `expect` says. One that could not be played did not.
- *Turns to success*: how often the caller had to speak, press or keep silent in those that did.
- *Containment*: of the calls that were played, the share that ended without a person having been asked for, with the
  definition of outcomes.py: who wanted one, was refused and hung up does not count as served.
- *Reprompts*: of the caller's turns, those that brought nothing (`no_match`, `no_input`), a call.
- *Reply gap*: from the caller's last sound to the reply's first, in ms of the call's audio, by stage (run_result.py).
  What the machine would add is not in it: `ivr bench turn` measures that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.qa.measures.wanted import NOTHING
from ivr.qa.outcomes import Interval, mean_interval, share_interval
from ivr.qa.reply_gap import question_kind, spread
from ivr.qa.run_result import CaseResult, RunResult, TurnResult

SUCCEEDED = frozenset({"passed", "mended"})
"""Verdicts of a case that met its expectations."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Shares in [0, 1] with Wilson's interval, means with Welch's; None where there is nothing to count."""

    cases: int
    success: Interval
    success_by_flow: Mapping[str, Interval]
    turns_to_success: Interval | None
    contained: Interval | None
    reprompts: Interval | None


def calls(run: RunResult) -> Calls | None:
    """None of a run without cases."""
    if not run.cases:
        return None
    flows = dict.fromkeys(sorted(result.flow for result in run.cases))
    played = [result for result in run.cases if result.verdict != "error"]
    needed = [len(_turns(result)) for result in played if result.verdict in SUCCEEDED]
    missed = [sum(intent in NOTHING for turn in result.turns for intent in turn.intents) for result in played]
    return Calls(
        len(run.cases),
        success(run.cases),
        {flow: success([result for result in run.cases if result.flow == flow]) for flow in flows},
        _count(needed) if needed else None,
        share_interval(sum(map(is_contained, played)), len(played)) if played else None,
        _count(missed) if missed else None,
    )


def success(results: Sequence[CaseResult]) -> Interval:
    """The share of `results`, at least one, that met their expectations."""
    return share_interval(sum(result.verdict in SUCCEEDED for result in results), len(results))


def is_contained(result: CaseResult) -> bool:
    """Whether the call ended without a person having been asked for."""
    wanted = bool(result.queue or result.summary) or any("agent" in turn.intents for turn in result.turns)
    return result.ended == "hung_up" and not wanted


def gaps(run: RunResult) -> dict[str, dict[str, float]]:
    """p50, p95 and greatest in ms: of the `gap` after speech, of it by kind of question, of each stage, and of the gap
    after keys. What did not happen is left out."""
    turns = [turn for result in run.cases for turn in result.turns if turn.gap_ms is not None]
    spoken = [turn for turn in turns if turn.kind == "speech"]
    series: dict[str, list[float]] = {"gap": _gaps(spoken)}
    for closed in (False, True):
        series[f"{question_kind(closed=closed)} questions"] = _gaps([t for t in spoken if t.question_closed is closed])
    for name in dict.fromkeys(stage for turn in spoken for stage in turn.stages_ms):
        series[name] = [turn.stages_ms[name] for turn in spoken if name in turn.stages_ms]
    series["after keys"] = _gaps([turn for turn in turns if turn.kind == "keys"])
    return {name: spread(values) | {"turns": len(values)} for name, values in series.items() if values}


def _gaps(turns: Sequence[TurnResult]) -> list[float]:
    return [turn.gap_ms for turn in turns if turn.gap_ms is not None]


def _count(counts: Sequence[int]) -> Interval:
    """The mean of counts; fewer than none there cannot be."""
    found = mean_interval(counts)
    return replace(found, low=max(0.0, found.low))


def _turns(result: CaseResult) -> list[TurnResult]:
    return [turn for turn in result.turns if turn.kind not in {"begin", "hang_up"}]
