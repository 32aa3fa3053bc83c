"""Examples and answers: those of two intents, empty ones, FAQ entries that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.rules.place import Path, Rule


def _examples_of_two_intents(flow: Flow) -> Iterator[Problem]:
    for language, words in flow.words.items():
        seen: dict[str, str] = {}
        for intent, examples in words.intents.items():
            document, path = flow.sources.intents[intent, language]
            for index, example in enumerate(examples):
                if not example.strip():
                    mend = "write what a caller says, or remove it"
                    yield document.problem((*path, index), f"`{intent}` has an empty example", mend)
                    continue
                other = seen.setdefault(example.strip(), intent)
                if other != intent:
                    what = f"`{example}` is an example of `{other}` and of `{intent}`"
                    yield document.problem((*path, index), what, "keep it where it belongs and remove the other")


def _faqs_that_cannot_answer(flow: Flow) -> Iterator[Problem]:
    for language, words in flow.words.items():
        for name, entries in words.faqs.items():
            document, seen = flow.sources.faqs[name, language], dict[str, int]()
            for index, entry in enumerate(entries):
                path: Path = ("faq", index)
                if not entry.answer.strip():
                    what = f"`{entry.id}` has an empty answer"
                    yield document.problem((*path, "answer"), what, "write what the caller hears")
                if entry.id in seen:
                    first = document.at(("faq", seen[entry.id]))[0]
                    what = f"`{entry.id}` stands twice; the first is on line {first}"
                    yield document.problem((*path, "id"), what, "give one of them another id")
                seen.setdefault(entry.id, index)


def _languages_with_nothing_in_them(flow: Flow) -> Iterator[Problem]:
    main = flow.hotline.language
    for language, words in flow.words.items():
        missing = [intent for intent in flow.words[main].intents if intent not in words.intents]
        if language != main and missing:
            what = f"{language} has no examples of {', '.join(missing)}"
            yield flow.document.problem(
                ("also",), what, f"add them to a file in intents/ that ends in .{language}.yaml"
            )


RULES: tuple[Rule, ...] = (_examples_of_two_intents, _faqs_that_cannot_answer, _languages_with_nothing_in_them)
