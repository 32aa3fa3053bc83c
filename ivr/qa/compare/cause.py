"""Why a turn went otherwise, as far as that can be seen from outside.

Decided: only what the two results show is said, the first of the chain that explains the rest: the call already stood
elsewhere; the turn was cut otherwise; other words were heard; the same words were scored or judged otherwise; the same
meaning was answered otherwise; the answer came at another time.
"""

from __future__ import annotations

from ivr.qa.compare.turn_diff import GAP_TOLERANCE_MS, SCORE_TOLERANCE, listed, spoken_over
from ivr.qa.recognition_errors import characters, errors
from ivr.qa.run_result import TurnResult

_NO_MATCH = "no_match"


def cause_of(before: TurnResult, after: TurnResult, stood: tuple[str, str], earlier: int | None = None) -> str:
    """A sentence on the first thing that differs. `stood`: the step at which the turn found the call, on both sides;
    `earlier`: the last turn before at which the caller would have noticed something."""
    if stood[0] != stood[1]:
        return f"follows from before: the call stood at {stood[1] or 'no step'}, not at {stood[0] or 'no step'}"
    if own := _cut(before, after) or _heard(before, after) or _understood(before, after):
        return own
    answered = _answered(before, after)
    # A hotline that did not understand once already says something else the next time, with nothing changed here.
    told_otherwise = earlier is not None and before.prompts != after.prompts
    return f"follows from turn {earlier}, or else {answered}" if told_otherwise else answered


def _cut(before: TurnResult, after: TurnResult) -> str:
    """The end of the turn was found at another place."""
    if after.kind != "speech":
        return ""
    was, now = characters(before.heard), characters(after.heard)
    if len(after.intents) > len(before.intents) > 0:
        return f"cut into {len(after.intents)} turns, not {len(before.intents)}: its end was found too early"
    if len(before.intents) > len(after.intents) > 0:
        return f"taken as {len(after.intents)} turns, not {len(before.intents)}: its end was found later"
    if now and was != now and (was.startswith(now) or was.endswith(now)):
        return f"only a part of it was heard, “{after.heard}”: its beginning or end was found at another place"
    return ""


def _heard(before: TurnResult, after: TurnResult) -> str:
    if characters(before.heard) == characters(after.heard):
        return ""
    if not after.heard:
        return "nothing was heard"
    how = "other words were heard"
    if after.said and after.kind == "speech":
        less = errors(after.said, after.heard).rate - errors(after.said, before.heard).rate
        how += ", farther from what was said" if less > 0 else ", nearer to what was said" if less < 0 else ""
    return f"{how}: what the recogniser was told to expect, its model, or the sound"


def _understood(before: TurnResult, after: TurnResult) -> str:
    """The same words, taken for something else."""
    if before.intents == after.intents and before.slots == after.slots:
        return ""
    same_score = abs(before.score - after.score) <= SCORE_TOLERANCE
    if before.intents == after.intents:
        return "the same words and meaning, with other values"
    if same_score and _NO_MATCH in after.intents[-1:]:
        return f"the same words with the same score {after.score:.2f} are no longer enough: a threshold was raised"
    if same_score and _NO_MATCH in before.intents[-1:]:
        return f"the same words with the same score {after.score:.2f} are enough now: a threshold was lowered"
    if not same_score:
        return f"the same words score {after.score:.2f}, not {before.score:.2f}: examples, or what is expected here"
    return f"the same words are taken for {listed(after.intents)}: intents, options or questions changed"


def _answered(before: TurnResult, after: TurnResult) -> str:
    """The same meaning, another answer; or the same at another time."""
    meaning = after.intents[-1] if after.intents else ""
    if before.step != after.step:
        return f"{meaning or 'the same turn'} leads to {after.step or 'no step'}: the flow's ways changed"
    if before.prompts != after.prompts:
        if meaning.startswith("faq:"):
            return f"another answer to {meaning}"
        return "the hotline's words changed"
    if before.actions != after.actions:
        return "something else is asked of the world outside"
    if bool(before.cut) != bool(after.cut):
        return "the caller interrupts now" if after.cut else "the caller no longer interrupts"
    return _later(before, after)


def _later(before: TurnResult, after: TurnResult) -> str:
    if after.kind == "silence":
        longer = (after.ended_ms - after.began_ms) - (before.ended_ms - before.began_ms)
        how = "longer" if longer > 0 else "less"
        return f"a silence is borne {abs(longer)} ms {how}: the patience changed" if longer else ""
    if before.gap_ms is None or after.gap_ms is None or abs(after.gap_ms - before.gap_ms) <= GAP_TOLERANCE_MS:
        return ""
    longer = after.gap_ms - before.gap_ms
    if spoken_over(before.gap_ms, after.gap_ms):
        return "the hotline answers before the caller has ended"
    stages = {name: after.stages_ms.get(name, 0) - before.stages_ms.get(name, 0) for name in after.stages_ms}
    most = max(stages, key=lambda name: stages[name] if longer > 0 else -stages[name], default="")
    where = f", {stages[most]:+d} of them in {most}" if most else ""
    return f"the reply came {longer:+d} ms{where}"
