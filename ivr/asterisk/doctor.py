"""What `ivr serve --check` says about the telephone side: each fault with what to do about it.

What the chosen way for media asks of Asterisk is in media_needs.py.

Decided: it asks with the rights that serving needs (AMI: system, call, agent, reporting). ModuleCheck and ShowDialPlan
say what `Command` would, and `Command` would be the right to run anything. What cannot be known, because AMI is not up
or withholds it, is `ok=None` and never a fault of its own.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from ivr.asterisk.ami import Ami, AmiUnavailableError
from ivr.asterisk.listening import cannot_listen
from ivr.asterisk.media_needs import CLIENT_FILE, MEDIA_NEEDS, Finding, connection_finding
from ivr.asterisk.queues import read_queue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.asterisk.ami_wire import AmiReply
    from ivr.asterisk.settings import AsteriskSettings

_ASK_S = 3.0
_LOGIN_S = 5.0
_MODULES = (
    "res_agi",
    "app_queue",
    "app_record",
    "app_stack",
    "func_timeout",
    "func_callerid",
    "res_pjsip_header_funcs",
)
_CLOCK_S = 2.0


async def examine(settings: AsteriskSettings) -> list[Finding]:
    """Look at ports, AMI, version, modules, dialplan, queues and clock; within about half a minute, raises nothing."""
    findings = [
        await _port("the FastAGI server", settings.agi_host, settings.agi_port, "agi"),
        await _port(MEDIA_NEEDS[settings.media].server, settings.audio_host, settings.audio_port, "audio"),
    ]
    ami = Ami(settings)
    ami.start()
    try:
        state = await ami.settled(_LOGIN_S)
        where = f"{settings.ami_host}:{settings.ami_port}"
        if state.name == "up":
            findings.append(Finding("AMI", ok=True, what=f"logged in at {where} as {settings.ami_user!r}"))
        elif state.name == "off":
            what = "not used: " + state.reason
            remedy = (
                "set ami_secret, so that full queues are known and a frozen IVR loses its callers to people sooner."
            )
            findings.append(Finding("AMI", ok=None, what=what, remedy=remedy))
        else:
            reason = state.reason if state.name != "connecting" else f"AMI at {where} does not answer"
            what, _, remedy = reason.partition(": ")
            findings.append(Finding("AMI", ok=False, what=what, remedy=remedy))
        findings += await _inside(ami, settings)
    finally:
        await ami.stop()
    return findings


async def _port(what: str, host: str, port: int, setting: str) -> Finding:
    name = f"{setting} port"
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except OSError as fault:
        text, _, remedy = str(cannot_listen(what, host, port, setting, fault)).partition(". ")
        return Finding(name, ok=False, what=text, remedy=remedy)
    server.close()
    await server.wait_closed()
    return Finding(name, ok=True, what=f"{host}:{port} is free")


async def _inside(ami: Ami, settings: AsteriskSettings) -> list[Finding]:
    """What only AMI can tell."""
    if ami.state.name != "up":
        what = "version, modules, dialplan, queues and clock cannot be looked at without AMI"
        return [Finding("inside Asterisk", ok=None, what=what)]
    looks: list[tuple[str, Callable[[], Awaitable[Finding]]]] = [("Asterisk", partial(_version, ami, settings.media))]
    modules = (*_MODULES[:1], *MEDIA_NEEDS[settings.media].modules, *_MODULES[1:])
    looks += [(f"module {module}", partial(_module, ami, module)) for module in modules]
    if settings.media == "websocket":
        looks.append(("websocket_client.conf", partial(_connection, ami, settings)))
    looks.append(("dialplan", partial(_dialplan, ami, settings)))
    looks += [(f"queue {queue}", partial(_queue, ami, queue)) for queue in settings.queues]
    looks.append(("clock", partial(_clock, ami)))
    findings = []
    for name, look in looks:
        try:
            findings.append(await look())
        except (
            AmiUnavailableError,
            ValueError,
        ) as fault:  # ValueError: an answer that is no number, a name with a break
            findings.append(Finding(name, ok=None, what=f"not known: {fault}"))
    return findings


async def _version(ami: Ami, media: str) -> Finding:
    text = (await ami.action("CoreSettings", seconds=_ASK_S)).response.get("AsteriskVersion")
    return MEDIA_NEEDS[media].version(text)


async def _connection(ami: Ami, settings: AsteriskSettings) -> Finding:
    where = {"Filename": CLIENT_FILE, "Category": settings.media_connection}
    answer = await ami.action("GetConfig", where, seconds=_ASK_S)
    if _denied(answer):
        return _not_allowed(CLIENT_FILE, "system")
    return connection_finding(settings, answer.response)


async def _module(ami: Ami, module: str) -> Finding:
    name = f"module {module}"
    answer = await ami.action("ModuleCheck", {"Module": module}, seconds=_ASK_S)
    if answer.ok:
        return Finding(name, ok=True, what="loaded")
    if _denied(answer):
        return _not_allowed(name, "system")
    remedy = f"asterisk -rx 'module load {module}.so', and take away a noload={module}.so in modules.conf."
    return Finding(name, ok=False, what="not loaded", remedy=remedy)


async def _dialplan(ami: Ami, settings: AsteriskSettings) -> Finding:
    answer = await ami.action("ShowDialPlan", {"Context": settings.context}, seconds=_ASK_S)
    if _denied(answer):
        return _not_allowed("dialplan", "reporting")
    steps = {(event.get("Extension"), event.get("Application")) for event in answer.events}
    if not answer.ok or not steps:
        what = f"there is no context [{settings.context}]"
        remedy = "install asterisk_conf/extensions.conf (its README says how), then asterisk -rx 'dialplan reload'."
        return Finding("dialplan", ok=False, what=what, remedy=remedy)
    missing = [
        what
        for what, step in {
            "an AGI() in extension s": ("s", "AGI"),
            "extension T (a silent or frozen IVR)": ("T", "Goto"),
            "a Queue() in extension human": ("human", "Queue"),
        }.items()
        if step not in steps
    ]
    if missing:
        what = f"context [{settings.context}] lacks {', '.join(missing)}: callers can be lost"
        return Finding("dialplan", ok=False, what=what, remedy="compare it with asterisk_conf/extensions.conf.")
    return Finding("dialplan", ok=True, what=f"context [{settings.context}] brings every caller to people")


async def _queue(ami: Ami, queue: str) -> Finding:
    name = f"queue {queue}"
    state = read_queue(queue, await ami.action("QueueStatus", {"Queue": queue}, seconds=_ASK_S))
    if state == "missing":
        remedy = f"add [{queue}] to queues.conf and asterisk -rx 'queue reload all', or correct queues in ivr.toml."
        return Finding(name, ok=False, what="Asterisk has no such queue", remedy=remedy)
    if state == "empty":
        remedy = "let an agent's phone register (pjsip_site.conf), or unpause one: asterisk -rx 'queue show'."
        return Finding(name, ok=False, what="nobody is there to answer", remedy=remedy)
    if state == "unknown":
        return _not_allowed(name, "agent")
    return Finding(name, ok=True, what=state)


async def _clock(ami: Ami) -> Finding:
    asked = time.time()
    text = (await ami.action("Ping", seconds=_ASK_S)).response.get("Timestamp")
    off_s = float(text) - (asked + time.time()) / 2
    if abs(off_s) > _CLOCK_S:
        what = f"Asterisk's clock is {off_s:+.1f} s off ours: opening hours and journals would not agree"
        return Finding(
            "clock", ok=False, what=what, remedy="let both machines keep time with NTP (timedatectl set-ntp true)."
        )
    return Finding("clock", ok=True, what=f"Asterisk's agrees with ours within {abs(off_s):.1f} s")


def _denied(answer: AmiReply) -> bool:
    return not answer.ok and "permission denied" in answer.message.lower()


def _not_allowed(name: str, right: str) -> Finding:
    return Finding(name, ok=None, what="AMI does not say", remedy=f"give the user the right {right!r} in manager.conf.")
