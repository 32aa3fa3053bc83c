"""Where a call has been in its flow: every step entered, and whether it came there by a way that the flow writes.

Decided: it looks on. It is no part of the session, so that two calls that know the same are the same, wherever they
have been. A universal (主菜单), a digression or a refused hand-off leads out of any step: such a way is one `ANYWHERE`.
"""

from __future__ import annotations

from collections import deque

from ivr.dialogue.session import Session

ANYWHERE = "*"
"""The place that a way comes from which no step writes."""
_LONGEST = 1000


def place_name(scope: str, step: str) -> str:
    """How a step is called in journals, tests and pictures: `bill`, or `routine/step`."""
    return f"{scope}/{step}" if scope else step


class Walk:
    """`steps`: the places entered, in order, the last thousand. `ways`: every (from, to) that was gone."""

    def __init__(self) -> None:
        self.steps: deque[str] = deque(maxlen=_LONGEST)
        self.ways: set[tuple[str, str]] = set()
        self._here = ANYWHERE

    def goes(self, session: Session) -> None:
        """The call has entered the step where `session` now stands."""
        to = place_name(session.scope, session.step)
        self.steps.append(to)
        self.ways.add((self._here, to))
        self._here = to

    def is_at(self, session: Session) -> None:
        """The call is back where it was put aside: nothing is entered."""
        self._here = place_name(session.scope, session.step)

    def leaves(self) -> None:
        """What comes next is led to by no step."""
        self._here = ANYWHERE
