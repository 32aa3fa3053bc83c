"""How a queue stands, asked of AMI just before a caller is handed to it.

Decided: to know is better than to wait, but not to know is no reason to keep a caller from people. So the answer is
there within half a second or it is `unknown`, and `unknown` hands over all the same: the dialplan behind copes with
any queue. What counts as nobody there is what queues.conf calls joinempty=paused,invalid,unavailable; an agent who is
on the phone counts, as the caller may wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ivr.asterisk.ami import AmiUnavailableError
from ivr.clock import now

if TYPE_CHECKING:
    from ivr.asterisk.ami import Ami
    from ivr.asterisk.ami_wire import AmiReply

QueueState = Literal["available", "full", "empty", "missing", "unknown"]
_ASK_S = 0.5
_FRESH_S = 1.0
# Device states of app_queue's QueueMember: AST_DEVICE_INVALID and AST_DEVICE_UNAVAILABLE.
_NOT_THERE = (4, 5)


@dataclass(frozen=True, slots=True)
class _Known:
    state: QueueState
    until: float


class Queues:
    """The state of queues; what AMI has said is kept for a second, so that many calls at once ask once."""

    def __init__(self, ami: Ami) -> None:
        self._ami = ami
        self._known: dict[str, _Known] = {}

    async def state(self, queue: str) -> QueueState:
        """How `queue` stands, within 0.5 s.

        `full`: as many wait as may. `empty`: nobody is logged in and unpaused. `missing`: Asterisk has no such queue.
        `unknown`: AMI is not up or too slow.
        """
        known = self._known.get(queue)
        if known is not None and now() < known.until:
            return known.state
        try:
            answer = await self._ami.action("QueueStatus", {"Queue": queue}, seconds=_ASK_S)
        except (
            AmiUnavailableError,
            ValueError,
        ):  # ValueError: a name that cannot be put on the wire is no queue we can ask about
            return "unknown"
        state = read_queue(queue, answer)
        self._known = {name: entry for name, entry in self._known.items() if now() < entry.until}
        self._known[queue] = _Known(state, now() + _FRESH_S)
        return state


def read_queue(queue: str, answer: AmiReply) -> QueueState:
    """What a QueueStatus says about `queue`."""
    if not answer.ok:
        return "unknown"
    about = [event for event in answer.events if event.get("Queue") == queue]
    params = next((event for event in about if event.get("Event") == "QueueParams"), None)
    if params is None:
        return "missing"
    most, waiting = params.number("Max") or 0, params.number("Calls") or 0
    if most and waiting >= most:
        return "full"
    members = (event for event in about if event.get("Event") == "QueueMember")
    there = any(member.get("Paused") != "1" and member.number("Status") not in _NOT_THERE for member in members)
    return "available" if there else "empty"
