"""`ivr graph`: every step and way stands in the picture once, nothing overlaps, and coverage is laid over it."""

import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from ivr.cli.main import main
from ivr.flow.load import load
from ivr.qa.coverage import Coverage, ways_of
from ivr.qa.flow_graph import parts_of
from ivr.qa.flow_graph_svg import draw
from ivr.qa.layered_layout import columns_of, lay_out, without_circles

pytestmark = pytest.mark.unit

AREAS = [f"area_{n}" for n in range(12)]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """52 steps: a menu of twelve, each a few steps long, all failing into one, all leading back."""
    folder = tmp_path_factory.mktemp("wide")
    lines = ["hotline: 宽 & <大>", "language: zh-CN", "start: menu", "anywhere: {weather: forecast}", "routines:"]
    lines += [
        "  who:",
        "    start: tell",
        "    steps:",
        "      tell: {say: 您好。, next: done}",
        "      done: {return: {}}",
    ]
    lines += ["steps:", f"  menu: {{ask: 什么？, intents: [{', '.join(AREAS)}]}}"]
    for area in AREAS:
        lines += [f"  {area}: {{say: 好。, next: {area}_b}}"]
        lines += [f'  {area}_b: {{call: {{get: "{{env.X}}", failed: sorry}}, next: {area}_c}}']
        lines += [f'  {area}_c: {{branch: [{{if: caller == "<1>", next: {area}_d}}, {{else: menu}}]}}']
        lines += [f"  {area}_d: {{run: {{routine: who}}, next: menu}}"]
    lines += ["  sorry: {say: 抱歉。, next: menu}", "  forecast: {say: 晴。, next: back}"]
    (folder / "flow.yaml").write_text("\n".join(lines), encoding="utf-8")
    (folder / "intents").mkdir()
    words = "零一二三四五六七八九十百"
    examples = [f"  {area}: [办理业务{words[n] * 3}]" for n, area in enumerate(AREAS)]
    intents = "\n".join(["intents:", "  weather: [天气]", *examples])
    (folder / "intents" / "main.yaml").write_text(intents, encoding="utf-8")
    return load(folder)


def boxes_of(svg):
    """The rectangles of all boxes, each in its part's coordinates."""
    for part in ET.fromstring(svg).iter(f"{SVG}g"):  # noqa: S314  drawn here
        if "transform" in part.attrib:
            rects = [rect for rect in part.iter(f"{SVG}rect") if rect.get("class", "").startswith("box")]
            yield [[float(rect.get(name)) for name in ("x", "y", "width", "height")] for rect in rects]


def test_every_step_is_a_box_and_every_way_a_line_or_a_hint_once(wide):
    parts = parts_of(wide)
    assert [part.title for part in parts] == ["", "who"]
    assert sum(len(part.boxes) for part in parts) == 53 + 1  # what is understood at every question is one more
    drawn = [way for part in parts for way in part.lines]
    drawn += [hint.way for part in parts for box in part.boxes for hint in box.hints if hint.way]
    within = [way for way in ways_of(wide) if way.label != "run"]
    assert sorted(drawn) == sorted(within)


def test_no_two_boxes_overlap(wide):
    for boxes in boxes_of(draw(wide)):
        for (x, y, w, h), (x2, y2, w2, h2) in itertools.combinations(boxes, 2):
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


def test_ways_back_and_crowded_ends_are_words(wide):
    main_part = parts_of(wide)[0]
    hints = [hint.text for box in main_part.boxes for hint in box.hints]
    assert hints.count("↩ menu") == 25
    assert hints.count("→ sorry") == 11
    assert "↩ to where it was" in hints


def test_coverage_is_laid_over_it(wide):
    coverage = Coverage(wide)
    assert "missed" not in draw(wide).split("</style>")[1].replace("arrow-missed", "").replace("--missed", "")
    coverage.steps.add("menu")
    coverage.ways.add(next(way for way in coverage.all_ways if way.end == "area_3"))
    svg = draw(wide, coverage)
    classes = [rect.get("class") for rect in ET.fromstring(svg).iter(f"{SVG}rect")]  # noqa: S314  drawn here
    assert classes.count("box covered") == 1
    assert classes.count("box missed") == 52
    assert svg.count('class="line covered"') == 1
    assert "tests go 1 of 53 steps, 1 of" in svg


def test_the_picture_needs_nothing_from_elsewhere_and_is_the_same_each_time(wide):
    svg = draw(wide)
    assert svg == draw(wide)
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert "<script" not in svg
    assert "prefers-color-scheme: dark" in svg


def test_ivr_graph_writes_a_file(wide, tmp_path, capsys):
    assert main(["graph", str(wide.folder), "--out", str(tmp_path / "a.svg")]) == 0
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
    assert main(["graph", str(wide.folder), "--out", str(tmp_path / "no" / "a.svg")]) == 2
    assert "give another place" in capsys.readouterr().err


def test_columns_are_the_longest_ways_and_circles_are_opened():
    edges = {"a": ["b", "c"], "b": ["c"], "c": ["a", "d"]}
    forward = without_circles(["a"], edges)
    assert forward == {("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")}
    assert columns_of("abcd", forward) == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_crossings_are_undone():
    edges = [("r", "a"), ("r", "b"), ("a", "y"), ("b", "x")]
    laid = lay_out(dict.fromkeys("rabxy", 20.0), edges, gap=10.0, point=5.0)
    assert (laid.y["a"] < laid.y["b"]) == (laid.y["y"] < laid.y["x"])
