"""One thing to be collected from the caller, and how long it is waited for: what can be written of it, and what goes
together.

Docstrings and field descriptions here are also the editors' hover texts and the reference page: there is no second
place where the language is told.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ivr.flow.scalars import Amount, Flag, Key, Length, Limit, Name, Prompt, Seconds, Written, misplaced

_MOMENTS = ("date", "time", "datetime")
_AMOUNTS = ("money", "number")
_BELONGS_TO: dict[str, tuple[str, ...]] = {
    "options": ("choice",),
    "keys": ("choice",),
    "length": ("digits", "order"),
    "earliest": _MOMENTS,
    "latest": _MOMENTS,
    "direction": ("date", "datetime"),
    "at_least": _AMOUNTS,
    "at_most": _AMOUNTS,
    "down_to": ("address",),
}
"""Options, and the types that they go with."""
_PERSONAL = ("id_card", "bank_card")
_DAYS = {"days": "`today` or `30 days`", "date": "`2026-12-31`"}
_UNITS: dict[str, dict[str, str]] = {
    "date": _DAYS,
    "time": {"clock": "`08:00`", "minutes": "`now`"},
    "datetime": {**_DAYS, "minutes": "`2 hours`"},
}
"""What limits of a type can be counted in, and how that is written."""


class Patience(Written):
    """How long the hotline waits for the caller."""

    wait: Annotated[Seconds, Field(ge=1, le=60)] = 6.0
    """How long the caller may be silent after a question before being asked again. Default 6s."""
    pause: Annotated[Seconds, Field(ge=0.2, le=5)] | None = None
    """How long a pause ends the caller's turn. Default 600ms, for digits 1s."""
    complete: Annotated[Seconds, Field(ge=0, le=5)] = 0.16
    """How long a pause ends a turn that is a whole answer already: all the digits, or just the words of something that
    is expected here. Default 160ms, as the voice detector counts it, which hears speech some 30ms longer than it lasts;
    0s waits for `pause` as after any other turn."""
    between_keys: Annotated[Seconds, Field(ge=0.5, le=20)] = 3.0
    """How long after a key the next one may come. Default 3s."""


class Slot(Written):
    """One thing to be collected from the caller."""

    type: Literal[
        "digits", "choice", "yes_no", "text", "date", "time", "datetime", "money", "number", "phone", "id_card",
        "bank_card", "plate", "address", "order",
    ]  # fmt: skip
    """`digits`: a number said or keyed digit by digit. `choice`: one of `options`, such as a product. `yes_no`. `text`:
    the caller's own words, as they were recognised. `date`, `time`, `datetime`: a day, a time of day, or both, in
    whatever words (大后天下午三点半). `money`, `number`: an amount. `phone`, `id_card`, `bank_card`, `plate`: checked
    as such; a caller who says one digit too few is told so. `address`. `order`: letters and digits, sign by sign."""
    ask: Prompt
    """The question. A list gives variants: each time it is asked, the next one is said."""
    length: Length = (1, 30)
    """For digits and an order: how many, such as 8, or 6-12."""
    earliest: Limit | None = None
    """For a date, a time, or both: not before `today`, `tomorrow`, `now`, `3 days`, `2 hours`, `7 days ago`,
    `2026-12-31` or `08:00`. A caller who says an earlier one is told what the earliest is."""
    latest: Limit | None = None
    """Not after that; `30 days` is in thirty days."""
    direction: Literal["past", "future"] | None = None
    """For a date, or both: it lies behind us or ahead, so what the caller leaves out (三号, 星期五) is found there."""
    at_least: Amount | None = None
    """For money and numbers: not less than this."""
    at_most: Amount | None = None
    """Not more than this."""
    down_to: Literal["province", "city", "district", "road", "house"] | None = None
    """For an address: what must be said of it at least."""
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
    hints: list[str] = []
    """Words that the caller may use, for the recogniser."""
    patience: Patience = Patience()
    """How long to wait."""
    pii: Flag = False
    """Personal: masked in the summary for the agent, and never said before verification. An ID card's and a bank
    card's number always are."""

    @model_validator(mode="before")
    @classmethod
    def _always_personal(cls, value: Any) -> Any:
        return {**value, "pii": True} if isinstance(value, dict) and value.get("type") in _PERSONAL else value

    @model_validator(mode="after")
    def _fits(self) -> Slot:
        if self.type == "choice" and not self.options:
            raise ValueError("a choice needs `options`; list each with the ways of saying it")
        for word, types in _BELONGS_TO.items():
            if word in self.model_fields_set and self.type not in types:
                raise misplaced(word, self._misfit(word, types))
        for key, option in self.keys.items():
            if option not in self.options:
                known = ", ".join(self.options)
                raise misplaced("keys", f"key {key} leads to `{option}`, which is no option; use one of {known}")
            if key == "0":
                raise misplaced("keys", "key 0 always leads to a person; use another key")
        self._limits()
        return self

    def _misfit(self, word: str, types: tuple[str, ...]) -> str:
        if word == "options":
            return f"{self.type} has no options; use `type: choice`, or remove `options`"
        if word == "keys":
            what = "keys are digits here already" if self.type == "digits" else f"{self.type} has keys of its own"
            return f"{what}; remove `keys`"
        return f"`{word}` does not go with `type: {self.type}`; remove it, or use `type: {types[0]}`"

    def _limits(self) -> None:
        """Limits that fit the type, and the lower before the upper."""
        for word in ("earliest", "latest"):
            limit: Limit | None = getattr(self, word)
            units = _UNITS.get(self.type, {})
            if limit is not None and limit.unit not in units:
                raise misplaced(
                    word, f"`{limit.text}` is no limit of a {self.type}; write {' or '.join(units.values())}"
                )
        if self.earliest and self.latest and self.latest.before(self.earliest):
            mend = "swap the two"
            raise misplaced("latest", f"`{self.latest.text}` is before `{self.earliest.text}`, so nothing fits; {mend}")
        if self.at_least is not None and self.at_most is not None and self.at_most < self.at_least:
            raise misplaced("at_most", f"{self.at_most} is less than {self.at_least}, so nothing fits; swap the two")
