"""`ivr qa run` as a person or CI calls it: which cases, what is written, which exit status."""

import json

import pytest

from ivr.cli.main import main

pytestmark = pytest.mark.calls

FLOW = """
hotline: 花店
language: zh-CN
start: need
steps:
  need: {ask: 要订花请按一。, intents: [order], keys: {1: order}, then: {order: bye}}
  bye: {hang_up: 再见。}
"""


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    shop = tmp_path / "shop"
    (shop / "intents").mkdir(parents=True)
    (shop / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (shop / "intents" / "main.yaml").write_text("intents:\n  order: [订花, 我要订花]\n", encoding="utf-8")
    (tmp_path / "ivr.toml").write_text('[recognition]\nengine = "scripted"\n')
    for name, expect in (("good", "hung_up"), ("bad", "handed_off")):
        folder = tmp_path / "cases" / name
        folder.mkdir(parents=True)
        text = f"case: 客户订花\nflow: shop\ntags: [{name}]\nturns: [{{keys: '1'}}]\nexpect: {{ended: {expect}}}\n"
        (folder / "case.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVR_CONFIG", raising=False)
    return tmp_path


def run(*words):
    return main(["qa", "run", *words])


def test_a_run_fails_at_a_turn_and_writes_what_people_and_ci_read(project, capsys):
    files = ["--junit", "j.xml", "--cobertura", "c.xml", "--html", "r.html"]
    assert run("cases", "--jobs", "1", "--to", "run", *files) == 1
    told = capsys.readouterr().out
    assert "✗ bad  客户订花" in told
    assert "cases/bad/case.yaml:5: the whole call" in told
    assert "1 passed, 1 failed" in told
    assert "shop: steps 2 of 2 (100 %), ways 1 of 1 (100 %)" in told
    assert "2 calls" in told
    written = {file.relative_to(project).as_posix() for file in project.rglob("*") if file.is_file()}
    assert {"run/run.json", "run/journals/bad.jsonl", "j.xml", "c.xml", "r.html"} <= written
    assert 'condition-coverage="100% (1/1)"' in (project / "c.xml").read_text()
    assert main(["replay", "run/journals/good.jsonl", "--flow", "shop"]) == 0
    capsys.readouterr()

    # The same again, against what was: nothing is otherwise, and only those that are asked for are played.
    assert run("cases", "--tag", "good", "--to", "again", "--baseline", "run") == 0
    told = capsys.readouterr().out
    assert "1 passed, 0 failed" in told
    assert [case["case"] for case in json.loads((project / "again" / "run.json").read_text())["cases"]] == ["good"]
    assert (project / "again/journals/good.jsonl").read_bytes() == (project / "run/journals/good.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cases", "--tag", "nothing"], "no case has the tag `nothing`"),
        (["cases", "--flow", "florist"], "no case has the flow `florist`"),
        (["nowhere"], "there is no folder nowhere"),
        (["shop"], "there is no case.yaml in shop"),
        (["cases", "--keep-audio"], "give --to DIR as well"),
        (["cases", "--jobs", "-1"], "--jobs is -1"),
        (["cases", "--junit", "none/j.xml"], "there is no folder none; make it first"),
        (["cases", "--to", "shop"], "shop holds other things than a run"),
        (["cases", "--baseline", "none"], "none"),
        (["cases", "--augment", "noise=whales@10dB"], "noise=whales"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_played(words, said, capsys, monkeypatch):
    monkeypatch.setattr("ivr.cli.qa_run.run_cases", lambda *_, **__: pytest.fail("cases were played"))
    assert run(*words) in {1, 2}
    assert said in capsys.readouterr().err
