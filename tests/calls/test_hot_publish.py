"""A version is published, piloted and rolled back while fifty callers are on the line, and none of them notices."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.call.driver import Equipment, Outcome
from ivr.call.editions import Edition, Editions, Lineup
from ivr.call.hotline import Hotline
from ivr.call.journal import read_journal
from ivr.call.line import CallInfo
from ivr.cli.main import main
from ivr.dialogue.commands import Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.replay import replay
from ivr.flow.load import load
from ivr.flow.version_files import read_folder
from ivr.flow.versions import VersionStore
from ivr.simulate.caller import CallerTurn
from ivr.simulate.text_line import TextLine
from ivr.simulate.virtual_loop import run

pytestmark = pytest.mark.calls
AT = "2026-11-20T10:00:00+08:00"
FLOW = """\
hotline: 花店
language: zh-CN
start: welcome
steps:
  welcome: {say: %s, next: need}
  need:
    ask: 请问您要订花，还是查订单？
    intents: [order, status]
    then: {order: flowers, status: number}
  flowers: {hang_up: 好的，鲜花已经订好，再见。}
  number:
    collect:
      order: {type: digits, length: 4, ask: 请说四位订单号。, confirm: "订单号是{order}，对吗？"}
    say: 订单{order}正在路上。
    next: need
"""
INTENTS = "intents:\n  order: [我要订花, 订花]\n  status: [查订单, 我的花到哪了]\n"
TURNS = [
    [CallerTurn(text="查订单"), CallerTurn(keys="1234"), CallerTurn(text="对"), CallerTurn(text="订花")],
    [CallerTurn(text="查订单", during=1.0), CallerTurn(silence=True), CallerTurn(text="转人工")],
    [CallerTurn(silence=True), CallerTurn(text="这是什么"), CallerTurn(text="我要订花")],
    [CallerTurn(text="我的花到哪了"), CallerTurn(text="一二三四"), CallerTurn(hang_up=True)],
]


class Shop:
    """A hotline whose folder, versions and calls are a test's own."""

    def __init__(self, place: Path) -> None:
        self.folder, self.calls = place / "flowers", place / "calls"
        self.store = VersionStore(place / "versions", "flowers")
        (self.folder / "intents").mkdir(parents=True)
        (self.folder / "intents" / "main.yaml").write_text(INTENTS, encoding="utf-8")
        self.write("您好。")

    def write(self, greeting: str) -> None:
        (self.folder / "flow.yaml").write_text(FLOW % greeting, encoding="utf-8")

    def publish(self, greeting: str, share: int = 0) -> None:
        self.write(greeting)
        self.store.publish(read_folder(self.folder), load(self.folder).digest, at=AT, share=share)

    def serve(self) -> Editions:
        return Editions.open(self.store, lambda: load(self.folder))

    async def callers(self, editions: Editions, count: int = 50, every: float = 1.0) -> list[Outcome]:
        """So many calls, one begun every so many seconds."""
        hotline = Hotline(editions, Equipment(), self.calls)

        async def one(number: int) -> Outcome:
            await asyncio.sleep(number * every)
            info = CallInfo(f"call-{number:02}", f"1380000{number:04}")
            return await hotline.answer(TextLine(info, list(TURNS[number % len(TURNS)])))

        return await asyncio.gather(*(one(number) for number in range(count)))

    def answer_alone(self, **calls):
        """The calls while nothing is published."""
        return self.callers(self.serve(), **calls)

    def journals(self):
        return [read_journal(path) for path in sorted(self.calls.glob("*.jsonl"))]

    def versions(self) -> list[int]:
        return [header.flow_version for header, _ in self.journals()]


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def greeting(exchanges):
    return exchanges[0].commands[0].text


def during_the_calls(shop, *happenings, **calls):
    """Calls, and meanwhile each (second, what) of `happenings`; the outcomes, and what was logged but for the usual."""

    async def everything():
        editions = shop.serve()
        async with editions.following():
            answered = asyncio.create_task(shop.callers(editions, **calls))
            for second, what in happenings:
                await asyncio.sleep(second - asyncio.get_running_loop().time())
                what()
            return await answered

    with capture_logs() as logged:
        outcomes = run(everything())
    return outcomes, [entry for entry in logged if entry["log_level"] != "info"]


def assert_undisturbed(shop, outcomes, alone):
    """Every call went as it would have gone if nothing had been published: the same outcome at the same moment, and
    its journal replays against the version that it names."""
    assert outcomes == alone
    for header, exchanges in shop.journals():
        flow = shop.store.load(header.flow_version)
        assert flow.digest == header.flow_digest
        assert replay(Dialogue(flow), ((each.event, each.commands) for each in exchanges)) is None, header.call_id


@pytest.fixture
def alone(tmp_path):
    """How the fifty calls end when nothing happens meanwhile."""
    return run(Shop(tmp_path / "quiet").answer_alone())


FIFTY_ON_THE_LINE = {"count": 100, "every": 0.1}
"""The shortest call takes nine seconds, so at second 5 fifty callers are on the line, and fifty are still to come."""


def on_the_line(shop, second):
    """The calls that had begun by `second` and went on for at least two seconds more."""
    begun = {f"call-{number:02}": number * FIFTY_ON_THE_LINE["every"] for number in range(100)}
    return [
        header
        for header, exchanges in shop.journals()
        if begun[header.call_id] < second < begun[header.call_id] + exchanges[-1].event.at - 2
    ]


@pytest.mark.parametrize("what", ["publish", "rollback"])
def test_fifty_callers_on_the_line_notice_no_publish_and_no_rollback(shop, what):
    shop.publish("您好。")
    greetings = {1: "您好。", 2: "早安。"}
    if what == "rollback":
        shop.publish("早安。")
    alone = run(Shop(shop.folder.parent / "alone").answer_alone(**FIFTY_ON_THE_LINE))
    happening = (lambda: shop.publish("早安。")) if what == "publish" else (lambda: shop.store.roll_back(at=AT))
    outcomes, errors = during_the_calls(shop, (4.95, happening), **FIFTY_ON_THE_LINE)
    assert errors == []
    assert_undisturbed(shop, outcomes, alone)
    old, new = (1, 2) if what == "publish" else (2, 1)
    assert [header.flow_version for header in on_the_line(shop, 4.95)] == [old] * 50
    took = shop.versions()
    assert took == sorted(took, reverse=old > new)
    assert 50 <= took.count(old) <= 51  # taken when second 5 begins, as caller number 50 calls
    assert all(greeting(exchanges) == greetings[header.flow_version] for header, exchanges in shop.journals())


def test_publish_pilot_promotion_and_rollback_in_one_minute(shop, alone):
    shop.publish("您好。")
    outcomes, errors = during_the_calls(
        shop,
        (10.5, lambda: shop.publish("早安。", share=50)),
        (25.5, lambda: shop.publish("早安。")),
        (35.5, lambda: shop.publish("晚安。")),
        (42.5, lambda: shop.store.roll_back(at=AT)),
    )
    assert errors == []
    assert_undisturbed(shop, outcomes, alone)
    took = shop.versions()
    assert set(took[:11]) == {1}
    assert Counter(took[12:26]).keys() == {1, 2}
    assert set(took[27:36]) == {2}
    assert set(took[37:43]) == {3}
    assert set(took[44:]) == {2}


def test_ivr_replay_finds_the_version_that_a_call_ran_on(shop, alone, monkeypatch, capsys):
    shop.publish("您好。")
    during_the_calls(shop, (20.5, lambda: shop.publish("早安。")))
    shop.write("broken: [")
    monkeypatch.setenv("IVR_HOTLINE_VERSIONS", str(shop.store.folder.parent))
    for number in (0, 49):
        assert main(["replay", str(shop.calls / f"call-{number:02}.jsonl")]) == 0
        assert "the flow has changed" not in capsys.readouterr().out


def test_without_a_published_version_the_folder_answers_and_the_first_publish_is_taken(shop):
    outcomes, errors = during_the_calls(
        shop, (10.5, lambda: shop.write("坏了: [")), (20.5, lambda: shop.publish("早安。"))
    )
    assert errors == []
    assert {outcome.ended for outcome in outcomes} == {"hung_up", "handed_off"}
    assert shop.versions()[:21] == [0] * 21
    assert shop.versions()[22:] == [1] * 28


def _truncate(path):
    path.chmod(0o644)
    path.write_bytes(b"hotline: [")


@pytest.mark.parametrize(
    "harm",
    [
        lambda shop: (shop.publish("早安。"), _truncate(shop.store.folder / "2" / "flow.yaml")),
        lambda shop: (shop.store.folder / "answering.json").write_text("{"),
        lambda shop: (shop.store.folder / "answering.json").unlink(),
        lambda shop: (shop.store.folder / "answering.json").write_text('{"version": 9, "before": []}'),
        lambda shop: _truncate(shop.store.folder / "1" / "flow.yaml"),
        lambda shop: shop.write("坏了: ["),
    ],
    ids=["new version damaged", "pointer damaged", "pointer gone", "no such version", "own version", "folder"],
)
def test_a_broken_file_on_disk_disturbs_no_call_and_is_logged_once_at_most(shop, alone, harm):
    shop.publish("您好。")
    outcomes, errors = during_the_calls(shop, (20.5, lambda: harm(shop)))
    assert outcomes == alone
    assert shop.versions() == [1] * 50
    assert len(errors) <= 1
    assert all("the old version answers on" in error["event"] for error in errors)


def test_after_a_broken_version_the_next_good_one_is_taken(shop):
    shop.publish("您好。")
    _, errors = during_the_calls(
        shop,
        (10.5, lambda: (shop.publish("早安。"), _truncate(shop.store.folder / "2" / "flow.yaml"))),
        (20.5, lambda: shop.publish("晚安。")),
    )
    assert len(errors) == 1
    assert "flow.yaml was changed" in errors[0]["why"]
    assert (shop.versions()[20], shop.versions()[22:]) == (1, [3] * 28)


def test_a_version_in_other_languages_waits_for_a_restart(shop):
    shop.publish("您好。")

    def publish_english():
        text = (FLOW % "您好。").replace("language: zh-CN\n", "language: zh-CN\nalso: [en]\n")
        (shop.folder / "flow.yaml").write_text(text, encoding="utf-8")
        (shop.folder / "intents" / "main.en.yaml").write_text("intents:\n  order: [order]\n  status: [status]\n")
        shop.store.publish(read_folder(shop.folder), "d", at=AT)

    _, errors = during_the_calls(shop, (20.5, publish_english))
    assert shop.versions() == [1] * 50
    assert ["restart it" in error["why"] for error in errors] == [True]


def test_a_share_of_10_percent_is_10_percent_of_10000_callers_and_a_caller_sees_one_version(shop):
    shop.publish("您好。")
    shop.publish("早安。", share=10)
    first, second = shop.serve(), shop.serve()
    callers = [f"13{number * 7919 % 10**9:09}" for number in range(10_000)]
    took = {caller: first.edition(CallInfo("a", caller)).flow.version for caller in callers}
    assert abs(Counter(took.values())[2] / 10_000 - 0.10) < 0.015
    assert all(second.edition(CallInfo("b", caller)).flow.version == version for caller, version in took.items())

    shop.publish("早安。", share=30)
    wider = shop.serve()
    assert all(wider.edition(CallInfo("c", caller)).flow.version == 2 for caller in callers if took[caller] == 2)


def test_the_next_pilot_has_other_callers(shop):
    flow, callers = load(shop.folder), [f"{number:011}" for number in range(2000)]

    def chosen(version):
        import dataclasses  # noqa: PLC0415

        editions = [Edition(dataclasses.replace(flow, version=number), {}) for number in (1, version)]
        lineup = Lineup(editions[0], editions[1], 10)
        return {caller for caller in callers if lineup.edition(CallInfo("", caller)) is editions[1]}

    assert len(chosen(2) & chosen(3)) < 60  # by chance 20 of 200


def test_calls_without_a_number_are_shared_by_call(shop):
    shop.publish("您好。")
    shop.publish("早安。", share=50)
    editions = shop.serve()
    took = Counter(editions.edition(CallInfo(f"call-{number}")).flow.version for number in range(1000))
    assert 430 < took[2] < 570


def test_a_journal_of_the_release_before_is_still_read(shop):
    run(shop.callers(shop.serve()))
    path = next(shop.calls.glob("*.jsonl"))
    head, _, rest = path.read_text(encoding="utf-8").partition("\n")
    header = json.loads(head)
    del header["flow_version"]
    path.write_text(json.dumps(header) + "\n" + rest, encoding="utf-8")
    read, exchanges = read_journal(path)
    assert read.flow_version == 0
    assert isinstance(exchanges[0].commands[0], Say)
