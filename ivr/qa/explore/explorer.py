"""The whole search in text: every way of a flow is tried, then callers who say it otherwise and who do as they like.

Decided: the order of everything is the seed's, and time only ends it. So the same seed finds the same as far as it
gets, and `cut_short` says whether it got to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from ivr.dialogue.vocabulary import Vocabulary
from ivr.dialogue.walk import ANYWHERE
from ivr.flow.load import Flow
from ivr.qa.coverage import Coverage, Way
from ivr.qa.explore.disturb import asks_for_person, disturbed, said_otherwise
from ivr.qa.explore.frontier import Frontier, Search
from ivr.qa.explore.script import Script, Turn, of_exchanges, of_path
from ivr.qa.explore.shrink import fewest, plainest
from ivr.qa.explore.trial import Finding, Seen, play_in_text
from ivr.qa.explore.words import CallersWords
from ivr.qa.model_check.proof import prove

TRIES = 300
PROMISE_STATES = 3000
_WORDINGS = 4


@dataclass(frozen=True)
class Found:
    """A failure, and the smallest call that shows it."""

    finding: Finding
    seen: Seen


class Explorer:
    """One exploration of one flow. `has_time` is asked again and again; `told` hears what is new."""

    def __init__(
        self,
        flow: Flow,
        vocabulary: Vocabulary,
        seed: int,
        *,
        has_time: Callable[[], bool] = lambda: True,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._flow, self._vocabulary, self._has_time, self._told = flow, vocabulary, has_time, told
        self._random = Random(seed)  # noqa: S311  inputs to try, no secret
        self._words = CallersWords(flow)
        self._failed: dict[Way, Seen] = {}
        self.coverage = Coverage(flow)
        self.frontier = Frontier(flow)
        self.kept: list[Seen] = []
        self.found: dict[Finding, Found] = {}
        self.calls = 0
        self.cut_short = False

    def cover(self) -> None:
        """Find a call along every way, those that are farthest off first: they go along many others."""
        self.frontier = frontier = Search(self._flow, self._time).run()
        self._told(f"{frontier.states} states searched: {len(frontier.paths)} ways can be gone")
        order = list(self.coverage.all_ways)
        order.sort(key=lambda way: -len(frontier.paths[way][0]) if way in frontier.paths else 0)
        for way in order:
            if way in frontier.paths and way not in self.coverage.ways and self._time():
                self._go(way)

    def disturb(self, tries: int = TRIES) -> None:
        """Play `tries` calls that are like those that were kept, but not quite."""
        for number in range(tries if self.kept else 0):
            if not self._time():
                return
            script = self._random.choice(self.kept).made
            if number % 2:
                other = said_otherwise(script, self._words, self._random)
                seen = self._play(other)
            else:
                donors = [turn for seen in self.kept for turn in seen.made.turns]
                other = disturbed(script, donors, self._flow, self._random)
                seen = self._play(other, wants_person=True)
            self._keep(seen)

    def covering(self) -> list[Seen]:
        """The fewest of the kept calls that together go as many ways: the greediest first, as set cover is
        approximated."""
        left, chosen = set(self.coverage.ways), []
        rest = [(seen, self._ways_of(seen)) for seen in self.kept]
        while left and rest:
            seen, ways = max(rest, key=lambda one: (len(one[1] & left), -len(one[0].script.turns)))
            if not ways & left:
                break
            chosen.append(seen)
            left -= ways
        return chosen

    def unreached(self) -> list[tuple[Way, str]]:
        """Every way that no call has gone, and why."""
        return [(way, self._why(way)) for way in self.coverage.all_ways if way not in self.coverage.ways]

    def promises(self, most_states: int = PROMISE_STATES) -> None:
        """Keep the calls that break what `ivr check` proves, as far as it sees in so many states."""
        for refutation in prove(self._flow, most_states).refutations:
            script = of_exchanges(refutation.example.exchanges)
            seen = play_in_text(self._flow, self._vocabulary, script)
            step = refutation.example.exchanges[-1].place
            finding = Finding(
                refutation.promise, step, "a call as promised", refutation.problem.what, len(script.turns)
            )
            self.found.setdefault(finding, Found(finding, seen))
            self._told(str(finding))

    def _time(self) -> bool:
        self.cut_short |= not self._has_time()
        return not self.cut_short

    def _go(self, way: Way) -> None:
        """Along `way`, in one wording after the other; the flow's shortest words last, since they are the surest."""
        for number in range(_WORDINGS):
            for path in self.frontier.paths[way]:
                script = of_path(self._flow, path)
                if number < _WORDINGS - 1:
                    script = script.with_turns([self._words.any_wording(turn, self._random) for turn in script.turns])
                seen = self._play(script)
                self._keep(seen, even_so=number == _WORDINGS - 1)
                if way in self.coverage.ways:
                    return
                self._failed[way] = seen
                if not self._time():
                    return

    def _play(self, script: Script, *, wants_person: bool = False) -> Seen:
        self.calls += 1
        seen = play_in_text(self._flow, self._vocabulary, script, wants_person=wants_person)
        for finding in seen.findings:
            if finding not in self.found:
                self.found[finding] = self._smallest(finding, seen, wants_person=wants_person)
                self._told(str(finding))
        return seen

    def _keep(self, seen: Seen, *, even_so: bool = False) -> None:
        """Keep a call that goes a new way. One that fails is kept as a failure, and here only if nothing else went."""
        before = len(self.coverage.ways)
        if any(finding.kind != "taken" or not even_so for finding in seen.findings):
            return
        self.coverage.add(seen.walk)
        if len(self.coverage.ways) > before:
            self.kept.append(seen)
            self._told(f"ways {len(self.coverage.ways)} of {len(self.coverage.all_ways)}")

    def _smallest(self, finding: Finding, seen: Seen, *, wants_person: bool) -> Found:
        """The same failure with fewer turns and plainer words; the turns that show it stay."""
        turns = seen.script.turns
        begin = len(turns) - len(asks_for_person(self._flow)) if wants_person else max(0, finding.turn - 1)
        before, shows = turns[:begin], turns[begin:] if wants_person else turns[begin : begin + 1]

        def again(kept: Sequence[Turn]) -> Seen:
            return self._play_again(seen.script.with_turns(kept), wants_person=wants_person)

        def fails(kept: Sequence[Turn]) -> bool:
            return finding in again(kept).findings

        def fails_before(kept: Sequence[Turn]) -> bool:
            return fails([*kept, *shows])

        if not fails([*before, *shows]):
            return Found(finding, seen)
        kept = [] if fails_before([]) else fewest(before, fails_before)
        smallest = again(plainest([*kept, *shows], self._words.plainer, fails))
        bare = self._play_again(replace(smallest.script, mock={}, refuse=()), wants_person=wants_person)
        return Found(finding, bare if finding in bare.findings else smallest)

    def _play_again(self, script: Script, *, wants_person: bool) -> Seen:
        return play_in_text(self._flow, self._vocabulary, script, wants_person=wants_person)

    def _ways_of(self, seen: Seen) -> set[Way]:
        return {way for way in self.coverage.all_ways if (way.start, way.end) in seen.walk.ways}

    def _why(self, way: Way) -> str:
        anywhere = self._flow.hotline.anywhere
        if way.start != ANYWHERE and way.label in anywhere:
            return f"`{way.label}` is understood anywhere: it leaves the step as a digression, by * → {way.end}"
        if way in self._failed:
            seen = self._failed[way]
            why = str(seen.findings[0]) if seen.findings else f"the call went on to {seen.answered[-1].step}"
            said = ", ".join(turn.label for turn in seen.script.turns)
            return f"its meanings lead there, but no words tried did: after {said}: {why}"
        cut = "" if self.frontier.whole else " in the time there was"
        if way.start not in self.frontier.entered and way.start != ANYWHERE:
            return f"no input leads to `{way.start}`{cut}"
        return f"nothing tried at `{way.start}` meets {way.label or 'it'}{cut}"
