"""A bank of questions finds what was meant, misheard or not, changes while in use, and says when its file is bad."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.understanding import bank_index
from ivr.understanding.bank import Bank
from ivr.understanding.bank_file import BankError
from ivr.understanding.bank_index import TextCodes
from ivr.understanding.encoder import SIZE
from ivr.understanding.phonetics import syllables

pytestmark = pytest.mark.unit

WORDINGS = [
    ("bill", "怎么查账单"),
    ("bill", "这个月的账单在哪里看"),
    ("refund", "云服务器怎么退款"),
    ("open", "云服务器怎么开通"),
    ("invoice", "发票什么时候寄到"),
    ("password", "忘记密码怎么办"),
    ("english", "how do i reset my router"),
    ("doubled", "微信和电脑微信可以同步吗"),
]


class ByFirstCharacter:
    """An encoder for tests: texts are near when they begin alike; it counts how often it is asked."""

    def __init__(self):
        self.calls = 0

    def encode(self, texts, /):
        self.calls += 1
        vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, ord(text[0]) % SIZE if text else 0] = 1
        return vectors


@pytest.fixture(scope="module")
def bank():
    return Bank.build(WORDINGS)


def keys(hits):
    return [hit.key for hit in hits]


@pytest.mark.parametrize(("key", "text"), WORDINGS)
def test_a_question_in_the_very_words_of_the_bank_is_certain(bank, key, text):
    first = bank.search(text)[0]
    assert (first.key, first.text, first.score) == (key, text, 1.0)


@pytest.mark.parametrize(
    ("heard", "meant"), [("怎么查涨单", "bill"), ("云福务器怎么推宽", "refund"), ("发漂什么时后季到", "invoice")]
)
def test_homophones_find_what_was_meant_and_why_says_how_it_was_read(bank, heard, meant):
    first = bank.search(heard)[0]
    assert first.key == meant
    assert "read as" in first.why


def test_a_key_with_many_wordings_comes_once_with_its_best(bank):
    found = keys(bank.search("账单"))
    assert found[0] == "bill"
    assert len(found) == len(set(found))


def test_scores_fall_and_lie_between_nought_and_one(bank):
    scores = [hit.score for hit in bank.search("云服务器退款")]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_nothing_is_found_where_nothing_is_said_or_nothing_is_held(bank):
    assert bank.search("") == bank.search("，。！") == Bank.build([]).search("怎么查账单") == []


def test_only_the_active_keys_are_found(bank):
    assert keys(bank.search("云服务器怎么退款", keys=frozenset({"open", "bill", "unknown"})))[0] == "open"
    assert bank.search("云服务器怎么退款", keys=frozenset()) == []


def test_what_is_added_is_found_at_once_and_what_is_removed_no_more():
    bank = Bank.build(WORDINGS)
    bank.add("plate", "车牌号码写错了怎么改")
    assert keys(bank.search("车牌号码写错了"))[0] == "plate"
    assert (bank.remove("plate"), bank.remove("bill"), bank.remove("never")) == (1, 2, 0)
    assert not {"plate", "bill"} & set(keys(bank.search("车牌号码账单怎么查")))
    assert len(bank) == len(WORDINGS) - 2


def test_a_bank_that_grew_by_adding_finds_what_one_built_at_once_finds():
    many = [(f"{n}", f"第{n}号柜台怎么办理业务") for n in range(700)]
    grown = Bank.build(many[:50])
    for key, text in many[50:]:
        grown.add(key, text)
    built = Bank.build(many)
    for _, text in many[::97]:
        assert grown.search(text, limit=1)[0].text == built.search(text, limit=1)[0].text == text


def test_a_saved_bank_answers_as_before(bank, tmp_path):
    bank.save(tmp_path / "faq.bank")
    loaded = Bank.load(tmp_path / "faq.bank")
    for text in ("怎么查涨单", "router reset", "密码忘记了"):
        assert loaded.search(text) == bank.search(text)
    assert loaded.remove("bill") == 2
    assert "bill" not in keys(loaded.search("怎么查账单"))


def test_what_was_added_and_removed_is_saved(tmp_path):
    bank = Bank.build(WORDINGS, encoder=ByFirstCharacter())
    bank.add("plate", "车牌号码写错了怎么改")
    bank.remove("bill")
    bank.save(tmp_path / "faq.bank")
    loaded = Bank.load(tmp_path / "faq.bank", encoder=ByFirstCharacter())
    assert keys(loaded.search("车牌号码写错了怎么改"))[0] == "plate"
    assert len(loaded) == len(WORDINGS) - 1
    loaded.add("late", "迟到的快递怎么投诉")
    assert loaded.search("迟到的快递怎么投诉")[0].key == "late"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda data: data[:-100], "bytes where its header says"),
        (lambda data: data[:40], "cut short"),
        (lambda data: data[:7] + b"9" + data[8:], "version 9"),
        (lambda data: b"PK" + data[2:], "is no bank"),
        (lambda data: data[:-70] + b"\xff\x00\xff" + data[-67:], "checksum"),
        (lambda _: b"", "is no bank"),
    ],
)
def test_a_bad_file_says_what_is_wrong_with_it(bank, tmp_path, spoil, says):
    path = tmp_path / "faq.bank"
    bank.save(path)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(BankError, match=says):
        Bank.load(path)


def test_meaning_counts_where_there_is_an_encoder_and_the_bank_works_without():
    encoder = ByFirstCharacter()
    bank = Bank.build([("a", "账单多少钱"), ("b", "费用怎么算")], encoder=encoder)
    assert {hit.key: hit.meaning for hit in bank.search("账目")}["a"] == pytest.approx(1, abs=0.01)
    bank.encoder = None
    assert [hit.meaning for hit in bank.search("账目")] == [None] * len(bank.search("账目"))


def test_a_small_bank_is_searched_by_meaning_where_no_sound_is_shared():
    bank = Bank.build([("a", "账单多少钱"), ("b", "费用怎么算")], encoder=ByFirstCharacter())
    assert "a" in keys(bank.search("账"))
    assert keys(bank.search("费尽心思"))[0] == "b"


def test_the_encoder_is_not_asked_for_one_hit_that_is_certain():
    encoder = ByFirstCharacter()
    bank = Bank.build(WORDINGS, encoder=encoder)
    asked = encoder.calls
    assert bank.search("怎么查账单", limit=1)[0].key == "bill"
    assert encoder.calls == asked
    bank.search("账单", limit=1)
    assert encoder.calls == asked + 1


def test_adding_to_a_bank_with_vectors_needs_its_encoder():
    bank = Bank.build(WORDINGS, encoder=ByFirstCharacter())
    bank.encoder = None
    with pytest.raises(BankError, match=r"set bank\.encoder"):
        bank.add("plate", "车牌号码写错了怎么改")


def test_common_grams_are_cut_off_and_the_rare_ones_still_find(monkeypatch):
    monkeypatch.setattr(bank_index, "_MOST_POSTINGS", 20)
    many = [(f"{n}", f"怎么办理{character}") for n, character in enumerate("宽带话费积分快递发票水电燃气护照")]
    bank = Bank.build(many)
    assert bank.search("怎么办理护")[0].text == "怎么办理护"


def test_a_gram_counts_once_however_often_a_text_says_it():
    codes = TextCodes()
    for _ in codes.noting([(tuple("好好好"), syllables(tuple("好好好")))]):
        pass
    assert codes.index().sound_grams.counts.tolist() == [1, 1]


@settings(max_examples=150, deadline=1000)
@given(st.text(max_size=1000))
def test_any_text_gives_hits_in_bounded_time(bank, text):
    hits = bank.search(text)
    assert len(hits) <= 10
    assert all(0 <= hit.score <= 1 and hit.why for hit in hits)
    assert hits == bank.search(text)


def test_the_same_text_gives_the_same_hits_in_any_process():
    told = (
        "from ivr.understanding.bank import Bank\n"
        f"bank = Bank.build({WORDINGS!r})\n"
        "print([bank.search(text) for text in ('怎么查涨单', 'reset router', '云服务器')])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", told],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_the_encoder_is_asked_only_where_letters_and_sounds_leave_a_doubt():
    encoder = ByFirstCharacter()
    bank = Bank.build(WORDINGS, encoder=encoder)
    asked = encoder.calls
    assert bank.search("请问发票什么时候能寄到")[0].meaning is None
    assert encoder.calls == asked
    assert bank.search("云服务器怎么")[0].meaning is not None
    assert encoder.calls == asked + 1


def test_a_bank_built_on_two_threads_has_every_vector_in_its_own_row():
    many = [(f"{n}", f"{chr(0x4E00 + n % 400)}号柜台") for n in range(300)]
    bank = Bank.build(many, encoder=ByFirstCharacter())
    for n in (0, 63, 64, 130, 299):
        _, channels, _ = bank.candidates(many[n][1])
        assert channels is not None
        assert channels.meaning[channels.same()].max() == pytest.approx(1.0, abs=0.01)


def test_a_key_is_found_among_those_that_end_or_begin_alike():
    bank = Bank.build([("12", "怎么查账单"), ("112", "怎么退款"), ("111", "怎么开通"), ("查", "忘记密码怎么办")])
    assert [bank.remove(key) for key in ("112", "2", "", "查", "112")] == [1, 0, 0, 1, 0]
    assert set(keys(bank.search("怎么"))) == {"12", "111"}
