"""The bench of the asterisk tier: one real Asterisk a run, phones and an IVR for each test.

A test that fails shows what Asterisk logged while it ran; the whole log stays in pytest's temporary folder.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ivr.asterisk.line import AsteriskLine
from ivr.asterisk.server import AsteriskServer
from ivr.qa.pbx.asterisk import Pbx
from ivr.qa.pbx.asterisk_packages import AsteriskUnavailable, installed_asterisk
from ivr.qa.phone.sip_phone import Phone
from tests.asterisk.served_hotline import ServedHotline

OpenPhone = Callable[..., Awaitable[Phone]]
StartIvr = Callable[..., Awaitable[AsteriskServer]]
LOG = pytest.StashKey[tuple[Pbx, int]]()
GLOBALS = {
    "IVR_QUEUE_SECONDS": "60",
    "IVR_PATIENCE": "3",
    "IVR_AGI_SECOND": "",
    "IVR_BUSY_PROMPT": "",
    "IVR_BUSY_QUEUE": "support",
}
HOTLINE_MODELS = ("vosk-model-small-cn-0.22", "kokoro-82m-v1.0-int8")
NOBODY = 9  # a port where nothing listens


@pytest.fixture(scope="session")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    """One Asterisk for the whole run; tests ask for `pbx`, which is the same, set back."""
    try:
        running = Pbx(installed_asterisk(), tmp_path_factory.mktemp("asterisk"))
    except AsteriskUnavailable as reason:
        pytest.skip(str(reason))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def pbx(asterisk: Pbx, request: pytest.FixtureRequest) -> Pbx:
    """The running Asterisk with asterisk_conf/ and its dialplan's globals as shipped; no IVR is running."""
    request.node.stash[LOG] = (asterisk, len(asterisk.log()))
    for name, value in GLOBALS.items():
        asterisk.set_global(name, value)
    asterisk.ivr_at(NOBODY)
    return asterisk


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Add what Asterisk logged during a test that failed."""
    report = yield
    if report.failed and LOG in item.stash:
        asterisk, start = item.stash[LOG]
        report.sections.append((f"Asterisk's log ({asterisk.folder / 'log'})", asterisk.log()[start:]))
    return report


@pytest_asyncio.fixture
async def phone(pbx: Pbx) -> AsyncIterator[OpenPhone]:
    """`await phone()` is a caller's phone, `await phone("agent1")` an agent's, registered; more as Phone takes it."""
    async with AsyncExitStack() as open_phones:

        async def opened(user: str = "caller", **settings: str) -> Phone:
            password = "" if user == "caller" else pbx.agent_password
            return await open_phones.enter_async_context(Phone(pbx.sip, user=user, password=password, **settings))

        yield opened


@pytest.fixture(scope="session")
def served(
    asterisk: Pbx, model: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedHotline]:
    """One `ivr serve` with the shipped flow, real recognition and real prompts; tests of calls ask for `hotline`."""
    for name in HOTLINE_MODELS:
        model(name)
    running = ServedHotline(asterisk, tmp_path_factory.mktemp("hotline"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def hotline(served: ServedHotline, pbx: Pbx) -> Iterator[ServedHotline]:
    """`served` with the dialplan pointing at it; a test during which it logs a warning or worse fails."""
    pbx.ivr_at(served.agi_port)
    before = len(served.log())
    yield served
    assert served.complaints(before) == []


@pytest_asyncio.fixture
async def ivr(pbx: Pbx) -> AsyncIterator[StartIvr]:
    """`await ivr(on_call)` starts the real server on free ports, AMI logged in, and shows the dialplan where it is."""
    async with AsyncExitStack() as servers:

        async def started(on_call: Callable[[AsteriskLine], Awaitable[None]], **settings: Any) -> AsteriskServer:
            server = AsteriskServer(pbx.settings(**settings), on_call)
            await server.start()
            servers.push_async_callback(server.close)
            assert (await server.ami.settled(5)).name == "up"
            pbx.ivr_at(server.ports[0])
            return server

        yield started
