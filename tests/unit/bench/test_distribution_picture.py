"""The picture of a distribution: whole XML, one row a series, what lies beyond the axis said."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from ivr.qa.distribution_picture import distribution_picture

pytestmark = pytest.mark.unit
TEXT = "{http://www.w3.org/2000/svg}text"


def texts(svg):
    return [text.text for text in ET.fromstring(svg).iter(TEXT)]  # noqa: S314  our own text


def test_every_series_with_values_has_a_row_with_its_figures():
    shown = texts(distribution_picture({"a & b": [100.0, 200.0, 300.0], "nothing": []}, title="gaps"))
    assert "a & b" in shown
    assert {"3 values", "p50 200, p95 290 ms"} <= set(shown)
    assert not any("nothing" in text for text in shown)


def test_what_is_far_beyond_the_rest_is_counted_and_said():
    shown = texts(distribution_picture({"gaps": [100.0] * 500 + [9000.0]}, title="gaps"))
    assert "501 values, 1 beyond, to 9,000" in shown


def test_a_slow_row_among_many_fast_ones_is_not_squeezed_beyond_the_axis():
    shown = texts(distribution_picture({"fast": [1.0] * 10_000, "slow": [700.0] * 9 + [800.0]}, title="gaps"))
    assert "10 values" in shown
    assert not any("beyond" in (text or "") for text in shown)


def test_nothing_to_draw_is_said():
    with pytest.raises(ValueError, match="no values"):
        distribution_picture({"gaps": []}, title="gaps")
