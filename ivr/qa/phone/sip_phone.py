"""A scripted telephone: dials, rings, answers, speaks, presses keys, listens. UDP on loopback.

    async with Phone(pbx.sip) as phone:
        call = await phone.dial("ivr")
        greeting = await call.media.heard_speech_end()
        await call.media.press("0")

Decided: real SIP where Asterisk looks (transactions, dialogs, digest, retransmission) and nothing beyond one contact
and one codec. The phone acts on its own only where every phone does: it rings, acknowledges, answers OPTIONS.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from types import TracebackType
from typing import Self

from ivr.qa.phone import sip_wire
from ivr.qa.phone.call_media import HOST
from ivr.qa.phone.sip_call import T1_S, Call, CallRefused
from ivr.qa.phone.sip_wire import SipMessage

__all__ = ["Call", "CallRefused", "Phone"]
REQUEST_S = 4.0


class Phone(asyncio.DatagramProtocol):
    """A phone with one account. With a `password` it registers when opened, and is reachable until closed.

    `busy`: whatever calls is refused with 486 at once.
    """

    def __init__(
        self, pbx: tuple[str, int], *, user: str = "caller", password: str = "", name: str = "", codec: str = "PCMU"
    ) -> None:
        self.user, self.codec, self.busy = user, codec, False
        self._pbx, self._password, self._name = pbx, password, name
        self._calls: dict[str, Call] = {}
        self._ringing: asyncio.Queue[Call] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[str, asyncio.Queue[SipMessage]] = {}
        self._invites: dict[str, SipMessage] = {}
        self._challenge = ""
        self._looked_after = asyncio.Event()
        self._tag = secrets.token_hex(4)
        self._registration = f"{secrets.token_hex(8)}@{HOST}"
        self._registered = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        try:
            if self._password:
                await self.register()
        except BaseException:
            self._transport.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(CallRefused):  # the telephone system may be what the test has ended
            for call in self._calls.values():
                await call.hang_up()
            if self._password:
                await self.register(seconds=0)
        if self._transport is not None:
            self._transport.close()

    # What a script does

    async def dial(self, number: str, *, within: float = 10.0) -> Call:
        """Call a number and wait until it is answered. Raises CallRefused; cancelled, it cancels the call."""
        call = Call(self, f"{secrets.token_hex(8)}@{HOST}")
        self._calls[call.call_id] = call
        own = f'"{self._name}" <{self._uri}>;tag={self._tag}' if self._name else f"<{self._uri}>;tag={self._tag}"
        try:
            await call.connect(f"sip:{number}@{self._pbx[0]}:{self._pbx[1]}", own, within=within)
        except BaseException:
            await call.hang_up()
            raise
        return call

    async def ring(self, *, within: float = 10.0) -> Call:
        """Wait until somebody calls; the call rings and is to be answered or rejected. Raises TimeoutError."""
        return await asyncio.wait_for(self._ringing.get(), within)

    @property
    def is_ringing(self) -> bool:
        """A call rings that `ring` has not taken."""
        return not self._ringing.empty()

    async def register(self, *, seconds: int = 300) -> None:
        """Tell the telephone system where we are; 0 seconds: that we are gone. Raises CallRefused."""
        uri = f"sip:{self._pbx[0]}:{self._pbx[1]}"
        for attempt in ("unknown", "challenged"):
            self._registered += 1
            us = f"<{self._uri}>"
            request = self.request(
                "REGISTER",
                uri,
                own=f"{us};tag={self._tag}",
                far=us,
                call_id=self._registration,
                sequence=self._registered,
            )
            request.headers += [("Contact", self.contact), ("Expires", str(seconds))]
            try:
                await self.transact(request)
                break
            except CallRefused as refused:
                if attempt == "challenged" or not self.challenged(refused.message):
                    raise
        if seconds:  # the system looks whether we answer, and only then do we count as reachable
            await asyncio.wait_for(self._looked_after.wait(), REQUEST_S)

    # Requests and responses

    @property
    def contact(self) -> str:
        """Our Contact header."""
        return f"<{self._uri}>"

    @property
    def _uri(self) -> str:
        if self._transport is None:
            raise RuntimeError("the phone is not open: use it in `async with`")
        return f"sip:{self.user}@{HOST}:{self._transport.get_extra_info('sockname')[1]}"

    def request(self, method: str, uri: str, *, own: str, far: str, call_id: str, sequence: int) -> SipMessage:
        """A request of ours, with the answer to the last challenge if there was one."""
        via = f"SIP/2.0/UDP {self._uri.partition('@')[2]};branch=z9hG4bK{secrets.token_hex(8)};rport"
        made = SipMessage(f"{method} {uri} SIP/2.0")
        made.headers += [("Via", via), ("Max-Forwards", "70"), ("From", own), ("To", far), ("Call-ID", call_id)]
        made.headers += [("CSeq", f"{sequence} {method}"), ("User-Agent", "ivr test phone")]
        if self._challenge and method in ("REGISTER", "INVITE"):
            answer = sip_wire.authorization(
                self._challenge, user=self.user, password=self._password, method=method, uri=uri
            )
            made.headers.append(("Authorization", answer))
        return made

    def reply(self, request: SipMessage, status: int, reason: str, **headers: str) -> SipMessage:
        """Our response to a request."""
        return sip_wire.response(request, status, reason, tag=self._tag, **headers)

    def challenged(self, refusal: SipMessage) -> bool:
        """Whether the refusal asks for our password and we have one; later requests answer it."""
        self._challenge = refusal.get("WWW-Authenticate") if self._password else ""
        return refusal.status == 401 and bool(self._challenge)

    def send(self, message: SipMessage) -> None:
        """One datagram to the telephone system."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(message.encode(), self._pbx)

    async def transact(self, request: SipMessage, *, within: float = REQUEST_S) -> SipMessage:
        """Send until something comes back, and wait for the final response. Raises CallRefused."""
        branch = request.branch
        answers = self._waiting[branch] = asyncio.Queue()
        if request.method == "INVITE":
            self._invites[branch] = request
        try:
            async with asyncio.timeout(within):
                self.send(request)
                answer = SipMessage("SIP/2.0 100 Trying")
                heard = False
                while answer.status < 200:
                    try:
                        answer = await asyncio.wait_for(answers.get(), None if heard else T1_S)
                        heard = True
                    except TimeoutError:
                        if heard:
                            raise
                        self.send(request)
        except (TimeoutError, asyncio.CancelledError) as left:
            if request.method == "INVITE":
                self._cancel(request)
            if isinstance(left, asyncio.CancelledError):
                raise
            raise CallRefused(SipMessage(f"SIP/2.0 408 No answer to {request.method} within {within:g} s")) from None
        finally:
            del self._waiting[branch]
        if answer.status >= 300:
            raise CallRefused(answer)
        return answer

    def _cancel(self, invite: SipMessage) -> None:
        cancel = SipMessage(invite.start.replace("INVITE", "CANCEL", 1))
        cancel.headers = [
            (name, value.replace("INVITE", "CANCEL") if name == "CSeq" else value)
            for name, value in invite.headers
            if name in ("Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq")
        ]
        self.send(cancel)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002  asyncio's signature
        """A response goes to who waits for it, a request to its call."""
        if not data.strip():  # a keep-alive
            return
        message = sip_wire.parse(data)
        if message.status:
            self._receive_response(message)
        else:
            self._receive_request(message)

    def _receive_response(self, answer: SipMessage) -> None:
        invite = self._invites.get(answer.branch)
        if answer.method == "INVITE" and answer.status >= 300 and invite is not None:
            refused = SipMessage(invite.start.replace("INVITE", "ACK", 1))
            refused.headers = [*invite.all("Via"), *invite.all("From"), *answer.all("To"), *invite.all("Call-ID")]
            refused.headers += [("CSeq", invite.get("CSeq").replace("INVITE", "ACK")), ("Max-Forwards", "70")]
            self.send(refused)
        if answer.branch in self._waiting:
            self._waiting[answer.branch].put_nowait(answer)
        elif answer.method == "INVITE" and answer.status == 200 and answer.get("Call-ID") in self._calls:
            self._calls[answer.get("Call-ID")].receive_ok_again(answer)

    def _receive_request(self, request: SipMessage) -> None:
        call = self._calls.get(request.get("Call-ID"))
        if call is not None:
            call.receive(request)
        elif request.method == "INVITE" and self.busy:
            self.send(self.reply(request, 486, "Busy Here"))
        elif request.method == "INVITE":
            call = self._calls[request.get("Call-ID")] = Call(self, request.get("Call-ID"))
            call.rings(request)
            self._ringing.put_nowait(call)
        elif request.method in ("OPTIONS", "NOTIFY"):
            self.send(self.reply(request, 200, "OK"))
            self._looked_after.set()
        elif request.method != "ACK":
            self.send(self.reply(request, 481, "Call/Transaction Does Not Exist"))
