"""What a trained model of intents makes of turns: right, misheard, from elsewhere, and always the same."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding.classifier import IntentModel, IntentModelError

pytestmark = pytest.mark.unit

EXAMPLES = {
    "bill": [
        "查一下我的账单",
        "这个月话费多少",
        "账单怎么这么高",
        "我想看看花了多少钱",
        "how much is my bill",
        "上个月账单",
    ],
    "outage": ["网断了", "上不了网", "宽带坏了", "服务器打不开", "my internet is down", "网络连接不上"],
    "unlock": ["账号锁了", "密码输错被锁", "登录不了账号", "帮我解锁", "my account is locked", "忘记密码了"],
    "agent": ["转人工", "找个人说话", "人工客服", "我要客服", "talk to a person", "接人工"],
}
ELSEWHERE = ["今天晚上吃什么", "你把窗户关一下", "这部电影真好看", "我先去接孩子", "what a lovely day", "球赛几点开始"]
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
LABELS = [label for label, texts in EXAMPLES.items() for _ in texts]


class MadeUpEncoder:
    """Vectors by characters alone: enough to see that the channel is used, and the same in every process."""

    def encode(self, texts):
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.1
            for character in text:
                vectors[row, ord(character) % 64] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def model():
    return IntentModel.train(TEXTS, LABELS, elsewhere=ELSEWHERE)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("我的账单多少钱", "bill"), ("宽带上不了", "outage"), ("账号被锁了", "unlock"), ("给我转人工客服", "agent")],
)
def test_what_is_said_otherwise_is_understood(model, said, meant):
    assert model.rank(said).labels[0].label == meant


@pytest.mark.parametrize(("said", "meant"), [("查一下我的涨单", "bill"), ("转人空", "agent"), ("忘籍密马了", "unlock")])
def test_what_is_misheard_is_understood(model, said, meant):
    assert model.rank(said).labels[0].label == meant


def test_probabilities_are_of_all_labels_and_add_up(model):
    ranking = model.rank("宽带坏了")
    assert {one.label for one in ranking.labels} == set(EXAMPLES)
    assert sum(one.probability for one in ranking.labels) == pytest.approx(1, abs=1e-4)
    assert [one.probability for one in ranking.labels] == sorted((o.probability for o in ranking.labels), reverse=True)


def test_what_is_like_no_example_is_less_in_scope(model):
    assert model.rank("猫在屋顶晒太阳").in_scope < model.rank("我要查账单").in_scope


def test_many_at_once_are_as_one_at_a_time(model):
    said = ["宽带坏了", "猫在屋顶晒太阳"]
    for together, alone in zip(model.rank_all(said), map(model.rank, said), strict=True):
        assert together.in_scope == pytest.approx(alone.in_scope)
        assert [one.label for one in together.labels] == [one.label for one in alone.labels]


def test_a_model_without_an_encoder_and_one_with_it_both_learn():
    with_meaning = IntentModel.train(TEXTS, LABELS, encoder=MadeUpEncoder(), elsewhere=ELSEWHERE)
    assert with_meaning.rank("宽带上不了").labels[0].label == "outage"
    assert with_meaning.rank("宽带上不了") != IntentModel.train(TEXTS, LABELS).rank("宽带上不了")


@pytest.mark.parametrize(
    "examples", [{"only": ["转人工"]}, {"yes": ["对"], "no": ["不对"]}, {"a": ["一", "一"], "b": ["一"]}]
)
def test_the_smallest_sets_can_be_learned(examples):
    texts = [text for each in examples.values() for text in each]
    labels = [label for label, each in examples.items() for _ in each]
    ranking = IntentModel.train(texts, labels, encoder=MadeUpEncoder()).rank("转人工")
    assert len(ranking.labels) == len(examples)
    assert 0 <= ranking.in_scope <= 1


def test_nothing_to_learn_from_is_said():
    with pytest.raises(IntentModelError, match="at least one"):
        IntentModel.train([], [])
    with pytest.raises(IntentModelError, match="every text its intent"):
        IntentModel.train(["转人工"], [])


def test_why_names_what_spoke_for_it_and_an_example(model):
    why = model.why("我的账单多少钱")
    assert "bill" in why
    assert "账单" in why
    assert any(f"“{text}”" in why for text in EXAMPLES["bill"])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_ranking(text):
    ranking = ANY.rank(text)
    assert 0 <= ranking.in_scope <= 1
    assert all(0 <= one.probability <= 1 for one in ranking.labels)
    assert ANY.why(text)


ANY = IntentModel.train(TEXTS, LABELS, elsewhere=ELSEWHERE)

_IN_A_PROCESS = """
import sys
from ivr.understanding.classifier import IntentModel
texts, labels = eval(sys.argv[1])
print([(one.label, one.probability) for one in IntentModel.train(texts, labels).rank("账号的账单").labels])
"""


def test_the_same_texts_give_the_same_model_in_any_process():
    printed = {
        subprocess.run(
            [sys.executable, "-c", _IN_A_PROCESS, repr((TEXTS, LABELS))],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@pytest.mark.parametrize("sureness", [0.0, 0.5, 1.0])
def test_however_unsure_the_recogniser_is_what_was_misheard_is_understood(model, sureness):
    assert model.rank("查一下我的涨单", sureness=sureness).labels[0].label == "bill"
