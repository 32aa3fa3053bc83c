"""How soon is a person there? From a given moment of a call, a caller who wants one says 转人工, or presses 0.

The queue refuses the first time, as it may; the caller asks again. What counts is the better of the two ways, kept up
to its end, from the worst moment: when everything that the hotline has to say there has just begun.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.dialogue.commands import HandOff
from ivr.dialogue.events import Heard, KeyPressed, SpeechStarted, TimerFired
from ivr.dialogue.session import Session
from ivr.dialogue.talk import KEYS
from ivr.qa.model_check.call import Call, Stage
from ivr.qa.model_check.moves import Move

SPEECH_S = 1.5
"""How long it takes to say 转人工, with the pause that ends the turn."""
MOST_TURNS = 11
NEVER = float("inf")


@dataclass(frozen=True, slots=True, order=True)
class Reach:
    """A person after `turns` wishes of the caller and `seconds`, both infinite if never."""

    turns: float
    seconds: float


class PersonWithin:
    """Measures `Reach` on a stage; `agent(session)` is the move that says 转人工 there."""

    def __init__(self, stage: Stage, agent: Callable[[Session], Move], turns: int, seconds: float) -> None:
        self._stage = stage
        self._agent = agent
        self._turns, self._seconds = turns, seconds

    def kept(self, reach: Reach) -> bool:
        """Whether that is soon enough."""
        return reach.turns <= self._turns and reach.seconds <= self._seconds

    def reach(self, call: Call) -> Reach:
        """From `call`, whose prompts have just begun: by voice if that is soon enough, else the better of the two."""
        by_voice = self._wished(call, self._says)
        if self.kept(by_voice):
            return by_voice
        by_key = self._wished(call, self._presses)
        return by_key if self.kept(by_key) else min(by_voice, by_key, key=lambda reach: (reach.seconds, reach.turns))

    def _wished(self, call: Call, wish: Callable[[Call], None]) -> Reach:
        here = call.fork()
        turns = 0
        while turns <= MOST_TURNS and not here.fault:
            if not isinstance(here.session.ending, HandOff) and not isinstance(here.ending, HandOff):
                if here.session.question is None and not here.speaking:
                    return Reach(NEVER, NEVER)
                wish(here)
                turns += 1
            if isinstance(here.session.ending, HandOff):
                self._stage.settle(here)
            if isinstance(here.ending, HandOff):
                if here.ending.insist:
                    return Reach(turns, here.at - call.at)
                at = here.at
                here = self._stage.play(here, Move("refused", willing=False))
                here.at = at  # it is refused at once
        return Reach(NEVER, NEVER)

    def _says(self, call: Call) -> None:
        if call.session.question is None or call.session.listen_after_prompt:
            self._stage.settle(call)
        if call.session.question is None:
            return
        move = self._agent(call.session)
        self._stage.send(call, SpeechStarted(call.at))
        call.at += SPEECH_S
        spoken = self._stage.stage_meaning(move)
        self._stage.send(call, Heard(call.at, spoken))

    def _presses(self, call: Call) -> None:
        call.at += SPEECH_S  # slower than any burst, so that the key counts
        self._stage.send(call, KeyPressed(call.at, "0"))
        if KEYS in call.timers and call.session.keys:
            call.at += call.timers.pop(KEYS)
            self._stage.send(call, TimerFired(call.at, KEYS))
