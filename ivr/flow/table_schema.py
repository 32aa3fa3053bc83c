"""A table in faq/: rows of one kind (packages, machines) whose attributes callers ask for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ivr.flow.scalars import Name, Written


class Attribute(Written):
    """What the rows of a table are asked for."""

    called: str
    """Its name as callers hear it: 月费."""
    also: list[str] = []
    """Other ways of asking for it: 多少钱, 一个月多少钱."""
    type: Literal["money", "number", "text"] = "text"
    """`money` and `number` can be compared: the lowest, over, under. `text` is said as it is written."""
    unit: str = ""
    """What is said behind a number: 个G."""
    answer: str
    """What is said of one row, with `{name}` and `{value}`: `{name}的月费是{value}。`."""
    most: list[str] = []
    """Ways of asking which row has the most of it: 最贵."""
    least: list[str] = []
    """Ways of asking which row has the least of it: 最便宜."""


class Row(Written):
    """One thing that a table tells about."""

    name: str
    """Its name as callers hear it."""
    also: list[str] = []
    """Other names for it."""
    cells: dict[Name, str]
    """Its values by attribute. One that is left out is not known, and callers are told so."""
    answer: str = ""
    """What is said of it as a whole. Left out: its name and every value."""


class Table(Written):
    """A table that callers ask by row and attribute: 畅享套餐多少钱, 哪个流量最多, 一百块以下的有哪些, 那流量呢."""

    about: str
    """What a row is: 套餐."""
    attributes: Annotated[dict[Name, Attribute], Field(min_length=1)]
    """What can be asked of every row, by name."""
    rows: Annotated[dict[Name, Row], Field(min_length=1)]
    """The rows by name."""
