"""The steps of a call: what can stand in one, and what belongs together.

Decided: **a step is read from top to bottom.** What a step does happens in the order in which it is written, then
`next` leads on. Docstrings and field descriptions here are also the editors' hover texts and the reference page: there
is no second place where the language is told.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ivr.flow.scalars import Count, Expr, Key, Length, Name, Names, Prompt, Seconds, Written, misplaced
from ivr.flow.slot_schema import Patience, Slot

ACTIONS = (
    "say", "set", "branch", "ask", "collect", "answer", "call", "run", "record", "verify", "survey", "callback",
    "speak", "hand_off", "hang_up", "return",
)  # fmt: skip
LAST = ("ask", "branch", "hand_off", "hang_up", "return")
"""Actions after which nothing in the step happens."""

BACK = "back"
"""The step name that leads to where the call was before."""

TypeName = Literal[
    "text", "number", "money", "yes_no", "date", "time", "datetime", "phone", "digits", "id_card", "bank_card", "plate",
    "address", "order", "list", "record", "any",
]  # fmt: skip
"""What a value can be."""


class Branch(Written):
    """One way out of a `branch`: the first whose `if` holds is taken; `else` is taken when none does."""

    if_: Annotated[Expr | None, Field(alias="if")] = None
    """The condition, such as `bill.amount > 100 and level == "L4"`."""
    next: Name | None = None
    """The step that follows if it holds."""
    else_: Annotated[Name | None, Field(alias="else")] = None
    """The step that follows if nothing before held. The last line of every branch."""

    @model_validator(mode="after")
    def _one_way(self) -> Branch:
        if (self.else_ is None) == (self.if_ is None) or (self.if_ is None) != (self.next is None):
            raise ValueError("a way out is `if: …` with `next: …`, or `else: …` alone; write one of the two")
        return self


class Answer(Written):
    """An open question that is answered from a FAQ, until the caller has no more questions."""

    faq: Names
    """Which FAQ sets, by file name."""
    ask: Prompt
    """The first question."""
    more: Prompt
    """Asked after each answer. The caller goes on asking, or says no."""
    helped: Prompt | None = None
    """Asked after each answer instead: did that help? A no leads to `unhelped`, a yes to `more`."""
    unhelped: Name | None = None
    """The step for a caller whom the answer did not help. Left out: a person."""


_SITE = re.compile(r"(\{(env|secret)\.[A-Z][A-Z0-9_]*\}|https?://(\{env\.[A-Z][A-Z0-9_]*\}|[^{}/?#\s])+)([/?]|$)")


class Call(Written):
    """A question to another system over HTTP. It never holds up the caller: a filler is said while it lasts."""

    get: str | None = None
    """The address; `{account}` puts a value in, `{env.CRM}` what the engineer has set."""
    post: str | None = None
    """The address to which `body` is sent."""
    body: dict[Name, Expr] = {}
    """What is sent, as JSON: a name and an expression each."""
    headers: dict[str, str] = {}
    """Headers; a secret only by reference, as in `Bearer {secret.CRM}`."""
    save: Name | None = None
    """The name under which the answer is kept."""
    expect: dict[str, TypeName] = {}
    """What the answer must hold, such as `amount: money`; anything else counts as failed."""
    timeout: Annotated[Seconds, Field(ge=0.1, le=30)] = 3.0
    """How long it may take, all tries together. Default 3s."""
    retry: Annotated[Count, Field(le=5)] = 0
    """How often to try again. Default 0."""
    failed: Name
    """The step that follows when it fails, whatever the reason."""
    filler: Prompt | None = None
    """Said if the answer takes more than a second, and again while it lasts. Left out: the hotline's own words."""

    @model_validator(mode="after")
    def _one_address(self) -> Call:
        if (self.get is None) == (self.post is None):
            raise ValueError("a call has one address; write `get: …` or `post: …`")
        word, address = ("get", self.get) if self.get is not None else ("post", self.post or "")
        if not _SITE.match(address):
            mend = "begin it with `{env.NAME}/` or `https://host/`, so that no value can lead to another host"
            raise misplaced(word, f"this is no address that is surely one host's; {mend}")
        if self.get is not None and self.body:
            raise misplaced("body", "a `get` sends nothing; use `post`, or put values into the address")
        return self


class Run(Written):
    """Steps of another part of the flow, run as one action: see `routines`."""

    routine: Name
    """Which routine."""
    with_: Annotated[dict[Name, Expr], Field(alias="with")] = {}
    """What it is given, by the names it takes."""
    save: dict[Name, Name] = {}
    """What is kept of what it gives: our name, and its name."""


class Record(Written):
    """A message that the caller leaves."""

    ask: Prompt
    """Said before, such as: please leave a message after the tone, and press # when you are done."""
    save: Name
    """The name under which the recording's file is kept."""
    longest: Annotated[Seconds, Field(ge=3, le=300)] = 60.0
    """How long it may be. Default 60s."""


class Verify(Written):
    """Is the caller who they say they are? Goes on only if so; `verified` is yes from then on."""

    by: Literal["answer", "code", "totp"]
    """`answer`: what they say must equal `is`. `code`: a one-time code sent to `to`. `totp`: the code of the
    authenticator of `to`."""
    ask: Prompt
    """The question."""
    length: Length = (6, 6)
    """How many digits the answer or code has. Default 6."""
    is_: Annotated[Expr | None, Field(alias="is")] = None
    """With `by: answer`: what is right."""
    to: Expr | None = None
    """With `by: code` or `totp`: whom the code belongs to, such as a phone number."""
    attempts: Annotated[Count, Field(ge=1, le=5)] = 3
    """How many tries. Default 3."""
    failed: Name
    """The step for those who cannot."""

    @model_validator(mode="after")
    def _fits(self) -> Verify:
        wanted, other = (self.is_, self.to) if self.by == "answer" else (self.to, self.is_)
        word = "is" if self.by == "answer" else "to"
        if wanted is None or other is not None:
            raise ValueError(f"`by: {self.by}` goes with `{word}` alone; write `{word}: …`")
        return self


class Survey(Written):
    """A rating by number, by voice or keys. A caller who does not answer is not asked again."""

    ask: Prompt
    """The question, with the scale in it."""
    scale: Length = (1, 5)
    """From what to what: 1-5 for satisfaction. Default 1-5."""
    save: Name
    """The name under which the rating is kept."""
    thanks: Prompt | None = None
    """Said after the answer."""


class Callback(Written):
    """A call back at a better time."""

    ask: Prompt
    """When shall we call? The caller says or presses morning (1), afternoon (2) or evening (3)."""
    number: Expr
    """The number to call, such as `caller`."""
    save: Name
    """The name under which the time of day is kept."""
    failed: Name
    """The step that follows when it cannot be noted."""


class Handing(Written):
    """A hand-off to people."""

    queue: Name
    """Which queue of the PBX."""
    say: Prompt | None = None
    """Said before; left out: the hotline's own words."""


def _handing(value: Any) -> Any:
    return {"queue": value} if isinstance(value, str) else value


class Step(Written):
    """One step of the call. It is read from top to bottom, then `next` leads on."""

    say: Prompt | None = None
    """Say this. A list gives variants: each time, the next one is said."""
    set: dict[Name, Expr] | None = None
    """Keep the values of these expressions under their names."""
    branch: Annotated[list[Branch], Field(min_length=1)] | None = None
    """Go where the first condition that holds leads."""
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
    hints: list[str] = []
    """With `ask`: words that the caller may use, for the recogniser."""
    barge_in: Literal["on", "keys", "off"] = "on"
    """What may interrupt the prompts of this step: speech and keys, keys only, or nothing."""
    patience: Patience = Patience()
    """With `ask`: how long to wait."""
    collect: dict[Name, Slot] | None = None
    """Collect these from the caller, in any order, and keep them under their names."""
    answer: Answer | None = None
    """Answer questions from a FAQ until the caller has no more."""
    call: Call | None = None
    """Ask another system."""
    run: Run | None = None
    """Run a routine."""
    record: Record | None = None
    """Let the caller leave a message."""
    verify: Verify | None = None
    """Make sure who the caller is."""
    survey: Survey | None = None
    """Ask for a rating."""
    callback: Callback | None = None
    """Arrange to call back."""
    speak: Literal["zh-CN", "en"] | None = None
    """Speak this language from here on."""
    hand_off: Annotated[Handing, BeforeValidator(_handing)] | None = None
    """Give the caller to a person in this queue."""
    hang_up: Prompt | None = None
    """Say this and end the call."""
    return_: Annotated[dict[Name, Expr] | None, Field(alias="return")] = None
    """In a routine: end it, giving these."""
    next: Name | None = None
    """The step that follows. `back` leads to where the call was before it came here from elsewhere."""

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
            for word in ("intents", "faq", "keys", "then", "again", "no_input", "no_match", "hints"):
                if word in self.model_fields_set:
                    raise misplaced(word, f"`{word}` belongs to a question; add `ask`, or remove it")
        if self.keys.get("0", "agent") != "agent":
            raise misplaced("keys", "key 0 always leads to a person; use another key")
        for last in LAST:
            if last in self.actions[:-1]:
                after = self.actions[self.actions.index(last) + 1]
                mend = f"make `{last}` the last action, or move the rest to another step"
                raise misplaced(after, f"nothing happens after `{last}`; {mend}")
            if last != "ask" and last in self.actions and self.next:
                raise misplaced("next", f"`next` is never reached after `{last}`; remove one of the two")
        return self
