"""What was learned of a hotline's examples is read again, bit for bit, or learned anew."""

import numpy as np
import pytest

from ivr.understanding import opinion
from ivr.understanding.intent_training import trained
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.learned_file import learned_file, read_learned, write_learned
from ivr.understanding.result import State, Utterance

pytestmark = pytest.mark.unit

EXAMPLES = {
    "billing": ["查账单", "这个月的账单", "我要看账单", "what is my bill"],
    "outage": ["断网了", "上不了网", "网络有故障", "no internet"],
    "agent": ["转人工", "我要找人工"],
}
ELSEWHERE = ("今天天气不错", "讲个笑话", "放首歌", "how tall is the tower", "明天会下雨吗", "打开客厅的灯")
TURNS = ["账单的事情", "网断掉了呀", "查涨单好不好", "my bills please", "唱一首歌给我听", ""]
PAIRS = sorted((text, name) for name, texts in EXAMPLES.items() for text in texts)


class Letters:
    """An encoder of 512 numbers that needs no package."""

    def encode(self, texts):
        found = np.zeros((len(texts), 512), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text or "?":
                found[row, ord(character) % 512] += 1
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def learned(encoder=None, elsewhere=ELSEWHERE):
    texts, labels = [text for text, _ in PAIRS], [name for _, name in PAIRS]
    return trained(texts, labels, encoder=encoder, elsewhere=elsewhere, seed=0)


@pytest.mark.parametrize("encoder", [None, Letters()], ids=["letters and sounds", "with an encoder"])
@pytest.mark.parametrize("elsewhere", [(), ELSEWHERE], ids=["all in scope", "with strangers"])
def test_what_is_read_says_bit_for_bit_what_was_learned(tmp_path, encoder, elsewhere):
    model = learned(encoder, elsewhere)
    write_learned(tmp_path / "deep" / "a.npz", model)
    read = read_learned(tmp_path / "deep" / "a.npz")
    assert read is not None
    for mine, theirs in zip(model.scores(TURNS, encoder, 0.7), read.scores(TURNS, encoder, 0.7), strict=True):
        assert mine.tobytes() == theirs.tobytes()
    assert (read.labels, read.temperature) == (model.labels, model.temperature)
    assert read.scope.offset == model.scope.offset
    assert read.spoke_for(("账", "单"), 1) == model.spoke_for(("账", "单"), 1)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.npz"]


def test_whatever_is_learned_from_names_another_file(tmp_path):
    names = [
        learned_file(tmp_path, PAIRS, ELSEWHERE, semantic=False),
        learned_file(tmp_path, PAIRS, ELSEWHERE, semantic=True),
        learned_file(tmp_path, PAIRS[1:], ELSEWHERE, semantic=False),
        learned_file(tmp_path, PAIRS, ELSEWHERE[1:], semantic=False),
        learned_file(tmp_path, [(PAIRS[0][0], "other"), *PAIRS[1:]], ELSEWHERE, semantic=False),
    ]
    assert len(set(names)) == len(names)


def test_a_damaged_file_is_none(tmp_path):
    path = tmp_path / "a.npz"
    write_learned(path, learned())
    whole = path.read_bytes()
    for damaged in (b"", b"PK", whole[: len(whole) // 2], whole[:-30], b"\x93NUMPY" + whole):
        path.write_bytes(damaged)
        assert read_learned(path) is None
    np.savez(path, labels=np.array(["a", {}], dtype=object))
    assert read_learned(path) is None  # it would take pickle to read this one
    assert read_learned(tmp_path / "missing.npz") is None


def test_a_place_that_cannot_be_written_costs_nothing_but_time(tmp_path):
    (tmp_path / "file").write_text("")
    write_learned(tmp_path / "file" / "a.npz", learned())
    assert read_learned(tmp_path / "file" / "a.npz") is None


def test_the_second_process_understands_the_same_without_learning(tmp_path, monkeypatch):
    def understood():
        opinion._learned.cache_clear()
        opinion._ranked.cache_clear()
        interpreter = Interpreter(EXAMPLES, strangers=ELSEWHERE)
        interpreter.prepare(tmp_path)
        state = State(tuple(EXAMPLES))
        return [interpreter.understand(Utterance(turn), state) for turn in TURNS]

    first = understood()
    monkeypatch.setattr(opinion, "trained", lambda *_, **__: pytest.fail("learned again"))
    assert understood() == first
    opinion._learned.cache_clear()


def test_the_encoder_is_asked_before_the_first_caller_even_where_all_was_learned_before(tmp_path, monkeypatch):
    class Counting(Letters):
        asked = 0

        def encode(self, texts):
            Counting.asked += 1
            return super().encode(texts)

    def prepare():
        opinion._learned.cache_clear()
        opinion._ranked.cache_clear()
        Counting.asked = 0
        Interpreter(EXAMPLES).prepare(tmp_path)
        return Counting.asked

    monkeypatch.setattr(opinion, "installed_encoder", Counting)
    prepare()
    monkeypatch.setattr(opinion, "trained", lambda *_, **__: pytest.fail("learned again"))
    assert prepare()
    opinion._learned.cache_clear()
    opinion._ranked.cache_clear()
