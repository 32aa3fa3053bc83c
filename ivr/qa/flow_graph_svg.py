"""A flow's picture as an SVG that stands alone: no font is fetched, no script runs, and it follows the reader's light
or dark theme. Widths are counted as a terminal counts columns, so that Chinese names fit their boxes."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rich.cells import cell_len

from ivr.dialogue.walk import ANYWHERE
from ivr.flow.load import Flow
from ivr.qa.coverage import Coverage, Way
from ivr.qa.flow_graph import Box, Hint, Part, covered, parts_of
from ivr.qa.layered_layout import Layout, lay_out

_COLUMN_PX, _SMALL_PX = 8.4, 6.5
_TITLE, _ROW, _PORT, _PAD = 24.0, 17.0, 17.0, 10.0
_MARGIN, _GAP, _LINE_GAP = 28.0, 22.0, 56.0
_LONGEST_LABEL, _LONGEST_DOING = 30, 34
_FAMILY = {
    "talks": ("say", "speak"),
    "listens": ("ask", "collect", "answer", "record", "verify", "survey", "callback"),
    "decides": ("set", "branch"),
    "fetches": ("call", "run"),
    "ends": ("hand_off", "hang_up", "return"),
}
_FAMILY_OF = {action: family for family, actions in _FAMILY.items() for action in actions}
_STYLE = """
svg { --bg: #ffffff; --box: #f6f8fa; --edge: #8c959f; --ink: #1f2328; --dim: #59636e; --line: #d1d9e0;
  --talks: #0969da; --listens: #1a7f5a; --decides: #7a4fc9; --fetches: #b35900; --ends: #c4314b;
  --covered: #1a7f37; --missed: #bf6a00; --wash-covered: #e9f7ec; --wash-missed: #fff4e2; }
@media (prefers-color-scheme: dark) {
  svg { --bg: #0d1117; --box: #161b22; --edge: #6e7681; --ink: #e6edf3; --dim: #9198a1; --line: #30363d;
    --talks: #58a6ff; --listens: #4cc38a; --decides: #b794f6; --fetches: #f0a35e; --ends: #ff7b8b;
    --covered: #3fb950; --missed: #e3a008; --wash-covered: #12261a; --wash-missed: #2b2111; } }
text { font-family: system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; font-size: 12px;
  fill: var(--ink); }
.name { font-weight: 600; font-size: 13px; } .small { font-size: 11px; fill: var(--dim); }
.head { font-size: 17px; font-weight: 600; }
.box { fill: var(--box); stroke: var(--edge); stroke-width: 1.2; } .cluster { fill: none; stroke: var(--line);
  stroke-width: 1.2; stroke-dasharray: 5 4; }
.line { fill: none; stroke: var(--edge); stroke-width: 1.4; } .label { font-size: 11px; fill: var(--dim);
  paint-order: stroke; stroke: var(--bg); stroke-width: 4px; stroke-linejoin: round; }
.covered.box { stroke: var(--covered); fill: var(--wash-covered); stroke-width: 1.6; }
.missed.box { stroke: var(--missed); fill: var(--wash-missed); stroke-width: 1.6; stroke-dasharray: 6 3; }
.covered.line { stroke: var(--covered); } .missed.line { stroke: var(--missed); stroke-dasharray: 6 3; }
text.covered { fill: var(--covered); } text.missed { fill: var(--missed); }
"""


def draw(flow: Flow, coverage: Coverage | None = None) -> str:
    """The SVG of `flow`, with what its tests cover laid over it if given."""
    drawn = [_Drawn(part, coverage) for part in parts_of(flow)]
    body: list[str] = []
    at = 64.0
    width = max(560.0, *(each.width + 2 * _MARGIN for each in drawn))
    # Routines stand below, side by side as far as the main part is wide.
    x, row = _MARGIN, 0.0
    for each in drawn:
        if each.part.title and x > _MARGIN and x + each.width > width - _MARGIN:
            x, at, row = _MARGIN, at + row + _GAP, 0.0
        body.append(f'<g transform="translate({x:.0f} {at:.0f})">')
        body += each.elements()
        body.append("</g>")
        row = max(row, each.height)
        x += each.width + _GAP
        if not each.part.title:
            x, at, row = _MARGIN, at + row + _GAP, 0.0
    height = at + row + 56
    head = [f'<text class="head" x="{_MARGIN}" y="36">{escape(flow.hotline.hotline)}</text>']
    head += _legend(coverage, height - 20)
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    name = escape(flow.hotline.hotline, quote=True)
    opening = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}">',
        f"<style>{_STYLE}</style>",
        f"<defs>{''.join(_arrow(name, colour) for name, colour in _ARROWS)}</defs>",
        '<rect width="100%" height="100%" style="fill: var(--bg)"/>',
    ]
    return "\n".join([*opening, *head, *body, "</svg>\n"])


_ARROWS = (("", "edge"), ("covered", "covered"), ("missed", "missed"))


def _arrow(name: str, colour: str) -> str:
    return (
        f'<marker id="arrow-{name or "plain"}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0.6 L7.4 4 L0 7.4 z" style="fill: var(--{colour})"/></marker>'
    )


def _legend(coverage: Coverage | None, y: float) -> list[str]:
    made, x = [], _MARGIN
    for family in _FAMILY:
        made.append(f'<rect x="{x:.0f}" y="{y - 9:.0f}" width="10" height="10" rx="2" style="fill: var(--{family})"/>')
        made.append(f'<text class="small" x="{x + 15:.0f}" y="{y:.0f}">{family}</text>')
        x += 28 + _SMALL_PX * len(family) + 12
    if coverage is not None:
        steps = f"{len(coverage.steps)} of {len(coverage.all_steps)} steps"
        ways = f"{len(coverage.ways)} of {len(coverage.all_ways)} ways"
        made.append(f'<text class="covered" x="{x:.0f}" y="{y:.0f}">tests go {steps}, {ways}</text>')
    return made


class _Drawn:
    """One part, laid out."""

    def __init__(self, part: Part, coverage: Coverage | None) -> None:
        self.part, self._coverage = part, coverage
        self._boxes = {box.place: box for box in part.boxes}
        self._leaving: dict[str, list[Way]] = {place: [] for place in self._boxes}
        self._arriving: dict[str, list[Way]] = {place: [] for place in self._boxes}
        for way in part.lines:
            self._leaving[way.start].append(way)
            self._arriving[way.end].append(way)
        tall = {place: self._tall(box) for place, box in self._boxes.items()}
        self._tall_of = tall
        self._layout: Layout = lay_out(tall, [(way.start, way.end) for way in part.lines], gap=_GAP, point=10.0)
        self._inset = (16.0, 34.0) if part.title else (0.0, 0.0)
        self._place_columns()
        self._sort_ports()
        self.width = self._x[-1] + self._inset[0]
        self.height = self._layout.height + self._inset[1] + (16.0 if part.title else 0.0)

    def _tall(self, box: Box) -> float:
        rows = _TITLE + _ROW * (len(_rows(box)) + len(box.hints)) + _PAD
        ports = max(len(self._leaving[box.place]), len(self._arriving[box.place]))
        return max(rows, ports * _PORT + 6)

    def _place_columns(self) -> None:
        """`_x`: where each column begins, and where the last ends; between them is room for the longest label."""
        count = max(self._layout.column.values(), default=0) + 1
        self._wide = [0.0] * count
        room = [_LINE_GAP] * count
        for place, box in self._boxes.items():
            column = self._layout.column[place]
            self._wide[column] = max(self._wide[column], _width(box))
            labels = [_SMALL_PX * cell_len(_short(way.label)) for way in self._arriving[place]]
            room[column] = max(room[column], _LINE_GAP + max(labels, default=0.0))
        self._x = [self._inset[0]]
        for column in range(count):
            between = room[column + 1] if column + 1 < count else 0.0
            self._x.append(self._x[-1] + self._wide[column] + between)

    def _sort_ports(self) -> None:
        y, passes = self._layout.y, self._layout.passes

        def towards(way: Way) -> float:
            inner = passes[way.start, way.end]
            return inner[0][1] if inner else y[way.end]

        def from_where(way: Way) -> float:
            inner = passes[way.start, way.end]
            return inner[-1][1] if inner else y[way.start]

        for place in self._boxes:
            self._leaving[place].sort(key=towards)
            self._arriving[place].sort(key=from_where)

    def elements(self) -> Iterator[str]:
        if self.part.title:
            yield f'<rect class="cluster" width="{self.width:.0f}" height="{self.height:.0f}" rx="10"/>'
            yield f'<text class="small" x="16" y="22">routine {escape(self.part.title)}</text>'
        for way in self.part.lines:
            yield self._line(way)
        for way in self.part.lines:
            yield from self._label(way)
        for box in self.part.boxes:
            yield from self._box(box)

    def _port(self, way: Way, ways: list[Way], place: str) -> float:
        middle = self._layout.y[place] + self._inset[1]
        spread = min(_PORT, (self._tall_of[place] - 12) / max(1, len(ways)))
        return middle + (ways.index(way) - (len(ways) - 1) / 2) * spread

    def _end(self, way: Way) -> tuple[float, float]:
        return self._x[self._layout.column[way.end]], self._port(way, self._arriving[way.end], way.end)

    def _line(self, way: Way) -> str:
        column = self._layout.column[way.start]
        # A line leaves from the column's edge: a narrower box beside wide ones must not have it run behind them.
        x = self._x[column] + _width(self._boxes[way.start])
        y = self._port(way, self._leaving[way.start], way.start)
        path = f"M{x:.1f} {y:.1f}"
        if self._wide[column] > _width(self._boxes[way.start]):
            x = self._x[column] + self._wide[column]
            path += f" H{x:.1f}"
        for number, middle in self._layout.passes[way.start, way.end]:
            path += _curve(x, y, self._x[number], middle + self._inset[1])
            x, y = self._x[number] + self._wide[number], middle + self._inset[1]
            path += f" H{x:.1f}"
        end_x, end_y = self._end(way)
        path += _curve(x, y, end_x - 3 - _SMALL_PX * cell_len(_short(way.label)), end_y) + f" H{end_x - 1:.1f}"
        state = covered(way, self._coverage)
        return f'<path class="line {state}" d="{path}" marker-end="url(#arrow-{state or "plain"})"/>'

    def _label(self, way: Way) -> Iterator[str]:
        if way.label:
            x, y = self._end(way)
            state = covered(way, self._coverage)
            full = f"<title>{escape(way.label)}</title>" if _short(way.label) != way.label else ""
            text = escape(_short(way.label))
            yield f'<text class="label {state}" x="{x - 11:.1f}" y="{y - 5:.1f}" text-anchor="end">{full}{text}</text>'

    def _box(self, box: Box) -> Iterator[str]:
        tall, wide = self._tall_of[box.place], _width(box)
        x = self._x[self._layout.column[box.place]]
        y = self._layout.y[box.place] + self._inset[1] - tall / 2
        state = ""
        if self._coverage is not None and box.place != ANYWHERE:
            state = "covered" if box.place in self._coverage.steps else "missed"
        family = _FAMILY_OF.get(box.actions[-1].split(" ")[0], "edge") if box.actions else "edge"
        radius = 18 if box.place == ANYWHERE else 7
        frame = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="{radius}"'
        yield f'<g><rect class="{f"box {state}".strip()}" {frame}/>'
        if box.actions:
            bar = f'x="{x + 5:.1f}" y="{y + 7:.1f}" width="3.5" height="{tall - 14:.1f}" rx="1.75"'
            yield f'<rect {bar} style="fill: var(--{family})"/>'
        name = f"▶ {box.name}" if box.begins else box.name
        yield f'<text class="name" x="{x + 15:.1f}" y="{y + 18:.1f}">{escape(name)}</text>'
        at = y + 18
        for words in _rows(box):
            at += _ROW
            yield f'<text class="small" x="{x + 15:.1f}" y="{at:.1f}">{_coloured(words)}</text>'
        for hint in box.hints:
            at += _ROW
            drawn = covered(hint.way, self._coverage) if hint.way else ""
            yield f'<text class="small {drawn}" x="{x + 15:.1f}" y="{at:.1f}">{escape(_hinted(hint))}</text>'
        yield "</g>"


def _rows(box: Box) -> list[list[str]]:
    """The actions in rows that are no longer than a box should be wide."""
    rows: list[list[str]] = []
    for action in box.actions:
        short = action if cell_len(action) <= _LONGEST_DOING else action[: _LONGEST_DOING - 1] + "…"
        if rows and sum(cell_len(word) + 3 for word in rows[-1]) + cell_len(short) <= _LONGEST_DOING - 8:
            rows[-1].append(short)
        else:
            rows.append([short])
    return rows


def _coloured(words: list[str]) -> str:
    made = []
    for word in words:
        action, _, more = word.partition(" ")
        rest = f" {escape(more)}" if more else ""
        made.append(f'<tspan style="fill: var(--{_FAMILY_OF.get(action, "dim")})">{escape(action)}</tspan>{rest}')
    return " · ".join(made)


def _hinted(hint: Hint) -> str:
    return f"{hint.text} ({_short(hint.label)})" if hint.label else hint.text


def _width(box: Box) -> float:
    hints = [
        _SMALL_PX * (cell_len(hint.text) + (cell_len(_short(hint.label)) + 3 if hint.label else 0))
        for hint in box.hints
    ]
    rows = [_SMALL_PX * (sum(cell_len(word) for word in words) + 3 * (len(words) - 1)) for words in _rows(box)]
    return max(96.0, _COLUMN_PX * (cell_len(box.name) + 2 * box.begins), *hints, *rows) + 28.0


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f" C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
