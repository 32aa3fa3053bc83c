"""What it is like to listen to: prompts that are too long, menus with too many options, speech without keys, braces and
commas that were meant otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.prompt_texts import prompts_of
from ivr.flow.rules.place import Path, Rule, place
from ivr.flow.values import VALUE

CHARACTERS_A_SECOND = {"zh-CN": 4.5, "en": 14.0}
LONGEST_PROMPT_S = 25.0
LONGEST_ANSWER_S = 40.0
MOST_OPTIONS = 6
_BRACES = re.compile(r"[{}]")


def _prompts(flow: Flow) -> Iterator[tuple[Path, str, str]]:
    """(path, language, text) of every prompt in the flow."""
    for scope, name, step in flow.every_step():
        for path, language, text in prompts_of(step):
            yield place(scope, name, *path), language or flow.hotline.language, text


def _too_long(flow: Flow) -> Iterator[Problem]:
    for path, language, text in _prompts(flow):
        seconds = len(text) / CHARACTERS_A_SECOND[language]
        if seconds > LONGEST_PROMPT_S:
            mend = f"keep it under {LONGEST_PROMPT_S:.0f} s: say less, or in two steps"
            yield flow.document.problem(path, f"the prompt takes {seconds:.0f} s to say", mend, advice=True)


def _answers_too_long(flow: Flow) -> Iterator[Problem]:
    for language, words in flow.words.items():
        for name, entries in words.faqs.items():
            for index, entry in enumerate(entries):
                seconds = len(entry.answer) / CHARACTERS_A_SECOND[language]
                if seconds > LONGEST_ANSWER_S:
                    what = f"the answer of `{entry.id}` takes {seconds:.0f} s to say"
                    mend = f"keep it under {LONGEST_ANSWER_S:.0f} s: say what most callers need, and where to find more"
                    document = flow.sources.faqs[name, language]
                    yield document.problem(("faq", index, "answer"), what, mend, advice=True)


def _too_many_options(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        if len(step.keys) > MOST_OPTIONS:
            mend = f"offer at most {MOST_OPTIONS}, and the rest in a second question"
            yield flow.document.problem(
                place(scope, name, "keys"), f"{len(step.keys)} options are too many to remember", mend, advice=True
            )


def _braces(flow: Flow) -> Iterator[Problem]:
    for path, _, text in _prompts(flow):
        if _BRACES.search(VALUE.sub("", text)):
            yield flow.document.problem(
                path, "a brace stands alone, and would be said", "write values as {name} or {name|money}"
            )


def _full_width_commas(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        for slot_name, slot in (step.collect or {}).items():
            for option, ways in slot.options.items():
                if any(len(texts) == 1 and "，" in texts[0] for texts in ways.values()):
                    path = place(scope, name, "collect", slot_name, "options", option)
                    what = "this is one way of saying it, with a full-width comma inside"
                    yield flow.document.problem(path, what, "put plain commas between ways: [华北, 北京]")


def _speech_without_keys(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        for slot_name, slot in (step.collect or {}).items():
            if slot.type == "choice" and not slot.keys:
                mend = "add `keys: {1: …, 2: …}`, so that it can be answered in noise"
                path = place(scope, name, "collect", slot_name)
                yield flow.document.problem(
                    path, f"`{slot_name}` can only be answered by voice", mend, key=True, advice=True
                )
        if step.ask and step.intents and not step.keys:
            mend = "add `keys: {1: …, 2: …}`, so that it can be answered in noise"
            yield flow.document.problem(
                place(scope, name, "ask"), "this can only be answered by voice", mend, key=True, advice=True
            )


RULES: tuple[Rule, ...] = (
    _too_long,
    _answers_too_long,
    _too_many_options,
    _braces,
    _full_width_commas,
    _speech_without_keys,
)
