"""The shipped hotlines, explored with nothing but their flows: nearly every way is gone, and the cases can be read."""

import pytest

from ivr.dialogue.vocabulary import vocabulary_for
from ivr.flow.load import load
from ivr.qa.case import load_case
from ivr.qa.explore.case_set import CaseSet
from ivr.qa.explore.explorer import Explorer
from ivr.shipped import shipped

pytestmark = pytest.mark.calls


@pytest.mark.parametrize("name", ["carrier_10086", "city_12345", "cloud_support"])
def test_a_shipped_hotline_is_explored_without_its_tests(name, tmp_path):
    flow = load(shipped(f"flows/{name}"))
    explorer = Explorer(flow, vocabulary_for(flow), seed=7)
    explorer.cover()
    assert explorer.coverage.step_share == 100.0
    assert explorer.coverage.way_share >= 95.0
    assert all(why for _, why in explorer.unreached())
    cases = CaseSet(flow.name, flow.name, tmp_path, 7, ("zf_xiaoxiao",))
    for call in cases.write_covering(explorer):
        assert load_case(call.folder).problems(flow) == []
