"""A person at the browser phone: a real page in a real browser, against a line whose driver is a few lines here."""

import asyncio
import math
import struct

import numpy as np
import pytest
import soundfile

from ivr.audio import FRAME_BYTES, level_dbfs, samples
from ivr.call.line import AudioFrame, Destination, Speech
from ivr.dialogue.commands import NoteTurn, Say
from ivr.dialogue.events import Heard, HungUp, KeyPressed, Partial, PromptEnded, PromptStarted, SpeechStarted

pytestmark = pytest.mark.console

MICROPHONE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
SOUND = "document.getElementById('quality').dataset"
STATE = "document.body.dataset.state"


async def tone(ms, hz=500, level=0.25):
    wave = (level * 32767 * math.sin(2 * math.pi * hz * at / 8000) for at in range(8 * ms))
    yield struct.pack(f"<{8 * ms}h", *map(round, wave))


class Driver:
    """Shows what comes in, as the real driver does, and keeps it; `play` is played first."""

    def __init__(self, prompt_ms=0):
        self.events = []
        self.line = None
        self.ended = asyncio.Event()
        self._prompt_ms = prompt_ms

    async def __call__(self, line):
        self.line = line
        playing = asyncio.create_task(line.play(Speech("", tone(self._prompt_ms))))
        async for event in line.incoming():
            self.events.append(event)
            if not isinstance(event, AudioFrame):
                line.show(event)
        line.cut()
        await playing
        self.ended.set()

    def kept(self, kind):
        return [event for event in self.events if isinstance(event, kind)]


async def dial(page):
    await page.press("Enter", "\r")
    await page.until(f"{STATE} === 'talking'")


async def test_the_caller_hears_the_hotline_and_the_hotline_the_caller(tmp_path, start_console, start_chromium):
    time = np.arange(48000 * 4) / 48000
    beeps = 0.25 * np.sin(2 * np.pi * 1000 * time) * (time % 0.6 < 0.3)  # a steady tone would pass for noise
    soundfile.write(tmp_path / "microphone.wav", beeps, 48000)
    driver = Driver(prompt_ms=4000)
    console = await start_console(driver)
    async with start_chromium(
        *MICROPHONE, f"--use-file-for-fake-audio-capture={tmp_path / 'microphone.wav'}"
    ) as browser:
        page = await browser.page()
        await page.open(console.url)
        await dial(page)
        assert await page.run("document.body.dataset.microphone") == "on"
        await page.until(f"Math.abs({SOUND}.level - 0.25 / Math.SQRT2) < 0.01")
        await page.until(f"Number({SOUND}.level) === 0")
        assert int(await page.run(f"{SOUND}.gaps")) < 5  # none on a machine that has nothing else to do
        assert int(await page.run(f"{SOUND}.bufferedMs")) <= 200
        await page.press("Escape")
        await asyncio.wait_for(driver.ended.wait(), 5)
        assert page.complaints() == []

    frames = driver.kept(AudioFrame)
    assert {len(frame.pcm) for frame in frames} == {FRAME_BYTES}
    seconds = frames[-1].at - frames[0].at
    assert len(frames) == pytest.approx(seconds * 50, rel=0.1)
    heard = b"".join(frame.pcm for frame in frames)
    spectrum = np.abs(np.fft.rfft(samples(heard) * np.hanning(len(heard) // 2)))
    assert np.argmax(spectrum) / seconds / len(frames) * seconds * 50 == pytest.approx(1000, abs=2)
    levels = sorted(level_dbfs(frame.pcm) for frame in frames)
    assert -25 < levels[-len(levels) // 4] < -2  # half of the time it beeps; the browser's gain control has its say
    assert levels[len(levels) // 10] < -60


async def test_keys_clicks_and_typing_reach_the_hotline_and_show_in_the_conversation(start_console, start_chromium):
    driver = Driver()
    console = await start_console(driver)
    async with start_chromium(*MICROPHONE, "--lang=zh-CN", "--accept-lang=zh-CN") as browser:
        page = await browser.page()
        await page.open(console.url)
        assert await page.run("document.documentElement.lang") == "zh-CN"
        await page.press("7")  # before the call: nothing
        await dial(page)
        await page.press("1")
        await page.press("#")
        await page.click('[data-key="5"]')
        await page.until("document.querySelectorAll('.cap').length === 3")
        await page.click("#text")
        await page.type("转人工 2")
        await page.press("3")  # in the text box it is a character
        await page.press("Enter", "\r")
        await page.until("document.querySelector('#turns').innerText.includes('转人工 23')")
        await page.press("Escape")
        await asyncio.wait_for(driver.ended.wait(), 5)
        await page.until("document.body.innerText.includes('您已挂断')")
        assert page.complaints() == []
    assert [event.key for event in driver.kept(KeyPressed)] == ["1", "#", "5"]
    assert [event.text for event in driver.kept(Heard)] == ["转人工 23"]
    assert [event.by for event in driver.kept(HungUp)] == ["caller"]


async def test_the_conversation_shows_turn_by_turn(start_console, start_chromium):
    driver = Driver()
    console = await start_console(driver)
    async with start_chromium(*MICROPHONE) as browser:
        page = await browser.page()
        await page.open(console.url)
        await page.press("Enter", "\r")
        await page.until(f"{STATE} === 'talking'")
        line = driver.line
        line.show(Say(1, "您好，请问有什么可以帮您？"))
        line.show(PromptStarted(0.1, 1))
        await page.until("document.querySelector('.speaking')")
        line.show(PromptEnded(1.0, 1, 640, cut=True))
        line.show(SpeechStarted(1.1))
        line.show(Partial(1.2, "我想<b>查"))
        await page.until("document.querySelector('#partial .said').textContent === '我想<b>查'")
        line.show(Heard(2.0, "我想查账单", silence_ms=600, decoding_ms=40))
        line.show(NoteTurn("need", "我想查账单", "billing", 0.934, "outage", 0.41, {"month": "10"}, "by pinyin"))
        line.show(Say(2, "请说出八位账号。"))
        line.show(PromptStarted(2.25, 2))
        await page.until("document.querySelector('.gap')")
        turns = await page.run("[...document.querySelectorAll('.turn')].map((turn) => turn.innerText)")
        assert await page.run("document.querySelector('#partial').hidden")
        assert "640" in turns[0].replace("0.64", "640")
        for fact in ("我想查账单", "billing", "0.93", "outage 0.41", "month = 10"):
            assert fact in turns[1]
        assert "请说出八位账号。" in turns[2]
        assert "0.85" in turns[2]  # from the end of speech, 600 ms before the turn's, to the first frame
        await line.hand_off(Destination("billing", "账号 12345678"))
        await page.until("document.querySelector('.person')?.innerText.includes('账号 12345678')")
        await page.until(f"{STATE} === 'ended'")
        assert page.complaints() == []


COUNT_CLEARS = """
  window.clears = 0;
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (what, ...rest) {
    window.clears += what === "clear";
    return post.call(this, what, ...rest);
  };
"""


async def test_a_prompt_that_is_cut_is_silent_in_the_page_at_once(start_console, start_chromium):
    driver = Driver(prompt_ms=20_000)
    console = await start_console(driver)
    async with start_chromium() as browser:
        page = await browser.page()
        await page.open(console.url)
        await page.run(COUNT_CLEARS)
        await dial(page)
        await page.until(f"{SOUND}.level > 0.1")
        driver.line.cut()
        await page.until("window.clears === 1")
        await page.until(f"Number({SOUND}.level) === 0", patience_s=5)


WORKLET = """(async () => {
  const rate = %d;
  const context = new OfflineAudioContext(1, rate / 2, rate);
  await context.audioWorklet.addModule("worklet.js");
  const speaker = new AudioWorkletNode(context, "phone-speaker", { numberOfInputs: 0, outputChannelCount: [1] });
  speaker.connect(context.destination);
  const post = (frames) => {
    for (let frame = 0; frame < frames; frame++) {
      const pcm = Int16Array.from({ length: 160 }, (_, at) => 16000 * Math.sin(Math.PI * (frame * 160 + at) / 8));
      speaker.port.postMessage(pcm.buffer);
    }
  };
  const pause = async (at, act) => {
    await context.suspend(at);
    act();
    await new Promise((done) => setTimeout(done, 150));
    context.resume();
  };
  pause(0, () => post(%d));
  %s
  const heard = (await context.startRendering()).getChannelData(0);
  const sounding = heard.map((sample) => Math.abs(sample) > 0.001);
  let jump = 0;
  for (let at = 1; at < heard.length; at++) jump = Math.max(jump, Math.abs(heard[at] - heard[at - 1]));
  const middle = heard.slice(0.02 * rate, 0.05 * rate);
  let sine = 0, cosine = 0, power = 0;
  middle.forEach((sample, at) => {
    sine += sample * Math.sin((2 * Math.PI * 500 * at) / rate);
    cosine += sample * Math.cos((2 * Math.PI * 500 * at) / rate);
    power += sample * sample;
  });
  const tone = (2 * (sine * sine + cosine * cosine)) / middle.length;
  return { last: (sounding.lastIndexOf(1) / rate) * 1000, jump,
           level: Math.sqrt(tone / middle.length), noise: 10 * Math.log10((power - tone) / power + 1e-9) };
})()"""


async def test_the_pages_buffer_is_small_and_is_emptied_at_a_cut(start_console, start_chromium):
    console = await start_console(Driver())
    async with start_chromium() as browser:
        page = await browser.page()
        await page.open(console.url)
        for rate in (44100, 48000, 16000):
            whole = await page.run(WORKLET % (rate, 8, ""))
            assert whole["last"] == pytest.approx(160, abs=8)
            assert whole["level"] == pytest.approx(16000 / 32768 / math.sqrt(2), rel=0.01)
            assert whole["noise"] < -50  # the rate conversion adds nothing one could hear

            cut = await page.run(WORKLET % (rate, 8, "pause(0.064, () => speaker.port.postMessage('clear'));"))
            assert 60 < cut["last"] < 82
            assert cut["jump"] < 0.25  # faded, not broken off

            flooded = await page.run(WORKLET % (rate, 100, ""))
            assert flooded["last"] < 210


@pytest.mark.parametrize("why", ["absent", "refused"])
async def test_without_a_microphone_one_hears_and_types(start_console, start_chromium, why):
    driver = Driver(prompt_ms=1500)
    console = await start_console(driver)
    flags = () if why == "absent" else ("--use-fake-device-for-media-stream",)
    async with start_chromium(*flags) as browser:
        if why == "refused":
            denied = {"permission": {"name": "microphone"}, "setting": "denied"}
            await browser.call("Browser.setPermission", **denied)
        page = await browser.page()
        await page.open(console.url)
        await dial(page)
        await page.until("!document.getElementById('notice').hidden")
        await page.until(f"Number({SOUND}.level) > 0.1")
        assert await page.run("document.getElementById('mute').disabled")
        await page.click("#text")
        await page.type("查账单")
        await page.press("Enter", "\r")
        await page.until("document.querySelector('#turns').innerText.includes('查账单')")
        await page.click("#call")
        await asyncio.wait_for(driver.ended.wait(), 5)
    assert driver.kept(AudioFrame) == []
    assert [event.text for event in driver.kept(Heard)] == ["查账单"]


async def test_on_a_narrow_screen_everything_is_in_reach_and_the_last_turn_in_sight(start_console, start_chromium):
    driver = Driver()
    console = await start_console(driver)
    async with start_chromium(*MICROPHONE) as browser:
        page = await browser.page()
        await page.open(console.url, width=320, height=600, mobile=True)
        await page.click("#call")
        await page.until(f"{STATE} === 'talking'")
        for number in range(12):
            driver.line.show(Say(number, f"第{number}句：您可以说查账单、报故障，或者转人工。"))
        await page.until("document.querySelectorAll('li.turn').length === 12")
        await page.click("#keypad")
        await page.until("document.querySelector('[data-key=\"5\"]').offsetParent !== null")
        inside = """(selector) => {
          const box = document.querySelector(selector).getBoundingClientRect();
          return box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight && box.width > 0;
        }"""
        for selector in ("#call", "#text", "#mute", "#language", '[data-key="0"]'):
            assert await page.run(f"({inside})({selector!r})"), selector
        assert await page.run("document.documentElement.scrollWidth <= innerWidth")
        await page.until(
            "scroll => 1, (() => { const s = document.getElementById('scroll');"
            "return s.scrollHeight - s.scrollTop - s.clientHeight < 4; })()"
        )
        await page.click('[data-key="9"]')
        await page.until("document.querySelector('.cap')")


async def test_each_control_has_a_name_in_both_languages_and_the_choice_is_kept(start_console, start_chromium):
    console = await start_console(Driver())
    names = "[...document.querySelectorAll('button, input')].map((e) => e.getAttribute('aria-label') || e.innerText)"
    async with start_chromium("--accept-lang=en-GB") as browser:
        page = await browser.page()
        await page.open(console.url)
        english = await page.run(names)
        assert all(english)
        assert "Call" in english
        await page.click("#language")
        chinese = await page.run(names)
        assert all(chinese)
        assert "拨打" in chinese
        await page.open(console.url)
        assert await page.run("document.documentElement.lang") == "zh-CN"
        log = "document.querySelector('#turns')"
        assert await page.run(f"[{log}.role, {log}.ariaLive]") == ["log", "polite"]


async def test_why_a_call_ended_is_said(start_console, start_chromium):
    driver = Driver()
    console = await start_console(driver, max_calls=1)
    async with start_chromium(*MICROPHONE, "--accept-lang=en") as browser:
        first, second = await browser.page(), await browser.page()
        await first.open(console.url)
        await dial(first)
        await second.open(console.url)
        await second.press("Enter", "\r")
        await second.until("document.body.innerText.includes('All lines are busy')")
        await driver.line.hang_up()
        await first.call("Page.bringToFront")
        await first.until("document.body.innerText.includes('The hotline hung up')")
        await console.close()
        await first.press("Enter", "\r")
        await first.until("document.body.innerText.includes('The line broke')")
