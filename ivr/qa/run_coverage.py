"""What of a hotline a run of cases has reached: steps, ways, intents, FAQ entries and prompts, each where it stands.

Decided: what a hotline holds is what somebody wrote into its folder. What every question understands, and the entries
that a table makes, are nobody's line to cover.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ivr.dialogue.template import fixed_parts
from ivr.dialogue.walk import place_name
from ivr.flow.load import Flow
from ivr.flow.prompt_texts import prompts_of
from ivr.flow.rules.place import place
from ivr.qa.coverage import Way, ways_of
from ivr.qa.run_result import CaseResult

Kind = Literal["step", "intent", "faq", "prompt"]
KINDS: tuple[Kind, ...] = ("step", "intent", "faq", "prompt")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a flow, on `line` of `file`; `hits`: how many cases have reached it."""

    kind: Kind
    name: str
    file: str
    line: int
    hits: int


@dataclass(frozen=True)
class RunCoverage:
    """Of one flow. `ways`: each with how many cases have gone it."""

    flow: str
    items: tuple[Item, ...]
    ways: tuple[tuple[Way, int], ...]

    def share(self, kind: Kind) -> tuple[int, int]:
        """How many items of `kind` were reached, of how many."""
        mine = [item.hits > 0 for item in self.items if item.kind == kind]
        return sum(mine), len(mine)

    @property
    def way_share(self) -> tuple[int, int]:
        """How many ways were gone, of how many."""
        return sum(hits > 0 for _, hits in self.ways), len(self.ways)

    def in_short(self) -> str:
        """A line: steps 30 of 31 (97 %), ways …"""
        named = {"step": "steps", "intent": "intents", "faq": "FAQ", "prompt": "prompts"}
        parts = [("steps", self.share("step")), ("ways", self.way_share)]
        parts += [(named[kind], self.share(kind)) for kind in KINDS[1:]]
        return ", ".join(
            f"{name} {some} of {whole} ({_percent(some, whole)} %)" for name, (some, whole) in parts if whole
        )


def coverage_of(flow: Flow, cases: Iterable[CaseResult]) -> RunCoverage:
    """What `cases`, all of them calls to `flow`, have reached."""
    played = [case for case in cases if case.verdict != "error"]
    steps = Counter(step for case in played for step in {place for way in case.ways for place in way})
    gone = Counter(way for case in played for way in set(case.ways))
    meant = Counter(intent for case in played for intent in {one for turn in case.turns for one in turn.intents})
    said = [frozenset(text for turn in case.turns for text in turn.prompts) for case in played]
    items = (*_steps(flow, steps), *_intents(flow, meant), *_entries(flow, meant), *_prompts(flow, said))
    ways = tuple((way, gone[way.start, way.end]) for way in ways_of(flow))
    return RunCoverage(flow.name, items, ways)


def _steps(flow: Flow, entered: Counter[str]) -> Iterator[Item]:
    for scope, name, _ in flow.every_step():
        called = place_name(scope, name)
        line = flow.document.at(place(scope, name), key=True)[0]
        yield Item("step", called, flow.document.file, line, entered[called])


def _intents(flow: Flow, meant: Counter[str]) -> Iterator[Item]:
    """An intent in two languages stands in two places; in which it was said is not in a run, so both count."""
    for (name, _), (document, path) in flow.sources.intents.items():
        yield Item("intent", name, document.file, document.at(path, key=True)[0], meant[name])


def _entries(flow: Flow, meant: Counter[str]) -> Iterator[Item]:
    for (bank, language), document in flow.sources.faqs.items():
        written = document.data.get("faq") or () if isinstance(document.data, dict) else ()
        for index, entry in enumerate(flow.words[language].faqs.get(bank, ())[: len(written)]):
            name = f"faq:{bank}/{entry.id}"
            yield Item("faq", name, document.file, document.at(("faq", index))[0], meant[name])


def _prompts(flow: Flow, said: list[frozenset[str]]) -> Iterator[Item]:
    for scope, name, step in flow.every_step():
        for path, _, text in prompts_of(step):
            if parts := fixed_parts(text):
                hits = sum(any(_holds(one, parts) for one in call) for call in said)
                line = flow.document.at(place(scope, name, *path))[0]
                yield Item("prompt", text, flow.document.file, line, hits)


def _holds(said: str, parts: Iterable[str]) -> bool:
    """Whether `parts` stand in `said` one after the other, with values between."""
    at = 0
    for part in parts:
        at = said.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _percent(some: int, whole: int) -> int:
    """Rounded down, so that 100 is all."""
    return 100 * some // max(1, whole)
