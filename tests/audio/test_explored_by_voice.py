"""A small hotline is explored with the real voice and the real recogniser, and its cases run again as they were."""

import pytest

from ivr.cli.main import main

pytestmark = pytest.mark.audio

FLOW = """\
hotline: 花店
language: zh-CN
start: need
steps:
  need:
    ask: 您要买花，还是退花？
    intents: [buy, sell]
    then: {buy: look, sell: bye}
  look:
    call: {get: "{env.SHOP}/roses", failed: sorry}
    say: 订好了。
    next: bye
  sorry:
    say: 今天没有花了。
    next: bye
  bye:
    hang_up: 再见。
"""
INTENTS = "intents: {buy: [我要买花, 我想订花], sell: [我要退花, 把花退掉]}\n"


@pytest.mark.timeout(900)
def test_callers_with_voices_go_the_ways_that_were_found_in_text(tmp_path, monkeypatch, capsys, model):
    model("vosk-model-small-cn-0.22")
    model("kokoro-82m-v1.0-int8")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "shop"
    (folder / "intents").mkdir(parents=True)
    (folder / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "intents" / "main.yaml").write_text(INTENTS, encoding="utf-8")
    main(["qa", "explore", "shop", "--voices", "2", "--budget", "10m"])
    printed = capsys.readouterr().out
    assert "by voice: 3 of 3 cases go as in text; steps 4 of 4 (100%), ways 5 of 5 (100%)" in printed
    covering = sorted(str(path) for path in (tmp_path / "explored" / "shop").glob("shop_0*"))
    assert main(["qa", "run", *covering]) == 0
    assert "3 passed, 0 failed" in capsys.readouterr().out
