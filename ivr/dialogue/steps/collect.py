"""`collect`: values from the caller, one after the other, each confirmed if the flow says so.

A confirmation understands yes, no, and the value said again ("不对，是一二三四"), which replaces what was heard. A
value that has been asked for three times, because it had the wrong length or was not confirmed, leads to a person.
"""

from __future__ import annotations

from ivr.dialogue.session import Question, Turn
from ivr.dialogue.steps.kind import Outcome
from ivr.dialogue.talk import TRIES_BEFORE_A_PERSON, Talk
from ivr.dialogue.vocabulary import option_intent
from ivr.flow.schema import Slot, Step
from ivr.understanding.result import Digits, State
from ivr_tts.spoken_text import FORMATTERS

_ASKING, _CONFIRMING = "asking", "confirming"


class CollectKind:
    """Progress stands in `session.form`: `slot` under way, how many `tries` have failed, `stage`, the `value` to be
    confirmed."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        for name in step.collect or {}:
            talk.session.slots.pop(name, None)
        return _ask_next(talk, step)

    def turn(self, talk: Talk, step: Step, turn: Turn) -> Outcome:
        name = talk.session.form.get("slot", "")
        slot = (step.collect or {}).get(name)
        if slot is None:
            return "done"
        value = _value(talk, name, slot, turn)
        if talk.session.form.get("stage") == _CONFIRMING and not value:
            return self._confirmed(talk, step, name, slot, turn)
        if not value:
            return "miss"
        if slot.type == "digits" and not slot.length[0] <= len(value) <= slot.length[1]:
            return _ask_again(talk, step, name, _wrong_length(talk, slot, value))
        if slot.confirm:
            _confirm(talk, step, name, slot, value)
            return "wait"
        talk.session.slots[name] = _stored(slot, value)
        return _ask_next(talk, step)

    def _confirmed(self, talk: Talk, step: Step, name: str, slot: Slot, turn: Turn) -> Outcome:
        if turn.intent == "yes":
            talk.session.slots[name] = _stored(slot, talk.session.form["value"])
            return _ask_next(talk, step)
        if turn.intent == "no":
            return _ask_again(talk, step, name, (talk.flow.wording.not_confirmed, {}))
        return "miss"


def _ask_next(talk: Talk, step: Step) -> Outcome:
    for name, slot in (step.collect or {}).items():
        if name not in talk.session.slots:
            talk.session.form.clear()
            _ask(talk, step, name, slot)
            return "wait"
    talk.session.form.clear()
    return "done"


def _ask(talk: Talk, step: Step, name: str, slot: Slot) -> None:
    talk.session.form.update(slot=name, stage=_ASKING)
    text = talk.say(slot.ask, step.barge_in)
    options = {option: option_intent(talk.session.step, name, option) for option in slot.options}
    state = State(
        tuple(options.values()),
        digits=Digits(*slot.length) if slot.type == "digits" else None,
        threshold=talk.flow.hotline.threshold,
    )
    keys = {key: options[option] for key, option in slot.keys.items()}
    talk.wait_for(_question(step, slot, text, state, keys))


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
    text = talk.say(slot.confirm or [], step.barge_in, {name: _stored(slot, value)})
    options = tuple(option_intent(talk.session.step, name, option) for option in slot.options)
    # keys 1 and 2 answer a confirmation, so keys are no digits here; said digits still correct the value
    state = State(("yes", "no", *options), threshold=talk.flow.hotline.threshold)
    if slot.type == "digits":
        state = State(state.intents, digits=Digits(*slot.length), threshold=state.threshold)
    talk.wait_for(_question(step, slot, text, state, {"1": "yes", "2": "no"}))


def _question(step: Step, slot: Slot, text: tuple[str, ...], state: State, keys: dict[str, str]) -> Question:
    no_input = tuple(tuple(rung) for rung in slot.no_input)
    no_match = tuple(tuple(rung) for rung in slot.no_match)
    return Question(text, state, keys, slot.patience, step.barge_in, no_input, no_match, closed=True)


def _value(talk: Talk, name: str, slot: Slot, turn: Turn) -> str:
    if slot.type == "digits":
        return turn.slots.get("digits", "")
    prefix = option_intent(talk.session.step, name, "")
    return turn.intent.removeprefix(prefix) if turn.intent.startswith(prefix) else ""


def _stored(slot: Slot, value: str) -> str:
    return slot.options[value][0] if slot.type == "choice" else value


def _wrong_length(talk: Talk, slot: Slot, digits: str) -> tuple[str, dict[str, str]]:
    shortest, longest = slot.length
    values = {"heard": FORMATTERS["digits"](digits, talk.flow.hotline.language)}
    if len(digits) < shortest:
        return talk.flow.wording.too_short, {**values, "missing": _spoken_count(talk, shortest - len(digits))}
    return talk.flow.wording.too_long, {**values, "extra": _spoken_count(talk, len(digits) - longest)}


def _spoken_count(talk: Talk, count: int) -> str:
    spoken = FORMATTERS["number"](str(count), talk.flow.hotline.language)
    return "两" if spoken == "二" else spoken  # before a measure word
