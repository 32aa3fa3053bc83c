"""Where the boxes of a directed graph stand: in columns from left to right, along the longest ways, with few crossings.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (IEEE
Transactions on Systems, Man, and Cybernetics 11, 1981): columns by longest path, points inserted where an edge passes a
column, order within columns by the barycentre of neighbours, then each column is pulled towards its neighbours as far
as its order lets it. Deterministic; edges must make no circle (see `without_circles`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12
_PULLS = 24
Node = str | tuple[str, str, int]
"""A box by its name, or the point where an edge (from, to) passes column n."""


@dataclass(frozen=True)
class Layout:
    """`column` and vertical middle `y` of every box in pixels, and of each edge the middles it passes on its way."""

    column: dict[str, int]
    y: dict[str, float]
    passes: dict[tuple[str, str], list[tuple[int, float]]]
    height: float


def without_circles(starts: Sequence[str], edges: Mapping[str, Sequence[str]]) -> set[tuple[str, str]]:
    """The edges that lead on, seen from `starts` in order; those that lead back to where a way came from are left
    out."""
    forward: set[tuple[str, str]] = set()
    state: dict[str, str] = {}
    for start in starts:
        stack = [(start, iter(edges.get(start, ())))] if start not in state else []
        state.setdefault(start, "open")
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[name] = "done"
                stack.pop()
            elif state.get(following) != "open":
                forward.add((name, following))
                if following not in state:
                    state[following] = "open"
                    stack.append((following, iter(edges.get(following, ()))))
    return forward


def columns_of(names: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The length of the longest way to each."""
    column = dict.fromkeys(names, 0)
    following: dict[str, list[str]] = {name: [] for name in column}
    waiting = dict.fromkeys(column, 0)
    for start, end in edges:
        following[start].append(end)
        waiting[end] += 1
    ready = [name for name in column if not waiting[name]]
    for name in ready:
        for end in following[name]:
            column[end] = max(column[end], column[name] + 1)
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    return column


def lay_out(heights: Mapping[str, float], edges: Sequence[tuple[str, str]], *, gap: float, point: float) -> Layout:
    """Columns and heights for boxes of `heights`, `gap` pixels apart; a passing edge takes `point` pixels."""
    column = columns_of(heights, edges)
    order: list[list[Node]] = [[] for _ in range(max(column.values(), default=0) + 1)]
    for name in heights:
        order[column[name]].append(name)
    links: list[tuple[Node, Node]] = []
    for start, end in edges:
        chain: list[Node] = [start, *((start, end, n) for n in range(column[start] + 1, column[end])), end]
        for number, node in enumerate(chain[1:-1], column[start] + 1):
            order[number].append(node)
        links += pairwise(chain)
    left: dict[Node, list[Node]] = {}
    right: dict[Node, list[Node]] = {}
    for one, other in links:
        right.setdefault(one, []).append(other)
        left.setdefault(other, []).append(one)
    _order(order, left, right)
    tall: dict[Node, float] = {node: heights.get(node, point) if isinstance(node, str) else point for node in left}
    tall.update(heights.items())
    y = _pull(order, left, right, tall, gap)
    top = min((y[node] - tall[node] / 2 for nodes in order for node in nodes), default=0.0)
    y = {node: at - top for node, at in y.items()}
    passes = {
        (start, end): [(n, y[start, end, n]) for n in range(column[start] + 1, column[end])] for start, end in edges
    }
    height = max((y[node] + tall[node] / 2 for node in y), default=0.0)
    return Layout(column, {name: y[name] for name in heights}, passes, height)


def _order(order: list[list[Node]], left: dict[Node, list[Node]], right: dict[Node, list[Node]]) -> None:
    """Sort each column by where its neighbours stand, to the right and back again; keep the best of all sweeps."""
    best, fewest = [list(nodes) for nodes in order], _crossings(order, right)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        neighbours = left if forward else right
        numbers = range(1, len(order)) if forward else range(len(order) - 2, -1, -1)
        for number in numbers:
            beside = order[number - 1 if forward else number + 1]
            place = {node: index for index, node in enumerate(beside)}
            own = {node: index for index, node in enumerate(order[number])}
            centre = {node: _mean([place[n] for n in neighbours.get(node, ())], own[node]) for node in order[number]}
            order[number].sort(key=lambda node, centre=centre, own=own: (centre[node], own[node]))  # type: ignore[misc]
        if (crossings := _crossings(order, right)) < fewest:
            best, fewest = [list(nodes) for nodes in order], crossings
    order[:] = best


def _crossings(order: list[list[Node]], right: dict[Node, list[Node]]) -> int:
    count = 0
    for nodes, following in pairwise(order):
        place = {node: index for index, node in enumerate(following)}
        ends = [place[end] for node in nodes for end in sorted(right.get(node, ()), key=place.__getitem__)]
        count += sum(ends[b] < ends[a] for a in range(len(ends)) for b in range(a + 1, len(ends)))
    return count


def _pull(
    order: list[list[Node]],
    left: dict[Node, list[Node]],
    right: dict[Node, list[Node]],
    tall: dict[Node, float],
    gap: float,
) -> dict[Node, float]:
    """Heights: each column in its order, every node as near to the middle of its neighbours as the others let it."""
    y: dict[Node, float] = {}
    for nodes in order:
        at = 0.0
        for node in nodes:
            y[node] = at + tall[node] / 2
            at += tall[node] + gap
        for node in nodes:
            y[node] -= at / 2
    for turn in range(_PULLS):
        for number in range(len(order)) if turn % 2 == 0 else range(len(order) - 1, -1, -1):
            nodes = order[number]
            sides = (left, right) if turn < _PULLS - 4 else (left, right, left)
            wish = {n: _mean([y[other] for side in sides for other in side.get(n, ())], y[n]) for n in nodes}
            _settle(nodes, wish, tall, gap, y)
    return y


def _settle(
    nodes: list[Node], wish: dict[Node, float], tall: dict[Node, float], gap: float, y: dict[Node, float]
) -> None:
    """The places nearest to the wishes that keep order and gaps: nodes that would overlap move as one block, to the
    mean of what its members wish (pool adjacent violators)."""
    offsets: dict[Node, float] = {}
    at = 0.0
    for index, node in enumerate(nodes):
        at += (tall[nodes[index - 1]] / 2 + gap + tall[node] / 2) if index else 0.0
        offsets[node] = at
    blocks: list[tuple[float, list[Node]]] = []
    for node in nodes:
        blocks.append((wish[node] - offsets[node], [node]))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (upper, above), (lower, below) = blocks[-2], blocks[-1]
            joined = (upper * len(above) + lower * len(below)) / (len(above) + len(below))
            blocks[-2:] = [(joined, above + below)]
    for begin, members in blocks:
        for node in members:
            y[node] = begin + offsets[node]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
