"""Many phones in one process of their own: `python -m ivr.qa.phone.many_callers JSON`, a line of JSON for each event.

Decided: a process of its own, so that what phones cost is told apart and their lateness does not hold up the hotline's.
Calls begin one after another, `apart_s` seconds each; while they go on, one more phone hears itself back through
Asterisk alone, which is the least that any answer takes under this load.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any

from ivr.audio import FRAME_BYTES, RATE
from ivr.qa.machine_limit import TickLateness
from ivr.qa.phone.call_media import NotHeard
from ivr.qa.phone.caller_script import SCRIPTS
from ivr.qa.phone.scripted_caller import CallerReport, follow
from ivr.qa.phone.sip_call import CallRefused
from ivr.qa.phone.sip_phone import Phone

LONGEST_CALL_S = 150.0
_CLICK = (b"\x00\x20" * 8 + b"\x00\xe0" * 8) * (4 * FRAME_BYTES // 32)  # 500 Hz, a quarter of full scale, 80 ms
_BETWEEN_CLICKS_S = 0.9


def _tell(event: str, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **fields}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def _call(pbx: tuple[str, int], number: int, first_user: int, delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    script = SCRIPTS[number % len(SCRIPTS)]
    user = str(first_user + number)
    report = CallerReport(number, user, script.name, fault="it did not end")
    try:
        async with Phone(pbx, user=user) as phone, asyncio.timeout(LONGEST_CALL_S):
            report = await follow(phone, script, number)
    except TimeoutError:
        report.fault = f"it lasted over {LONGEST_CALL_S:g} s"
    # One phone's failure of whatever kind is that call's, and is told; the others go on.
    except Exception as fault:  # noqa: BLE001
        report.fault = f"{type(fault).__name__}: {fault}"
    _tell("call", **asdict(report))


async def _echo(pbx: tuple[str, int], over: asyncio.Event) -> None:
    """Hear clicks back through Asterisk's Echo() until the calls are over."""
    trips: list[float] = []
    async with AsyncExitStack() as opened:
        try:
            phone = await opened.enter_async_context(Phone(pbx, user="echo"))
            media = (await phone.dial("bench-echo")).media
            await media.wait(0.5)
            while not over.is_set() or len(trips) < 5:
                media.forget_heard()
                said = await media.say(_CLICK)
                heard = media.heard.arrived(await media.heard_speech_start(within=2.0))
                trips.append(round((heard - said.sent[0]) * 1000, 1))
                await media.wait(_BETWEEN_CLICKS_S)
        except (NotHeard, CallRefused) as fault:
            _tell("echo_fault", fault=str(fault))
    _tell("echo", trips_ms=trips)


async def _run(spec: dict[str, Any]) -> None:
    pbx = (str(spec["sip"][0]), int(spec["sip"][1]))
    over = asyncio.Event()
    async with TickLateness() as ticks:
        echo = asyncio.create_task(_echo(pbx, over), name="echo")
        calls = [_call(pbx, number, spec["first_user"], number * spec["apart_s"]) for number in range(spec["calls"])]
        await asyncio.gather(*calls)
        over.set()
        await echo
    _tell("late", tick_late_ms=ticks.as_json(), sample_rate=RATE)


if __name__ == "__main__":
    asyncio.run(_run(json.loads(sys.argv[1])))
