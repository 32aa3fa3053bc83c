"""The words of the flow language: one model a thing that a designer writes; the steps are in step_schema.py.

Docstrings and field descriptions here are also the editors' hover texts and the reference page: there is no second
place where the language is told.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ivr.flow.scalars import Count, Expr, Flag, Name, Names, Number, OpeningHours, Prompt, Seconds, Written
from ivr.flow.step_schema import Step, TypeName
from ivr.flow.table_schema import Table
from ivr.hearing.line_fault import LineFault

Steps = Annotated[dict[Name, Step], Field(min_length=1)]


class Person(Written):
    """Where callers find a person."""

    queue: Name = "support"
    """The queue of the PBX that 转人工 and key 0 lead to."""
    refused: Name | None = None
    """The step to go to when the queue is full or shut. Left out: the caller is told and may go on, or insist."""


class Variable(Written):
    """A value that the flow keeps."""

    type: TypeName
    """What it is: money, dates and phone numbers are spoken in their own ways."""
    start: Expr | None = None
    """What it is when the call begins. Left out: none."""
    pii: Flag = False
    """Personal: masked in the summary for the agent, and never said before verification."""


class Hours(Written):
    """When something is open, for `open("name")` in conditions."""

    open: Annotated[list[OpeningHours], Field(min_length=1)]
    """Such as `mon-fri 09:00-18:00`, one a line."""
    holidays: Literal["cn", "none"] = "cn"
    """`cn`: China's public holidays and make-up working days. `none`: by weekday alone."""


class Routine(Written):
    """Steps that other steps `run`, with values given and results returned."""

    takes: dict[Name, TypeName] = {}
    """What it must be given."""
    gives: dict[Name, TypeName] = {}
    """What it returns."""
    start: Name
    """The step it begins with."""
    steps: Steps
    """Its steps by name; they know only what it takes and what they collect themselves."""


class Promise(Written):
    """What `ivr check` proves of the flow."""

    person_within: Annotated[Count, Field(ge=1, le=10)] = 2
    """From everywhere, a caller who says 转人工 or presses 0 is on the way to a person within so many turns.
    Default 2."""
    person_after: Annotated[Seconds, Field(ge=10, le=600)] = 120.0
    """And within so much time. Default 120s."""


class Hotline(Written):
    """A hotline: flow.yaml."""

    hotline: str
    """The hotline's name, as callers know it."""
    language: Literal["zh-CN", "en"]
    """The language spoken."""
    also: Annotated[list[Literal["zh-CN", "en"]], Field(max_length=1)] = []
    """Another language that a caller may ask for at any question."""
    start: Name
    """The step a call begins with."""
    main_menu: Name | None = None
    """The step that 主菜单 leads to. Left out: the start."""
    person: Person = Person()
    """Where callers find a person."""
    queues: Names = []
    """The queues that there are. Left out: not checked."""
    threshold: Annotated[Number, Field(gt=0, lt=1)] = 0.7
    """How sure understanding must be before the hotline acts on it, above 0 and below 1."""
    values: dict[Name, Variable] = {}
    """What the flow keeps besides what it collects and saves."""
    hours: dict[Name, Hours] = {}
    """Opening hours by name."""
    anywhere: dict[Name, Name] = {}
    """Intents that are understood at every question, and the step each leads to; `next: back` leads back."""
    routines: dict[Name, Routine] = {}
    """Parts that are run from several places."""
    promise: Promise = Promise()
    """What `ivr check` proves."""
    steps: Steps
    """The steps by name."""


class FaqItem(Written):
    """One question of a FAQ."""

    id: Name
    """Its name, unique in the file."""
    question: str
    """The question as one would write it."""
    variants: list[str] = []
    """Other ways of asking it."""
    answer: str
    """What the caller hears."""
    called: str = ""
    """Its short name where two are told apart: 您是想问…，还是想问…？ Left out: the question."""


class FaqFile(Written):
    """A file in faq/: questions with their answers, or a table, or both. `NAME.en.yaml` is the English of
    `NAME.yaml`."""

    faq: list[FaqItem] = []
    """The questions."""
    table: Table | None = None
    """A table whose rows are asked for by attribute: packages, tariffs."""

    @model_validator(mode="after")
    def _holds_something(self) -> FaqFile:
        if not self.faq and self.table is None:
            raise ValueError("the file holds neither questions nor a table; begin with `faq:` or `table:`")
        return self


class IntentFile(Written):
    """A file in intents/: intents with examples of how callers say them. `NAME.en.yaml` is the English of
    `NAME.yaml`."""

    intents: dict[Name, Annotated[list[str], Field(min_length=1)]]
    """Each intent's name and its examples."""
    called: dict[Name, str] = {}
    """The short name of an intent, for 您是想查话费，还是想交话费？ Left out: its first example, if that is short."""


class Wording(Written):
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
    needs_time: str
    needs_day: str
    needs_more: str
    other_currency: str
    trouble: str
    filler: list[str]
    one_moment: list[str]
    words_lost: str
    bad_line: dict[LineFault, str]
    enter_by_keys: str
    person_by_key: str
    wrong_code: str
    recorded: str
    either: str
    wish: str
    about: str
    still_wanted: str
    asked_before: str
    unknown_cell: str
    whole_row: str
    cell: str
    most: str
    least: str
    fitting: str
    none_fitting: str


class BuiltIn(Written):
    """What every question understands without being written, in one language."""

    universals: dict[Name, list[str]]
    listening: list[str]
    """What callers say to tell that they listen, 嗯 or uh-huh: it interrupts nothing."""
    wording: Wording
