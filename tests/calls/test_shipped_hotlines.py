"""The hotlines that ship: without a mistake, with examples enough, and every step walked by their own tests."""

import pytest

from ivr.cli.main import main
from ivr.flow.load import examine, load
from ivr.shipped import shipped

pytestmark = pytest.mark.calls
HOTLINES = sorted(path.parent for path in shipped("flows").glob("*/flow.yaml"))
FEWEST_EXAMPLES = 8


@pytest.fixture(params=HOTLINES, ids=lambda folder: folder.name)
def folder(request):
    return request.param


def test_the_three_are_there():
    assert {"cloud_support", "city_12345", "carrier_10086"} <= {folder.name for folder in HOTLINES}


def test_it_has_no_mistake(folder):
    _, problems = examine(folder)
    assert [str(problem) for problem in problems if not problem.advice] == []


def test_every_intent_has_examples_enough_in_every_language(folder):
    words = load(folder).words
    few = [
        (language, intent)
        for language, said in words.items()
        for intent, examples in said.intents.items()
        if len(set(examples)) < FEWEST_EXAMPLES
    ]
    assert few == []


def test_a_faq_is_the_same_in_every_language(folder):
    flow = load(folder)
    ids = [
        {name: [entry.id for entry in entries] for name, entries in words.faqs.items()} for words in flow.words.values()
    ]
    assert all(one == ids[0] for one in ids)
    assert sum(map(len, ids[0].values())) >= 10


def test_its_own_tests_pass_and_enter_every_step(folder, capsys):
    assert main(["test", str(folder), "--min-steps", "100"]) == 0, capsys.readouterr().out
