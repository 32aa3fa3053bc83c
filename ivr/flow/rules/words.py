"""Examples and answers: those of two intents, empty ones, FAQ entries that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.document import Document
from ivr.flow.load import Flow
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem
from ivr.flow.rules.place import Path, Rule
from ivr.understanding.normalise import normalise


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
                other = seen.setdefault(normalise(example) or example.strip(), intent)
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


def _questions_of_two_answers(flow: Flow) -> Iterator[Problem]:
    """A question that two entries of one FAQ answer, or one that stands twice in an entry's own list."""
    for language, words in flow.words.items():
        for name, entries in words.faqs.items():
            document, seen = flow.sources.faqs[name, language], dict[str, tuple[str, Path]]()
            for index, entry in enumerate(entries[: _written(document)]):
                ways: list[tuple[str, Path]] = [(entry.question, ("faq", index, "question"))]
                ways += [(way, ("faq", index, "variants", n)) for n, way in enumerate(entry.variants)]
                for way, path in ways:
                    plain = normalise(way)
                    if not plain:
                        what = f"`{entry.id}` has an empty question"
                        yield document.problem(path, what, "write how a caller asks, or remove it")
                        continue
                    other, first = seen.setdefault(plain, (entry.id, path))
                    if other != entry.id:
                        what = f"“{way}” asks for `{other}` (line {document.at(first)[0]}) and for `{entry.id}`"
                        yield document.problem(path, what, "keep it where it belongs and remove the other")


def _written(document: Document) -> int:
    """How many entries stand in the file as questions; those of a table follow."""
    data = document.data if isinstance(document.data, dict) else {}
    return len(data.get("faq") or [])


def _short_names(flow: Flow) -> Iterator[Problem]:
    for language, words in flow.words.items():
        for document in {
            id(d): d for (_, tongue), (d, _) in flow.sources.intents.items() if tongue == language
        }.values():
            for intent in (document.data or {}).get("called") or {}:
                if intent not in words.intents:
                    mend = did_you_mean(intent, words.intents, "add examples of it, or remove the line")
                    what = f"there is no intent `{intent}` that could be called so"
                    yield document.problem(("called", intent), what, mend, key=True)


def _languages_with_nothing_in_them(flow: Flow) -> Iterator[Problem]:
    main = flow.hotline.language
    for language, words in flow.words.items():
        missing = [intent for intent in flow.words[main].intents if intent not in words.intents]
        if language != main and missing:
            what = f"{language} has no examples of {', '.join(missing)}"
            yield flow.document.problem(
                ("also",), what, f"add them to a file in intents/ that ends in .{language}.yaml"
            )


RULES: tuple[Rule, ...] = (
    _examples_of_two_intents,
    _faqs_that_cannot_answer,
    _questions_of_two_answers,
    _short_names,
    _languages_with_nothing_in_them,
)
