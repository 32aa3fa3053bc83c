"""Two languages: prompts that one of them lacks, and words in a language that the hotline does not speak."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.prompt_texts import prompts_of
from ivr.flow.rules.place import Path, Rule, place
from ivr.flow.scalars import ANY_LANGUAGE
from ivr.flow.step_schema import Step


def _spoken(flow: Flow) -> list[str]:
    return list(dict.fromkeys([flow.hotline.language, *flow.hotline.also]))


def _written(step: Step) -> dict[Path, set[str]]:
    """The languages of every prompt, and of every option's names, by its path within the step."""
    written: dict[Path, set[str]] = {}
    for path, language, _ in prompts_of(step):
        written.setdefault(path[:-2] if language else path[:-1], set()).add(language)
    for slot_name, slot in (step.collect or {}).items():
        for option, ways in slot.options.items():
            written["collect", slot_name, "options", option] = set(ways)
    return written


def _languages_of_prompts(flow: Flow) -> Iterator[Problem]:
    if not flow.hotline.also and flow.left_out("also"):
        return
    spoken, plain = _spoken(flow), list[Path]()
    for scope, name, step in flow.every_step():
        for path, languages in _written(step).items():
            here = place(scope, name, *path)
            if ANY_LANGUAGE in languages:
                plain.append(here)
                continue
            for language in spoken:
                if language not in languages:
                    what = f"the text has no {language}, which this hotline speaks"
                    yield flow.document.problem(here, what, f"add a line `{language}: …`")
            for language in sorted(languages - set(spoken)):
                what = f"nobody ever hears the {language} of this"
                mend = f"add `also: [{language}]` to the hotline, or remove the line"
                yield flow.document.problem((*here, language), what, mend, key=True, advice=True)
    if plain and len(spoken) > 1:
        what = f"callers hear this in {spoken[0]} whatever they speak" + _and_others(len(plain) - 1)
        mend = "write it in both: " + ", ".join(f"`{language}: …`" for language in spoken)
        yield flow.document.problem(plain[0], what, mend, advice=True)


def _and_others(count: int) -> str:
    return f", and {count} {'text' if count == 1 else 'texts'} more" if count else ""


def _languages_that_are_not_spoken(flow: Flow) -> Iterator[Problem]:
    if flow.hotline.language in flow.hotline.also:
        what = f"{flow.hotline.language} is the language of the hotline already"
        yield flow.document.problem(("also", 0), what, "name another language, or remove `also`")
    for scope, name, step in flow.every_step():
        if step.speak and step.speak not in _spoken(flow):
            what = f"the hotline does not speak {step.speak}"
            mend = f"add `also: [{step.speak}]` to it, or remove `speak`"
            yield flow.document.problem(place(scope, name, "speak"), what, mend)


def _faqs_in_one_language(flow: Flow) -> Iterator[Problem]:
    main = flow.hotline.language
    for language in _spoken(flow)[1:]:
        missing = [name for name in flow.words[main].faqs if name not in flow.words[language].faqs]
        if missing:
            what = f"{language} has no FAQ {', '.join(missing)}: nothing is answered from it"
            mend = f"write faq/{missing[0]}.{language}.yaml"
            yield flow.document.problem(("also",), what, mend, key=True, advice=True)


RULES: tuple[Rule, ...] = (_languages_of_prompts, _languages_that_are_not_spoken, _faqs_in_one_language)
