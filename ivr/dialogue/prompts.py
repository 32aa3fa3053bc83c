"""Everything a flow can say that does not depend on the caller: what is rendered ahead, so that no caller
waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.dialogue.policy import keys_offer
from ivr.dialogue.session import Question, Session
from ivr.dialogue.slot_values import usual_faults
from ivr.dialogue.talk import Talk
from ivr.dialogue.template import fixed_parts
from ivr.dialogue.vocabulary import REACHABLE_EVERYWHERE, final_intents, interpreter_for, option_intent
from ivr.flow.load import Flow, Words
from ivr.flow.prompt_texts import prompts_of
from ivr.flow.scalars import in_language
from ivr.flow.schema import Wording
from ivr.understanding.entities.faults import reprompt
from ivr.understanding.result import State


def fixed_prompts(flow: Flow, language: str = "") -> list[str]:
    """Every prompt in `language` (the flow's main one if left out), or what of it stands between its values, once, in
    the order of the flow."""
    language = language or flow.hotline.language
    words = flow.words[language]
    steps = [
        text for _, _, step in flow.every_step() for _, tongue, text in prompts_of(step) if tongue in {"", language}
    ]
    own = (*_refusals(flow, language), *_own_words(words.wording, language))
    texts = [*steps, *_answers(words), *_offers(flow, language), *_wishes(flow, language), *own]
    return list(dict.fromkeys(part for text in texts for part in fixed_parts(text)))


def _answers(words: Words) -> Iterator[str]:
    for entries in words.faqs.values():
        yield from (entry.answer for entry in entries)


def _own_words(wording: Wording, language: str) -> Iterator[str]:
    for rung in (*wording.no_input, *wording.no_match):
        yield from in_language(rung, language)
    yield from (wording.to_person, wording.person_refused, wording.give_up, wording.goodbye)
    yield from (wording.not_confirmed, wording.trouble, wording.wrong_code, wording.recorded)
    yield from (wording.too_short, wording.too_long, *wording.filler, *wording.one_moment, wording.words_lost)
    yield from (*wording.bad_line.values(), wording.enter_by_keys, wording.person_by_key)
    yield from (wording.either, wording.still_wanted, wording.asked_before)


def _refusals(flow: Flow, language: str) -> Iterator[str]:
    """What callers hear most of values that are refused; the rest is spoken when it happens."""
    wording = flow.words[language].wording
    slots = [slot for _, _, step in flow.every_step() for slot in (step.collect or {}).values()]
    for kind in dict.fromkeys(slot.type for slot in slots):
        yield from (reprompt(fault, language) for fault in usual_faults(kind))
        if kind == "datetime":
            yield from (wording.needs_time, wording.needs_day)
        elif kind == "money":
            yield wording.other_currency


def _wishes(flow: Flow, language: str) -> Iterator[str]:
    """Everything that may be named when two meanings are told apart; a table's many questions are left to the voice."""
    talk = Talk(flow, {}, Session(language=language))
    words = flow.words[language]
    never = {"yes", "no", *REACHABLE_EVERYWHERE, *final_intents(flow)}
    for _, _, step in flow.every_step():
        intents = (*step.intents, *step.then, *flow.hotline.anywhere) if step.ask else ()
        yield from (talk.wish(intent) for intent in intents if intent not in never)
        for bank in (*step.faq, *(step.answer.faq if step.answer else ())):
            if bank not in words.tables:
                yield from (talk.wish(f"faq:{bank}/{entry.id}") for entry in words.faqs.get(bank, ()))


def _offers(flow: Flow, language: str) -> Iterator[str]:
    talk = Talk(flow, {language: interpreter_for(flow, language)}, Session(language=language))
    for scope, name, step in flow.every_step():
        menus = [step.keys, {"1": "yes", "2": "no"}]
        if step.callback is not None:
            menus.append({"1": "morning", "2": "afternoon", "3": "evening"})
        for slot_name, slot in (step.collect or {}).items():
            menus.append({key: option_intent(scope, name, slot_name, option) for key, option in slot.keys.items()})
        for keys in menus:
            if offer := keys_offer(talk, Question((), State(), dict(keys))):
                yield offer
