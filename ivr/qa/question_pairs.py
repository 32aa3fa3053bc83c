"""Question pairs as a test of a bank: `q1 TAB q2 TAB 0/1` a line, 1 where both ask the same.

The protocol. The bank is every distinct second question, of rows of both labels. The queries are the first questions
of rows labelled 1, as often as they stand there. A query is answered right by its second question, or by any that is
connected with it through rows labelled 1 (if a and c both ask what b asks, then b answers a, and so does whatever c
pairs with). Noise is put on queries alone (homophone_noise.py). Two choices make four figures, to be told apart always:

- What stands in the bank just as the query (before noise) may be left in, and answers it, as simple baselines
  are judged; or it is left out of that query's answers, for it tests little.
- Texts are the same letter for letter; or `spoken`: also if they differ in punctuation, case and width alone, which
  nobody hears. Letter for letter, 有什么好玩的游戏？ is a wrong answer to 有什么好玩的游戏 where no row pairs them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import UsageError
from ivr.understanding.bank import Hit
from ivr.understanding.normalise import normalise


@dataclass(frozen=True, slots=True)
class Query:
    """`right`: the bank's rows that answer it; `verbatim`: the row that is the query itself, or None.

    `spoken_right` and `spoken_same` are as these, texts being the same that are spoken the same.
    """

    text: str
    right: frozenset[int]
    verbatim: int | None
    spoken_right: frozenset[int]
    spoken_same: frozenset[int]


@dataclass(frozen=True, slots=True)
class QuestionPairs:
    """`bank`: the questions, by row."""

    bank: tuple[str, ...]
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Shares in [0, 1] of `queries` queries; `mrr` is the mean reciprocal rank among the hits that were asked for."""

    queries: int
    first: float
    in_three: float
    mrr: float


def read_pairs(path: Path) -> QuestionPairs:
    """Read a file of pairs. Raises `UsageError` with the line where one is no pair, and OSError."""
    rows: list[tuple[str, str, bool]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        parts = line.split("\t")
        if len(parts) != 3 or parts[2] not in {"0", "1"}:
            raise UsageError(f"{path}:{number}: a line is two questions and 0 or 1, with tabs between.")
        rows.append((parts[0], parts[1], parts[2] == "1"))
    bank = {text: row for row, text in enumerate(dict.fromkeys(second for _, second, _ in rows))}
    same = [(first, second) for first, second, label in rows if label]
    spoken = {text: normalise(text) for first, second, _ in rows for text in (first, second)}
    right = _answers(same, bank, {text: text for text in spoken})
    spoken_right = _answers(same, bank, spoken)
    alike: dict[str, set[int]] = {}
    for text, row in bank.items():
        alike.setdefault(spoken[text], set()).add(row)
    queries = (
        Query(text, right[text], bank.get(text), spoken_right[text], frozenset(alike.get(spoken[text], ())))
        for text, _ in same
    )
    return QuestionPairs(tuple(bank), tuple(queries))


def _answers(
    same: Sequence[tuple[str, str]], bank: Mapping[str, int], form: Mapping[str, str]
) -> dict[str, frozenset[int]]:
    """Of each first text of `same` the rows that answer it; texts of the same form are one."""
    groups = _connected([(form[first], form[second]) for first, second in same])
    right: dict[str, set[int]] = {}
    for text, row in bank.items():
        right.setdefault(groups.get(form[text], form[text]), set()).add(row)
    return {first: frozenset(right[groups[form[first]]]) for first, _ in same}


def _connected(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Of each text one that stands for all it is connected with (union-find)."""
    parent: dict[str, str] = {}

    def top(text: str) -> str:
        while parent.setdefault(text, text) != text:
            parent[text] = parent[parent[text]]
            text = parent[text]
        return text

    for first, second in pairs:
        parent[top(first)] = top(second)
    return {text: top(text) for text in list(parent)}


def judge(
    queries: Sequence[Query], hits: Sequence[Sequence[Hit]], *, left_out: bool = True, spoken: bool = False
) -> Found:
    """How well `hits`, whose keys are rows of the bank, answer the queries; one without any right answer is none.

    `left_out`: what is the same as the query is no answer; `spoken`: what the same is (both: see above).
    """
    ranks: list[int] = []
    for query, found in zip(queries, hits, strict=True):
        same = query.spoken_same if spoken else frozenset() if query.verbatim is None else frozenset({query.verbatim})
        leave = same if left_out else frozenset()
        right = (query.spoken_right if spoken else query.right) - leave
        if right:
            rows = [row for row in (int(hit.key) for hit in found) if row not in leave]
            ranks.append(next((rank for rank, row in enumerate(rows, 1) if row in right), 0))
    many = max(1, len(ranks))
    return Found(
        len(ranks),
        sum(rank == 1 for rank in ranks) / many,
        sum(1 <= rank <= 3 for rank in ranks) / many,
        sum(1 / rank for rank in ranks if rank) / many,
    )
