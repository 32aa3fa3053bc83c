"""What a flow's callers may say, as understanding wants it: intents, universals and the options of choices in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ivr.flow.load import MAIN, Flow
from ivr.flow.rules.place import leads
from ivr.flow.scalars import in_language
from ivr.flow.tables import as_read
from ivr.understanding.completeness import Completeness
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import Result, State, Utterance

_GOES_ON = {"ask", "collect", "answer", "run", "hand_off", "return"}
"""Actions after which a call that then hangs up was no mere goodbye."""
LANGUAGE_WISHES = {"english": "en", "chinese": "zh-CN"}
"""The language that each of these universals asks for."""
REACHABLE_EVERYWHERE = ("agent", "repeat", "back", "main_menu", "hang_up", "english", "chinese")


class Understanding(Protocol):
    """What a dialogue asks about a turn; `Interpreter` for callers, others for proofs."""

    def understand(self, utterance: Utterance, state: State) -> Result: ...
    def phrases(self, state: State) -> tuple[str, ...]: ...
    def completeness(self, text: str, state: State, at: datetime | None = None) -> Completeness: ...


Vocabulary = Mapping[str, Understanding]
"""Understanding by language."""


def option_intent(scope: str, step: str, slot: str, option: str) -> str:
    """The name under which understanding knows an option of a choice."""
    return f"option:{scope + '/' if scope else ''}{step}.{slot}.{option}"


def vocabulary_for(flow: Flow) -> dict[str, Interpreter]:
    """Understanding for every question of `flow`, by language. Intents that a flow writes stand in for universals of
    the same name."""
    return {language: interpreter_for(flow, language) for language in flow.words}


def prepared_vocabulary_for(flow: Flow, learned: Path | None = None) -> dict[str, Interpreter]:
    """`vocabulary_for`, with all learned that there is to learn: no caller waits for it. Takes seconds, the second time
    with a folder `learned` a tenth of them (`ivr.models.store.learned_folder`)."""
    vocabulary = vocabulary_for(flow)
    for interpreter in vocabulary.values():
        interpreter.prepare(learned)
    return vocabulary


def interpreter_for(flow: Flow, language: str = "") -> Interpreter:
    """Understanding in one language, the flow's main one if left out."""
    language = language or flow.hotline.language
    words = flow.words[language]
    intents = {**words.universals, **words.intents}
    for scope, step_name, step in flow.every_step():
        for slot_name, slot in (step.collect or {}).items():
            for option, ways in slot.options.items():
                intents[option_intent(scope, step_name, slot_name, option)] = in_language(ways, language)
    for intent, called in words.called.items():
        intents[intent] = [*intents.get(intent, ()), called]
    tables = [as_read(bank, table, language) for bank, table in words.tables.items()]
    return Interpreter(intents, words.faqs, language, final=final_intents(flow), tables=tables)


def final_intents(flow: Flow) -> frozenset[str]:
    """Found once a flow; see `_final`."""
    known: frozenset[str] | None = flow.derived.get(("final", MAIN))
    if known is None:
        known = flow.derived["final", MAIN] = _final(flow)
    return known


def _final(flow: Flow) -> frozenset[str]:
    """The intents that end the call at some question: understanding takes nothing but a whole turn for them."""
    steps = list(flow.every_step())
    goodbyes = _goodbyes(flow)
    led_to = [(intent, scope, target) for scope, _, step in steps for intent, target in step.then.items()]
    led_to += [(intent, MAIN, target) for intent, target in flow.hotline.anywhere.items()]
    return frozenset(["hang_up", *(intent for intent, scope, target in led_to if (scope, target) in goodbyes)])


def _goodbyes(flow: Flow) -> set[tuple[str, str]]:
    """The steps (scope, name) from which the call only ends: they hang up, or all that follows them does, such as a
    survey before the last word."""
    found = {
        (scope, name) for scope, name, step in flow.every_step() if step.hang_up and not _GOES_ON & set(step.actions)
    }
    follow = {
        (scope, name): {(scope, target) for _, target in leads(step)}
        for scope, name, step in flow.every_step()
        if not _GOES_ON & set(step.actions)
    }
    while more := {place for place, targets in follow.items() if targets and targets <= found} - found:
        found |= more
    return found


def everywhere(state: State, flow: Flow) -> State:
    """`state` with what every question understands, after the question's own intents."""
    also = (*flow.hotline.anywhere, *REACHABLE_EVERYWHERE)
    more = tuple(name for name in dict.fromkeys(also) if name not in state.intents)
    return replace(state, intents=(*state.intents, *more))
