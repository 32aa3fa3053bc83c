"""A call that was made becomes a case: its caller's turns cut out of the recording, its world, and what came of it.

Decided:
- What the caller is heard saying in the case is the caller's channel alone, from half a second before the hotline took
  it for speech to a third after it fell silent. When each turn begins is told by the hotline's speech, as in life.
- A turn that holds personal data keeps its words, with other numbers, and loses its voice: it is spoken by another
  (`Captured.to_speak`). The rest of the caller's voice stays, and a voice is personal too: keep cases as recordings.
- What is expected is what happened, and whether that was right only a person knows: the file says so at its head.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from ivr.audio import RATE, write_audio
from ivr.call.journal import Exchange, Header, MemoryJournal
from ivr.dialogue.commands import Command, Listen, RunAction, StartRecording
from ivr.dialogue.events import (
    ActionDone,
    CallStarted,
    Event,
    HandedOff,
    HandOffRefused,
    Heard,
    HungUp,
    KeyPressed,
    Partial,
    RecognitionLost,
)
from ivr.dialogue.prompts import fixed_prompts
from ivr.errors import JournalError
from ivr.flow.known_values import personal_values
from ivr.flow.load import Flow
from ivr.qa.caller_turns import Cue, JournalTurn, address, turns_of
from ivr.qa.personal_data import Replacements, personal_fields, unreplaceable

_LEAD_S, _TAIL_S = 0.5, 0.3
_WITHOUT_END_S = 1.0
_SENTENCE_CHARACTERS = 60
_PROMPT_CHARACTERS = 12
_OTHER_VOICE = {"zh-CN": "zm_yunxi", "en": "af_heart"}
_KEYS = frozenset("0123456789*#")
_What = TypeVar("_What", bound=Event | Command)


@dataclass
class Captured:
    """A case to be written. `sounds`: recordings by file name, 8 kHz PCM; `to_speak`: files that another voice has to
    speak, with how many ms the caller took; `not_safe`: what is personal and was not replaced, in words; `numbers`: how
    many numbers were replaced; `journal`: the call's, with them."""

    case: dict[str, Any]
    sounds: dict[str, bytes] = field(default_factory=dict)
    to_speak: dict[str, int] = field(default_factory=dict)
    not_safe: list[str] = field(default_factory=list)
    numbers: int = 0
    journal: str = ""
    head: list[str] = field(default_factory=list)


def capture(
    header: Header, exchanges: Sequence[Exchange], caller: bytes, flow: Flow, *, seed: int, keep_personal: bool = False
) -> Captured:
    """The case of a call. `caller`: the caller's channel, 8 kHz PCM; empty for a call in text, all of which is spoken
    anew. `flow`: as it is now; `seed`: of the numbers that are drawn, see Replacements. Raises JournalError for a call
    in which the caller did nothing."""
    turns = turns_of(exchanges)[1:]
    if not turns:
        raise JournalError(f"call {header.call_id} holds no turn of the caller: there is nothing to make a case of.")
    numbers = Replacements(seed)
    if not keep_personal:
        _learn(numbers, header, exchanges, turns, personal_values(flow))
    numbers.settle()
    made = Captured({}, numbers=len(numbers))
    made.not_safe = list(dict.fromkeys(_not_safe(exchanges, turns, personal_values(flow))))
    specs = list(_specs(turns, caller, flow, numbers, made))
    local_time = next((each.event.local_time for each in exchanges if isinstance(each.event, CallStarted)), "")
    said = ", ".join(numbers.text(turn.said) for turn in turns)
    made.case = {
        "case": f"a caller: {said}"[:_SENTENCE_CHARACTERS],
        "flow": header.flow,
        "tags": ["captured"],
        "at": (local_time or header.started)[:16].replace("T", " "),
        **{name: numbers.text(number) for name, number in _ends(header) if number},
        **({"mock": mock} if (mock := _mocks(exchanges, numbers)) else {}),
        **({"refuse": refusals} if (refusals := _refusals(exchanges)) else {}),
        "turns": specs,
        "expect": _expected(exchanges, turns),
    }
    made.journal = _journal(header, exchanges, turns, numbers)
    left = numbers.left_in(_yaml(made.case) + made.journal)
    made.not_safe += [f"the number {value} still stands in the case" for value in left]
    made.head = [
        f"Captured from a call of {header.started[:10]}. What is expected below is what happened: confirm or mend it.",
        f"{len(numbers)} numbers stand for others." if numbers else "No number was replaced.",
    ]
    return made


def write(captured: Captured, folder: Path) -> None:
    """Write the case into `folder`, which is new: case.yaml, recordings, journal.jsonl. Raises OSError, AudioError."""
    folder.mkdir(parents=True)
    for name, pcm in captured.sounds.items():
        write_audio(folder / name, pcm)
    (folder / "journal.jsonl").write_text(captured.journal, encoding="utf-8")
    rewrite(captured, folder)


def rewrite(captured: Captured, folder: Path) -> None:
    """Write case.yaml anew: its head or its turns are others now."""
    head = "".join(f"# {line}\n" for line in captured.head)
    (folder / "case.yaml").write_text(head + _yaml(captured.case), encoding="utf-8")


def _yaml(case: dict[str, Any]) -> str:
    return str(yaml.safe_dump(case, allow_unicode=True, sort_keys=False, width=110))


def _ends(header: Header) -> tuple[tuple[str, str], ...]:
    return ("caller", header.caller), ("called", header.called)


def _learn(
    numbers: Replacements,
    header: Header,
    exchanges: Sequence[Exchange],
    turns: Sequence[JournalTurn],
    personal: Collection[str],
) -> None:
    """Every number that the call holds, wherever it stands."""
    numbers.learn_from(header.caller)
    for turn in turns:
        if turn.kind == "keys":
            numbers.learn(turn.said[1:-1])
        for note in turn.notes:
            for name, value in note.slots.items():
                numbers.learn_from(value)
                if name in personal:
                    numbers.learn(value)
    for exchange in exchanges:
        numbers.learn_from(_told_in(exchange.event))
        for command in exchange.commands:
            if isinstance(command, RunAction):
                numbers.learn_from([address(command), command.request.get("body")])


def _told_in(event: Event) -> list[Any]:
    match event:
        case Heard(text=text, free_text=free_text, alternatives=alternatives):
            return [text, free_text, *alternatives]
        case ActionDone(value=value):
            return [value]
        case _:
            return []


def _not_safe(exchanges: Sequence[Exchange], turns: Sequence[JournalTurn], personal: Collection[str]) -> Iterator[str]:
    """What may tell who the caller is and is no number, in words."""
    for number, turn in enumerate(turns, start=1):
        for found in unreplaceable(turn.said):
            yield f"turn {number} says “{found}”"
        for note in turn.notes:
            for name, value in note.slots.items():
                if name in personal and not any(character.isdigit() for character in value):
                    yield f"turn {number} gives the personal value {name}"
    for exchange in exchanges:
        if isinstance(exchange.event, ActionDone):
            for field_name in personal_fields(exchange.event.value):
                yield f"a service answers with {field_name}"
        if any(isinstance(command, StartRecording) for command in exchange.commands):
            yield "the caller leaves a message in their own voice"


def _specs(
    turns: Sequence[JournalTurn], caller: bytes, flow: Flow, numbers: Replacements, made: Captured
) -> Iterator[dict[str, Any]]:
    fixed = {text for language in flow.words for text in fixed_prompts(flow, language)}
    for number, turn in enumerate(turns, start=1):
        until = turns[number].began if number < len(turns) else float("inf")
        since = turns[number - 2].events[-1].at if number > 1 else 0.0
        spec: dict[str, Any] = {}
        lead = 0.0
        if turn.kind == "speech":
            lead = min(_LEAD_S, turn.began - since, turn.cue.seconds)
            spec = _spoken(turn, f"{number:02}.flac", (turn.began - lead, until), (caller, numbers, made))
            lead = 0.0 if spec["audio"] in made.to_speak else lead
        elif turn.kind == "keys":
            spec = {"keys": "".join(key for key in numbers.value(turn.said[1:-1]) if key in _KEYS)}
        else:
            spec = {turn.kind: True}
        if turn.kind != "silence":
            spec |= _moment(turn, lead, fixed)
        if (expect := _turn_expected(turn, numbers)) and turn.kind != "hang_up":
            spec["expect"] = expect
        yield spec


def _spoken(
    turn: JournalTurn, file: str, span: tuple[float, float], of: tuple[bytes, Replacements, Captured]
) -> dict[str, Any]:
    """A turn in speech: its piece of the recording, or its words for another voice."""
    caller, numbers, made = of
    heard = " ".join(event.text or event.free_text for event in turn.events if isinstance(event, Heard)).strip()
    text = numbers.text(heard)
    began, end = span[0], min(_end_of(turn), span[1])
    spec: dict[str, Any] = {"audio": file, **({"text": text} if text else {})}
    if text and (text != heard or not caller):
        made.to_speak[file] = round((end - began) * 1000)
        return {**spec, "voice": _OTHER_VOICE[_language(turn)]}
    made.sounds[file] = caller[_byte(began) : _byte(end)] or bytes(2)
    return spec


def _end_of(turn: JournalTurn) -> float:
    """When the caller fell silent, and a little after."""
    for event in reversed(turn.events):
        if isinstance(event, Heard):
            return event.at - event.silence_ms / 1000 + _TAIL_S
        if isinstance(event, RecognitionLost):
            return event.at
    return turn.events[-1].at + _WITHOUT_END_S


def _byte(seconds: float) -> int:
    return 2 * max(0, round(seconds * RATE))


def _language(turn: JournalTurn) -> str:
    return "en" if turn.asked.words.isascii() and turn.asked.words else "zh-CN"


def _moment(turn: JournalTurn, lead: float, fixed: Collection[str]) -> dict[str, Any]:
    """When the turn begins, its `lead` before."""
    cue: Cue = turn.cue
    seconds = f"{max(0, round((cue.seconds - lead) * 1000))}ms"
    if cue.kind == "turn":
        return {"at": f"{max(0, round((turn.began - lead) * 1000))}ms"}
    if cue.kind == "quiet":
        return {"after": seconds}
    part = cue.prompt[:_PROMPT_CHARACTERS].split("“")[0].split("”")[0]
    if part and any(part in text for text in fixed):
        return {"when": f'prompt "{part}"', "after": seconds}
    return {"during": seconds}


def _turn_expected(turn: JournalTurn, numbers: Replacements) -> dict[str, Any]:
    if not turn.notes:
        return {}
    slots = {name: numbers.value(value) for note in turn.notes for name, value in note.slots.items()}
    return {"intent": turn.notes[-1].intent, **({"slots": slots} if slots else {})}


def _expected(exchanges: Sequence[Exchange], turns: Sequence[JournalTurn]) -> dict[str, Any]:
    steps = [note.step for turn in turns for note in turn.notes]
    expect: dict[str, Any] = {
        "intents": [note.intent for turn in turns for note in turn.notes],
        "steps": [step for place, step in enumerate(steps) if place == 0 or steps[place - 1] != step],
    }
    match exchanges[-1].event:
        case HandedOff(queue=queue):
            return {**expect, "ended": "handed_off", "queue": queue}
        case HungUp():
            return {**expect, "ended": "hung_up"}
        case _:
            return expect


def _mocks(exchanges: Sequence[Exchange], numbers: Replacements) -> dict[str, Any]:
    """What services answered, by address or kind; where one was asked more than once, all its answers in order."""
    asked = {each.action: each for exchange in exchanges for each in exchange.commands if isinstance(each, RunAction)}
    answers: dict[str, list[Any]] = {}
    for exchange in exchanges:
        done = exchange.event
        if isinstance(done, ActionDone) and done.action in asked:
            value = numbers.json(done.value) if done.outcome == "ok" else done.outcome
            answers.setdefault(numbers.text(address(asked[done.action])), []).append(value)
    return {
        where: given[0] if all(value == given[0] for value in given) and not isinstance(given[0], list) else given
        for where, given in answers.items()
    }


def _refusals(exchanges: Sequence[Exchange]) -> list[str]:
    return [exchange.event.reason for exchange in exchanges if isinstance(exchange.event, HandOffRefused)]


def _journal(header: Header, exchanges: Sequence[Exchange], turns: Sequence[JournalTurn], numbers: Replacements) -> str:
    """The journal with other numbers. What a recogniser guessed on its way to a number is left out."""
    keys = {id(event): key for turn in turns if turn.kind == "keys" for event, key in _keys(turn, numbers)}
    journal = MemoryJournal()
    journal.begin(replace(header, caller=numbers.text(header.caller)))
    for exchange in exchanges:
        event = exchange.event
        if id(event) in keys and isinstance(event, KeyPressed):
            event = replace(event, key=keys[id(event)])
        elif isinstance(event, Partial):
            event = replace(event, text=event.text if numbers.text(event.text) == event.text else "")
        else:
            event = _other(event, numbers)
        journal.event(event)
        for command in exchange.commands:
            journal.command(event.at, command if isinstance(command, Listen) else _other(command, numbers))
    return journal.text()


def _keys(turn: JournalTurn, numbers: Replacements) -> Iterator[tuple[Event, str]]:
    pressed = [event for event in turn.events if isinstance(event, KeyPressed)]
    yield from zip(pressed, numbers.value(turn.said[1:-1]), strict=True)


def _other(what: _What, numbers: Replacements) -> _What:
    """An event or command with other numbers in its texts."""
    texts = ("text", "free_text", "alternatives", "caller", "value", "heard", "slots", "why", "request", "summary")
    changed = {name: numbers.json(getattr(what, name)) for name in (*texts, "parts") if hasattr(what, name)}
    return replace(what, **changed)
