"""The words of the flow language: one model a thing that a designer writes.

Decided: **a step is read from top to bottom.** What a step does (`say`, `ask`, `collect`, `answer`,
`hand_off`, `hang_up`) happens in the order in which it is written, then `next` leads on. Docstrings and field
descriptions here are also the editors' hover texts and the reference page: there is no second place where the
language is told.

Scalars arrive as text (see document.py) and get their meaning from the types here.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

ACTIONS = ("say", "ask", "collect", "answer", "hand_off", "hang_up")
KEYS = "0123456789*#"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(ms|s|m)")
_LENGTH = re.compile(r"(\d{1,2})(?: ?- ?(\d{1,2}))?")


def _seconds(value: Any) -> Any:
    if isinstance(value, int | float):
        return float(value)
    match = _DURATION.fullmatch(str(value))
    if not match:
        raise ValueError(f"`{value}` is not a length of time; write it as 600ms, 5s or 1.5m")
    return float(match[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0}[match[2]]


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _texts(value: list[str]) -> list[str]:
    if not value or not all(text.strip() for text in value):
        raise ValueError("the text is empty; write what the caller shall hear")
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(f"`{value}` is no name; use letters, digits and _, beginning with a letter")
    return value


def _length(value: Any) -> Any:
    if isinstance(value, tuple):
        return value
    match = _LENGTH.fullmatch(str(value))
    shortest, longest = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= shortest <= longest <= 30:
        raise ValueError(f"`{value}` is not a number of digits; write 8, or 6-12, up to 30")
    return shortest, longest


def _key(value: str) -> str:
    if len(value) != 1 or value not in KEYS:
        raise ValueError(f"`{value}` is not a key of a telephone; use one of 0-9, * and #")
    return value


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"`{value}` is not a number; write it as 0.7") from None


def _misplaced(word: str, message: str) -> PydanticCustomError:
    """A mistake of the whole that stands at one of its words; the message names the remedy after a semicolon."""
    return PydanticCustomError("misplaced", "{message}", {"word": word, "message": message})


def _flag(value: Any) -> Any:
    if value in {True, False}:
        return value
    if value in {"true", "false"}:
        return value == "true"
    raise ValueError(f"`{value}` is neither true nor false; write true or false")


Name = Annotated[str, AfterValidator(_name)]
Prompt = Annotated[list[str], BeforeValidator(_one_or_many), AfterValidator(_texts)]
Names = Annotated[list[Name], BeforeValidator(_one_or_many)]
Seconds = Annotated[float, BeforeValidator(_seconds)]
Key = Annotated[str, AfterValidator(_key)]
Flag = Annotated[bool, BeforeValidator(_flag)]


class _Written(BaseModel):
    """What a designer writes: nothing unknown is let pass, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Patience(_Written):
    """How long the hotline waits for the caller."""

    wait: Annotated[Seconds, Field(ge=1, le=60)] = 6.0
    """How long the caller may be silent after a question before being asked again. Default 6s."""
    pause: Annotated[Seconds, Field(ge=0.2, le=5)] | None = None
    """How long a pause ends the caller's turn. Default 600ms, for digits 1s."""
    between_keys: Annotated[Seconds, Field(ge=0.5, le=20)] = 3.0
    """How long after a key the next one may come. Default 3s."""


class Slot(_Written):
    """One thing to be collected from the caller."""

    type: Literal["digits", "choice"]
    """`digits`: a number said or keyed digit by digit. `choice`: one of `options`."""
    ask: Prompt
    """The question. A list gives variants: each time it is asked, the next one is said."""
    length: Annotated[tuple[int, int], BeforeValidator(_length)] = (1, 30)
    """How many digits: 8, or 6-12."""
    options: dict[Name, Prompt] = {}
    """For a choice: each option's name and the ways of saying it; the first is how the hotline says it back."""
    keys: dict[Key, Name] = {}
    """For a choice: which key stands for which option."""
    confirm: Prompt | None = None
    """Read back to the caller, who says yes or no; `{name}` stands for what was heard. Left out: not confirmed."""
    no_input: list[Prompt] = []
    """Said instead of the hotline's own words when the caller is silent: first time, second time."""
    no_match: list[Prompt] = []
    """Said when the caller is not understood: first time, second time."""
    patience: Patience = Patience()
    """How long to wait."""
    pii: Flag = False
    """Personal: masked in the summary for the agent."""

    @model_validator(mode="after")
    def _fits(self) -> Slot:
        if self.type == "choice" and not self.options:
            raise ValueError("a choice needs `options`; list each with the ways of saying it")
        if self.type == "digits" and self.options:
            raise _misplaced("options", "digits have no options; use `type: choice`, or remove `options`")
        if self.type == "digits" and self.keys:
            raise _misplaced("keys", "keys are digits here already; remove `keys`")
        for key, option in self.keys.items():
            if option not in self.options:
                raise _misplaced(
                    "keys", f"key {key} leads to `{option}`, which is no option; use one of {', '.join(self.options)}"
                )
        return self


class Answer(_Written):
    """An open question that is answered from a FAQ, until the caller has no more questions."""

    faq: Names
    """Which FAQ sets, by file name."""
    ask: Prompt
    """The first question."""
    more: Prompt
    """Asked after each answer. The caller goes on asking, or says no."""


class Handing(_Written):
    """A hand-off to people."""

    queue: Name
    """Which queue of the PBX."""
    say: Prompt | None = None
    """Said before; left out: the hotline's own words."""


def _handing(value: Any) -> Any:
    return {"queue": value} if isinstance(value, str) else value


class Step(_Written):
    """One step of the call. It is read from top to bottom, then `next` leads on."""

    say: Prompt | None = None
    """Say this. A list gives variants: each time, the next one is said."""
    ask: Prompt | None = None
    """Ask this and wait for the caller, who may speak or press keys."""
    intents: Names = []
    """With `ask`: what the caller may want here, by the names in the folder intents/."""
    faq: Names = []
    """With `ask`: FAQ sets that may answer here; after the answer the question is asked again."""
    keys: dict[Key, Name] = {}
    """With `ask`: which key stands for which intent."""
    then: dict[Name, Name] = {}
    """With `ask`: which step follows an intent. Left out: the step of the intent's own name."""
    again: Prompt | None = None
    """With `ask`: said instead when the call comes back to this question."""
    no_input: list[Prompt] = []
    """With `ask`: said when the caller is silent, first time, second time; then a person helps."""
    no_match: list[Prompt] = []
    """With `ask`: said when the caller is not understood, first time, second time; then a person helps."""
    barge_in: Literal["on", "keys", "off"] = "on"
    """What may interrupt the prompts of this step: speech and keys, keys only, or nothing."""
    patience: Patience = Patience()
    """With `ask`: how long to wait."""
    collect: dict[Name, Slot] | None = None
    """Collect these from the caller, one after the other, and keep them under their names."""
    answer: Answer | None = None
    """Answer questions from a FAQ until the caller has no more."""
    hand_off: Annotated[Handing, BeforeValidator(_handing)] | None = None
    """Give the caller to a person in this queue."""
    hang_up: Prompt | None = None
    """Say this and end the call."""
    next: Name | None = None
    """The step that follows."""

    actions: tuple[str, ...] = Field(default=(), exclude=True, json_schema_extra={"hidden": True})

    @model_validator(mode="before")
    @classmethod
    def _order(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {**value, "actions": tuple(key for key in value if key in ACTIONS)}
        return value

    @model_validator(mode="after")
    def _whole(self) -> Step:
        if not self.actions:
            raise ValueError(f"this step does nothing; give it one of {', '.join(ACTIONS)}")
        if "ask" not in self.actions:
            for word in ("intents", "faq", "keys", "then", "again", "no_input", "no_match"):
                if word in self.model_fields_set:
                    raise _misplaced(word, f"`{word}` belongs to a question; add `ask`, or remove it")
        for last in ("ask", "hand_off", "hang_up"):
            if last in self.actions[:-1]:
                after = self.actions[self.actions.index(last) + 1]
                mend = f"make `{last}` the last action, or move the rest to another step"
                raise _misplaced(after, f"nothing happens after `{last}`; {mend}")
        return self


class Person(_Written):
    """Where callers find a person."""

    queue: Name = "support"
    """The queue of the PBX that 转人工 and key 0 lead to."""
    refused: Name | None = None
    """The step to go to when the queue is full or shut. Left out: the caller is told and may go on, or insist."""


class Hotline(_Written):
    """A hotline: flow.yaml."""

    hotline: str
    """The hotline's name, as callers know it."""
    language: Literal["zh-CN", "en"]
    """The language spoken."""
    start: Name
    """The step a call begins with."""
    main_menu: Name | None = None
    """The step that 主菜单 leads to. Left out: the start."""
    person: Person = Person()
    """Where callers find a person."""
    threshold: Annotated[float, BeforeValidator(_number), Field(gt=0, lt=1)] = 0.7
    """How sure understanding must be before the hotline acts on it, above 0 and below 1."""
    steps: Annotated[dict[Name, Step], Field(min_length=1)]
    """The steps by name."""


class FaqItem(_Written):
    """One question of a FAQ."""

    id: Name
    """Its name, unique in the file."""
    question: str
    """The question as one would write it."""
    variants: list[str] = []
    """Other ways of asking it."""
    answer: str
    """What the caller hears."""


class FaqFile(_Written):
    """A file in faq/: questions with their answers."""

    faq: list[FaqItem]
    """The questions."""


class IntentFile(_Written):
    """A file in intents/: intents with examples of how callers say them."""

    intents: dict[Name, Annotated[list[str], Field(min_length=1)]]
    """Each intent's name and its examples."""


class Wording(_Written):
    """The hotline's own words in one language, used wherever a flow does not write its own."""

    no_input: list[Prompt]
    no_match: list[Prompt]
    keys_offer: str
    key_option: str
    to_person: str
    person_refused: str
    give_up: str
    goodbye: str
    too_short: str
    too_long: str
    not_confirmed: str
    trouble: str


class BuiltIn(_Written):
    """What every question understands without being written, in one language."""

    universals: dict[Name, list[str]]
    wording: Wording
