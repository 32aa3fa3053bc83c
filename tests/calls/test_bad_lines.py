"""Bad lines, as whole calls meet them: told with the keys where a turn was not understood, and never a call's end."""

import numpy as np
import pytest

from ivr.audio import to_pcm
from ivr.dialogue.events import Heard, LineIsBad, LineIsGood
from tests.calls.recorded_call import CallerTurn, Understands, carry, speech, spoken

pytestmark = pytest.mark.calls

UNHEARD = {0.1: "呜噜噜呜噜噜"}


def faint(seconds):
    """Syllables at -43 dBFS, 17 dB under what is usual."""
    at = np.arange(int(8000 * seconds)) / 8000
    tone = sum(np.sin(2 * np.pi * 140 * k * at) / k * (3 if k in (4, 5, 8, 9) else 1) for k in range(1, 20))
    tone *= 1 + np.sin(2 * np.pi * 4 * at)
    return CallerTurn(pcm=to_pcm((tone / np.sqrt(np.mean(tone**2)) * 10 ** (-43 / 20)).astype(np.float32)))


def kinds(call):
    return [what.kind for _, what in call.of(LineIsBad)]


def test_who_speaks_too_softly_to_be_understood_is_told_so_with_the_keys_and_the_call_replays(cloud_support, tmp_path):
    recognizer = Understands(UNHEARD, {0.3: "转人工"})
    call = carry(cloud_support, recognizer, [faint(1.2), spoken(0.6)], tmp_path)
    assert kinds(call) == ["quiet"]
    told = next(n for n, text in enumerate(call.said) if "声音有点小，我听不清" in text)
    assert "请按" in call.said[told + 1]
    assert call.outcome.ended == "handed_off"
    assert call.replays(cloud_support)


def test_who_speaks_softly_and_is_understood_is_not_told(cloud_support, tmp_path):
    call = carry(cloud_support, Understands({0.3: "转人工"}), [faint(1.2)], tmp_path)
    assert kinds(call) == ["quiet"]
    assert not any("我听不清" in text for text in call.said)


def test_a_line_that_never_carries_a_frame_is_dead_and_the_keys_are_offered(cloud_support, tmp_path):
    call = carry(cloud_support, Understands(), [CallerTurn(silence=True, after=70)], tmp_path, lost=lambda _: True)
    assert kinds(call) == ["dead"]
    told = next(n for n, text in enumerate(call.said) if "我听不到您的声音" in text)
    assert "请按" in call.said[told + 1]
    assert call.outcome.ended == "handed_off"
    assert call.replays(cloud_support)


def test_a_line_that_dies_in_the_call_and_comes_back_is_good_again(cloud_support, tmp_path):
    call = carry(
        cloud_support,
        Understands({0.3: "转人工"}),
        [CallerTurn(pcm=speech(0.6), after=8.0)],
        tmp_path,
        lost=lambda number: 120 <= number < 340,
    )
    assert kinds(call) == ["dead"]
    assert len(call.of(LineIsGood)) == 1
    assert call.outcome.ended == "handed_off"


@pytest.mark.parametrize("gap_ms", [200, 600, 1000, 2000, 3000])
def test_a_gap_in_mid_word_neither_ends_the_call_nor_hangs_the_turn(cloud_support, tmp_path, gap_ms):
    """The longer ones end the turn as a pause does; what comes after them is heard as well."""
    recognizer = Understands(*[{0.2: "转人工"}] * 2)
    whole = carry(cloud_support, Understands({0.2: "转人工"}), [CallerTurn(pcm=speech(4.6))], tmp_path)
    ended_at = whole.of(Heard)[0][0]
    middle = round(ended_at / 0.02) - 200
    call = carry(
        cloud_support,
        recognizer,
        [CallerTurn(pcm=speech(4.6))],
        tmp_path,
        lost=range(middle, middle + gap_ms // 20).__contains__,
    )
    assert call.outcome.ended == "handed_off"
    assert call.of(Heard)[0][0] <= ended_at + 0.6  # no turn ends early by silence that was lost
    assert call.replays(cloud_support)
