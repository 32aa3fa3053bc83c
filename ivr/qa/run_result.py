"""What a run of cases saw: JSON that `compare`, the measures, the report and a baseline all read.

Decided: times are the call's own, in milliseconds of audio, so that the same input gives the same bytes. What the
machine decides (how long decoding took, how long the run took) stands apart, in `RunResult.cost`, and is never
compared. A run is a folder:

run.json                what stands here
journals/<case>.jsonl   each call's journal
audio/<case>.flac       both directions, where they were kept
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

FORMAT = 1
"""Raised when a run of before cannot be read any more."""

Verdict = Literal["passed", "failed", "known", "mended", "error"]
"""`known`: fails, and is known to; `mended`: is known to fail, and passes, which is a failure too; `error`: it could
not be played."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """One turn of the caller's script and what followed until the next; the first, with `kind` "begin", is what the
    hotline said before any.

    `said`: what the caller says in truth ("" where nobody wrote it down), keys, or a silence. `began_ms`, `ended_ms`:
    when it sounded; a silence ends when the hotline breaks it. `heard`: what was recognised; `free_text`: by the
    second look; `confidence` in [0, 1]. `intents`: what it was taken for (several where it was cut in several turns;
    none where nothing came of it), with the score of the last and its runner-up in [0, 1]. `step`: where the call
    stood then. `prompts`: what was said then. `gap_ms`: from the caller's last sound to the reply's first, None where
    no reply followed; `stages_ms`: it by stage. `cut`: the prompt that the caller interrupted, and `cut_at_ms` how
    much of it they had heard.
    """

    kind: Literal["begin", "speech", "keys", "silence", "hang_up"]
    said: str = ""
    began_ms: int = 0
    ended_ms: int = 0
    heard: str = ""
    free_text: str = ""
    confidence: float = 0.0
    alternatives: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    score: float = 0.0
    runner_up: str = ""
    runner_up_score: float = 0.0
    why: str = ""
    slots: dict[str, Any] = field(default_factory=dict)
    step: str = ""
    prompts: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    gap_ms: int | None = None
    stages_ms: dict[str, int] = field(default_factory=dict)
    cut: str = ""
    cut_at_ms: int | None = None
    question_closed: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is not as expected: of `turn` (0: before any; None: the whole call), at `line` of case.yaml."""

    line: int
    turn: int | None
    what: str
    expected: str
    came: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case. `seconds`: of the call; `ways`: gone, as (from, to); `journal`: sha256 of its bytes; `trouble`: why it
    could not be played, "" otherwise; `advice`: what was converted in its recordings."""

    case: str
    flow: str
    verdict: Verdict
    title: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""
    known_failure: str = ""
    file: str = ""
    channel: str = ""
    failures: tuple[Failure, ...] = ()
    turns: tuple[TurnResult, ...] = ()
    ended: str = ""
    ended_by: str = ""
    queue: str = ""
    summary: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    steps: tuple[str, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    journal: str = ""
    trouble: str = ""
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What the run took: wall-clock and processor seconds, processes, recognitions from the cache and decoded."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    jobs: int = 1
    cached: int = 0
    decoded: int = 0


@dataclass(frozen=True, slots=True)
class RunResult:
    """A whole run. `flows`: the digest of each hotline that was called; `channel`: the augmentation, "" for none."""

    release: str
    model: str
    flows: dict[str, str]
    cases: tuple[CaseResult, ...]
    channel: str = ""
    started: str = ""
    cost: Cost = field(default_factory=Cost)
    format: int = FORMAT
