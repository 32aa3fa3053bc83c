"""How a recogniser's errors are counted, and what it is measured with."""

import numpy as np
import pytest

from ivr.audio import RATE, samples, to_pcm, write_audio
from ivr.errors import UsageError
from ivr.qa.recognition_errors import Errors, errors, is_number
from ivr.qa.spoken_material import Row, read_rows, sound, with_noise

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("said", "heard", "edits"),
    [
        ("查账单", "查账单", (0, 0, 0)),
        ("查账单", "茶账单", (1, 0, 0)),
        ("我要查账单", "查账单", (0, 2, 0)),
        ("查账单", "查一下账单", (0, 0, 2)),
        ("查账单", "", (0, 3, 0)),
        ("Ａ卡，怎么还？", "a卡怎么还", (0, 0, 0)),
        ("一三八幺", "幺三八一", (0, 0, 0)),
        ("一起查", "幺起查", (1, 0, 0)),
    ],
)
def test_errors_are_the_fewest_edits_by_kind(said, heard, edits):
    found = errors(said, heard)
    assert (found.substitutions, found.deletions, found.insertions) == edits
    assert found.right == (edits == (0, 0, 0))


def test_errors_of_turns_add_up_to_a_rate_by_characters():
    total = errors("查账单", "茶账单") + errors("转人工服务", "转人工服务") + Errors()
    assert (total.said, total.turns, total.right) == (8, 2, 1)
    assert total.rate == pytest.approx(1 / 8)
    assert Errors().rate == 0.0


def test_a_number_is_digits_and_nothing_else():
    assert is_number("幺三八 零零")
    assert not is_number("三点")
    assert not is_number("，")


def test_a_list_is_read_with_and_without_its_header(tmp_path):
    (tmp_path / "h.tsv").write_text("file\tseconds\ttext\na.wav\t1.0\t查账单\n", encoding="utf-8")
    (tmp_path / "p.tsv").write_text("a.wav\t查账单\n怎么还款\n\n", encoding="utf-8")
    assert read_rows(tmp_path / "h.tsv") == [Row("查账单", tmp_path / "a.wav")]
    assert read_rows(tmp_path / "p.tsv") == [Row("查账单", tmp_path / "a.wav"), Row("怎么还款", None)]


@pytest.mark.parametrize(("content", "says"), [("a.wav\t\n", "line 1 has no text"), ("\n", "has no rows")])
def test_a_list_with_a_fault_is_told_with_its_line(tmp_path, content, says):
    (tmp_path / "p.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        read_rows(tmp_path / "p.tsv")


def test_noise_has_its_ratio_to_the_speech_and_is_the_same_every_time():
    tone = to_pcm((0.2 * np.sin(np.arange(RATE) / 5)).astype(np.float32))
    noisy = with_noise(tone, 10, seed=3)
    noise = samples(noisy) - samples(tone)
    assert 10 * np.log10(np.mean(samples(tone) ** 2) / np.mean(noise**2)) == pytest.approx(10, abs=0.2)
    assert noisy == with_noise(tone, 10, seed=3) != with_noise(tone, 10, seed=4)


def test_a_telephone_changes_a_recording_and_a_row_without_one_says_how_to_mend_it(tmp_path):
    tone = to_pcm((0.2 * np.sin(np.arange(RATE) / 5)).astype(np.float32))
    write_audio(tmp_path / "a.wav", tone)
    row = Row("嘟", tmp_path / "a.wav")
    assert sound(row, 0, phone=False, noise_db=None) == tone != sound(row, 0, phone=True, noise_db=None)
    with pytest.raises(UsageError, match="--speak"):
        sound(Row("嘟", None), 0, phone=True, noise_db=None)
