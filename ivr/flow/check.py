"""What a schema cannot see: names that lead nowhere, steps that nobody reaches, calls that would break off.

Each rule is one function that yields problems; `check` runs them all, so that every mistake is named at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rapidfuzz import process

from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.schema import Step
from ivr.flow.values import FORMATTER_NAMES, values_in

_Rule = Callable[[Flow], Iterator[Problem]]
_Path = tuple[str | int, ...]


def check(flow: Flow) -> list[Problem]:
    """Everything that is wrong with a flow that fits the schema, in the order of the files."""
    return sorted({problem for rule in _RULES for problem in rule(flow)})


def successors(step: Step) -> set[str]:
    """The steps that `step` can lead to by what is written in it."""
    reached = set(step.then.values())
    if step.next:
        reached.add(step.next)
    if step.ask:
        reached |= {name for name in (*step.intents, *step.keys.values()) if name not in step.then}
    return reached


def _did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    near = process.extractOne(name, list(known), score_cutoff=60)
    return f"did you mean `{near[0]}`?" if near else otherwise


def _steps_that_are_not_there(flow: Flow) -> Iterator[Problem]:
    hotline, document = flow.hotline, flow.document

    def missing(path: _Path, name: str) -> Iterator[Problem]:
        if name not in hotline.steps:
            mend = _did_you_mean(
                name, hotline.steps, f"write the step `{name}`, or name one of {', '.join(hotline.steps)}"
            )
            yield document.problem(path, f"there is no step `{name}`", mend)

    yield from missing(("start",), hotline.start)
    if hotline.main_menu:
        yield from missing(("main_menu",), hotline.main_menu)
    if hotline.person.refused:
        yield from missing(("person", "refused"), hotline.person.refused)
    for name, step in hotline.steps.items():
        for intent, target in step.then.items():
            yield from missing(("steps", name, "then", intent), target)
        if step.next:
            yield from missing(("steps", name, "next"), step.next)


def _intents_that_are_not_there(flow: Flow) -> Iterator[Problem]:
    known = {**flow.intents, **flow.universals}
    for name, step in flow.hotline.steps.items():
        used: list[tuple[_Path, str]] = []
        used += [(("steps", name, "intents", index), intent) for index, intent in enumerate(step.intents)]
        used += [(("steps", name, "then", intent), intent) for intent in step.then]
        used += [(("steps", name, "keys", key), intent) for key, intent in step.keys.items()]
        for path, intent in used:
            if intent not in known:
                mend = _did_you_mean(intent, known, f"add examples of `{intent}` to a file in intents/")
                yield flow.document.problem(path, f"there is no intent `{intent}`", mend)


def _intents_that_lead_nowhere(flow: Flow) -> Iterator[Problem]:
    for name, step in flow.hotline.steps.items():
        for intent in dict.fromkeys((*step.intents, *step.keys.values())):
            leads = intent in step.then or intent in flow.hotline.steps or bool(step.next)
            if not leads and intent not in flow.universals:
                mend = f"add `{intent}: …` under `then`, or a step called `{intent}`, or a `next`"
                yield flow.document.problem(
                    ("steps", name), f"intent `{intent}` leads nowhere from here", mend, key=True
                )


def _faqs_that_are_not_there(flow: Flow) -> Iterator[Problem]:
    for name, step in flow.hotline.steps.items():
        used: list[tuple[_Path, str]] = [(("steps", name, "faq"), faq) for faq in step.faq]
        used += [(("steps", name, "answer", "faq"), faq) for faq in (step.answer.faq if step.answer else [])]
        for path, faq in used:
            if faq not in flow.faqs:
                mend = _did_you_mean(faq, flow.faqs, f"write the file faq/{faq}.yaml")
                yield flow.document.problem(path, f"there is no FAQ `{faq}`", mend)


def _faqs_that_cannot_answer(flow: Flow) -> Iterator[Problem]:
    for name, entries in flow.faqs.items():
        document, seen = flow.faq_documents[name], dict[str, int]()
        for index, entry in enumerate(entries):
            path: _Path = ("faq", index)
            if not entry.answer.strip():
                yield document.problem(
                    (*path, "answer"), f"`{entry.id}` has an empty answer", "write what the caller hears"
                )
            if entry.id in seen:
                first = document.at(("faq", seen[entry.id]))[0]
                what = f"`{entry.id}` stands twice; the first is on line {first}"
                yield document.problem((*path, "id"), what, "give one of them another id")
            seen.setdefault(entry.id, index)


def _dead_ends(flow: Flow) -> Iterator[Problem]:
    for name, step in flow.hotline.steps.items():
        if step.ask and not (step.then or step.intents or step.keys):
            what = f"no answer leads on from the question in step `{name}`"
            mend = "add `intents: …` or `keys: …`; for answers from a FAQ alone use `answer: …`"
            yield flow.document.problem(("steps", name, "ask"), what, mend, key=True)
        elif not step.ask and not step.next and step.actions[-1] not in {"hand_off", "hang_up"}:
            mend = "add `next: …`, `hand_off: …` or `hang_up: …`"
            yield flow.document.problem(("steps", name), f"the call breaks off after step `{name}`", mend, key=True)


def _steps_that_nobody_reaches(flow: Flow) -> Iterator[Problem]:
    hotline = flow.hotline
    if hotline.start not in hotline.steps:
        return  # said already; to say of every other step that nobody reaches it would bury that
    queue = [name for name in (hotline.start, hotline.main_menu, hotline.person.refused) if name in hotline.steps]
    reached = set(queue)
    while queue:
        for name in successors(hotline.steps[queue.pop()]) & hotline.steps.keys():
            if name not in reached:
                reached.add(name)
                queue.append(name)
    for name in hotline.steps:
        if name not in reached:
            mend = "lead to it from another step by `next` or `then`, or remove it"
            yield flow.document.problem(("steps", name), f"no call ever reaches step `{name}`", mend, key=True)


def _circles_without_the_caller(flow: Flow) -> Iterator[Problem]:
    """A ring of steps that only talk would talk for ever."""
    steps = flow.hotline.steps
    waits = {
        name for name, step in steps.items() if {"ask", "collect", "answer", "hand_off", "hang_up"} & set(step.actions)
    }
    for name in steps:
        trail, here = [name], steps[name].next
        while here in steps and here not in waits and here not in trail:
            trail.append(here)
            here = steps[here].next
        if here == name and name not in waits:
            what = f"steps {' → '.join([*trail, name])} go round without ever listening to the caller"
            yield flow.document.problem(
                ("steps", name, "next"), what, "put an `ask` into the circle, or lead out of it"
            )


def _values_that_are_not_there(flow: Flow) -> Iterator[Problem]:
    slots = {slot for step in flow.hotline.steps.values() for slot in step.collect or {}}
    for name, step in flow.hotline.steps.items():
        for path, text in _prompts(name, step):
            for value, formatter in values_in(text):
                if value not in slots:
                    mend = _did_you_mean(value, slots, "collect it in a step before")
                    yield flow.document.problem(path, f"nothing ever fills `{{{value}}}`", mend)
                if formatter and formatter not in FORMATTER_NAMES:
                    mend = _did_you_mean(formatter, FORMATTER_NAMES, f"use one of {', '.join(FORMATTER_NAMES)}")
                    yield flow.document.problem(path, f"there is no formatter `{formatter}`", mend)


def _prompts(name: str, step: Step) -> Iterator[tuple[_Path, str]]:
    for word in ("say", "ask", "again", "hang_up"):
        yield from ((("steps", name, word), text) for text in getattr(step, word) or [])
    for slot_name, slot in (step.collect or {}).items():
        for word in ("ask", "confirm"):
            yield from ((("steps", name, "collect", slot_name, word), text) for text in getattr(slot, word) or [])


def _examples_of_two_intents(flow: Flow) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for intent, examples in flow.intents.items():
        document, path = flow.intent_marks[intent]
        for index, example in enumerate(examples):
            if not example or not example.strip():
                yield document.problem(
                    (*path, index), f"`{intent}` has an empty example", "write what a caller says, or remove it"
                )
                continue
            other = seen.setdefault(example.strip(), intent)
            if other != intent:
                what = f"`{example}` is an example of `{other}` and of `{intent}`"
                yield document.problem((*path, index), what, "keep it where it belongs and remove the other")


_RULES: tuple[_Rule, ...] = (
    _steps_that_are_not_there,
    _intents_that_are_not_there,
    _intents_that_lead_nowhere,
    _faqs_that_are_not_there,
    _faqs_that_cannot_answer,
    _dead_ends,
    _steps_that_nobody_reaches,
    _circles_without_the_caller,
    _values_that_are_not_there,
    _examples_of_two_intents,
)
