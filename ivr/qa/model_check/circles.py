"""Circles that no caller chooses: states in a ring joined by unwilling moves only (silence, failures, a full queue…).

A ring in the graph of states is then played on the real Dialogue, twice round: only one that comes back to its state
both times is a refutation (though the dialogue itself gives up after twenty failing services), since states that
count as the same may differ in what they have dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.qa.model_check.moves import Move
from ivr.qa.model_check.same_state import Key
from ivr.qa.model_check.search import Fault, Search

_Edges = dict[Key, list[tuple[Move, Key]]]


def circles(search: Search) -> Iterator[Fault]:
    """A fault for each step in which callers go round against their will."""
    edges = search.found.unwilling
    for ring in _rings(edges):
        start = min(ring, key=lambda key: len(search.found.way_to(key)))
        moves = _round(start, edges, ring)
        if moves and _goes_round(search, start, moves):
            session = search.found.calls[start].session
            yield Fault("circle", session.scope, session.step, start, None, "", circle=tuple(moves))


def _rings(edges: _Edges) -> Iterator[set[Key]]:
    """Strongly connected components that hold a circle (Tarjan's algorithm, without recursion)."""
    number: dict[Key, int] = {}
    low: dict[Key, int] = {}
    open_keys: list[Key] = []
    is_open: set[Key] = set()
    for root in edges:
        if root in number:
            continue
        work: list[tuple[Key, Iterator[tuple[Move, Key]]]] = [(root, iter(edges[root]))]
        number[root] = low[root] = len(number)
        open_keys.append(root)
        is_open.add(root)
        while work:
            key, ways = work[-1]
            target = next((to for _, to in ways if to not in number or to in is_open), None)
            if target is not None and target not in number:
                number[target] = low[target] = len(number)
                open_keys.append(target)
                is_open.add(target)
                work.append((target, iter(edges.get(target, []))))
            elif target is not None:
                low[key] = min(low[key], number[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == number[key]:
                    ring = _close(key, open_keys, is_open)
                    if len(ring) > 1 or any(to == key for _, to in edges.get(key, [])):
                        yield ring


def _close(key: Key, open_keys: list[Key], is_open: set[Key]) -> set[Key]:
    ring: set[Key] = set()
    while key not in ring:
        last = open_keys.pop()
        is_open.discard(last)
        ring.add(last)
    return ring


def _round(start: Key, edges: _Edges, ring: set[Key]) -> list[Move]:
    """The shortest way from `start` through `ring` back to it."""
    trails: list[tuple[Key, tuple[Move, ...]]] = [(start, ())]
    seen: set[Key] = set()
    for key, moves in trails:  # grows while it is walked
        for move, to in edges.get(key, []):
            if to == start:
                return [*moves, move]
            if to in ring and to not in seen:
                seen.add(to)
                trails.append((to, (*moves, move)))
    return []


def _goes_round(search: Search, start: Key, moves: list[Move]) -> bool:
    call = search.found.calls[start]
    for _ in range(2):
        for move in moves:
            call = search.stage.play(call, move)
            search.stage.settle(call)
        if search.same.whole(call) != start:
            return False
    return True
