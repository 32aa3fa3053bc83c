"""The model check: real traps are refuted with a call that can be played, and what is sound is proved."""

import copy
from pathlib import Path

import pytest

from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import KeyPressed
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.flow.load import load
from ivr.qa.model_check.call import Call, Stage, fork
from ivr.qa.model_check.counterexample import as_file
from ivr.qa.model_check.moves import Move
from ivr.qa.model_check.proof import prove
from ivr.qa.model_check.search import Search
from ivr.qa.twin import twins_of
from ivr.qa.twin_run import play_twin
from ivr.shipped import shipped
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.unit

TRAPS = Path(__file__).parent / "traps"


@pytest.fixture
def write(tmp_path):
    """`write(steps, head)` is a flow of these steps, loaded."""

    def make(steps, head="start: one", intents="intents: {buy: [我要买东西], sell: [我要卖东西]}"):
        (tmp_path / "flow.yaml").write_text(
            f"hotline: 测试\nlanguage: zh-CN\n{head}\nsteps:\n{steps}", encoding="utf-8"
        )
        (tmp_path / "intents").mkdir(exist_ok=True)
        (tmp_path / "intents" / "main.yaml").write_text(intents, encoding="utf-8")
        return load(tmp_path)

    return make


@pytest.mark.parametrize(
    ("trap", "promise", "line"),
    [
        ("deaf_announcement", "person", "  agree:"),
        ("retry_for_ever", "circle", "      ask_service:"),
        ("wrong_code_for_ever", "circle", "  check:"),
        ("open_secret", "personal", "  check:"),
    ],
)
def test_a_trap_is_refuted_at_its_step_with_a_call_that_replays(trap, promise, line, tmp_path):
    flow = load(TRAPS / trap)
    proof = prove(flow)
    assert [refutation.promise for refutation in proof.refutations] == [promise]
    refutation = proof.refutations[0]
    written = (TRAPS / trap / "flow.yaml").read_text(encoding="utf-8").splitlines()
    assert written[refutation.problem.line - 1] == line
    saved = tmp_path / "found_1.yaml"
    saved.write_text(as_file([refutation.example]), encoding="utf-8")
    twin = twins_of(flow, [saved])[0]
    assert twin.spec.test == refutation.problem.what
    assert twin.spec.turns
    played = run(play_twin(flow, vocabulary_for(flow), twin))
    assert played.faults == []


def test_the_shipped_hotline_keeps_its_promises():
    proof = prove(load(shipped("flows/cloud_support")))
    assert proof.whole
    assert [str(refutation.problem) for refutation in proof.refutations] == []
    assert proof.states > 500
    assert proof.never_entered == ()


SOUND = """\
  one:
    ask: 买还是卖？
    intents: [buy, sell]
    then: {buy: two, sell: three}
  two:
    collect: {code: {type: digits, length: 6, ask: 请说编号。, confirm: "编号是{code}，对吗？"}}
    next: one
  three:
    hang_up: 再见。
"""


def test_a_sound_flow_is_proved_and_every_step_of_it_is_reached(write):
    search = Search(write(SOUND))
    found = search.run()
    assert found.faults == []
    assert {call.session.step for call in found.calls.values()} == {"one", "two", "three"}


def test_both_ways_of_a_condition_are_tried_whatever_it_compares(write):
    flow = write("""\
  one:
    call: {get: "{env.X}/a", save: bill, expect: {amount: money, kind: text, late: yes_no}, failed: six}
    branch:
      - {if: bill.amount > 100 and bill.kind == "家庭", next: two}
      - {if: bill.amount == 7, next: three}
      - {if: bill.late, next: four}
      - else: five
  two: {hang_up: 二。}
  three: {hang_up: 三。}
  four: {hang_up: 四。}
  five: {hang_up: 五。}
  six: {hang_up: 六。}
""")
    steps = {call.session.step for call in Search(flow).run().calls.values()}
    assert steps == {"one", "two", "three", "four", "five", "six"}


def test_a_condition_is_met_through_a_routine_and_by_a_number_that_the_caller_says(write):
    flow = write(
        """\
  one:
    run: {routine: level_of, save: {level: level}}
    collect: {tail: {type: digits, length: 4, ask: 请说后四位。}}
    call: {get: "{env.X}/b", save: owner, expect: {phone: phone}, failed: four}
    branch:
      - {if: 'level == "L4" and ends(owner.phone, tail)', next: two}
      - {if: 'starts(caller, "0000")', next: three}
      - else: four
  two: {hang_up: 二。}
  three: {hang_up: 三。}
  four: {hang_up: 四。}
""",
        """start: one
routines:
  level_of:
    gives: {level: text}
    start: ask_it
    steps:
      ask_it:
        call: {get: "{env.X}/a", save: customer, expect: {level: text}, failed: unknown}
        return: {level: customer.level}
      unknown:
        return: {level: '"L1"'}
""",
    )
    assert prove(flow).never_entered == ()


def test_a_step_that_nothing_leads_to_is_said_to_be_unproved(write):
    flow = write("""\
  one:
    set: {x: 1}
    branch:
      - {if: x > 5, next: two}
      - else: three
  two: {hang_up: 二。}
  three: {hang_up: 三。}
""")
    proof = prove(flow)
    assert proof.never_entered == ("two",)
    assert "two" in str(proof)


def test_a_counted_retry_is_no_circle_and_an_uncounted_one_is(write):
    counted = """\
  one:
    ask: 买还是卖？
    intents: [buy]
    then: {buy: two}
  two:
    set: {tries: tries + 1}
    branch:
      - {if: tries > 3, next: four}
      - else: three
  three:
    call: {get: "{env.X}/a", failed: two}
    next: one
  four:
    hand_off: support
"""
    head = "start: one\nvalues: {tries: {type: number, start: 0}}"
    assert prove(write(counted, head)).stands
    uncounted = counted.replace("tries + 1", "tries")
    assert [one.promise for one in prove(write(uncounted, head)).refutations] == ["circle"]


def test_open_and_closed_hours_are_both_tried(write):
    flow = write(
        """\
  one:
    branch:
      - {if: 'open("desk")', next: two}
      - else: three
  two: {hang_up: 开。}
  three: {hang_up: 关。}
""",
        'start: one\nhours: {desk: {open: ["mon-fri 09:00-18:00"]}}',
    )
    assert {call.session.step for call in Search(flow).run().calls.values()} == {"two", "three"}


def test_a_search_that_had_to_stop_says_so(write):
    proof = prove(write(SOUND), most_states=3)
    assert not proof.whole
    assert "not all" in str(proof)


def test_a_fault_of_the_dialogue_itself_is_found(write, monkeypatch):
    flow = write(SOUND)
    handle = Dialogue.handle

    def faulty(self, event):
        if self.session.step == "two" and type(event).__name__ == "RecognitionLost":
            raise KeyError("look_up")
        return handle(self, event)

    monkeypatch.setattr(Dialogue, "handle", faulty)
    told = {refutation.promise: refutation.problem.what for refutation in prove(flow).refutations}
    assert "KeyError" in told["way_on"]
    assert "KeyError" in told["company"]  # the same event, come from a bad line


def test_a_forked_session_is_a_deep_copy():
    flow = load(shipped("flows/cloud_support"))
    for call in list(Search(flow, most_states=200).run().calls.values())[:200]:
        before = copy.deepcopy(call.session)
        twin = fork(call.session)
        assert twin == before
        stage = Stage(flow)
        other = Call(twin, at=call.at, timers=dict(call.timers), action=call.action, ending=call.ending)
        for kind in ("say", "silence", "lost"):
            stage.settle(stage.play(other, Move(kind, "x")))
        stage.send(other, KeyPressed(call.at + 9, "1"))
        assert call.session == before
