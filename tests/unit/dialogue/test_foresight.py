"""What would be said is known before the turn is over, and nothing has happened by that."""

from copy import deepcopy

import pytest

from ivr.dialogue.commands import Say
from ivr.dialogue.foresight import foresee

pytestmark = pytest.mark.unit


def test_what_is_foreseen_is_what_is_then_said_word_for_word(call):
    call.says("查账单")
    foreseen = foresee(call.dialogue, "一二三四五六七八")
    before = len(call.commands)
    call.says("一二三四五六七八")
    assert foreseen
    assert list(foreseen) == [command for command in call.commands[before:] if isinstance(command, Say)]
    assert any(len(say.parts) > 1 for say in foreseen)  # it holds the number, which nobody rendered ahead


@pytest.mark.parametrize("text", ["一二三四五六七八", "转人工", "再说一遍", "再见", "什么乱七八糟的"])
def test_foreseeing_changes_nothing_of_the_call(call, text):
    call.says("查账单")
    before, ways = deepcopy(call.dialogue.session), set(call.dialogue.walk.ways)
    foresee(call.dialogue, text)
    foresee(call.dialogue, "查账单")
    assert call.dialogue.session == before
    assert call.dialogue.walk.ways == ways
