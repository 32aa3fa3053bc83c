"""Questions to a table: 畅享套餐多少钱一个月, 哪个流量最多, 一百块以下的有哪些, 八十九的套餐有多少流量, 那流量呢.

A turn is read for what it names: a row (by one of its names, or by a value that only this row has), an attribute, a
limit (a number and 以下 or 以上), a superlative. Names are found by their letters, else by their sounds, so homophones
cost nothing. What is not named is what the last answer was about (`State.subject`). The score is the share of the turn
that all this explains, so 畅享套餐能在国外用吗 is no question to the table, though it names a row.

| named | asked for |
|---|---|
| number and limit | the rows on that side of it |
| superlative | the row that has the most, or the least |
| row, attribute | the cell |
| row | the cell of the last answer's attribute in 那…呢; else the whole row |
| attribute | the cell of the last answer's row; else the column |
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ivr.understanding.entities.numbers import find_numbers
from ivr.understanding.matching import key
from ivr.understanding.normalise import normalise, tokens
from ivr.understanding.phonetics import syllables
from ivr.understanding.result import Result, State, Utterance
from ivr.understanding.trust import trust

_FIXED = 0.98  # a turn that is an example of something else is that
_LEAD = 0.1  # by how much likeness to an example must be more than what is read in a table, to win
_NAMED = 0.5  # what a row and an attribute together are worth, whatever is said around them
_MOST = re.compile(r"最(?:多|高|大|贵|长)|\b(?:most|highest|largest|biggest|longest)\b")
_LEAST = re.compile(r"最(?:少|低|小|便宜|短)|\b(?:least|lowest|smallest|cheapest|fewest|shortest)\b")
_UNDER = re.compile(
    r"以下|以内|之内|之下|不到|不超过|不高于|低于|少于|小于|\b(?:under|below|less than|up to|at most|fewer than)\b"
)
_OVER = re.compile(r"以上|之上|超过|高于|多于|大于|不低于|不少于|起码|至少|\b(?:over|above|more than|at least)\b")
_WITHIN = re.compile(r"以下|以内|之内|不超过|不高于|以上|不低于|不少于|起码|至少|\b(?:up to|at most|at least)\b")
_NOT_UNDER, _NOT_OVER = re.compile("不低于|不少于"), re.compile("不超过|不高于")
_FOLLOWS = re.compile(r"^(?:那|那么|还有)|呢$|^(?:what|how) about |^and ")
_SAYS_LITTLE = frozenset(
    [
        *"的呢吗啊呀吧嘛有是个些哪几多少什么怎样想问请介绍下那它这款每月块元钱要我你您们里在就都能给说知道了解看查一和还比较种情况详细内容",
        *("the", "a", "an", "of", "is", "are", "what", "which", "how", "much", "many", "does", "do", "it", "that"),
        *("this", "one", "ones", "and", "about", "for", "per", "month", "tell", "me", "has", "have", "cost", "costs"),
        *("yuan", "i", "with", "in"),
    ]
)


@dataclass(frozen=True)
class Row:
    """`names`, the one callers hear first; `values` of the attributes that can be compared."""

    id: str
    names: tuple[str, ...]
    values: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Attribute:
    """`names`, the one callers hear first; `most` and `least` are ways of asking for the row with most or least."""

    id: str
    names: tuple[str, ...]
    most: tuple[str, ...] = ()
    least: tuple[str, ...] = ()
    type: str = "text"
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """A table and the FAQ it stands in; `about` is what a row is; `phrases`: how its numbers may be said, which only
    the recogniser need know."""

    bank: str
    about: str
    rows: tuple[Row, ...]
    attributes: tuple[Attribute, ...]
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The entry that a turn asks for, how sure that is and how much of the turn it explains, in [0, 1], and why."""

    entry: str
    score: float
    explained: float
    why: str


@dataclass(frozen=True, slots=True)
class _Named:
    """A name in the turn: what it names, the tokens it covers, as it was said."""

    id: str
    start: int
    end: int
    name: str


def answered(utterance: Utterance, state: State, result: Result, tables: Sequence[Table]) -> Result:
    """`result`, or what the turn asks of a table that is active in `state` if that explains more of it."""
    if result.score >= _FIXED and result.intent.partition("/")[0] not in {f"faq:{table.bank}" for table in tables}:
        return result
    believed = trust(utterance)
    for table in tables:
        if table.bank not in state.faqs:
            continue
        found = read(utterance.text, table, state.subject)
        if found is None:
            continue
        score = round(found.score * believed.confidence * believed.agreement, 3)
        meaning = f"faq:{table.bank}/{found.entry}"
        own = result.intent.startswith(f"faq:{table.bank}/")
        if score < state.threshold:
            return _without(result, table, state) if own else result
        if own or not result.intent or found.explained >= result.score - _LEAD:
            others = tuple(one for one in result.ranking if not one[0].startswith(f"faq:{table.bank}/"))[:2]
            runner_up = others[0] if others else ("", 0.0)
            why = f"“{normalise(utterance.text)}” {found.why}{believed.doubt}"
            return replace(
                Result(meaning, score, *runner_up, slots=result.slots, why=why), ranking=((meaning, score), *others)
            )
    return result


def _without(result: Result, table: Table, state: State) -> Result:
    """The best that is not of the table: what the turn says besides a name is more than the table can answer."""
    others = tuple(one for one in result.ranking if not one[0].startswith(f"faq:{table.bank}/"))
    best = others[0] if others else ("", 0.0)
    runner_up = others[1] if len(others) > 1 else ("", 0.0)
    why = f"it names something of the table {table.bank}, but asks for what is not in it"
    if best[1] >= state.threshold:
        return replace(Result(*best, *runner_up, slots=result.slots, why=f"{why}; next best"), ranking=others)
    return replace(Result("", best[1], *best, slots=result.slots, why=why), ranking=others)


def read(text: str, table: Table, subject: str = "") -> Reading | None:
    """What `text` asks of `table`; None if it names nothing of it. `subject`: what the last answer was about."""
    return _Turn(text, table, subject).reading()


class _Turn:
    def __init__(self, text: str, table: Table, subject: str) -> None:
        self._plain = normalise(text)
        self._tokens = tokens(self._plain)
        self._sounds = [key(syllable) for syllable in syllables(self._tokens)]
        self._table = table
        self._covered: set[int] = set()
        bank, _, entry = subject.removeprefix("faq:").partition("/")
        first, _, second = (entry if bank == table.bank else "").partition(".")
        rows, attributes = {row.id for row in table.rows}, {attribute.id for attribute in table.attributes}
        self._last_attribute = next((part for part in second.split(".") if part in attributes), "")
        self._last_row = first if first in rows else self._row_with(first, self._last_attribute)

    def _row_with(self, side: str, attribute: str) -> str:
        """The row that has the `most` or the `least` of an attribute: what such an answer was about, if it was one."""
        values = {row.id: row.values[attribute] for row in self._table.rows if attribute in row.values}
        if side not in {"most", "least"} or not values:
            return ""
        best = (max if side == "most" else min)(values.values())
        rows = [row for row, value in values.items() if value == best]
        return rows[0] if len(rows) == 1 else ""

    def reading(self) -> Reading | None:
        """What is asked for, the most particular first."""
        about = self._find([(self._table.about, (self._table.about,))])
        attribute = self._find([(a.id, a.names) for a in self._table.attributes])
        row = self._find([(r.id, r.names) for r in self._table.rows])
        found = self._limit(attribute) or self._superlative(attribute)
        if found is None and row is None:
            row = self._row_by_value(attribute)
            if row is None and about and self._chosen_by_number():
                return self._read("none", _NAMED, f"asks for a {self._table.about} that is not in the table")
        return found or self._cell(row, attribute, about)

    def _read(self, entry: str, least: float, why: str) -> Reading:
        """`least`: what the reading is worth whatever else is said."""
        explained = self._explained()
        return Reading(entry, least + (1 - least) * explained, explained, why)

    def _chosen_by_number(self) -> bool:
        """Whether a number stands where a name would: 八十九的套餐."""
        for number in self._numbers():
            if re.match("(?:块钱?|元|yuan)?的?" + re.escape(normalise(self._table.about)), self._plain[number.end :]):
                self._cover(number.start, number.end)
                return True
        return False

    def _limit(self, attribute: _Named | None) -> Reading | None:
        under, over = _UNDER.search(self._plain), _OVER.search(self._plain)
        if _NOT_UNDER.search(self._plain):
            under = None
        if _NOT_OVER.search(self._plain):
            over = None
        if not (under or over):
            return None
        for number in self._numbers():
            name = self._compared(attribute, number.end)
            values = [row.values[name] for row in self._table.rows if name in row.values]
            if not values:
                continue
            within = bool(_WITHIN.search(self._plain))
            limit = number.value
            if under:
                count = sum(value < limit or (within and value == limit) for value in values)
            else:
                count = sum(value > limit or (within and value == limit) for value in values)
            self._cover(number.start, number.end)
            mark = under or over
            self._cover(mark.start(), mark.end()) if mark else None
            side = "under" if under else "over"
            why = f"asks for what is {side} {limit} in {name} of the table {self._table.bank}"
            return self._read(f"{side}.{name}.{count}", _NAMED, why)
        return None

    def _superlative(self, attribute: _Named | None) -> Reading | None:
        for side, generic in (("most", _MOST), ("least", _LEAST)):
            own = self._find([(a.id, a.most if side == "most" else a.least) for a in self._table.attributes])
            mark = generic.search(self._plain)
            name = own.id if own else attribute.id if attribute and mark else ""
            if name and any(name in row.values for row in self._table.rows):
                if mark:
                    self._cover(mark.start(), mark.end())
                why = f"asks which row has the {side} of {name} in the table {self._table.bank}"
                return self._read(f"{side}.{name}", _NAMED, why)
        return None

    def _cell(self, row: _Named | None, attribute: _Named | None, about: _Named | None) -> Reading | None:
        named = " and ".join(f"“{one.name}”" for one in (row, attribute) if one)
        why = f"names {named} of the table {self._table.bank}"
        follows = bool(_FOLLOWS.search(self._plain))
        if row and attribute:
            return self._read(f"{row.id}.{attribute.id}", _NAMED, why)
        if row:
            if self._last_attribute and follows:
                why += f", and the last answer was about {self._last_attribute}"
                return self._read(f"{row.id}.{self._last_attribute}", _NAMED, why)
            explained = self._explained()
            return Reading(row.id, explained**2, explained, why)  # 畅享套餐 alone says it, 我要办畅享套餐 says more
        if attribute and self._last_row:
            why += f", and the last answer was about {self._last_row}"
            return self._read(f"{self._last_row}.{attribute.id}", 0.0, why)
        if attribute:
            return self._read(f"all.{attribute.id}", _NAMED if about else 0.0, why)
        return None

    def _row_by_value(self, attribute: _Named | None) -> _Named | None:
        """The only row that has a number of the turn for a value: 八十九的套餐; a unit may follow it."""
        for number in self._numbers():
            name = self._unit_at(number.end)
            rows = [
                row
                for row in self._table.rows
                if any(value == number.value and name in {"", a} for a, value in row.values.items())
            ]
            if len(rows) == 1 and not (attribute and rows[0].values.get(attribute.id) == number.value and name == ""):
                self._cover(number.start, number.end)
                return _Named(rows[0].id, -1, -1, rows[0].names[0])
        return None

    def _numbers(self) -> list[_Number]:
        found = [(e.start, e.end, e.value) for e in find_numbers(self._plain) if isinstance(e.value, Decimal)]
        return [_Number(start, end, value) for start, end, value in found]

    def _compared(self, attribute: _Named | None, end: int) -> str:
        """The attribute that a limit is about: by the unit behind it, else the one named, the last one, or money."""
        of_money = next((a.id for a in self._table.attributes if a.type == "money"), "")
        any_number = next((a.id for a in self._table.attributes if a.type != "text"), "")
        named = attribute.id if attribute else ""
        return self._unit_at(end) or named or self._last_attribute or of_money or any_number

    def _unit_at(self, end: int) -> str:
        rest = self._plain[end:].strip()
        if re.match("块|元|yuan", rest):
            return next((a.id for a in self._table.attributes if a.type == "money"), "")
        units = [(a.id, normalise(a.unit)) for a in self._table.attributes if a.unit]
        return next((name for name, unit in units if unit and rest.startswith(unit)), "")

    def _find(self, named: Sequence[tuple[str, Sequence[str]]]) -> _Named | None:
        """The longest name that stands in the turn, by letters before sounds, the first of equals; what it covers is
        explained."""
        best: tuple[int, int, _Named] | None = None
        for name_id, names in named:
            for name in names:
                found = self._stands(name)
                if found and (best is None or found[:2] > best[:2]):
                    best = (*found[:2], _Named(name_id, found[2], found[2] + found[0], name))
        if best is None:
            return None
        self._covered.update(range(best[2].start, best[2].end))
        return best[2]

    def _stands(self, name: str) -> tuple[int, int, int] | None:
        """(tokens, 1 if by letters, where) of a name in the turn."""
        wanted = tokens(normalise(name))
        sounds = [key(syllable) for syllable in syllables(wanted)]
        for start in range(len(self._tokens) - len(wanted) + 1):
            if wanted and tuple(self._tokens[start : start + len(wanted)]) == wanted:
                return len(wanted), 1, start
        for start in range(len(self._sounds) - len(sounds) + 1):
            if len(sounds) > 1 and self._sounds[start : start + len(sounds)] == sounds:
                return len(wanted), 0, start
        return None

    def _cover(self, start: int, end: int) -> None:
        """Mark the tokens between two places of the text as explained."""
        at = 0
        for number, token in enumerate(self._tokens):
            at = self._plain.index(token, at)
            if start <= at < end:
                self._covered.add(number)
            at += len(token)

    def _explained(self) -> float:
        rest = [n for n, token in enumerate(self._tokens) if token not in _SAYS_LITTLE]
        return sum(n in self._covered for n in rest) / len(rest) if rest else 1.0


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    value: Decimal
