"""A distribution as an SVG that stands alone: one row of bars for each series, over one axis, p50 and p95 marked.

Decided: rows under each other instead of curves on top of each other, so that a second hump is seen, and all of them
over the same axis, so that rows are compared by eye. The axis holds every row's p95; what lies beyond it is counted in
the last bar, and said.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import numpy as np

_WIDTH, _LEFT, _RIGHT = 860, 200, 40
_ROW, _BARS, _TOP = 74, 44, 50
_BINS = 60
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#333}.title{font-size:15px}.small{fill:#777;font-size:11px}"
    ".bar{fill:#4a7fb5}.p50{stroke:#1c7c3c;stroke-width:2}.p95{stroke:#c0392b;stroke-width:2}"
    ".goal{stroke:#999;stroke-dasharray:3 3}.axis{stroke:#bbb}"
)


def distribution_picture(
    series: Mapping[str, Sequence[float]], *, title: str, unit: str = "ms", goal: float | None = None
) -> str:
    """The SVG's text. `series`: values by name, in `unit`; those without values are left out. `goal`: a line over all
    rows. Raises ValueError where nothing is left."""
    rows = {name: np.asarray(values, dtype=np.float64) for name, values in series.items() if len(values)}
    if not rows:
        raise ValueError("no values: there is no distribution to draw")
    first = float(min(0.0, *(values.min() for values in rows.values())))
    pooled = float(np.percentile(np.concatenate(list(rows.values())), 99)) * 1.05
    last = max(pooled, *(float(np.percentile(values, 95)) * 1.1 for values in rows.values()), (goal or 0.0) * 1.1, 1e-9)
    axis = _Axis(first, last)
    height = _TOP + _ROW * len(rows) + 34
    drawn = [f'<text class="title" x="12" y="24">{html.escape(title)}</text>', *_legend(goal, unit)]
    bottom = _TOP + _ROW * len(rows)
    for tick in axis.ticks():
        drawn.append(f'<line class="axis" x1="{axis.x(tick):.1f}" y1="{_TOP}" x2="{axis.x(tick):.1f}" y2="{bottom}"/>')
        drawn.append(f'<text text-anchor="middle" x="{axis.x(tick):.1f}" y="{bottom + 16}">{tick:,g}</text>')
    for number, (name, values) in enumerate(rows.items()):
        drawn += _row(name, values, axis, _TOP + _ROW * number, unit)
    if goal is not None:
        x = axis.x(goal)
        drawn.append(f'<line class="goal" x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{bottom}"/>')
    drawn.append(f'<text class="small" x="{_WIDTH - _RIGHT}" y="{bottom + 30}" text-anchor="end">{unit}</text>')
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">'
    )
    return "\n".join(
        [head, f"<style>{_STYLE}</style>", '<rect width="100%" height="100%" fill="#fff"/>', *drawn, "</svg>", ""]
    )


class _Axis:
    def __init__(self, first: float, last: float) -> None:
        self.first, self.last = first, last

    def x(self, value: float) -> float:
        """Where a value stands; beyond the axis: at its end."""
        share = (min(value, self.last) - self.first) / (self.last - self.first)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def ticks(self) -> list[float]:
        """Round values along it, ten at most."""
        step = next((step for step in _STEPS if (self.last - self.first) / step <= 10), _STEPS[-1])
        return [float(tick) + 0.0 for tick in np.arange(np.ceil(self.first / step) * step, self.last, step)]


def _row(name: str, values: np.ndarray, axis: _Axis, top: int, unit: str) -> list[str]:
    counts, edges = np.histogram(np.minimum(values, axis.last), bins=_BINS, range=(axis.first, axis.last))
    p50, p95 = np.percentile(values, [50, 95])
    floor = top + 12 + _BARS
    drawn = [f'<text x="12" y="{top + 30}">{html.escape(name)}</text>']
    told = f"{len(values):,} value{'s' * (len(values) != 1)}"
    if beyond := int((values > axis.last).sum()):
        told += f", {beyond:,} beyond, to {values.max():,.0f}"
    drawn.append(f'<text class="small" x="12" y="{top + 45}">p50 {p50:,.0f}, p95 {p95:,.0f} {unit}</text>')
    drawn.append(f'<text class="small" x="12" y="{top + 59}">{told}</text>')
    for count, left, right in zip(counts, edges, edges[1:], strict=False):
        if count:
            tall = _BARS * count / counts.max()
            x, width = axis.x(left), max(1.0, axis.x(right) - axis.x(left) - 1)
            drawn.append(
                f'<rect class="bar" x="{x:.1f}" y="{floor - tall:.1f}" width="{width:.1f}" height="{tall:.1f}"/>'
            )
    for kind, value in (("p50", p50), ("p95", p95)):
        x = axis.x(float(value))
        drawn.append(f'<line class="{kind}" x1="{x:.1f}" y1="{floor - _BARS - 4}" x2="{x:.1f}" y2="{floor}"/>')
    drawn.append(f'<line class="axis" x1="{_LEFT}" y1="{floor}" x2="{_WIDTH - _RIGHT}" y2="{floor}"/>')
    return drawn


def _legend(goal: float | None, unit: str) -> list[str]:
    """What the lines mean, at the top right."""
    lines = [("p50", "p50", 48), ("p95", "p95", 48)]
    if goal is not None:
        lines.append(("goal", f"goal {goal:,g} {unit}", 104))
    x, drawn = _WIDTH - _RIGHT - sum(width for *_, width in lines), []
    for kind, told, width in lines:
        drawn.append(f'<line class="{kind}" x1="{x}" y1="14" x2="{x}" y2="28"/>')
        drawn.append(f'<text class="small" x="{x + 6}" y="25">{told}</text>')
        x += width
    return drawn
