"""Learning from transcripts and from a flow's own examples, at the command line."""

from __future__ import annotations

import pytest

from ivr.cli.main import main
from ivr.understanding.confusions import Confusions

pytestmark = pytest.mark.unit
FLOW = """hotline: 花店
language: zh-CN
start: need
steps:
  need: {ask: 您要什么？, intents: [flowers, delivery], then: {flowers: bye, delivery: bye}}
  bye: {hang_up: 再见。}
"""
INTENTS = """intents:
  flowers: [我要买花, 有玫瑰吗, 买一束花, 订一束百合]
  delivery: [什么时候送到, 花送到哪里了, 能不能送货上门, 今天能送到吗]
"""


@pytest.fixture
def learn(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        status = main(["learn", *words])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


def test_transcripts_give_a_channel_and_the_worst_confusions(learn, tmp_path):
    (tmp_path / "pairs.tsv").write_text("查账单\t叉账单\n四栋\t是栋\n", encoding="utf-8")
    status, said = learn("confusions", "pairs.tsv", "--into", "mine.json", "--of", "two calls")
    assert status == 0
    assert "s-" in said
    channel = Confusions.from_json((tmp_path / "mine.json").read_text("utf-8"))
    assert channel.source == "2 utterances: two calls"


@pytest.mark.parametrize(("text", "where"), [("查账单 叉账单\n", "pairs.tsv:1"), ("\n\n", "no pairs"), ("\ta\n", ":1")])
def test_a_line_that_is_no_pair_is_named(learn, tmp_path, text, where):
    (tmp_path / "pairs.tsv").write_text(text, encoding="utf-8")
    status, said = learn("confusions", "pairs.tsv")
    assert status != 0
    assert where in said


def test_a_flow_learns_how_sure_is_sure_enough(learn, tmp_path):
    (tmp_path / "flowers" / "intents").mkdir(parents=True)
    (tmp_path / "flowers" / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "flowers" / "intents" / "main.yaml").write_text(INTENTS, encoding="utf-8")
    status, said = learn("threshold", "flowers")
    assert status == 0, said
    assert "30% of the characters misheard" in said
    assert "the flow's threshold is 0.7" in said


def test_a_language_that_the_flow_does_not_speak_is_refused(learn, tmp_path):
    (tmp_path / "flowers" / "intents").mkdir(parents=True)
    (tmp_path / "flowers" / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "flowers" / "intents" / "main.yaml").write_text(INTENTS, encoding="utf-8")
    status, said = learn("threshold", "flowers", "--language", "en")
    assert status != 0
    assert "zh-CN" in said
