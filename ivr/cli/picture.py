"""A terminal's output as an SVG that stands alone: no font is fetched, nothing is run, it shows in any browser.

rich's own template loads a font from the web; a page in a repository must not, so the reader's own monospaced
font is used, and every run of text is given its width, which keeps Chinese in its columns.
"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

_COLUMNS = 108
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
    picture = drawn.export_svg(title=title, theme=SVG_EXPORT_THEME, code_format=_FORMAT, unique_id="call")
    path.write_text("\n".join(line.rstrip() for line in picture.splitlines()) + "\n", encoding="utf-8")
