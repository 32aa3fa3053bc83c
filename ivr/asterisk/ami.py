"""The edge to Asterisk's manager interface: one connection, always coming back, never in anybody's way.

Decided: AMI is a comfort and not a need. Down and refused are states with a reason that a person can read, not
faults; the hotline goes on answering. panoramisk gives the codec and nothing else: its own reconnecting (every 2 s
for ever, with a refused password too) and its unbounded waits (`send_action` while disconnected never returns) are
switched off or wrapped here (FACTS.md).

    off                   no secret is set
    connecting -> up      logged in
    connecting -> down    nobody listens, or no answer         tried again after 0.5, 1, 2 … 30 s
    connecting -> refused login refused                        tried again after 30 s, as somebody may mend manager.conf
    up         -> down    the connection is lost, or a ping is not answered
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import structlog
from panoramisk import Manager  # type: ignore[attr-defined,unused-ignore]
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol

from ivr.asterisk.ami_wire import AmiReply, action_fields, reply
from ivr.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.asterisk.settings import AsteriskSettings

_CONNECT_S = 3.0
_PING_EACH_S = 10.0
_FIRST_RETRY_S = 0.5
_LAST_RETRY_S = 30.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AmiState:
    """How the connection stands; `reason` says why it is not up, and what to do."""

    name: Literal["off", "connecting", "up", "refused", "down"]
    reason: str = ""


class AmiUnavailableError(ServerError):
    """AMI is not up, or did not answer in time; the message is the state's reason."""


class _Connection(Manager):  # type: ignore[misc]
    """One connection for one login: panoramisk's manager without its reconnecting and its pinging."""

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        self.lost = asyncio.Event()

    def connection_lost(self, exc: object) -> None:  # noqa: ARG002  (panoramisk's signature)
        self.lost.set()

    def ping(self) -> None:
        """Nothing: ours is bounded in time."""


class Ami:
    """The manager connection: `start`, then ask; `action` raises AmiUnavailableError whenever it is not up."""

    def __init__(self, settings: AsteriskSettings) -> None:
        self._settings = settings
        self._connection: _Connection | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self.state = AmiState("off", "no ami_secret is set in [asterisk] of ivr.toml")

    def start(self) -> None:
        """Begin to connect, in the background; nothing to do without a secret."""
        if self._settings.ami_secret and self._keeping is None:
            self._set(AmiState("connecting", "AMI is being connected"))
            self._keeping = asyncio.create_task(self._keep(), name="ami")

    async def stop(self) -> None:
        """Log off and forget."""
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def settled(self, seconds: float) -> AmiState:
        """The state once the first try is over, or after `seconds` at the latest."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.state.name == "connecting":
                    self._changed.clear()
                    await self._changed.wait()
        return self.state

    async def action(self, action: str, fields: Mapping[str, str] | None = None, *, seconds: float = 2.0) -> AmiReply:
        """Run one action and wait at most `seconds`.

        Raises AmiUnavailableError when AMI is not up or does not answer, ValueError for a field with a line break. A
        refusal by Asterisk is a reply with ok=False.
        """
        if self._connection is None or self.state.name != "up":
            raise AmiUnavailableError(self.state.reason or "AMI is not up")
        return await self._run(self._connection, action_fields(action, fields or {}), seconds)

    async def _run(self, connection: _Connection, fields: dict[str, str], seconds: float) -> AmiReply:
        action = Action(fields)
        connection.send_action(action)
        try:
            return reply(await asyncio.wait_for(action.future, seconds))
        except TimeoutError:
            raise AmiUnavailableError(
                f"AMI did not answer {fields['Action']} within {seconds:g} s: look at Asterisk's load."
            ) from None
        finally:
            connection.protocol.responses.pop(action.id, None)

    async def _keep(self) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            try:
                state = await self._one_login()
            except Exception as fault:  # noqa: BLE001  whatever the codec or the system raises: come back, never stop
                state = AmiState("down", f"AMI failed ({type(fault).__name__}: {fault}): is that port Asterisk's?")
            self._set(state)
            # A session that was up is missed at once by the dead-man timers of live calls: no long wait after it.
            retry_s = _FIRST_RETRY_S if state.reason.startswith("lost") else min(2 * retry_s, _LAST_RETRY_S)
            await asyncio.sleep(_LAST_RETRY_S if state.name == "refused" else retry_s)

    async def _one_login(self) -> AmiState:
        """Connect, log in, stay until it is over; the state that it leaves behind."""
        where = f"{self._settings.ami_host}:{self._settings.ami_port}"
        loop = asyncio.get_running_loop()
        connecting = asyncio.ensure_future(
            loop.create_connection(AMIProtocol, self._settings.ami_host, self._settings.ami_port)
        )
        try:
            await asyncio.wait_for(connecting, _CONNECT_S)
        except (TimeoutError, OSError) as fault:
            return AmiState(
                "down",
                f"AMI at {where} cannot be reached ({fault or 'no answer'}): is Asterisk running, does manager.conf "
                "say enabled=yes and this port, do ami_host and ami_port of ivr.toml agree?",
            )
        connection = _Connection(loop=loop, events="off")
        try:
            connection.connection_made(connecting)
            return await self._session(connection, where)
        finally:
            self._connection = None
            connection.close()

    async def _session(self, connection: _Connection, where: str) -> AmiState:
        login = {"Username": self._settings.ami_user, "Secret": self._settings.ami_secret, "Events": "off"}
        try:
            answer = await self._run(connection, action_fields("Login", login), _CONNECT_S)
        except AmiUnavailableError:
            return AmiState("down", f"AMI at {where} does not answer a login: is that port really Asterisk's manager?")
        except ValueError:
            return AmiState("refused", "ami_user or ami_secret in ivr.toml holds a line break: write it on one line.")
        if not answer.ok:
            return AmiState(
                "refused",
                f"AMI at {where} refuses the login of {self._settings.ami_user!r} ({answer.message}): make ami_user "
                "and ami_secret of ivr.toml the same as in manager.conf, then `asterisk -rx 'manager reload'`.",
            )
        self._connection = connection
        self._set(AmiState("up"))
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(connection.lost.wait(), _PING_EACH_S)
                return AmiState("down", f"lost the connection to AMI at {where}: is Asterisk being restarted?")
            try:
                await self._run(connection, {"Action": "Ping"}, _CONNECT_S)
            except AmiUnavailableError:
                return AmiState("down", f"lost AMI at {where}: it does not answer a ping any more.")

    def _set(self, state: AmiState) -> None:
        if state != self.state:
            log = _log.warning if state.name in ("down", "refused") else _log.info
            log("AMI changes state", ami=state.name, reason=state.reason)
        self.state = state
        self._changed.set()
