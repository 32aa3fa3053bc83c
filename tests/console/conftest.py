"""A real, headless Chromium, driven over the DevTools protocol with aiohttp: no browser driver to keep in step.

The profile is new and empty, nothing but loopback is spoken to, and the microphone is a WAV file. Where there is no
Chromium the tests that need one are skipped and say so; those of the server alone run everywhere.
"""

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
from pathlib import Path

import aiohttp
import pytest

from ivr.console.server import Console

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
)
_PATIENCE_S = 20.0
_PHONE_IS_THERE = "document.querySelector('[data-key]') !== null"


class Page:
    """One tab: `run` evaluates JavaScript, `until` waits for it to be true; `press`, `type`, `click` are a person."""

    def __init__(self, browser, session):
        self._browser = browser
        self._session = session

    async def call(self, method, **params):
        return await self._browser.call(method, session=self._session, **params)

    async def open(self, url, *, width=1280, height=860, dark=False, mobile=False, ready=_PHONE_IS_THERE):
        await self.call("Page.enable")
        await self.call("Runtime.enable")
        await self.call("Log.enable")
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        await self.call("Page.navigate", url=url)
        await self.until(f"document.readyState === 'complete' && {ready}")

    async def run(self, expression):
        answer = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def until(self, expression, patience_s=_PATIENCE_S):
        """Poll in the page itself; a browser has no virtual time."""
        look = f"const look = () => ({expression}) ? done(true) : setTimeout(look, 20); look();"
        wait = f"new Promise((done) => {{ {look} }})"
        try:
            async with asyncio.timeout(patience_s):
                await self.run(wait)
        except TimeoutError:
            seen = await self.run("document.body.innerText")
            raise AssertionError(f"never came true: {expression}\nthe page showed:\n{seen}") from None

    async def press(self, key, text=None):
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text or key} if kind == "keyDown" and len(text or key) == 1 else {}
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, **typed)

    async def type(self, text):
        await self.call("Input.insertText", text=text)

    async def click(self, selector):
        where = f"(() => {{ const r = document.querySelector('{selector}').getBoundingClientRect();"
        x, y = await self.run(where + "return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def screenshot(self, path):
        shot = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self):
        """What the page threw, and what the browser refused it (its content policy among them)."""
        found = []
        for event in self._browser.events:
            params = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append(params["exceptionDetails"].get("exception", {}).get("description", "?"))
            elif event["method"] == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
        return found


class Browser:
    """A running Chromium and its DevTools connection."""

    def __init__(self, socket):
        self.events = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers = {}

    async def listen(self):
        async for received in self._socket:
            message = json.loads(received.data)
            if "method" in message:
                self.events.append(message)
            elif (answer := self._answers.pop(message["id"], None)) and not answer.done():
                answer.set_result(message)

    async def call(self, method, *, session=None, **params):
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        request = {"id": number, "method": method, "params": params}
        await self._socket.send_json(request | ({"sessionId": session} if session else {}))
        message = await asyncio.wait_for(answer, 2 * _PATIENCE_S)
        if "error" in message:
            raise AssertionError(f"{method}: {message['error']['message']}")
        return message["result"]

    async def page(self):
        target = await self.call("Target.createTarget", url="about:blank")
        session = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        return Page(self, session["sessionId"])


@contextlib.asynccontextmanager
async def chromium(profile, *flags):
    """Start Chromium with an empty profile folder; ends it by closing the browser, and by signal if it does not."""
    binary = next(filter(None, map(shutil.which, _NAMES)), None)
    if binary is None:
        pytest.skip("no Chromium on this machine, the browser phone is NOT tested: apt-get install chromium")
    process = await asyncio.create_subprocess_exec(
        binary,
        *_FLAGS,
        f"--user-data-dir={profile}",
        *flags,
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as http, http.ws_connect(await _devtools(profile), max_msg_size=0) as socket:
            browser = Browser(socket)
            listening = asyncio.create_task(browser.listen())
            try:
                yield browser
                await browser.call("Browser.close")
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
    finally:
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _devtools(profile):
    """Chromium writes the port it took, and the path, into its profile folder."""
    file = Path(profile) / "DevToolsActivePort"
    async with asyncio.timeout(_PATIENCE_S):
        while not file.exists() or len(lines := file.read_text().splitlines()) < 2:  # noqa: ASYNC110  it only writes a file
            await asyncio.sleep(0.05)
    return f"ws://127.0.0.1:{lines[0]}{lines[1]}"


@pytest.fixture
def start_chromium(tmp_path):
    """`async with start_chromium(*flags) as browser`."""
    numbers = itertools.count()
    return lambda *flags: chromium(tmp_path / f"profile-{next(numbers)}", *flags)


@pytest.fixture
async def start_console():
    """`console = await start_console(on_call)`: on loopback, on any free port, closed after the test."""
    consoles = []

    async def start(on_call, **options):
        console = Console("127.0.0.1", 0, on_call, **options)
        await console.start()
        consoles.append(console)
        return console

    yield start
    for console in consoles:
        await console.close()
