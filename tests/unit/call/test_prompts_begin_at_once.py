"""The silence before a prompt's first sound is not played."""

import numpy as np
import pytest

from ivr.call.mouth import without_lead

pytestmark = pytest.mark.unit

SOUND = np.full(800, 3000, dtype="<i2").tobytes()


@pytest.mark.parametrize(("lead_ms", "left_ms"), [(0, 0), (5, 5), (10, 10), (60, 10), (300, 10)])
def test_ten_milliseconds_of_silence_are_left_before_the_first_sound(lead_ms, left_ms):
    faint = np.full(8 * lead_ms, 100, dtype="<i2").tobytes()
    assert without_lead(faint + SOUND) == faint[: 16 * left_ms] + SOUND


def test_a_pause_that_is_a_prompt_of_its_own_is_kept():
    assert without_lead(bytes(3200)) == bytes(3200)
