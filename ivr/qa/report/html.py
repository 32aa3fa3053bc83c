"""Builds the report: one HTML file, everything in it, that asks no network for anything.

Decided: what a run holds is untrusted (callers say what they like), so it comes into the page as JSON in blocks that no
browser runs, with every "<" written as \\u003c, and the page's script puts it in place as text. A content policy names
the one script and the one style by their hashes; nothing else could run, load or send. Each call is a block of its own,
read when it is opened, so that a page of hundreds opens as fast as one of three.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np

from ivr.call.journal import read_journal
from ivr.errors import AudioError, JournalError
from ivr.qa.compare.case_diff import CaseDiff
from ivr.qa.compare.run_diff import RunDiff
from ivr.qa.report.difference import parts, shown
from ivr.qa.report.timeline import Mark, timeline
from ivr.qa.report.waveform import PEAKS_PER_S, Sound, read_sound
from ivr.qa.run_result import CaseResult, RunResult, TurnResult

Sounds = Literal["failed", "all", "none"]
"""Which calls can be listened to: those that did not pass or went otherwise, every one, none."""

_T = TypeVar("_T")
_SCRIPTS = ("words.js", "list.js", "timeline.js", "call.js", "page.js")


@dataclass(frozen=True, slots=True)
class CallFiles:
    """Where a call's journal and recording are; they need not exist."""

    journal: Path
    sound: Path


def report_html(
    run: RunResult,
    files: Callable[[CaseResult], CallFiles],
    *,
    diff: RunDiff | None = None,
    against: str = "",
    sounds: Sounds = "failed",
) -> str:
    """The page of `run`. `diff`: what is otherwise than in another run, which the page calls `against`.

    A journal or recording that is damaged leaves its place empty, and the page says why. Raises AudioError where this
    machine cannot write Opus.
    """
    diffs = {(case.case, case.channel): case for case in diff.cases} if diff else {}
    rows: list[dict[str, Any]] = []
    blocks: list[str] = []
    for number, case in enumerate(run.cases):
        change = diffs.get((case.case, case.channel))
        detail, sound = _detail(case, change, files(case))
        rows.append(_row(case, change, compared=diff is not None))
        blocks.append(_block(f"call-{number}", detail))
        if sound and (sounds == "all" or (sounds == "failed" and _to_be_heard(case, change))):
            blocks.append(_block(f"sound-{number}", sound.data_uri()))
    return _page([_block("run", _head(run, diff, against) | {"cases": rows}), *blocks])


def measures(cases: Iterable[CaseResult]) -> dict[str, float | int]:
    """What stands over the list. Gaps in milliseconds, linear between ranks, left out where there is none; `heard` is
    the share of spoken turns recognised to the letter, of those whose words are known."""
    kept = list(cases)
    turns = [turn for case in kept for turn in case.turns if turn.kind != "begin"]
    spoken = [turn for turn in turns if turn.kind == "speech" and turn.said]
    gaps = [turn.gap_ms for turn in turns if turn.gap_ms is not None]
    found: dict[str, float | int] = {"seconds": round(sum(case.seconds for case in kept), 1), "turns": len(turns)}
    if spoken:
        found["heard"] = sum(_letters(turn.said) == _letters(turn.heard) for turn in spoken) / len(spoken)
    if gaps:
        p50, p95 = np.percentile(gaps, [50, 95])
        found |= {"gap_p50": round(float(p50)), "gap_p95": round(float(p95)), "gap_max": max(gaps)}
    return found


def _to_be_heard(case: CaseResult, change: CaseDiff | None) -> bool:
    return case.verdict != "passed" or (change is not None and change.changed)


def _head(run: RunResult, diff: RunDiff | None, against: str) -> dict[str, Any]:
    """What holds for the whole run."""
    return {
        "release": run.release,
        "model": run.model,
        "channel": run.channel,
        "started": run.started,
        "flows": run.flows,
        "wallSeconds": run.cost.wall_s,
        "against": against,
        "verdict": diff.verdict if diff else "",
        "conditions": list(diff.conditions) if diff else [],
        "gone": list(diff.only_before) if diff else [],
        "measures": measures(run.cases),
        "peaksPerSecond": PEAKS_PER_S,
    }


def _row(case: CaseResult, change: CaseDiff | None, *, compared: bool) -> dict[str, Any]:
    """What the list shows of a case, and `find`, in which a search looks."""
    said = [text for turn in case.turns for text in (turn.said, turn.heard, *turn.intents, *turn.prompts)]
    words = [case.case, case.title, case.flow, case.owner, case.channel, *case.tags, *said]
    differs = "changed" if change and change.changed else "same"
    return {
        "key": f"{case.case}@{case.channel}" if case.channel else case.case,
        "title": case.title or case.case,
        "flow": case.flow,
        "verdict": case.verdict,
        "was": change.was if change else "",
        "change": ("new" if change is None else differs) if compared else "",
        "judged": change.verdict if change and change.changed else "",
        "tags": list(case.tags),
        "seconds": round(case.seconds, 1),
        "gap": max((turn.gap_ms for turn in case.turns if turn.gap_ms is not None), default=None),
        "failures": len(case.failures),
        "find": "\n".join(dict.fromkeys(words)).lower(),
    }


def _detail(case: CaseResult, change: CaseDiff | None, files: CallFiles) -> tuple[dict[str, Any], Sound | None]:
    """All that the page shows of one call, and its recording."""
    notes: list[str] = []
    marks = _or_note(lambda: _marks(files.journal), notes) or []
    sound = _or_note(lambda: read_sound(files.sound), notes)
    ends = [round(case.seconds * 1000), *(mark["to"] for mark in marks), *(turn.ended_ms for turn in case.turns)]
    detail = asdict(case) | {
        "file": "/".join(Path(case.file).parts[-2:]),  # the reader's machine has other folders
        "turns": [_turn(turn) for turn in case.turns],
        "marks": marks,
        "diff": shown(change) if change and change.changed else None,
        "notes": notes,
        "ms": max([*ends, sound.ms if sound else 0]),
        "peaks": list(sound.peaks()) if sound else [],
    }
    return detail, sound


def _marks(journal: Path) -> list[Mark]:
    return timeline(read_journal(journal)[1]) if journal.is_file() else []


def _or_note(read: Callable[[], _T], notes: list[str]) -> _T | None:
    """What `read` gives; where the file is damaged, why goes to `notes`, and the rest of the page stands."""
    try:
        return read()
    except (AudioError, JournalError) as fault:
        notes.append(str(fault))
        return None


def _turn(turn: TurnResult) -> dict[str, Any]:
    """Only what is not empty: most of a turn is, and a page holds thousands."""
    kept = {name: value for name, value in asdict(turn).items() if value or value == 0}
    if turn.kind == "speech" and turn.said and _letters(turn.said) != _letters(turn.heard):
        kept["misheard"] = parts(_letters(turn.said), _letters(turn.heard))
    return kept


def _letters(text: str) -> str:
    """Without punctuation, spaces and case, as `expect: heard:` compares."""
    return "".join(filter(str.isalnum, text)).lower()


def _block(name: str, value: Any) -> str:
    """JSON that no HTML parser can take for markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def _page(blocks: list[str]) -> str:
    style, script = _read("page.css"), "\n".join(map(_read, _SCRIPTS))
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; media-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    filling = {"POLICY": policy, "STYLE": style, "SCRIPT": script, "DATA": "\n".join(blocks)}
    return "".join(_filled(_read("page.html"), filling))


def _filled(template: str, filling: dict[str, str]) -> Iterator[str]:
    """The template's pieces with what belongs between them; what is filled in is never looked at for places again."""
    for piece in template.split("<!--"):
        name, found, rest = piece.partition("-->")
        yield from (filling[name], rest) if found else (piece,)


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
