"""The dead-man timer of a call: while we live, we push it forward; when we freeze, Asterisk brings the caller to
people.

Decided: AGI itself cannot do it, because the channel is inside EXEC AudioSocket and takes no other command. AMI's
Setvar can, on the running channel. So with AMI the limit is short (`dead_man_s`) and renewed three times within it.
Without AMI it is `call_limit_s`, generous enough for any call: a frozen IVR then holds its callers so long, which is
the price of doing without. A call that began without AMI comes under the short limit as soon as AMI is up; where AMI
is lost for longer than `dead_man_s`, live calls go to people. TIMEOUT(absolute) counts from the moment it is set.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.ami import AmiUnavailableError

if TYPE_CHECKING:
    from ivr.asterisk.ami import Ami
    from ivr.asterisk.settings import AsteriskSettings

TIMER = "TIMEOUT(absolute)"
_log = structlog.get_logger(__name__)


def first_limit(ami: Ami, settings: AsteriskSettings) -> str:
    """What the call's first command sets, in seconds."""
    return f"{settings.dead_man_s if ami.state.name == 'up' else settings.call_limit_s:g}"


async def keep_alive(ami: Ami, settings: AsteriskSettings, channel: str) -> None:
    """Renew the timer of `channel` (its name in Asterisk) until cancelled, whenever AMI is up."""
    fields = {"Channel": channel, "Variable": TIMER, "Value": f"{settings.dead_man_s:g}"}
    while True:
        await asyncio.sleep(settings.dead_man_s / 3)
        if ami.state.name != "up":
            continue
        try:
            reply = await ami.action("Setvar", fields, seconds=settings.dead_man_s / 3)
        except AmiUnavailableError as fault:
            _log.warning("the dead-man timer could not be renewed", reason=str(fault))
            continue
        if not reply.ok:
            _log.info("the dead-man timer was not renewed: the channel is gone", reason=reply.message)
