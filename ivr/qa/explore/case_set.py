"""The cases of one exploration: what each is called, who speaks it, and which of them fail.

<flow>_01 …              callers who together go every way that was found
<flow>_found_01_<kind>   callers at whom the hotline fails, as small as could be
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ivr.qa.explore.as_case import case_of, write_case
from ivr.qa.explore.explorer import Explorer
from ivr.qa.explore.spoken import SpokenCall, Voices
from ivr.qa.explore.trial import Finding, Seen

COVERING, FOUND = ["explore", "covering"], ["explore", "found"]


@dataclass
class CaseSet:
    """`name`: the flow's; `called`: how a case names it; `to`: the folder; `voices`: who speaks, in turns. `failures`:
    each that was written, by its folder."""

    name: str
    called: str
    to: Path
    seed: int
    voices: tuple[str, ...]
    failures: dict[Path, Finding] = field(default_factory=dict)

    def write(self, folder: Path, seen: Seen, voice: str, finding: Finding | None) -> Path:
        """One case."""
        tags = COVERING if finding is None else FOUND
        head = f"Found by `ivr qa explore --seed {self.seed}`: confirm what is expected, or correct it."
        return write_case(folder, case_of(seen, flow=self.called, voice=voice, tags=tags, finding=finding), head)

    def write_covering(self, explorer: Explorer) -> list[SpokenCall]:
        """The fewest calls that go every way."""
        calls = []
        for number, seen in enumerate(explorer.covering(), start=1):
            voice = self.voices[number % len(self.voices)]
            folder = self.write(self.to / f"{self.name}_{number:02}", seen, voice, None)
            calls.append(SpokenCall(folder, seen, voice))
        return calls

    def write_found(self, explorer: Explorer) -> None:
        """What fails in text already."""
        for found in explorer.found.values():
            self.write(self._next(found.finding), found.seen, self.voices[0], found.finding)

    def speak(self, calls: list[SpokenCall], voices: Voices) -> list[SpokenCall]:
        """Every call by voice. One that fails is kept, cut down, as a failure; then it is spoken by another."""
        spoken = voices.speak(calls)
        for place, call in enumerate(spoken):
            if call.finding is None or call.result is None:
                continue
            if not any(call.finding == known for known in self.failures.values()):
                voices.smallest(call, call.finding, self._next(call.finding))
            spoken[place] = voices.in_another_voice(call)
        return spoken

    def _next(self, finding: Finding) -> Path:
        folder = self.to / f"{self.name}_found_{len(self.failures) + 1:02}_{finding.kind}"
        self.failures[folder] = finding
        return folder
