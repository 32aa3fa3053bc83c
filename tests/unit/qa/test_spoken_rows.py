"""What `ivr bench asr` takes of a long list, and what it tells while it works."""

from itertools import pairwise

import pytest

from ivr.cli.bench_asr import _counted, _spread
from ivr.qa.spoken_material import Row

pytestmark = pytest.mark.unit


def rows(count):
    return [Row(str(number), None) for number in range(count)]


@pytest.mark.parametrize(("count", "most"), [(120, 100), (1000, 120), (7, 3)])
def test_so_many_rows_are_taken_at_equal_distances_from_the_whole_list(count, most):
    taken = [int(row.text) for row in _spread(rows(count), most)]
    assert len(taken) == most
    gaps = {after - before for before, after in pairwise(taken)}
    assert max(gaps) - min(gaps) <= 1
    assert taken[0] == 0
    assert count - taken[-1] <= max(gaps) + 1


def test_a_short_list_is_taken_whole_and_so_is_a_long_one_where_all_are_wanted():
    assert len(_spread(rows(5), 100)) == 5
    assert len(_spread(rows(500), 0)) == 500


def test_without_a_terminal_a_line_each_tenth_tells_how_far_it_is(capsys):
    assert [number for number, _ in _counted(rows(35), "decoding")] == list(range(35))
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 10
    assert said[0] == "decoding: 0 of 35"
    assert said[-1].startswith("decoding: 32")
