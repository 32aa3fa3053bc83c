"""`pytest` in anyone's project collects recorded cases, and says in words what is wrong with one."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.calls

FLOW = """
hotline: 花店
language: zh-CN
start: need
steps:
  need: {ask: 要订花请按一。, intents: [order], keys: {1: order}, then: {order: bye}}
  bye: {hang_up: 再见。}
"""


def write(folder, text):
    folder.mkdir(parents=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")


def test_cases_are_tests_and_a_failure_is_told_in_words(tmp_path):
    shop = tmp_path / "shop"
    (shop / "intents").mkdir(parents=True)
    (shop / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (shop / "intents" / "main.yaml").write_text("intents:\n  order: [订花, 我要订花]\n", encoding="utf-8")
    (tmp_path / "ivr.toml").write_text('[recognition]\nengine = "scripted"\n')
    turns = "turns: [{keys: '1'}]\n"
    write(tmp_path / "cases" / "good", f"case: 好\nflow: shop\ntags: [keys]\n{turns}expect: {{ended: hung_up}}\n")
    write(tmp_path / "cases" / "bad", f"case: 坏\nflow: shop\n{turns}expect: {{ended: handed_off}}\n")
    write(tmp_path / "cases" / "known", f"case: x\nflow: shop\nknown_failure: 还没接\n{turns}expect: {{queue: a}}\n")
    write(tmp_path / "cases" / "unread", f"case: x\nflow: shop\nturn: 1\n{turns}")
    write(tmp_path / "cases" / "of_others", "title: nothing of ours\n")
    command = [sys.executable, "-m", "pytest", "-q", "-rx", "-p", "no:cacheprovider", "cases"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=170, check=False)
    assert told.returncode == 1, told.stdout + told.stderr
    assert "2 failed, 1 passed, 1 xfailed" in told.stdout
    assert "ended: expected  handed_off" in told.stdout
    assert "came      hung_up" in told.stdout
    assert "did you mean `turns`?" in told.stdout
    assert "还没接" in told.stdout
    assert "Traceback" not in told.stdout
