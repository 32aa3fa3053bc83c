"""Many cases in processes: what one does to its process is its own trouble, and the run goes on and stays the same."""

import functools
import hashlib
from pathlib import Path

import pytest

from ivr.audio import SILENCE, write_audio
from ivr.cli.case_setup import equipped
from ivr.cli.flows import flow_folder
from ivr.qa.case_worker import CasePlayer, Setup
from ivr.qa.run_cases import CasePool, run_cases
from ivr.qa.run_folder import read_run, write_run
from ivr.settings import RecognitionSettings, Settings

pytestmark = pytest.mark.calls

FLOW = """
hotline: 花店
language: zh-CN
start: need
steps:
  need:
    ask: 要订花请按一，问养护请按二。
    intents: [order, care]
    keys: {1: order, 2: care}
    then: {order: order, care: care}
  order: {say: 好的，为您订花。, next: bye}
  care: {say: 每天浇水。, next: need}
  bye: {hang_up: 再见。}
"""
INTENTS = "intents:\n  order: [订花, 我要订花, 买花]\n  care: [养护, 怎么养, 花怎么养]\n"
SCRIPTED = Settings(recognition=RecognitionSettings(engine="scripted"))
EQUIP = functools.partial(equipped, SCRIPTED, False)
ALONE = Setup(flow_folder, EQUIP)
# `eval` is a function that any process knows: so a case's `flow:` may say what happens to the process that plays it.
TROUBLED = Setup(eval, EQUIP)


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "shop"
    (folder / "intents").mkdir(parents=True)
    (folder / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "intents" / "main.yaml").write_text(INTENTS, encoding="utf-8")
    return folder


@pytest.fixture
def case(tmp_path, shop):
    """`case(name, turns, expect)` writes a case and gives its folder."""

    def write(name, turns="- {keys: '1'}", expect="{ended: hung_up}", flow=None, more=""):
        folder = tmp_path / "cases" / name
        folder.mkdir(parents=True)
        text = f"case: {Path(name).name}\nflow: {flow or shop}\n{more}turns:\n  {turns}\nexpect: {expect}\n"
        (folder / "case.yaml").write_text(text, encoding="utf-8")
        return folder

    return write


def test_a_call_is_told_turn_by_turn(case):
    turns = "- {keys: '2', expect: {intent: care, prompt: 浇水}}\n  - {silence: true}\n  - {keys: '1'}"
    result = CasePlayer(ALONE).play(case("by_keys", turns))
    assert (result.verdict, result.trouble, result.failures) == ("passed", "", ())
    assert [turn.kind for turn in result.turns] == ["begin", "keys", "silence", "keys"]
    assert result.turns[0].prompts == ("要订花请按一，问养护请按二。",)
    assert [turn.intents for turn in result.turns] == [(), ("care",), ("no_input",), ("order",)]
    assert result.turns[1].prompts[0] == "每天浇水。"
    assert result.turns[1].gap_ms is not None
    assert result.turns[1].step == "need"
    assert (result.ended, result.ended_by) == ("hung_up", "hotline")
    assert ("need", "order") in result.ways


def test_what_is_not_as_expected_is_told_at_its_turn_and_line(case):
    turns = "- keys: '2'\n    expect:\n      intent: order\n  - {keys: '1'}"
    result = CasePlayer(ALONE).play(case("wrong", turns, "{ended: handed_off}"))
    assert result.verdict == "failed"
    assert [(each.turn, each.line, each.expected, each.came) for each in result.failures] == [
        (1, 6, "order", "care"),
        (None, 8, "handed_off", "hung_up"),
    ]


def test_a_known_failure_is_known_until_it_passes(case):
    still = case("still", expect="{ended: handed_off}", more="known_failure: 还没接\n")
    mended = case("mended", more="known_failure: 以前不行\n")
    player = CasePlayer(ALONE)
    assert [player.play(folder).verdict for folder in (still, mended)] == ["known", "mended"]


def test_what_cannot_be_played_is_that_cases_error_with_the_mend(case, shop):
    player = CasePlayer(ALONE)
    gone = player.play(case("step_gone", expect="{steps: [ordre]}"))
    assert gone.verdict == "error"
    assert "did you mean `order`?" in gone.trouble
    lost = player.play(case("no_recording", "- {audio: 01.flac}"))
    assert "01.flac is missing" in lost.trouble
    assert lost.title == "no_recording"
    unread = player.play(case("not_yaml", "- {kyes: 1}"))
    assert "did you mean `keys`?" in unread.trouble
    assert player.play(case("no_flow", flow="nowhere")).trouble.startswith("there is no flow")


def test_a_crash_and_a_hang_cost_their_case_alone(case, shop):
    here = f"__import__('pathlib').Path({str(shop)!r})"
    folders = [
        case("a_crash", flow="__import__('os')._exit(7)"),
        case("b_good", flow=here),
        case("c_hang", flow="__import__('time').sleep(600)"),
        case("d_raises", flow="1 / 0"),
        case("e_good", flow=here),
    ]
    seen = []
    with CasePool(TROUBLED, jobs=2, longest_s=15.0) as pool:
        results = pool.play(folders, lambda result, done, total: seen.append((result.case, done, total)))
    found = {result.case: result.trouble for result in results}
    assert [result.case for result in results] == ["a_crash", "b_good", "c_hang", "d_raises", "e_good"]
    assert "exit status 7" in found["a_crash"]
    assert "not over after 15 s" in found["c_hang"]
    assert found["d_raises"].startswith("ZeroDivisionError")
    assert (found["b_good"], found["e_good"]) == ("", "")
    assert [done for _, done, _ in seen] == [1, 2, 3, 4, 5]
    assert {total for _, _, total in seen} == {5}


def journals(folder):
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("journals/*.jsonl")}


def test_journals_are_the_same_bytes_in_any_order_and_number_of_processes_and_a_name_is_played_once(case, tmp_path):
    folders = [case(f"case_{number}", f"- {{keys: '2'}}\n  - {{keys: '{number % 2 + 1}'}}") for number in range(4)]
    write_audio(folders[0] / "01.wav", SILENCE * 50)
    one, two = tmp_path / "one", tmp_path / "two"
    first = run_cases(folders, Setup(flow_folder, EQUIP, folder=one))
    twin = case("elsewhere/case_0")
    second = run_cases([*folders[::-1], twin], Setup(flow_folder, EQUIP, folder=two), jobs=2)
    assert len(journals(one)) == 4
    assert journals(one) == journals(two)
    assert first.cases == second.cases[3::-1]
    assert second.cases[4].verdict == "error"
    assert f"another case of this name in {folders[0]}" in second.cases[4].trouble
    write_run(one, first)
    assert read_run(one) == first


def test_a_run_that_is_interrupted_leaves_no_process_behind(case):
    def interrupted(*_):
        raise KeyboardInterrupt

    def play():
        with CasePool(ALONE) as pool:
            pool.play([case("first"), case("second")], interrupted)

    with pytest.raises(KeyboardInterrupt):
        play()
