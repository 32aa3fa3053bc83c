"""我听不清: what the caller is told of a bad line, and when.

Decided: a line that is bad and understood all the same is never mentioned. Where a turn on it was lost or not
understood, its fault is told once a call, in place of an apology, with the keys of the question, which every line
carries. After that the ladder goes on as ever, and ends with a person. A caller who is silent is told of a line that
makes silence of speech: one that is dead, or too quiet.
"""

from __future__ import annotations

from typing import Literal

from ivr.dialogue.events import LineIsBad, LineIsGood
from ivr.dialogue.session import Session
from ivr.hearing.line_fault import LineFault

_SEEMS_SILENCE: tuple[LineFault, ...] = ("dead", "quiet")
_NOISES_A_TURN = 3


def note(session: Session, event: LineIsBad | LineIsGood) -> None:
    """Keep what is known of the line; nothing is said of it yet."""
    if isinstance(event, LineIsGood):
        session.line_faults.clear()
    elif event.kind not in session.line_faults:
        session.line_faults.append(event.kind)


def tell(session: Session, miss: Literal["no_input", "no_match", "lost"]) -> LineFault | None:
    """The fault to tell now that a turn brought nothing, the latest first; None if the line is no reason for it. It
    counts as told."""
    fault = _untold(session, silent=miss == "no_input")
    if fault is not None:
        session.line_told.append(fault)
    return fault


def is_a_turn(session: Session) -> bool:
    """Whether one more sound without words is a turn that was not understood: a cough is none, the third in a row is,
    and on a bad line the first may be what the caller said."""
    return session.noises % _NOISES_A_TURN == 0 or _untold(session, silent=False) is not None


def _untold(session: Session, *, silent: bool) -> LineFault | None:
    of_use = (fault for fault in reversed(session.line_faults) if fault not in session.line_told)
    return next((fault for fault in of_use if not silent or fault in _SEEMS_SILENCE), None)
