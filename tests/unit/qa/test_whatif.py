"""Recorded calls against another flow: where they would have gone differently, and what is not known of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace

import pytest

from ivr.call.journal import MemoryJournal, parse_journal
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Heard
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.flow.load import load
from ivr.qa import whatif
from ivr.qa.twin import Twin, TwinTest, TwinTurn, twins_of
from ivr.qa.twin_run import play_twin
from ivr.qa.whatif import Unusable, lengths_in, what_if
from ivr.qa.whatif_figures import MISSED, Figures, worse
from ivr.shipped import shipped
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit

FLOW = """\
hotline: 花店
language: zh-CN
start: need
queues: [florists]
person: {queue: florists}
steps:
  need:
    ask: 请问您要订花还是退订？
    intents: [order, cancel, gripe]
    then: {order: many, cancel: reason, gripe: reason}
  many:
    collect:
      number: {type: digits, length: 3, ask: 请说出三位花束编号。, confirm: "编号是{number}，对吗？"}
    say: 已经记下。
    next: bye
  reason:
    ask: 请问为什么退订？
    intents: [late]
    then: {late: person}
  person: {hand_off: {queue: florists, say: 为您转接花艺师。}}
  bye: {hang_up: 再见。}
"""
INTENTS = """\
intents:
  order: [我要订花, 订一束花]
  cancel: [我要退订, 不要了]
  gripe: [我要投诉]
  late: [送得太晚, 太慢了]
"""


@dataclass
class Shop:
    """A flow and the words to understand its callers."""

    flow: object
    words: object

    def dialogue(self):
        return Dialogue(self.flow, self.words)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """`shop(old, new)`: the flower shop with a part of its flow written otherwise; made once each."""
    made = {}

    def make(*changes, intents=INTENTS):
        if (changes, intents) not in made:
            folder = tmp_path_factory.mktemp("flowers")
            text = FLOW
            for old, new in changes:
                assert old in text
                text = text.replace(old, new)
            (folder / "flow.yaml").write_text(text, encoding="utf-8")
            (folder / "intents").mkdir()
            (folder / "intents" / "all.yaml").write_text(intents, encoding="utf-8")
            flow = load(folder)
            made[changes, intents] = Shop(flow, vocabulary_for(flow))
        return made[changes, intents]

    return make


def called(shop, *turns, refuse=()):
    """The journal of a call: text is said, `[1]` are keys, None is silence."""
    spoken = [
        TwinTurn(silence=True) if turn is None else TwinTurn(keys=turn[1:-1]) if turn[0] == "[" else TwinTurn(say=turn)
        for turn in turns
    ]
    test = TwinTest(test="a call", turns=spoken, refuse=list(refuse))
    journal = MemoryJournal()
    run(play_twin(shop.flow, shop.words, Twin(test, "", 1, tuple(range(len(spoken)))), journal=journal))
    return parse_journal(journal.text().splitlines(), "a call")


def with_flow(call, shop):
    header, exchanges = call
    return what_if(header, exchanges, shop.dialogue(), lengths_in(exchanges).get)


ORDER = ("我要订花", "一二三", "对")


@pytest.mark.parametrize(
    "turns",
    [ORDER, ("我要退订", "太慢了"), (None, "我要订花", "[123]", "对"), ("嗯嗯啊", "转人工"), (None, None, None)],
)
def test_a_flow_that_changes_nothing_shows_no_difference(shop, turns):
    found = with_flow(called(shop(), *turns), shop())
    assert (found.way, found.difference, found.before) == ("same", None, found.after)


@pytest.mark.parametrize("hotline", ["cloud_support", "carrier_10086"])
def test_time_that_is_thought_goes_as_the_recorded_one(hotline, monkeypatch):
    flow = load(shipped(f"flows/{hotline}"))
    words = vocabulary_for(flow)
    monkeypatch.setattr(whatif, "_deeds", lambda commands: [id(commands)])  # nothing is the same: all is thought
    for twin in twins_of(flow):
        journal = MemoryJournal()
        run(play_twin(flow, words, twin, journal=journal))
        header, exchanges = parse_journal(journal.text().splitlines(), twin.spec.test)
        found = what_if(header, exchanges, Dialogue(flow, words), lengths_in(exchanges).get)
        assert (found.way, found.after) == ("same", found.before), f"{twin.spec.test}: {found}"


def test_another_wording_is_told_at_its_turn_and_parts_nothing(shop):
    reworded = shop(("请说出三位花束编号。", "请告诉我花束的三位编号，在卡片上。"))
    found = with_flow(called(shop(), *ORDER), reworded)
    assert (found.way, found.difference.turn, found.difference.said) == ("other words", 1, "我要订花")
    assert "请说出三位花束编号" in found.difference.before
    assert "在卡片上" in found.difference.after
    assert found.after == found.before


def test_a_longer_prompt_makes_its_caller_wait_and_changes_nothing_else(shop):
    longer = shop(("已经记下。", "已经记下，祝您和家人生活愉快，花开富贵，我们马上为您准备最新鲜的花束。"))
    assert with_flow(called(shop(), *ORDER), longer).after.ended == "hotline"


def test_a_check_that_is_not_made_any_more_needs_no_yes(shop):
    trusting = shop((', confirm: "编号是{number}，对吗？"', ""))
    found = with_flow(called(shop(), *ORDER), trusting)
    assert (found.way, found.parted, found.after.ended) == ("other way", "", "hotline")
    assert found.difference.turn == 2


def test_who_is_understood_at_once_does_not_say_it_again(shop):
    wider = shop(intents=INTENTS.replace("订一束花", "订一束花, 给我来点玫瑰"))
    found = with_flow(called(shop(), "给我来点玫瑰", *ORDER), wider)
    assert (found.way, found.parted, found.after.ended) == ("other way", "", "hotline")
    assert (found.misses_before, found.misses_after) == (1, 0)


def test_after_a_question_that_nobody_answered_the_end_is_not_known(shop):
    asks_more = shop(("cancel: reason", "cancel: many"))
    found = with_flow(called(shop(), "我要退订", "太慢了"), asks_more)
    assert (found.way, found.after, found.difference.turn) == ("parted", None, 1)
    assert "请说出三位花束编号" in found.parted
    assert "太慢了" in found.parted
    assert found.before.ended == "handed_off"


def test_a_turn_that_is_not_understood_any_more_parts_the_call_and_is_counted(shop):
    deaf = shop(intents=INTENTS.replace("我要退订, 不要了", "打道回府"))
    found = with_flow(called(shop(), "我要退订", "太慢了"), deaf)
    assert (found.way, found.misses_before, found.misses_after) == ("parted", 0, 1)
    assert "no_match" in found.difference.after


def test_who_is_given_to_a_person_earlier_is_so_for_certain(shop):
    eager = shop(("cancel: reason", "cancel: person"))
    found = with_flow(called(shop(), "我要退订", "太慢了"), eager)
    assert (found.way, found.after.ended, found.after.wanted_person) == ("other way", "handed_off", True)


def test_a_shorter_patience_speaks_into_the_pause_of_a_slow_caller(shop):
    patient = shop(("intents: [late]", "intents: [late]\n    patience: {wait: 20s}"))
    hasty = shop(("intents: [late]", "intents: [late]\n    patience: {wait: 1s}"))
    header, exchanges = called(patient, "我要退订", "太慢了")
    heard = [exchange.event.at for exchange in exchanges if isinstance(exchange.event, Heard)]
    thought = [later(exchange, 6.0) if exchange.event.at >= heard[1] else exchange for exchange in exchanges]
    found = what_if(header, thought, hasty.dialogue(), lengths_in(exchanges).get)
    assert (found.difference.turn, found.parted, found.after.ended) == (1, "", "handed_off")
    assert "no_input" in found.difference.after


def later(exchange, seconds):
    return replace(exchange, event=replace(exchange.event, at=exchange.event.at + seconds))


def test_a_refused_caller_is_refused_again(shop):
    found = with_flow(called(shop(), "转人工", "转人工", refuse=["full"]), shop(("再见。", "再会。")))
    assert (found.way, found.after.ended) == ("same", "handed_off")


@pytest.mark.parametrize(("cut", "why"), [(5, "cut off"), (0, "cut off")])
def test_a_call_without_its_end_is_not_used(shop, cut, why):
    header, exchanges = called(shop(), *ORDER)
    with pytest.raises(Unusable, match=why):
        what_if(header, exchanges[:cut], shop().dialogue(), lambda _text: None)


def test_figures_tell_a_worse_flow_and_say_nothing_of_a_handful(shop):
    deaf = shop(intents=INTENTS.replace("我要退订, 不要了", "打道回府"))
    good, bad = called(shop(), *ORDER), called(shop(), "我要退订", "太慢了")
    few, many = Figures(), Figures()
    for number in range(40):
        call = with_flow(bad if number % 4 == 0 else good, deaf)
        many.add(call)
        if number < 8:
            few.add(call)
    assert worse(few.rows(), 0.02) == []
    assert {row.verdict for row in few.rows()} == {"too few calls to tell"}
    found = worse(many.rows(), 0.02)
    assert [row.name for row in found] == [MISSED]
    assert found[0].difference.value == pytest.approx(0.25)
    assert found[0].difference.low > 0.05
    assert (found[0].paired.worse, found[0].paired.better) == (10, 0)
    assert worse(many.rows(), 0.3) == []


def test_figures_of_the_same_flow_are_no_worse(shop):
    figures = Figures()
    same = with_flow(called(shop(), *ORDER), shop())
    for _ in range(40):
        figures.add(same)
    assert worse(figures.rows(), 0.0) == []
    assert {row.verdict for row in figures.rows()} == {"no difference to be seen"}


def test_a_flow_folder_of_another_name_is_another_edition_of_the_same(shop, tmp_path):
    shutil.copytree(shop().flow.folder, tmp_path / "next_week")
    flow = load(tmp_path / "next_week")
    found = with_flow(called(shop(), *ORDER), Shop(flow, vocabulary_for(flow)))
    assert found.way == "same"
