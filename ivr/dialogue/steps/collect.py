"""`collect`: values from the caller, each confirmed if the flow says so.

One utterance may fill several: what else it holds for slots still empty is kept, and confirmed in its turn. A
confirmation understands yes, no, and the value said again ("不对，是一二三四"), which replaces what was heard. A value
that has been asked for three times, because it had the wrong length or was not confirmed, leads to a person.
"""

from __future__ import annotations

from typing import Any

from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Outcome, StepKind
from ivr.dialogue.talk import TRIES_BEFORE_A_PERSON, Talk
from ivr.dialogue.vocabulary import option_intent
from ivr.flow.scalars import in_language
from ivr.flow.slot_schema import Slot
from ivr.flow.step_schema import Step
from ivr.understanding.result import Digits, State
from ivr_tts.spoken_text import FORMATTERS

_ASKING, _CONFIRMING = "asking", "confirming"
_YES_NO_KEYS = {"1": "yes", "2": "no"}


class CollectKind(StepKind):
    """Progress stands in `session.form`: `slot` under way, how many `tries` have failed, `stage`, the `value` to be
    confirmed, and under `heard.NAME` what was heard for others."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        talk.session.form.clear()
        for name in step.collect or {}:
            talk.session.values.pop(name, None)
        return _ask_next(talk, step)

    def resume(self, talk: Talk, step: Step) -> Outcome:
        return _ask_next(talk, step)

    def takes_any_words(self, talk: Talk, step: Step) -> bool:
        """Asked for text, the caller's own words are the answer."""
        slot = (step.collect or {}).get(talk.session.form.get("slot", ""))
        return slot is not None and slot.type == "text" and talk.session.form.get("stage") == _ASKING

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        name = talk.session.form.get("slot", "")
        slot = (step.collect or {}).get(name)
        if slot is None:
            return "done"
        confirming = talk.session.form.get("stage") == _CONFIRMING
        value = "" if confirming and slot.type in {"yes_no", "text"} else _value(talk, name, slot, turn)
        if confirming and not value:
            return self._confirmed(talk, step, name, slot, turn)
        if not confirming:
            _hear_others(talk, step, name, turn)
        if not value:
            return _ask_next(talk, step) if _heard_any(talk) else "miss"
        if slot.type == "digits" and not slot.length[0] <= len(value) <= slot.length[1]:
            return _ask_again(talk, step, name, _wrong_length(talk, slot, value))
        return _keep(talk, step, name, value)

    def _confirmed(self, talk: Talk, step: Step, name: str, slot: Slot, turn: Turn) -> Outcome:
        if turn.intent == "yes":
            talk.session.values[name] = _stored(slot, talk.session.form["value"])
            return _ask_next(talk, step)
        if turn.intent == "no":
            return _ask_again(talk, step, name, (talk.wording.not_confirmed, {}))
        return "miss"


def _keep(talk: Talk, step: Step, name: str, value: str) -> Outcome:
    slot = (step.collect or {})[name]
    if slot.confirm:
        _confirm(talk, step, name, slot, value)
        return "wait"
    talk.session.values[name] = _stored(slot, value)
    return _ask_next(talk, step)


def _ask_next(talk: Talk, step: Step) -> Outcome:
    form = talk.session.form
    for name, slot in (step.collect or {}).items():
        if name in talk.session.values:
            continue
        heard = form.pop(f"heard.{name}", "")
        if form.get("slot") != name:
            form.pop("tries", None)
        if heard:
            return _keep(talk, step, name, heard)
        _ask(talk, step, name, slot)
        return "wait"
    form.clear()
    return "done"


def _ask(talk: Talk, step: Step, name: str, slot: Slot) -> None:
    talk.session.form.update(slot=name, stage=_ASKING)
    text = talk.say(slot.ask, step.barge_in)
    options = _options(talk, name, slot)
    intents = ("yes", "no") if slot.type == "yes_no" else tuple(options.values())
    digits = Digits(*slot.length) if slot.type == "digits" else None
    keys = _YES_NO_KEYS if slot.type == "yes_no" else {key: options[option] for key, option in slot.keys.items()}
    state = State(intents, digits=digits, threshold=talk.flow.hotline.threshold)
    talk.wait_for(_question(talk, step, slot, text, state=state, keys=keys))


def _ask_again(talk: Talk, step: Step, name: str, why: tuple[str, dict[str, str]]) -> Outcome:
    """Ask for the value once more after saying `why` (a wording and its values), or give up."""
    form = talk.session.form
    tries = int(form.get("tries", "0")) + 1
    form["tries"] = str(tries)
    if tries >= TRIES_BEFORE_A_PERSON:
        talk.give_up()
    else:
        talk.say([why[0]], step.barge_in, why[1])
        _ask(talk, step, name, (step.collect or {})[name])
    return "wait"


def _confirm(talk: Talk, step: Step, name: str, slot: Slot, value: str) -> None:
    talk.session.form.update(slot=name, stage=_CONFIRMING, value=value)
    said = in_language(slot.options[value], talk.language)[0] if slot.type == "choice" else value
    text = talk.say(slot.confirm or {}, step.barge_in, {name: said})
    # keys 1 and 2 answer a confirmation, so keys are no digits here; said digits still correct the value
    digits = Digits(*slot.length) if slot.type == "digits" else None
    state = State(("yes", "no", *_options(talk, name, slot).values()), (), digits, talk.flow.hotline.threshold)
    talk.wait_for(_question(talk, step, slot, text, state=state, keys=_YES_NO_KEYS))


def _question(
    talk: Talk, step: Step, slot: Slot, text: tuple[str, ...], *, state: State, keys: dict[str, str]
) -> Question:
    no_input = tuple(tuple(in_language(rung, talk.language)) for rung in slot.no_input)
    no_match = tuple(tuple(in_language(rung, talk.language)) for rung in slot.no_match)
    closed = slot.type != "text"
    return Question(
        text, state, keys, slot.patience, step.barge_in, no_input, no_match, closed=closed, hints=tuple(slot.hints)
    )


def _options(talk: Talk, name: str, slot: Slot) -> dict[str, str]:
    session = talk.session
    return {option: option_intent(session.scope, session.step, name, option) for option in slot.options}


def _value(talk: Talk, name: str, slot: Slot, turn: Turn) -> str:
    """What the turn holds for a slot; "" for nothing."""
    if slot.type == "digits":
        return turn.slots.get("digits", "")
    if slot.type == "text":
        return turn.text
    if slot.type == "yes_no":
        return turn.intent if turn.intent in {"yes", "no"} else ""
    named = {intent: option for option, intent in _options(talk, name, slot).items()}
    return named.get(turn.intent, "")


def _hear_others(talk: Talk, step: Step, asked: str, turn: Turn) -> None:
    """Keep what one utterance holds for the other slots that are still empty."""
    if turn.utterance is None:
        return
    for name, slot in (step.collect or {}).items():
        if name == asked or name in talk.session.values or slot.type not in {"digits", "choice"}:
            continue
        digits = Digits(*slot.length) if slot.type == "digits" else None
        intents = tuple(_options(talk, name, slot).values())
        result = talk.understanding.understand(turn.utterance, State(intents, digits=digits, threshold=0.8))
        value = _value(talk, name, slot, Turn(result.intent, result.score, result.slots))
        if value and (digits is None or digits.shortest <= len(value) <= digits.longest):
            talk.session.form[f"heard.{name}"] = value


def _heard_any(talk: Talk) -> bool:
    return any(key.startswith("heard.") for key in talk.session.form)


def _stored(slot: Slot, value: str) -> Any:
    """What is kept: of a choice the option's name, which is the same in every language and in conditions."""
    return value == "yes" if slot.type == "yes_no" else value


def _wrong_length(talk: Talk, slot: Slot, digits: str) -> tuple[str, dict[str, str]]:
    shortest, longest = slot.length
    values = {"heard": FORMATTERS["digits"](digits, talk.language)}
    if len(digits) < shortest:
        return talk.wording.too_short, {**values, "missing": _spoken_count(talk, shortest - len(digits))}
    return talk.wording.too_long, {**values, "extra": _spoken_count(talk, len(digits) - longest)}


def _spoken_count(talk: Talk, count: int) -> str:
    spoken = FORMATTERS["number"](str(count), talk.language)
    return "两" if spoken == "二" else spoken  # before a measure word
