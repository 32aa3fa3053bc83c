"""What a call did, held against what its case expects."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from ivr.qa.case import LoadedCase, SpokenCallExpected
from ivr.qa.expectations import CallSeen, Miss, TurnSeen, call_misses, misses, parts_in_order, same, turn_misses
from ivr.qa.run_result import CaseResult, Failure, TurnResult, Verdict


def failures_of(loaded: LoadedCase, result: CaseResult) -> tuple[Failure, ...]:
    """Everything that is not as the case expects, turn by turn, then of the whole call. `result.turns[0]` is what was
    said before any turn; a turn that is not in it was never made."""
    found: list[Failure] = []
    for number, spec in enumerate(loaded.case.turns, start=1):
        line = loaded.line("turns", number - 1)
        if number >= len(result.turns):
            miss = Miss("turn", "a caller who is still there", "the call was over before it")
            found.append(Failure(line, number, miss.what, miss.expected, miss.came))
            break
        seen = result.turns[number]
        so_far = TurnSeen(seen.intents, seen.step, seen.prompts, seen.slots, seen.actions)
        lines = {"reply_gap", "heard", "intent", "step", "prompt", "slots", "action"}
        for miss in (*turn_misses(spec.expect, so_far), *_heard_misses(spec.expect.heard, spec.expect.reply_gap, seen)):
            word = "slots" if miss.what.startswith("slot ") else miss.what.replace(" ", "_")
            place = loaded.line("turns", number - 1, "expect", *([word] if word in lines else []))
            found.append(Failure(place, number, miss.what, miss.expected, miss.came))
    for miss in _call_misses(loaded.case.expect, result):
        word = miss.what.split(" ")[0] if miss.what != "reply gap" else "reply_gap"
        word = {"value": "values", "slot": "slots"}.get(word, word)
        found.append(Failure(loaded.line("expect", word), None, miss.what, miss.expected, miss.came))
    return tuple(found)


def verdict_of(loaded: LoadedCase, failures: tuple[Failure, ...]) -> Verdict:
    """The verdict of a case that was played: a known failure that passes is mended, which is a failure too."""
    if loaded.case.known_failure:
        return "known" if failures else "mended"
    return "failed" if failures else "passed"


def _heard_misses(heard: str | None, reply_gap: float | None, seen: TurnResult) -> list[Miss]:
    late = reply_gap is not None and (seen.gap_ms is None or seen.gap_ms > round(reply_gap * 1000))
    came = "no reply" if seen.gap_ms is None else f"{seen.gap_ms} ms"
    return misses(
        [
            ("heard", heard, heard is None or _letters(heard) == _letters(seen.heard), seen.heard),
            ("reply gap", None if reply_gap is None else f"at most {round(reply_gap * 1000)} ms", not late, came),
        ]
    )


def _call_misses(expect: SpokenCallExpected, result: CaseResult) -> Iterator[Miss]:
    yield from call_misses(expect, CallSeen(result.ended, result.queue, result.steps, result.values))
    intents = [intent for turn in result.turns for intent in turn.intents]
    said = [prompt for turn in result.turns for prompt in turn.prompts]
    gap = max((turn.gap_ms for turn in result.turns if turn.gap_ms is not None), default=0)
    most = None if expect.reply_gap is None else round(expect.reply_gap * 1000)
    wanted = expect.intents
    known: dict[str, Any] = {name: value for turn in result.turns for name, value in turn.slots.items()}
    known |= {name: value for name, value in result.values.items() if name not in known}
    yield from misses(
        [
            ("intents", None if wanted is None else ", ".join(wanted), wanted == intents, ", ".join(intents)),
            *(
                (f"slot {name}", str(value), same(known.get(name), value), str(known.get(name, "")))
                for name, value in expect.slots.items()
            ),
            ("prompts", ", ".join(expect.prompts) or None, parts_in_order(expect.prompts, said), " ".join(said)),
            *(("never", f"never {part}", not any(part in one for one in said), part) for part in expect.never),
            ("reply gap", None if most is None else f"at most {most} ms", most is None or gap <= most, f"{gap} ms"),
            *(("agent", part, part in result.summary, result.summary) for part in expect.agent),
        ]
    )


def _letters(text: str) -> str:
    """`text` without punctuation, spaces and letter case."""
    return "".join(letter for letter in text.casefold() if unicodedata.category(letter)[0] in "LN")
