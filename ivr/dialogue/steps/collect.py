"""`collect`: values from the caller, each confirmed if the flow says so.

One utterance may fill several: what else it holds for slots still empty is kept, and confirmed in its turn; so is
what the caller said with the wish that led here (明天下午三点帮我预约维修). A confirmation understands yes, no, and the
value said again ("不对，是一二三四"), which replaces what was heard. A value that has been asked for three times,
because it was refused or not confirmed, leads to a person.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.dialogue.session import Question, Turn
from ivr.dialogue.slot_values import INCOMPLETE, expects, kept, said_of, told, wanted, would_clash
from ivr.dialogue.steps.kind import Outcome, StepKind
from ivr.dialogue.talk import TRIES_BEFORE_A_PERSON, Talk
from ivr.dialogue.vocabulary import option_intent
from ivr.flow.known_values import personal_values
from ivr.flow.scalars import in_language
from ivr.flow.slot_schema import Slot
from ivr.flow.step_schema import Step
from ivr.understanding.result import Digits, State, Utterance
from ivr_tts.spoken_text import FORMATTERS

_ASKING, _CONFIRMING = "asking", "confirming"
_YES_NO_KEYS = {"1": "yes", "2": "no"}


class CollectKind(StepKind):
    """Progress stands in `session.form`: `slot` under way, how many `tries` have failed, `stage`, the `value` to be
    confirmed, what is `known` of one that is not whole, and under `heard.NAME` what was heard for others."""

    def enter(self, talk: Talk, step: Step) -> Outcome:
        talk.session.form.clear()
        for name in step.collect or {}:
            talk.session.values.pop(name, None)
        if (utterance := talk.session.told) is not None:
            talk.session.told = None
            _hear(talk, step, utterance, _of_one_kind(step))
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
        if confirming and (not value or (wanted(slot) and value == talk.session.form["value"])):
            return self._confirmed(talk, step, name, slot, turn, again=bool(value))
        if not confirming:
            _hear_others(talk, step, name, turn)
        if not value:
            return _ask_next(talk, step) if _heard_any(talk) else "miss"
        if slot.type == "digits" and not slot.length[0] <= len(value) <= slot.length[1]:
            return _ask_again(talk, step, name, _wrong_length(talk, slot, value))
        if turn.fault:
            return _refuse(talk, step, name, value, turn.fault)
        return _keep(talk, step, name, value)

    def _confirmed(self, talk: Talk, step: Step, name: str, slot: Slot, turn: Turn, *, again: bool) -> Outcome:
        """`again`: the caller has said the same value once more, which is a yes unless it comes with a no."""
        if turn.intent == "no":
            return _ask_again(talk, step, name, (talk.wording.not_confirmed, {}))
        if turn.intent == "yes" or again:
            talk.session.values[name] = kept(slot, talk.session.form["value"])
            return _ask_next(talk, step)
        return "miss"


def _keep(talk: Talk, step: Step, name: str, value: str) -> Outcome:
    slot = (step.collect or {})[name]
    if slot.confirm:
        _confirm(talk, step, name, slot, value)
        return "wait"
    talk.session.values[name] = kept(slot, value)
    return _ask_next(talk, step)


def _refuse(talk: Talk, step: Step, name: str, value: str, fault: str) -> Outcome:
    """Say what is wrong with a value and ask again; of one that is not whole, ask for the rest."""
    slot, form = (step.collect or {})[name], talk.session.form
    text = said_of(talk, slot, value, fault)
    form.pop("known", None)
    if fault not in INCOMPLETE:
        return _ask_again(talk, step, name, (text, {}))
    form["known"] = value
    return _ask_again(talk, step, name, None, rest=text)


def _ask_next(talk: Talk, step: Step) -> Outcome:
    form = talk.session.form
    for name, slot in (step.collect or {}).items():
        if name in talk.session.values:
            continue
        heard = form.pop(f"heard.{name}", "")
        if form.get("slot") != name:
            form.pop("tries", None)
            form.pop("known", None)
        if heard:
            return _keep(talk, step, name, heard)
        _ask(talk, step, name, slot)
        return "wait"
    form.clear()
    return "done"


def _ask(talk: Talk, step: Step, name: str, slot: Slot, rest: str = "") -> None:
    """`rest`: asked instead, because the beginning is known."""
    talk.session.form.update(slot=name, stage=_ASKING)
    text = talk.say([rest] if rest else slot.ask, step.barge_in)
    options = _options(talk, name, slot)
    intents = ("yes", "no") if slot.type == "yes_no" else tuple(options.values())
    keys = _YES_NO_KEYS if slot.type == "yes_no" else {key: options[option] for key, option in slot.keys.items()}
    state = expects(slot, intents, talk.flow.hotline.threshold, talk.session.form.get("known", ""))
    talk.wait_for(_question(talk, step, slot, text, state=state, keys=keys))


def _ask_again(talk: Talk, step: Step, name: str, why: tuple[str, dict[str, str]] | None, rest: str = "") -> Outcome:
    """Ask for the value once more after saying `why` (a wording and its values), or for its `rest`; or give up."""
    form = talk.session.form
    tries = int(form.get("tries", "0")) + 1
    form["tries"] = str(tries)
    if tries >= TRIES_BEFORE_A_PERSON:
        talk.give_up()
    else:
        if why is not None:
            talk.say([why[0]], step.barge_in, why[1])
        _ask(talk, step, name, (step.collect or {})[name], rest)
    return "wait"


def _confirm(talk: Talk, step: Step, name: str, slot: Slot, value: str) -> None:
    talk.session.form.update(slot=name, stage=_CONFIRMING, value=value)
    talk.session.form.pop("known", None)
    said = in_language(slot.options[value], talk.language)[0] if slot.type == "choice" else value
    text = talk.say(slot.confirm or {}, step.barge_in, {name: said})
    # keys 1 and 2 answer a confirmation, so keys are no digits here; said digits still correct the value
    intents = ("yes", "no", *_options(talk, name, slot).values())
    state = expects(slot, intents, talk.flow.hotline.threshold, known=value)  # 不对，是下午四点 keeps the day
    state = replace(state, any_words=False)  # a text is said word for word, but yes and no to it are not
    talk.wait_for(_question(talk, step, slot, text, state=state, keys=_YES_NO_KEYS))


def _question(
    talk: Talk, step: Step, slot: Slot, text: tuple[str, ...], *, state: State, keys: dict[str, str]
) -> Question:
    no_input = tuple(tuple(in_language(rung, talk.language)) for rung in slot.no_input)
    no_match = tuple(tuple(in_language(rung, talk.language)) for rung in slot.no_match)
    closed = slot.type not in {"text", "address"}
    in_any_words = slot.type == "text"  # so that no words of theirs are the whole of it
    patience = slot.patience.model_copy(update={"complete": 0.0}) if in_any_words else slot.patience
    return Question(
        text, state, keys, patience, step.barge_in, no_input, no_match, closed=closed, hints=tuple(slot.hints)
    )


def _options(talk: Talk, name: str, slot: Slot) -> dict[str, str]:
    session = talk.session
    return {option: option_intent(session.scope, session.step, name, option) for option in slot.options}


def _value(talk: Talk, name: str, slot: Slot, turn: Turn) -> str:
    """What the turn holds for a slot; "" for nothing."""
    if slot.type == "digits" or wanted(slot):
        return turn.slots.get(slot.type, "")
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
    slots = step.collect or {}
    others = [
        name
        for name, slot in slots.items()
        if name != asked and name not in talk.session.values and not would_clash(slot, slots[asked])
    ]
    _hear(talk, step, turn.utterance, others)


def _of_one_kind(step: Step) -> list[str]:
    """The slots whose value no other slot of the step could take; a wish may name them, but no option of a choice,
    which is too easily a word of the wish."""
    slots = step.collect or {}
    pairs = [(one, other) for one in slots for other in slots if one != other]
    clashing = {
        one for one, other in pairs if slots[one].type == slots[other].type or would_clash(slots[one], slots[other])
    }
    return [name for name, slot in slots.items() if name not in clashing and slot.type != "choice"]


def _hear(talk: Talk, step: Step, utterance: Utterance, names: list[str]) -> None:
    """Keep what `utterance` holds for the slots `names`."""
    for name in names:
        slot = (step.collect or {})[name]
        value = told(slot, utterance, talk.language) if wanted(slot) else _heard_in(talk, name, slot, utterance)
        if value:
            talk.session.form[f"heard.{name}"] = value
            if name in personal_values(talk.flow):
                talk.session.last_words = ""


def _heard_in(talk: Talk, name: str, slot: Slot, utterance: Utterance) -> str:
    """Digits, or an option of a choice."""
    if slot.type not in {"digits", "choice"}:
        return ""
    digits = Digits(*slot.length) if slot.type == "digits" else None
    intents = tuple(_options(talk, name, slot).values())
    result = talk.understanding.understand(utterance, State(intents, digits=digits, threshold=0.8))
    value = _value(talk, name, slot, Turn(result.intent, result.score, result.slots))
    return "" if digits is not None and not digits.shortest <= len(value) <= digits.longest else value


def _heard_any(talk: Talk) -> bool:
    return any(key.startswith("heard.") for key in talk.session.form)


def _wrong_length(talk: Talk, slot: Slot, digits: str) -> tuple[str, dict[str, str]]:
    shortest, longest = slot.length
    values = {"heard": FORMATTERS["digits"](digits, talk.language)}
    if len(digits) < shortest:
        return talk.wording.too_short, {**values, "missing": _spoken_count(talk, shortest - len(digits))}
    return talk.wording.too_long, {**values, "extra": _spoken_count(talk, len(digits) - longest)}


def _spoken_count(talk: Talk, count: int) -> str:
    spoken = FORMATTERS["number"](str(count), talk.language)
    return "两" if spoken == "二" else spoken  # before a measure word
