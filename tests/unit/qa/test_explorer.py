"""Exploring a small flow in text: every way is gone, what is planted is found and made small, the seed decides."""

import pytest

from ivr.dialogue.vocabulary import vocabulary_for
from ivr.flow.load import load
from ivr.qa.explore.explorer import Explorer
from ivr.qa.explore.script import Script, Turn
from ivr.qa.explore.trial import play_in_text
from ivr.understanding.result import Result

pytestmark = pytest.mark.unit

FLOW = """\
hotline: 花店
language: zh-CN
start: need
queues: [florists]
person: {queue: florists, refused: busy}
hours:
  shop: {open: [mon-fri 09:00-18:00]}
steps:
  need:
    ask: 买花还是退花？
    intents: [buy, sell]
    keys: {1: buy, 2: sell}
    then: {buy: order, sell: give_back}
  order:
    call: {get: "{env.SHOP}/stock", save: stock, expect: {count: number}, failed: sorry}
    branch:
      - if: stock.count > 3
        next: enough
      - else: sorry
  enough:
    branch:
      - if: open("shop")
        next: today
      - else: sorry
  today:
    say: 今天送到。
    next: need
  sorry:
    say: 很抱歉。
    next: need
  give_back:
    hang_up: 请到店里来。
  busy:
    ask: 都在忙，要买花吗？
    intents: [buy]
    then: {buy: order}
"""
INTENTS = "intents: {buy: [我要买花, 想买一束花, 订花], sell: [我要退花, 把花退了]}\n"


@pytest.fixture
def flow(tmp_path):
    (tmp_path / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "main.yaml").write_text(INTENTS, encoding="utf-8")
    return load(tmp_path)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory):
    """Understanding of the flow, which learns once for all tests."""
    folder = tmp_path_factory.mktemp("flow")
    (folder / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "intents").mkdir()
    (folder / "intents" / "main.yaml").write_text(INTENTS, encoding="utf-8")
    return vocabulary_for(load(folder))


class Deaf:
    """Understands as the flow does, but nothing that has `word` in it, or breaks there."""

    def __init__(self, other, word, *, breaks=False):
        self._other, self._word, self._breaks = other, word, breaks

    def understand(self, utterance, state):
        if self._word not in utterance.text:
            return self._other.understand(utterance, state)
        if self._breaks:
            raise RuntimeError("planted")
        return Result("", 0.0)

    def __getattr__(self, name):
        return getattr(self._other, name)


def deaf(vocabulary, word, **how):
    return {language: Deaf(one, word, **how) for language, one in vocabulary.items()}


def test_every_way_is_gone_whatever_the_answers_hours_and_refusals_it_takes(flow, vocabulary):
    explorer = Explorer(flow, vocabulary, seed=1)
    explorer.cover()
    assert explorer.coverage.way_share == 100.0
    assert explorer.unreached() == []
    assert len(explorer.covering()) <= len(explorer.kept)
    refused = [call for call in explorer.covering() if call.script.refuse]
    assert refused, "the way from a refused hand-off to `busy` needs a queue that refuses"


def test_the_same_seed_gives_the_same_callers_and_another_one_others(flow, vocabulary):
    def callers(seed):
        explorer = Explorer(flow, vocabulary, seed)
        explorer.cover()
        explorer.disturb(6)
        return [call.made for call in explorer.covering()], list(explorer.found)

    assert callers(3) == callers(3)
    assert callers(3) != callers(4)


def test_words_that_are_not_taken_as_meant_are_found_with_the_fewest_turns(flow, vocabulary):
    explorer = Explorer(flow, deaf(vocabulary, "谢谢"), seed=1)
    explorer.cover()
    explorer.disturb(200)
    taken = [found for found in explorer.found.values() if found.finding.kind == "taken"]
    assert {found.finding.came for found in taken} == {"no_match"}
    assert {found.finding.step for found in taken} >= {"need"}
    for found in taken:
        if found.finding.step == "need":
            (turn,) = found.seen.script.turns
            assert "谢谢" in turn.say
            assert found.seen.script.mock == {}


def test_a_part_that_breaks_is_found_and_the_search_goes_on(flow, vocabulary):
    explorer = Explorer(flow, deaf(vocabulary, "退", breaks=True), seed=1)
    explorer.cover()
    crashes = [found for found in explorer.found.values() if found.finding.kind == "crash"]
    assert crashes
    assert all(len(found.seen.script.turns) == 1 for found in crashes)
    assert any("退" in turn.say for found in crashes for turn in found.seen.script.turns)
    assert explorer.coverage.way_share >= 90.0


def test_a_caller_who_asks_for_a_person_and_gets_none_is_a_failure(flow, vocabulary):
    script = Script("2026-11-20T10:00:00+08:00", "138", (Turn(say="转人工"), Turn(keys="0"), Turn(say="转人工")))
    assert play_in_text(flow, vocabulary, script, wants_person=True).findings == ()
    nobody = script.with_turns([Turn(say="转人工")])
    (finding,) = play_in_text(flow, deaf(vocabulary, "转人工"), nobody, wants_person=True).findings
    assert finding.kind == "no_person"


def test_a_way_that_cannot_be_gone_is_named_with_the_reason(tmp_path, flow, vocabulary):
    text = FLOW.replace("if: stock.count > 3", "if: stock.count > 3 and stock.count < 3")
    (tmp_path / "flow.yaml").write_text(text, encoding="utf-8")
    explorer = Explorer(load(tmp_path), vocabulary, seed=1)
    explorer.cover()
    why = {(way.start, way.end): reason for way, reason in explorer.unreached()}
    assert why["order", "enough"] == "nothing tried at `order` meets stock.count > 3 and stock.count < 3"
    assert why["enough", "today"] == "no input leads to `enough`"


def test_when_the_time_is_over_the_search_stops_and_says_so(flow, vocabulary):
    explorer = Explorer(flow, vocabulary, seed=1, has_time=lambda: False)
    explorer.cover()
    explorer.disturb()
    assert (explorer.calls, explorer.cut_short, explorer.frontier.whole) == (0, True, False)
