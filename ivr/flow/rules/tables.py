"""Tables: cells of attributes that there are not, values that cannot be compared, names that stand for two things."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.flow.document import Document
from ivr.flow.load import Flow
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem
from ivr.flow.rules.place import Path, Rule
from ivr.flow.table_schema import Table
from ivr.flow.tables import amount

_OWN = ("all", "most", "least", "under", "over", "none")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_VALUES = ("name", "value")


def _tables(flow: Flow) -> Iterator[tuple[Table, Document]]:
    for language, words in flow.words.items():
        for name, table in words.tables.items():
            yield table, flow.sources.faqs[name, language]


def _cells(flow: Flow) -> Iterator[Problem]:
    for table, document in _tables(flow):
        for name, row in table.rows.items():
            path: Path = ("table", "rows", name)
            if name in _OWN:
                mend = "call the row something else; its spoken name may stay"
                yield document.problem(path, f"a row cannot be called `{name}`", mend, key=True)
            for attribute, value in row.cells.items():
                here = (*path, "cells", attribute)
                if attribute not in table.attributes:
                    mend = did_you_mean(attribute, table.attributes, "add it to `attributes`, or remove the cell")
                    yield document.problem(here, f"the table has no attribute `{attribute}`", mend, key=True)
                elif table.attributes[attribute].type != "text" and amount(value) is None:
                    what = f"`{value}` is no number, and `{attribute}` is a {table.attributes[attribute].type}"
                    mend = "write the number alone (the unit goes to the attribute), or make the attribute a `text`"
                    yield document.problem(here, what, mend)


def _answers(flow: Flow) -> Iterator[Problem]:
    for table, document in _tables(flow):
        for name, attribute in table.attributes.items():
            here: Path = ("table", "attributes", name, "answer")
            for wrong in (word for word in _PLACEHOLDER.findall(attribute.answer) if word not in _VALUES):
                mend = did_you_mean(wrong, _VALUES, "an answer holds {name} and {value}")
                yield document.problem(here, f"there is no {{{wrong}}} in a table's answer", mend)
            if "{value}" not in attribute.answer:
                yield document.problem(here, "the answer never says the value", "write {value} where it belongs")


def _names_of_two(flow: Flow) -> Iterator[Problem]:
    for table, document in _tables(flow):
        rows = ((("rows", name), (row.name, *row.also)) for name, row in table.rows.items())
        attributes = ((("attributes", name), (a.called, *a.also)) for name, a in table.attributes.items())
        for kind in (rows, attributes):
            seen: dict[str, str] = {}
            for (word, name), ways in kind:
                for way in ways:
                    other = seen.setdefault(way.strip(), name)
                    path: Path = ("table", word, name)
                    if not way.strip():
                        yield document.problem(path, f"`{name}` has an empty name", "write it, or remove the line")
                    elif other != name:
                        what = f"“{way}” stands for `{other}` and for `{name}`"
                        yield document.problem(path, what, "keep it where it belongs and remove the other", key=True)


RULES: tuple[Rule, ...] = (_cells, _answers, _names_of_two)
