"""What would be said if the caller's turn so far were all of it: asked in the pause, so that the voice can begin.

Decided: it is asked of a copy of the call. Nothing of the call changes, no command is carried out, nothing is
journaled; what comes of it is only text. Where the reply must first be fetched (an action), there is none yet.
"""

from __future__ import annotations

from copy import copy, deepcopy

from ivr.dialogue.commands import Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Heard
from ivr.dialogue.walk import Walk


def foresee(dialogue: Dialogue, text: str) -> tuple[Say, ...]:
    """What `dialogue` would say, in order, if `text` were heard now. Costs what understanding a turn costs."""
    twin = copy(dialogue)
    twin.session, twin.walk = deepcopy(dialogue.session), Walk()
    commands = twin.handle(Heard(dialogue.session.at, text))
    return tuple(command for command in commands if isinstance(command, Say))
