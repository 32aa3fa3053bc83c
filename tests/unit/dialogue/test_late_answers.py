"""What a service answers too late, when the call has gone elsewhere."""

import pytest

from ivr.dialogue.commands import RunAction, Say
from ivr.dialogue.events import ActionDone, Heard, RecognitionLost, SpeechStarted

pytestmark = pytest.mark.unit

STEPS = """\
  one:
    ask: 买还是卖？
    intents: [buy]
    then: {buy: two}
  two:
    call: {get: "{env.CRM}/x", failed: one}
    say: 查到了。
    next: one
  busy:
    ask: 现在都在忙，要留言吗？
    intents: [buy]
    then: {buy: two}
"""


def test_an_answer_that_comes_after_a_refused_hand_off_is_let_go(call_flow):
    call = call_flow(STEPS, "person: {queue: support, refused: busy}")
    call.says("我要买东西")
    action = next(command.action for command in call.commands if isinstance(command, RunAction))
    call.says("转人工")
    call.is_refused()
    assert call.session.step == "busy"
    commands = call.send(ActionDone(0.0, action, "failed"))
    assert not [command for command in commands if isinstance(command, Say)]
    assert call.ended is None
    assert call.session.step == "busy"


@pytest.mark.parametrize(
    "ended", [Heard(0.0, ""), RecognitionLost(0.0, "late")], ids=lambda event: type(event).__name__
)
def test_a_cough_while_a_service_works_is_no_silence_at_the_next_question(call_flow, ended):
    call = call_flow(STEPS, "person: {queue: support, refused: busy}")
    call.says("我要买东西")
    call.send(SpeechStarted(0.0))
    assert "no_input" in call.timers  # the turn's own length
    call.send(ended)
    assert "no_input" not in call.timers


def test_services_that_fail_at_once_in_a_circle_end_with_a_person(call_flow):
    steps = """\
  one:
    ask: 买还是卖？
    intents: [buy]
    then: {buy: two}
  two:
    verify: {by: code, to: caller, ask: 请说验证码。, failed: three}
    next: one
  three:
    say: 再发一次。
    next: two
"""
    call = call_flow(steps)
    call.says("我要买东西")
    for _ in range(50):
        if call.ended is not None:
            break
        call.send(ActionDone(0.0, call.session.action, "failed"))
        call.listens()
    assert call.ended is not None
    assert call.said[-1].startswith("抱歉，我这边出了点问题")
