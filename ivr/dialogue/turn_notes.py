"""What the journal is told of a turn, and what keys stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from ivr.dialogue.commands import NoteTurn
from ivr.dialogue.events import Heard
from ivr.dialogue.session import Question, Session, Turn
from ivr.dialogue.world import moment
from ivr.understanding.hinted import with_hints
from ivr.understanding.result import DIGITS, VALUE, Result, State, Utterance
from ivr.understanding.typed_values import from_keys

NO_SLOTS: Mapping[str, str] = MappingProxyType({})


def spoken(session: Session, heard: str, result: Result) -> NoteTurn:
    """The note of what was heard, and what it was taken for."""
    intent = result.intent or "no_match"
    runner_up = (result.runner_up, round(result.runner_up_score, 3))
    scope = f"{session.scope}/" if session.scope else ""
    slots = dict(result.slots)
    return NoteTurn(scope + session.step, heard, intent, round(result.score, 3), *runner_up, slots, result.why)


def keyed(session: Session, keys: str, meaning: str, slots: Mapping[str, str] = NO_SLOTS, fault: str = "") -> NoteTurn:
    """The note of what was pressed; `slots` if it was a value, and `fault` if that is refused."""
    why = f"key {keys} stands for {meaning}" if meaning else f"key {keys} means nothing here"
    if slots:
        why = "entered by keys" + (f", and refused: {fault}" if fault else "")
    return spoken(session, f"[{keys}]", Result(meaning, 1.0 if meaning else 0.0, slots=dict(slots), why=why))


def utterance(heard: Heard, alternatives: Sequence[str], hints: Sequence[str], at: datetime) -> Utterance:
    """What understanding is given of a turn; free decoding knows the question's `hints` by it only."""
    free_text = with_hints(heard.free_text, heard.text, hints)
    return Utterance(heard.text, heard.confidence, tuple(alternatives), free_text, at)


def words(utterance: Utterance, state: State) -> str:
    """The caller's words: as free decoding heard them where they are the answer, since the hotline's phrases are not in
    them."""
    return (state.any_words and utterance.free_text) or utterance.text


def said(result: Result, utterance: Utterance, state: State) -> Turn:
    """The turn that was heard and understood in `state`."""
    also = tuple(meaning for meaning, _ in result.also)
    slots, text = dict(result.slots), words(utterance, state)
    return Turn(result.intent, result.score, slots, text, also=also, utterance=utterance, fault=result.fault)


def typed(session: Session, keys: str) -> Turn:
    """The turn that keys have written: digits, or the value that is wanted. A 0 that stays alone is a person."""
    wanted = session.question.state.wanted if session.question is not None else None
    if keys in {"", "0"}:
        return Turn("agent" if keys else "", text=keys, by="key")
    if wanted is None:
        return Turn(DIGITS, slots={DIGITS: keys}, text=keys, by="key")
    value, fault = from_keys(keys, wanted, moment(session).replace(tzinfo=None))
    return Turn(f"{VALUE}{wanted.kind}", slots={wanted.kind: value}, text=keys, by="key", fault=fault)


def one_number(keys: str, spoken_digits: str, state: State) -> str:
    """A number begun by keys and ended by voice; what was spoken alone if that is a whole number, or if both together
    are none."""
    if state.digits is None:
        return spoken_digits
    fits = range(state.digits.shortest, state.digits.longest + 1)
    both = keys + spoken_digits
    return both if len(spoken_digits) not in fits and len(both) in fits else spoken_digits


def meaning_of(question: Question, key: str) -> str:
    """What a key stands for at a question; 0 is a person and * says it again wherever they stand for nothing else."""
    return question.keys.get(key) or {"0": "agent", "*": "repeat"}.get(key, "")
