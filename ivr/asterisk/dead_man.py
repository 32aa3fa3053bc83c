"""The dead-man timer of a call: while we live we push it on; when we freeze, Asterisk brings the caller to people.

Decided: AGI itself cannot do it: the channel is inside EXEC AudioSocket and takes no other command. AMI's Setvar
can, on the running channel. So with AMI the limit is short (`dead_man_s`) and renewed four times within it. Without AMI
it is `call_limit_s`, generous enough for any call: a frozen IVR then holds its callers so long, which is the price of
doing without. A call that began without AMI comes under the short limit as soon as AMI is up; where AMI is lost for
longer than the limit, live calls go to people.

Two things must never happen, for the timer stands on the channel and would cut a caller's talk with an agent. An IVR
that was frozen and wakes must not renew the timer of a caller who has been brought to people meanwhile: so nothing is
renewed in the last quarter of the limit or after it. And no renewal may be under way when the caller is handed over:
so `stop` waits for its answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from ivr.asterisk.ami import AmiUnavailableError
from ivr.clock import now

if TYPE_CHECKING:
    from ivr.asterisk.ami import Ami
    from ivr.asterisk.fastagi import AgiChannel
    from ivr.asterisk.settings import AsteriskSettings

_TIMER = "TIMEOUT(absolute)"
_log = structlog.get_logger(__name__)


class DeadMan:
    """The timer of one channel: `start` pushes it forward for the first time, then it is renewed until `stop`."""

    def __init__(self, ami: Ami, settings: AsteriskSettings, channel: AgiChannel) -> None:
        self._ami = ami
        self._channel = channel
        self._limit_s = settings.dead_man_s if ami.state.name == "up" else settings.call_limit_s
        self._renewed_s = settings.dead_man_s
        self._each_s = settings.dead_man_s / 4
        self._expires = 0.0
        self._stopping = asyncio.Event()
        self._renewing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """The call's first command; raises ChannelGoneError."""
        self._expires = now() + self._limit_s
        await self._channel.set_variable(_TIMER, _seconds(self._limit_s))
        self._renewing = asyncio.create_task(self._renew_until_stopped(), name="dead-man")

    async def stop(self) -> None:
        """Renew no more; when this returns, nothing is under way. Takes `dead_man_s` / 4 at most."""
        self._stopping.set()
        if self._renewing is not None:
            await self._renewing

    async def _renew_until_stopped(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._each_s)
                return
            if now() > self._expires - self._each_s:
                _log.warning("the dead-man timer was not renewed in time: the caller goes to people")
                return
            if self._ami.state.name == "up" and not await self._renew():
                return

    async def _renew(self) -> bool:
        """Whether to go on: not when Asterisk has no such channel any more."""
        sent = now()
        fields = {
            "Channel": self._channel.headers.get("channel", ""),
            "Variable": _TIMER,
            "Value": _seconds(self._renewed_s),
        }
        try:
            reply = await self._ami.action("Setvar", fields, seconds=self._each_s)
        except (AmiUnavailableError, ValueError) as fault:  # ValueError: a channel's name with a control character
            _log.warning("the dead-man timer could not be renewed", reason=str(fault))
            return True
        if reply.ok:
            self._expires = sent + self._renewed_s
        return reply.ok


def _seconds(seconds: float) -> str:
    """Never in powers of ten, which TIMEOUT() would read as its first digit."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")
