"""A terminal's output as an SVG that stands alone: no font is fetched, nothing is run, it shows in any browser.

rich's own template loads a font from the web; a page in a repository must not, so the reader's own monospaced
font is used. rich gives a run of text its width by the count of characters; a Chinese one is two columns wide,
so these widths are counted anew.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import TerminalTheme

_COLUMNS = 120
_COLUMN_WIDTH = 20 * 0.61  # rich's own: a character's height by its font's ratio
_RUN = re.compile(r'textLength="[\d.]+"([^>]*)>([^<]*)</text>')
_THEME = TerminalTheme(
    (24, 26, 31),
    (222, 226, 230),
    [
        (24, 26, 31),
        (255, 120, 110),
        (140, 210, 120),
        (240, 200, 100),
        (110, 170, 255),
        (215, 150, 235),
        (95, 205, 225),
        (222, 226, 230),
    ],
)
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", "PingFang SC",
    "Microsoft YaHei", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-size: 18px; font-family: system-ui, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def console() -> Console:
    """A console that prints as usual and remembers, wide enough that a turn is one line."""
    return Console(record=True, width=_COLUMNS)


def save(drawn: Console, path: Path, title: str) -> None:
    """Write what `drawn` has printed to `path`."""
    picture = drawn.export_svg(title=title, theme=_THEME, code_format=_FORMAT, unique_id="call")
    picture = _RUN.sub(_measured, picture)
    path.write_text("\n".join(line.rstrip() for line in picture.splitlines()) + "\n", encoding="utf-8")


def _measured(run: re.Match[str]) -> str:
    columns = cell_len(html.unescape(run[2]))
    return f'textLength="{columns * _COLUMN_WIDTH:g}"{run[1]}>{run[2]}</text>'
