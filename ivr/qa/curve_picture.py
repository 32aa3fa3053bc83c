"""A curve over strengths as an SVG that stands alone: a share in per cent a line, its interval as a whisker.

Decided: strengths stand side by side as they were asked for, evenly, since noise in dB and loss in per cent have no
axis in common, and the first is the recordings as they are. Lines are moved apart a little so that whiskers are seen.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from ivr.qa.outcomes import Interval

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 420, 60, 190, 50, 56
_COLOURS = ("#333333", "#4a7fb5", "#c0392b", "#1c7c3c", "#8e5ea2", "#b8860b", "#008b8b", "#d2691e")
_APART = 7
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#333}.title{font-size:15px}.small{fill:#777;font-size:11px}"
    ".axis{stroke:#ddd}.line{fill:none;stroke-width:2}.whisker{stroke-width:1.2;opacity:.7}"
)


def curve_picture(series: Mapping[str, Sequence[Interval]], labels: Sequence[str], *, title: str) -> str:
    """The SVG's text. `series`: shares in [0, 1] by name, one for each of `labels`. Raises ValueError where there is
    nothing to draw."""
    if not series or not labels:
        raise ValueError("no values: there is no curve to draw")
    drawn = [f'<text class="title" x="12" y="24">{html.escape(title)}</text>', *_axes(labels)]
    for number, (name, points) in enumerate(series.items()):
        drawn += _line(name, points, number, len(series), len(labels))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">'
    )
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([head, f"<style>{_STYLE}</style>", ground, *drawn, "</svg>", ""])


def _x(place: int, places: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (place + 0.5) / places


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _axes(labels: Sequence[str]) -> list[str]:
    drawn = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(share)
        drawn.append(f'<line class="axis" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>')
        drawn.append(f'<text class="small" text-anchor="end" x="{_LEFT - 8}" y="{y + 4:.1f}">{share:.0%}</text>')
    for place, label in enumerate(labels):
        x, told = _x(place, len(labels)), html.escape(label)
        drawn.append(f'<text text-anchor="middle" x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 22}">{told}</text>')
    return drawn


def _line(name: str, points: Sequence[Interval], number: int, lines: int, places: int) -> list[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    moved = (number - (lines - 1) / 2) * _APART
    at = [(_x(place, places) + moved, point) for place, point in enumerate(points)]
    path = " ".join(f"{x:.1f},{_y(point.value):.1f}" for x, point in at)
    drawn = [f'<polyline class="line" stroke="{colour}" points="{path}"/>']
    for x, point in at:
        low, high = _y(point.low), _y(point.high)
        whisker = f'x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"'
        told = f"{html.escape(name)}: {point.value:.0%} ({point.low:.0%} to {point.high:.0%})"
        drawn.append(f'<line class="whisker" stroke="{colour}" {whisker}/>')
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{_y(point.value):.1f}" r="4" fill="{colour}"><title>{told}</title></circle>'
        )
    y = _TOP + 10 + 20 * number
    drawn.append(f'<rect x="{_WIDTH - _RIGHT + 14}" y="{y - 8}" width="14" height="4" fill="{colour}"/>')
    drawn.append(f'<text x="{_WIDTH - _RIGHT + 34}" y="{y}">{html.escape(name)}</text>')
    return drawn
