"""Explored callers get a voice: cases are spoken, played through the telephone's way, and held against the text.

Decided: **what was understood in text is what the voice should be taken for.** Where it is not, the recogniser, the end
of a turn or a grammar is at fault, and that is kept as a case, cut down to the turns that it takes. Then the caller is
given another voice, so that the way is covered all the same, if any voice gets there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from ivr.errors import IvrError
from ivr.qa.explore.script import Script, Turn
from ivr.qa.explore.shrink import fewest
from ivr.qa.explore.trial import Finding, Seen
from ivr.qa.run_result import CaseResult

BATCH = 6
"""So many cases are spoken and played between two looks at the clock."""


@dataclass(frozen=True)
class SpokenCall:
    """A case that is to be spoken, or was. `finding`: where it went otherwise than its text; `result`: None before."""

    folder: Path
    seen: Seen
    voice: str
    finding: Finding | None = None
    result: CaseResult | None = None

    @property
    def passed(self) -> bool:
        """Whether it went by voice as it does in text."""
        return self.result is not None and self.finding is None


@dataclass
class Voices:
    """Speaks and plays cases. `write(folder, seen, voice, finding)` makes a case's file; `render` its recordings;
    `play` plays folders; `in_text` plays a script; `work` is a folder for what is only tried; `has_time` is asked
    before every batch. `trouble`: why no more could be spoken."""

    names: Sequence[str]
    write: Callable[[Path, Seen, str, Finding | None], Path]
    render: Callable[[Sequence[Path]], object]
    play: Callable[[Sequence[Path]], list[CaseResult]]
    in_text: Callable[[Script], Seen]
    work: Path
    has_time: Callable[[], bool]
    trials: int = 0
    trouble: str = ""
    _recorded: dict[tuple[str, str], Path] = field(default_factory=dict)

    def speak(self, calls: Sequence[SpokenCall]) -> list[SpokenCall]:
        """The calls, spoken and played as far as there is time: while some are played, the next are spoken."""
        batches = [calls[begin : begin + BATCH] for begin in range(0, len(calls), BATCH)]
        done: list[SpokenCall] = []
        with ThreadPoolExecutor(1, thread_name_prefix="ivr-voices") as ahead:
            coming = self._ahead(ahead, batches[:1])
            for number, batch in enumerate(batches, start=1):
                spoken, coming = coming, None
                if spoken is None or not self._is_done(spoken):
                    done += batch
                    continue
                coming = self._ahead(ahead, batches[number : number + 1])
                results = self.play([call.folder for call in batch])
                done += [_judged(call, result) for call, result in zip(batch, results, strict=True)]
        return done

    def _is_done(self, spoken: Future[None]) -> bool:
        """Whether a batch was spoken; if not, `trouble` says why, and no more are tried: what is found stays found."""
        try:
            spoken.result()
        except IvrError as fault:
            self.trouble = str(fault)
        return not self.trouble

    def _ahead(self, ahead: ThreadPoolExecutor, batches: Sequence[Sequence[SpokenCall]]) -> Future[None] | None:
        """The next batch on its way to be spoken; None if there is none, or no time for it."""
        return ahead.submit(self._record, batches[0]) if batches and self.has_time() else None

    def _record(self, calls: Sequence[SpokenCall]) -> None:
        """Have every call's recordings: what a voice has said once is copied."""
        for call in calls:
            for number, turn in enumerate(call.seen.made.turns, start=1):
                known = self._recorded.get((call.voice, turn.say))
                if turn.say and known is not None:
                    shutil.copyfile(known, call.folder / f"{number:02}.flac")
        self.render([call.folder for call in calls])
        for call in calls:
            for number, turn in enumerate(call.seen.made.turns, start=1):
                if turn.say:
                    self._recorded.setdefault((call.voice, turn.say), call.folder / f"{number:02}.flac")

    def in_another_voice(self, call: SpokenCall) -> SpokenCall:
        """The call in the first other voice that gets through; the last one tried, if none does."""
        place = self.names.index(call.voice)
        for name in [*self.names[place + 1 :], *self.names[:place]]:
            if self.trouble or not self.has_time():
                break
            for recording in call.folder.glob("*.flac"):
                recording.unlink()
            self._recorded = {key: path for key, path in self._recorded.items() if path.parent != call.folder}
            self.write(call.folder, call.seen, name, None)
            call = self.speak([replace(call, voice=name, finding=None, result=None)])[0]
            if call.passed:
                break
        return call

    def smallest(self, call: SpokenCall, finding: Finding, to: Path) -> Path:
        """A new case at `to` that shows the same failure with as few turns as there was time to find."""
        turns = call.seen.script.turns
        last = max(0, finding.turn - 1)
        before, shows = turns[:last], turns[last : last + 1]

        def fails(kept: Sequence[Turn]) -> bool:
            if not self.has_time():
                return False
            self.trials += 1
            shown = self._copy(call, [*kept, *shows], self.work / f"trial_{self.trials:03}", finding)
            if shown is None:
                return False
            folder, seen = shown
            return difference(seen, self.play([folder])[0]) == finding

        kept = [] if not before or fails([]) else fewest(before, fails)
        shown = self._copy(call, [*kept, *shows], to, finding)
        if shown is None:
            raise AssertionError("what was played is played again")
        return shown[0]

    def _copy(self, call: SpokenCall, turns: Sequence[Turn], to: Path, finding: Finding) -> tuple[Path, Seen] | None:
        """A case of these turns, each with the recording it has in `call`; None if they mean something else so."""
        seen = self.in_text(call.seen.script.with_turns(turns))
        if len(seen.answered) <= len(turns):
            return None
        if finding.kind == "heard" and seen.meaning(len(turns)) != finding.wanted:
            return None
        self.write(to, seen, call.voice, replace(finding, turn=len(turns)))
        spoken = {turn.say: number for number, turn in enumerate(call.seen.made.turns, start=1) if turn.say}
        for number, turn in enumerate(turns, start=1):
            if turn.say:
                shutil.copyfile(call.folder / f"{spoken[turn.say]:02}.flac", to / f"{number:02}.flac")
        return to, seen


def _judged(call: SpokenCall, result: CaseResult) -> SpokenCall:
    return replace(call, result=result, finding=difference(call.seen, result))


def difference(seen: Seen, result: CaseResult) -> Finding | None:
    """Where a spoken call went otherwise than its text, None if nowhere: `heard` for a turn that was taken for
    something else, `crash` for a case that could not be played, `spoken` for the rest."""
    if result.trouble:
        return Finding("crash", "", "a call that can be played", result.trouble)
    turns = seen.made.turns
    for number, (turn, row) in enumerate(zip(turns, result.turns[1:], strict=False), start=1):
        wanted = seen.meaning(number)
        if turn.say and wanted and wanted not in (*row.intents, row.slots.get("digits")):
            number_heard = row.slots.get("digits") if "digits" in row.intents else None
            came, step = number_heard or " and ".join(row.intents) or "nothing", seen.answered[number - 1].step
            return Finding("heard", step, wanted, str(came), number, row.heard)
    if len(result.turns) <= len(turns):
        late = len(result.turns)
        return Finding("spoken", result.turns[-1].step, f"a turn for “{turns[late - 1].label}”", "the call's end", late)
    if result.failures:
        first = result.failures[0]
        return Finding("spoken", result.turns[-1].step, first.expected, first.came, first.turn or len(turns))
    return None
