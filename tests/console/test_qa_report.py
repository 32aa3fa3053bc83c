"""A person with a report of recorded calls: a real browser, a file, no server and no network."""

import json

import numpy as np
import pytest
import soundfile

from ivr.qa.compare.run_diff import compare_runs
from ivr.qa.report.html import CallFiles, report_html
from ivr.qa.run_result import CaseResult, Failure, RunResult, TurnResult

pytestmark = pytest.mark.console

HOSTILE = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'><!--DATA-->"
READY = "'ready' in document.documentElement.dataset"
TITLES = "[...document.querySelectorAll('#list .title')].map((title) => title.textContent)"
OPEN = "document.getElementById('call-title').textContent"
AT = "Number(document.getElementById('track').getAttribute('aria-valuenow'))"
PLAYHEAD = "document.getElementById('playhead').getBoundingClientRect().left"
WITHIN = """document.documentElement.scrollWidth <= innerWidth &&
    [...document.querySelectorAll("button, select, input")]
    .every((one) => !one.offsetParent || one.getBoundingClientRect().right <= innerWidth)"""
JOURNAL = [
    {"at": 0.0, "event": "CallStarted", "caller": "", "called": "", "local_time": "2026-11-20T10:00:00+08:00"},
    {"at": 0.0, "command": "Say", "prompt": 1, "text": "您好，请问有什么可以帮您？"},
    {"at": 0.1, "event": "PromptStarted", "prompt": 1},
    {"at": 2.0, "event": "PromptEnded", "prompt": 1, "heard_ms": 1900, "cut": False},
    {"at": 2.4, "event": "SpeechStarted"},
    {"at": 3.0, "event": "Partial", "text": "查账"},
    {"at": 4.2, "event": "Heard", "text": "查账单", "confidence": 0.9, "silence_ms": 600},
    {"at": 4.2, "command": "NoteTurn", "step": "need", "heard": "查账单", "intent": "billing", "score": 0.93, "why": ""}
    | {"runner_up": "outage", "runner_up_score": 0.3},
    {"at": 8.0, "event": "HungUp", "by": "caller"},
]


def turns(heard, **rest):
    asked = {
        "said": "查账单",
        "began_ms": 2400,
        "ended_ms": 3600,
        "heard": heard,
        "intents": ("billing",),
        "score": 0.93,
    }
    reply = {"step": "need", "prompts": ("请说出您的账号。",), "gap_ms": 640}
    return (
        TurnResult("begin", prompts=("您好，请问有什么可以帮您？",)),
        TurnResult("speech", **(asked | reply | rest)),
        TurnResult("hang_up", began_ms=7000, ended_ms=7000),
    )


def case(name, title, *, verdict="passed", flow="bank", tags=(), heard="查账单", failures=(), **rest):
    about = {"verdict": verdict, "title": title, "tags": tags, "failures": failures, "file": f"x/{name}/case.yaml"}
    return CaseResult(name, flow, turns=turns(heard, **rest), seconds=8.0, **about)


def run_of(*cases):
    return RunResult("0.1.0", "model", {"bank": "d1"}, cases, started="2026-11-20T10:00:00+00:00")


WRONG = Failure(14, 1, "heard", "查账单", "茶账单")
CASES = (
    case("bill", "客户查账单", tags=("voice",)),
    case("noise", "Bill in a noisy street", verdict="failed", tags=("noise",), heard="茶账单", failures=(WRONG,)),
    case("city", "市民问社保", flow="city", tags=("voice",), heard="社保怎么交"),
    case("hostile", HOSTILE, flow="city", heard=HOSTILE, said=HOSTILE, tags=(HOSTILE,), prompts=(HOSTILE,)),
)


@pytest.fixture
def report(tmp_path):
    """`report(run, …)`: a file's address; every call sounds and has a journal."""
    sound = np.zeros((8000 * 8, 2))
    sound[19200:28800, 0] = 0.3 * np.sin(np.arange(9600) * 0.4)
    sound[800:16000, 1] = 0.3 * np.sin(np.arange(15200) * 0.3)
    soundfile.write(tmp_path / "call.flac", sound, 8000)
    head = {
        "call_id": "x",
        "caller": "",
        "called": "",
        "flow": "bank",
        "flow_digest": "d1",
        "started": "",
        "journal": 1,
    }
    started = JOURNAL[0] | {"hears": "audio"}
    lines = [head, started, *JOURNAL[1:]]
    (tmp_path / "call.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def write(run, **options):
        files = CallFiles(tmp_path / "call.jsonl", tmp_path / "call.flac")
        (tmp_path / "report.html").write_text(report_html(run, lambda _case: files, **options), encoding="utf-8")
        return (tmp_path / "report.html").as_uri()

    return write


@pytest.fixture
async def look(start_chromium):
    """`page = await look(address, …)`: open it in a browser of its own; what went wrong in it fails the test."""
    opened = []

    async def start(address, **options):
        browser = start_chromium("--lang=en", "--accept-lang=en")
        page = await (await browser.__aenter__()).page()
        opened.append((browser, page))
        await page.call("Network.enable")
        await page.open(address, ready=READY, **options)
        return page

    yield start
    for browser, page in opened:
        complaints, asked = page.complaints(), requests(page)
        await browser.__aexit__(None, None, None)
        assert complaints == []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def requests(page):
    sent = [event["params"] for event in page._browser.events if event["method"] == "Network.requestWillBeSent"]
    return [params["request"]["url"] for params in sent]


async def test_the_list_shows_the_worst_first_and_filters_leave_what_one_looks_for(report, look):
    page = await look(report(run_of(*CASES)))
    assert (await page.run(TITLES))[0] == "Bill in a noisy street"
    assert await page.run(OPEN) == "Bill in a noisy street"
    await page.click('[data-verdict="failed"]')
    assert await page.run(TITLES) == ["Bill in a noisy street"]
    await page.click('[data-verdict="failed"]')  # once more: all of them again
    await page.run("change({ flow: 'city' })")
    assert await page.run(TITLES) == ["市民问社保", HOSTILE]
    await page.press("/")
    await page.type("社保")
    assert await page.run(TITLES) == ["市民问社保"]
    assert await page.run("document.getElementById('count').innerText") == "1 of 4 Clear the filters"
    await page.click("#clear")
    assert len(await page.run(TITLES)) == 4
    await page.type("no such words")
    assert await page.run(TITLES) == []
    assert "No case" in await page.run("document.getElementById('count').innerText")


async def test_everything_can_be_done_with_the_keyboard(report, look):
    page = await look(report(run_of(*CASES), sounds="all"))
    await page.press("j")
    second = (await page.run(TITLES))[1]
    assert await page.run(OPEN) == second
    assert second in await page.run("document.activeElement.innerText")
    await page.press("k")
    assert await page.run(OPEN) == "Bill in a noisy street"
    await page.press("Enter", "\r")
    assert await page.run("document.activeElement.id") == "call-title"
    await page.press("n")
    assert await page.run(AT) == 2.4
    await page.press("ArrowRight")
    assert await page.run(AT) == 3.4
    await page.press("p")
    assert await page.run("document.querySelector('.turn.on').dataset.turn") == "0"
    await page.press("/")
    await page.type("市民j")  # in the search a letter is a letter
    assert await page.run("document.getElementById('text').value") == "市民j"
    await page.press("Escape")
    assert len(await page.run(TITLES)) == 4
    await page.press("Escape")
    await page.press("?")
    assert await page.run("document.getElementById('help').open")


async def test_a_click_on_the_time_line_moves_the_playhead_there_and_says_what_was_being_said(report, look):
    page = await look(report(run_of(*CASES), sounds="all"))
    before = await page.run(PLAYHEAD)
    await page.click(".lane.recognised .heard")  # from 2.4 s to 3.6 s
    assert await page.run(AT) == pytest.approx(3.0, abs=0.1)
    moved = await page.run(PLAYHEAD) - before
    assert moved == pytest.approx(3.0 * await page.run("player.scale"), rel=0.05)
    await page.run("seek(3100)")
    assert "查账" in await page.run("document.getElementById('now').innerText")
    assert "turn 1" in await page.run("document.getElementById('track').getAttribute('aria-valuetext')")
    assert await page.run("player.audio.currentTime") == pytest.approx(3.1)


async def test_a_call_plays_and_the_playhead_runs_along(report, look):
    page = await look(report(run_of(*CASES)))
    await page.press(" ")
    await page.until(f"{AT} > 0.4")
    await page.press(" ")
    assert await page.run("player.audio.paused")
    assert await page.run("player.audio.duration") == pytest.approx(8.0, abs=0.1)


async def test_only_calls_that_failed_or_changed_sound_unless_all_are_wanted(report, look):
    page = await look(report(run_of(*CASES)))
    assert await page.run("document.querySelectorAll('[id^=sound-]').length") == 1
    await page.press("j")
    assert await page.run("document.getElementById('play').disabled")
    assert "--audio all" in await page.run("document.querySelector('.silent').innerText")
    assert await page.run("document.querySelectorAll('.lane svg path').length") == 2  # its shape is there all the same
    await page.press("ArrowRight")
    assert await page.run(AT) == 1.0


async def test_what_a_caller_says_is_never_run(report, look):
    page = await look(report(run_of(*CASES), sounds="all"))
    await page.run("open(run.cases[3])")
    assert await page.run(OPEN) == HOSTILE
    assert await page.run("document.querySelector('.from-caller .bubble').textContent") is not None
    assert HOSTILE in await page.run("document.getElementById('call').textContent")
    assert await page.run("typeof window.hacked") == "undefined"
    assert await page.run("document.querySelectorAll('img, #call script').length") == 0


async def test_a_turn_shows_what_is_otherwise_than_before(report, look):
    before = run_of(CASES[0], case("noise", "Bill in a noisy street", heard="查账单", gap_ms=300), *CASES[2:])
    after = run_of(*CASES)
    page = await look(report(after, diff=compare_runs(before, after), against="baseline.json"))
    assert "Against baseline.json: worse (1 worse)" in await page.run("document.getElementById('conditions').innerText")
    await page.click('[data-verdict="changed"]')
    assert await page.run(TITLES) == ["Bill in a noisy street"]
    changes = "[...document.querySelectorAll('.turn[data-turn=\"1\"] .changes dd')].map((one) => one.innerHTML)"
    shown = await page.run(changes)
    assert "<del>查</del><ins>茶</ins><span>账单</span>" in shown[0]
    assert "300 ms" in shown[1]
    assert "640 ms" in shown[1]
    assert "case.yaml:14" in await page.run("document.querySelector('.turn.bad .problems').innerText")


@pytest.mark.parametrize("dark", [False, True])
async def test_nothing_is_cut_off_on_a_desk(report, look, dark):
    page = await look(report(run_of(*CASES)), width=1440, height=900, dark=dark)
    assert await page.run(WITHIN)


async def test_on_a_phone_the_list_and_the_call_are_a_page_each(report, look):
    page = await look(report(run_of(*CASES)), width=375, height=812, mobile=True)
    assert await page.run(WITHIN)
    assert not await page.run("document.getElementById('call').offsetParent")
    await page.click("#list a")
    await page.until("document.getElementById('call-title')?.offsetParent")
    assert not await page.run("document.getElementById('list').offsetParent")
    assert await page.run(WITHIN)
    await page.click(".back")
    await page.until("document.getElementById('list').offsetParent")


async def test_two_hundred_calls_open_at_once(report, look):
    verdicts = ["failed", *["passed"] * 9]
    many = [case(f"case{number}", f"第 {number} 通", verdict=verdicts[number % 10]) for number in range(200)]
    page = await look(report(run_of(*many)))
    built = await page.run("performance.timing.domComplete - performance.timing.responseEnd")
    assert built < 3000  # 250 ms on a machine of two cores that does little else
    assert len(await page.run(TITLES)) == 200
    took = await page.run(
        "(() => { const began = performance.now(); open(run.cases[150]); return performance.now() - began; })()"
    )
    assert took < 1000
