"""Words that sound alike where both may be meant: the recogniser, and an accent, make one of them.

Compared is how they sound (tones dropped, zh/z ch/c sh/s n/l h/f and -ng/-n merged, see phonetics.py): equal, or apart
by half a syllable. Among the options of one choice, and among the intents and FAQ questions that are active together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.document import Document
from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.rules.place import Path, Rule, place
from ivr.flow.scalars import in_language
from ivr.understanding.normalise import content, normalise
from ivr.understanding.phonetics import merged, syllables

_LANGUAGE = "zh-CN"
_SHORTEST = 4
"""Half-syllables: of single characters most are near to others."""
_LIKE = ("b p", "d t", "g k", "j q x", "z c s", "l r", "u e o uo ou", "i v", "an ian uan", "en in un vn")
"""Initials and finals that a telephone line makes of each other: 8 kHz keep little of what parts b from p."""
_CLASS = {part: f"~{group}" for group in _LIKE for part in group.split()}


@dataclass(frozen=True)
class _Phrase:
    """A way of saying what `meaning` stands for, and where it is written."""

    text: str
    meaning: str
    document: Document
    path: Path


def _options(flow: Flow) -> Iterator[Problem]:
    if _LANGUAGE not in flow.words:
        return
    for scope, name, step in flow.every_step():
        for slot_name, slot in (step.collect or {}).items():
            phrases = [
                _Phrase(way, option, flow.document, place(scope, name, "collect", slot_name, "options", option))
                for option, ways in slot.options.items()
                for way in in_language(ways, _LANGUAGE)
            ]
            yield from _alike(phrases, set())


def _active_together(flow: Flow) -> Iterator[Problem]:
    if _LANGUAGE not in flow.words:
        return
    told: set[frozenset[str]] = set()
    groups: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for _, _, step in flow.every_step():
        faqs = tuple(step.faq) + tuple(step.answer.faq if step.answer else ())
        if step.ask or step.answer:
            groups.add(((*step.intents, *step.then, *flow.hotline.anywhere), faqs))
    for intents, faqs in sorted(groups):
        yield from _alike([*_of_intents(flow, intents), *_of_faqs(flow, faqs)], told)


def _of_intents(flow: Flow, intents: tuple[str, ...]) -> Iterator[_Phrase]:
    words = flow.words[_LANGUAGE]
    for intent in dict.fromkeys(intents):
        if (intent, _LANGUAGE) in flow.sources.intents:
            document, path = flow.sources.intents[intent, _LANGUAGE]
            for index, example in enumerate(words.intents.get(intent, ())):
                yield _Phrase(example, intent, document, (*path, index))


def _of_faqs(flow: Flow, faqs: tuple[str, ...]) -> Iterator[_Phrase]:
    for faq in dict.fromkeys(faqs):
        for index, entry in enumerate(flow.words[_LANGUAGE].faqs.get(faq, ())):
            for text in (entry.question, *entry.variants):
                yield _Phrase(text, f"{faq}/{entry.id}", flow.sources.faqs[faq, _LANGUAGE], ("faq", index))


def _alike(phrases: list[_Phrase], told: set[frozenset[str]]) -> Iterator[Problem]:
    """A problem for each two meanings of which two phrases are alike; `told`: those that were named before."""
    seen: dict[tuple[str, ...], _Phrase] = {}
    for phrase in phrases:
        sound = _sound(phrase)
        for key, nearly in _neighbourhood(sound):
            other = seen.setdefault(key, phrase)
            pair = frozenset([other.meaning, phrase.meaning])
            if len(pair) == 1 or pair in told or other.text == phrase.text:
                continue
            told.add(pair)
            how = "sound nearly alike" if nearly and _sound(other) != sound else "sound the same"
            what = f"“{other.text}” (`{other.meaning}`) and “{phrase.text}” (`{phrase.meaning}`) {how} on the telephone"
            mend = "call one of them by another word, or have what was understood confirmed"
            yield phrase.document.problem(phrase.path, what, mend, advice=True)


def _sound(phrase: _Phrase) -> tuple[str, ...]:
    """Initial and final of each syllable in turn, as an accent merges them."""
    return tuple(part for syllable in syllables(content(normalise(phrase.text))) for part in merged(syllable))


def _neighbourhood(sound: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Keys that two sounds share if they are equal, or if one initial or final is taken for its like; and whether a
    key is of the latter kind."""
    if not sound:
        return
    yield sound, False
    if len(sound) >= _SHORTEST:
        for index, part in enumerate(sound):
            if part in _CLASS:
                yield (*sound[:index], _CLASS[part], *sound[index + 1 :]), True


RULES: tuple[Rule, ...] = (_options, _active_together)
