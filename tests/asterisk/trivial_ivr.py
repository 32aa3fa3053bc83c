"""An IVR in a process of its own, to be killed or frozen: plays a tone for ever and decides nothing.

Started with the settings as JSON in its only argument; prints its FastAGI port, and logs to stderr.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator

import structlog

from ivr.asterisk.line import AsteriskLine
from ivr.asterisk.server import AsteriskServer
from ivr.asterisk.settings import AsteriskSettings
from ivr.call.line import Speech
from tests.asterisk.signals import tone


async def _for_ever() -> AsyncIterator[bytes]:
    yield tone(440, 60.0)


async def _on_call(line: AsteriskLine) -> None:
    await line.play(Speech("a tone", _for_ever()))


async def _serve(settings: AsteriskSettings) -> None:
    server = AsteriskServer(settings, _on_call)
    await server.start()
    await server.ami.settled(5)
    print(server.ports[0], flush=True)  # noqa: T201  what the test waits for
    await asyncio.Event().wait()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(_serve(AsteriskSettings(**json.loads(sys.argv[1]))))
