"""Everything a flow can say that does not depend on the caller: what is rendered ahead, so that no caller
waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.dialogue.policy import keys_offer
from ivr.dialogue.session import Question, Session
from ivr.dialogue.talk import Talk
from ivr.dialogue.template import fixed_parts
from ivr.dialogue.vocabulary import interpreter_for, option_intent
from ivr.flow.load import Flow
from ivr.flow.schema import Step
from ivr.understanding.result import State


def fixed_prompts(flow: Flow) -> list[str]:
    """Every prompt, or what of it stands between its values, once, in the order of the flow."""
    wording = flow.wording
    texts = [
        *(text for step in flow.hotline.steps.values() for text in _of_step(step)),
        *(entry.answer for entries in flow.faqs.values() for entry in entries),
        *_offers(flow),
        *(text for rung in (*wording.no_input, *wording.no_match) for text in rung),
        *(wording.to_person, wording.person_refused, wording.give_up, wording.goodbye),
        *(wording.not_confirmed, wording.trouble),
        *(wording.too_short, wording.too_long),
    ]
    return list(dict.fromkeys(part for text in texts for part in fixed_parts(text)))


def _of_step(step: Step) -> Iterator[str]:
    for prompt in (step.say, step.ask, step.again, step.hang_up):
        yield from prompt or []
    for rung in (*step.no_input, *step.no_match):
        yield from rung
    for slot in (step.collect or {}).values():
        yield from slot.ask
        yield from slot.confirm or []
        for rung in (*slot.no_input, *slot.no_match):
            yield from rung
    if step.answer:
        yield from (*step.answer.ask, *step.answer.more)
    if step.hand_off and step.hand_off.say:
        yield from step.hand_off.say


def _offers(flow: Flow) -> Iterator[str]:
    talk = Talk(flow, interpreter_for(flow), Session())
    for name, step in flow.hotline.steps.items():
        menus = [step.keys, {"1": "yes", "2": "no"}]
        for slot_name, slot in (step.collect or {}).items():
            menus.append({key: option_intent(name, slot_name, option) for key, option in slot.keys.items()})
        for keys in menus:
            if offer := keys_offer(talk, Question((), State(), dict(keys))):
                yield offer
