"""One call of the test phone: an INVITE's dialog, from ringing or dialling to its end, and the audio in between.

Decided: one class for both directions, because a test does the same with both once they are up. What the far side sent
is kept as it came: `message` is the INVITE that rang, or the answer to ours.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Literal, Self

from ivr.errors import IvrError
from ivr.qa.phone import sip_wire
from ivr.qa.phone.call_media import HOST, CallMedia
from ivr.qa.phone.sip_wire import Session, SipMessage

if TYPE_CHECKING:
    from ivr.qa.phone.sip_phone import Phone

T1_S = 0.5
SDP = {"Content-Type": "application/sdp"}


class CallRefused(IvrError):  # noqa: N818  what happened, as a script reads it
    """A request got a final answer that is no success; `status` is its number, 408 if none came in time."""

    def __init__(self, answer: SipMessage) -> None:
        super().__init__(answer.start)
        self.status, self.message = answer.status, answer


class Call:
    """`media` speaks and listens once the call is up; `over` is set when it has ended, `ended_by` says by whom."""

    def __init__(self, phone: Phone, call_id: str) -> None:
        self.media = CallMedia()
        self.message = SipMessage("")
        self.state: Literal["calling", "ringing", "up", "over"] = "calling"
        self.ended_by: Literal["", "us", "far side"] = ""
        self.over = asyncio.Event()
        self.call_id = call_id
        self._phone = phone
        self._own = self._far = self._target = ""
        self._sequence = 1
        self._rtp_port = 0
        self._acknowledged = asyncio.Event()

    def header(self, name: str) -> str:
        """A header of the INVITE that rang, or of the answer to ours; empty if it is not there."""
        return self.message.get(name)

    @property
    def display_name(self) -> str:
        """The caller's name as the INVITE shows it on the phone's screen, unquoted."""
        return sip_wire.address(self.message.get("From")).display

    # We call

    async def connect(self, uri: str, own: str, *, within: float) -> None:
        """INVITE `uri` and wait until it is answered. Raises CallRefused; a cancelled wait cancels the call."""
        self._own, self._far, self._target = own, f"<{uri}>", uri
        self._rtp_port = await self.media.open()
        try:
            ok = await self._phone.transact(self._invite(), within=within)
        except CallRefused as refused:
            if not self._phone.challenged(refused.message):
                raise
            self._sequence += 1
            ok = await self._phone.transact(self._invite(), within=within)
        self.message, self._far = ok, ok.get("To")
        self._target = sip_wire.address(ok.get("Contact")).uri
        self.state = "up"
        self.media.begin(sip_wire.session_in(ok.body, self._phone.codec))
        self._acknowledge()

    def _invite(self) -> SipMessage:
        invite = self._request("INVITE")
        invite.headers += [("Contact", self._phone.contact), *SDP.items()]
        invite.body = sip_wire.describe(Session(HOST, self._rtp_port, self._phone.codec))
        return invite

    def _acknowledge(self) -> None:
        self._phone.send(self._request("ACK"))

    def _request(self, method: str) -> SipMessage:
        return self._phone.request(
            method, self._target, own=self._own, far=self._far, call_id=self.call_id, sequence=self._sequence
        )

    # We are called

    async def answer(self) -> Self:
        """Pick up the phone that rings; audio flows from now on. Raises CallRefused if the caller is gone."""
        if self.state != "ringing":
            raise CallRefused(SipMessage("SIP/2.0 487 The caller hung up before the answer"))
        self._rtp_port = await self.media.open()
        self.state = "up"
        self.media.begin(sip_wire.session_in(self.message.body, self._phone.codec))
        for _ in range(6):  # until the ACK comes (RFC 3261, 13.3.1.4)
            self._phone.send(self._accept(self.message))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._acknowledged.wait(), T1_S)
                return self
        raise CallRefused(SipMessage("SIP/2.0 408 The answer was never acknowledged"))

    def reject(self, status: int = 486, reason: str = "Busy Here") -> None:
        """Refuse the call that rings."""
        self._phone.send(self._phone.reply(self.message, status, reason))
        self._finish("us")

    def _accept(self, invite: SipMessage) -> SipMessage:
        far = sip_wire.session_in(invite.body, self._phone.codec)
        ok = self._phone.reply(invite, 200, "OK", Contact=self._phone.contact, **SDP)
        ok.body = sip_wire.describe(Session(HOST, self._rtp_port, far.codec, far.events))
        self._own, self._far = ok.get("To"), invite.get("From")
        self._target = sip_wire.address(invite.get("Contact")).uri
        return ok

    # The end

    async def hang_up(self) -> None:
        """End the call, whatever state it is in."""
        if self.state == "ringing":
            self.reject()
        elif self.state == "up":
            self._finish("us")
            self._sequence += 1
            with contextlib.suppress(CallRefused):  # both hung up at once
                await self._phone.transact(self._request("BYE"))
        self._finish("us")
        await self.media.close()

    async def hung_up(self, *, within: float = 10.0) -> None:
        """Wait until the far side ends the call, or stops ringing us. Raises TimeoutError."""
        await asyncio.wait_for(self.over.wait(), within)
        await self.media.close()

    def _finish(self, by: Literal["us", "far side"]) -> None:
        if self.state != "over":
            self.state, self.ended_by = "over", by
            self.over.set()
            self.media.ended.set()

    # What comes in

    def rings(self, invite: SipMessage) -> None:
        """The INVITE that begins the call."""
        self.message, self.state = invite, "ringing"
        self._phone.send(self._phone.reply(invite, 180, "Ringing", Contact=self._phone.contact))

    def receive(self, request: SipMessage) -> None:
        """A later request of the call."""
        if request.method == "ACK":
            self._acknowledged.set()
        elif request.method == "INVITE" and self.state == "up":  # a re-INVITE: the same session again
            self._phone.send(self._accept(request))
        elif request.method == "INVITE":  # the first one again: what we said of it was lost
            self._phone.send(self._phone.reply(request, 180, "Ringing", Contact=self._phone.contact))
        else:
            self._phone.send(self._phone.reply(request, 200, "OK"))
        if request.method == "CANCEL" and self.state == "ringing":
            self._phone.send(self._phone.reply(self.message, 487, "Request Terminated"))
            self._finish("far side")
        if request.method == "BYE":
            self._finish("far side")

    def receive_ok_again(self, response: SipMessage) -> None:
        """The answer to our INVITE, repeated: our ACK was lost."""
        if self.state == "up" and response.get("CSeq") == self.message.get("CSeq"):
            self._acknowledge()
