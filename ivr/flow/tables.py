"""A table becomes entries of its FAQ, one for every answer it can give, so that all of them can be rendered ahead.

| entry | its answer |
|---|---|
| ROW | the whole row |
| ROW.ATTRIBUTE | one value, or that it is not known |
| none | that there is no such row |
| all.ATTRIBUTE | that value of every row |
| most.ATTRIBUTE, least.ATTRIBUTE | the rows with the most or least of it |
| under.ATTRIBUTE.K, over.ATTRIBUTE.K | the K rows with the least or most of it: all below or above some limit |

Which of them a turn asks for is read by understanding (ivr/understanding/tables.py); the wordings here are for the
recogniser's grammar, and for turns in which too little was heard right for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from ivr.flow.schema import Wording
from ivr.flow.table_phrases import phrases_of
from ivr.flow.table_schema import Attribute, Row, Table
from ivr.understanding import tables as read
from ivr.understanding.faq import FaqEntry
from ivr_tts.spoken_text import FORMATTERS

_ASKED_WITH = 4
"""So many ways of asking for an attribute are joined with every row's name."""


def amount(text: str) -> Decimal | None:
    """What a cell is worth, None if it is no number."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def as_read(bank: str, table: Table, language: str) -> read.Table:
    """The table as understanding reads turns against it."""
    rows = tuple(
        read.Row(
            name,
            (row.name, *row.also),
            {
                attribute: value
                for attribute, text in row.cells.items()
                if attribute in table.attributes and table.attributes[attribute].type != "text"
                if (value := amount(text)) is not None
            },
        )
        for name, row in table.rows.items()
    )
    attributes = tuple(
        read.Attribute(name, (a.called, *a.also), tuple(a.most), tuple(a.least), a.type, a.unit)
        for name, a in table.attributes.items()
    )
    return read.Table(bank, table.about, rows, attributes, phrases_of(table, language))


def entries_of(table: Table, language: str, wording: Wording) -> tuple[FaqEntry, ...]:
    """Every answer that the table can give."""
    return tuple(_Teller(table, language, wording).entries())


class _Teller:
    def __init__(self, table: Table, language: str, wording: Wording) -> None:
        self._table, self._language, self._wording = table, language, wording
        self._chinese = language.startswith("zh")

    def entries(self) -> Iterator[FaqEntry]:
        yield from self._of_rows()
        yield FaqEntry("none", "", (), self._fitting([]))
        for name, attribute in self._table.attributes.items():
            about = self._of(attribute.called, self._table.about)
            yield FaqEntry(f"all.{name}", about, (), self._all(name))
            if attribute.type != "text":
                yield from self._compared(name, attribute)

    def _of_rows(self) -> Iterator[FaqEntry]:
        for name, row in self._table.rows.items():
            yield FaqEntry(name, row.name, tuple(row.also), row.answer or self._whole(row))
            for attribute_name, attribute in self._table.attributes.items():
                asked = tuple(f"{row.name}{self._space}{way}" for way in attribute.also[:_ASKED_WITH])
                question = self._of(attribute.called, row.name)
                yield FaqEntry(f"{name}.{attribute_name}", question, asked, self._cell(row, attribute_name))

    @property
    def _space(self) -> str:
        return "" if self._chinese else " "

    def _of(self, attribute: str, name: str) -> str:
        return f"{name}的{attribute}" if self._chinese else f"{attribute} of {name}"

    def _value(self, row: Row, name: str) -> str:
        """A cell as it is said; "" if it is not known."""
        text, attribute = row.cells.get(name, ""), self._table.attributes[name]
        if text and attribute.type != "text":
            text = FORMATTERS[attribute.type](text, self._language)
        return f"{text}{attribute.unit}" if text else ""

    def _cell(self, row: Row, name: str) -> str:
        attribute, value = self._table.attributes[name], self._value(row, name)
        if not value:
            return self._wording.unknown_cell.format(name=row.name, attribute=attribute.called)
        return attribute.answer.replace("{name}", row.name).replace("{value}", value)

    def _whole(self, row: Row) -> str:
        known = [(a.called, value) for name, a in self._table.attributes.items() if (value := self._value(row, name))]
        cells = self._comma.join(self._wording.cell.format(attribute=called, value=value) for called, value in known)
        return self._wording.whole_row.format(name=row.name, cells=cells)

    @property
    def _comma(self) -> str:
        return "，" if self._chinese else ", "

    def _all(self, name: str) -> str:
        said = [
            self._wording.cell.format(attribute=row.name, value=value)
            for row in self._table.rows.values()
            if (value := self._value(row, name))
        ]
        about = self._table.attributes[name].called
        if not said:
            return self._wording.unknown_cell.format(name=self._table.about, attribute=about)
        return self._wording.whole_row.format(name=about, cells=self._comma.join(said))

    def _compared(self, name: str, attribute: Attribute) -> Iterator[FaqEntry]:
        values = {row_name: amount(row.cells.get(name, "")) for row_name, row in self._table.rows.items()}
        known = [(value, row_name) for row_name, value in values.items() if value is not None]
        if not known:
            return
        ranked = [row_name for _, row_name in sorted(known, key=lambda pair: pair[0])]
        for word, form, best, highest in (
            ("most", self._wording.most, max(known)[0], "最高"),
            ("least", self._wording.least, min(known)[0], "最低"),
        ):
            rows = [row_name for value, row_name in known if value == best]
            said = self._value(self._table.rows[rows[0]], name)
            ways = attribute.most if word == "most" else attribute.least
            way = min(ways, key=len, default=f"{attribute.called}{highest}")
            answer = form.format(way=way, attribute=attribute.called, names=self._names(rows), value=said)
            question = ways[0] if ways else f"{attribute.called}{self._space}{word}"
            yield FaqEntry(f"{word}.{name}", question, tuple(ways[1:]), answer)
        for count in range(len(ranked) + 1):
            yield FaqEntry(f"under.{name}.{count}", "", (), self._fitting(ranked[:count]))
            yield FaqEntry(f"over.{name}.{count}", "", (), self._fitting(ranked[len(ranked) - count :]))

    def _fitting(self, rows: Sequence[str]) -> str:
        if not rows:
            return self._wording.none_fitting.format(about=self._table.about)
        return self._wording.fitting.format(names=self._names(rows))

    def _names(self, rows: Sequence[str]) -> str:
        names = [self._table.rows[row].name for row in rows]
        joint = "和" if self._chinese else " and "
        return joint.join([self._comma.join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
