"""One turn of the caller, from onset to answer: its audio, the question it answers, and what is known of it so far.

Decided: after 100 ms of silence the recogniser is given all that there is, so that the partial text is up to date; if
that may be a whole answer, its final text is asked for after 120 ms, so that it is there when the turn ends at 160,
which is some 200 ms after the speech truly ended: the detector takes 30 ms more of it for voice. The partial text lags
by up to 200 ms all the same, most behind a single 对 and behind digits, so a closed question's final text is asked for
whatever the partial one is, while the turn is short: if it was no answer, the turn is decoded once more. Asked in the
middle of a word (特别|慢) a recogniser guesses one of its phrases, so a text that the partial one did not say, and
that is not sure, ends a turn after 360 ms only, as does an answer in other words. And silence that was not heard,
since its frames were lost, ends nothing before the pause.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from ivr.hearing.expectation import Expectation
from ivr.hearing.turns import TurnEnded
from ivr_asr.api import Hypothesis

CHUNK_BYTES = 1600
"""100 ms: FACTS.md found no difference in cost between 20 and 200 ms."""
CAUGHT_UP_MS = 100
_FINAL_MS = 120
_GUESSED = 0.8
"""Guesses in the middle of a word came with a confidence of 0.44 to 0.78; of 27 whole answers 21 were surer. Of 88
recorded sentences and 80 words from elsewhere 65 and 16 were heard unsurely: two of them as a whole answer, at 0.46."""
_SHORT_MS = 5000
"""What is decoded once more costs 0.03 to 0.05 of its length."""
_LAGS_MS = 400
"""The recogniser's partial text may come so late; until then it is given every 40 ms of silence at once."""
_STEP_MS = 40
_BYTES_A_MS = 16


@dataclass(slots=True)
class SpokenTurn:
    """`listen` is the question it answers, None while nothing is asked; `at` the last frame that changed it. `partial`:
    what was understood so far, `shown`: what of it was told, `foreseen`: what may be all of it. It has `stretches` of
    speech, with pauses between; after the `tried`th the final text was no answer, after the `refused`th it was none
    although the partial one was. `early_ms`: how much silence ends it by its final
    text; `gap`: some of the silence was not heard.
    """

    listen: Expectation | None
    audio: bytearray
    at: float
    counts: bool = False
    announced: bool = False
    ended: TurnEnded | None = None
    ended_on_clock: float = 0.0
    dropped: bool = False
    partial: str = ""
    shown: str = ""
    foreseen: str = ""
    stretches: int = 1
    tried: int = 0
    refused: int = 0
    early_ms: int = 0
    gap: bool = False
    limit: asyncio.Timeout | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def phrases(self) -> tuple[str, ...]:
        """The recogniser's grammar; empty for free speech."""
        return self.listen.phrases if self.listen else ()

    def is_due(self, before_ms: int, silent_ms: int) -> bool:
        """Whether something is to be done now that the silence has grown from `before_ms` to `silent_ms`."""
        complete_ms = self.listen.complete_ms if self.listen else 0
        moments = (CAUGHT_UP_MS, _FINAL_MS, complete_ms, self.early_ms)
        if before_ms // _STEP_MS < silent_ms // _STEP_MS and CAUGHT_UP_MS < silent_ms <= _LAGS_MS:
            return True
        return any(before_ms < moment <= silent_ms for moment in moments)

    def has_unheard(self, fed: int, silent_ms: int) -> bool:
        """Whether there is audio for the recogniser, which has `fed` bytes: a piece that is worth it, or the last
        before a pause. `silent_ms`: how long the caller pauses."""
        unfed = len(self.audio) - fed
        if unfed >= CHUNK_BYTES or (unfed and self.ended is not None):
            return True
        if CAUGHT_UP_MS < silent_ms <= _LAGS_MS and unfed >= _STEP_MS * _BYTES_A_MS:
            return True
        until = len(self.audio) - (silent_ms - CAUGHT_UP_MS) * _BYTES_A_MS
        return silent_ms >= CAUGHT_UP_MS and fed < until

    def may_be_whole(self, silent_ms: int) -> bool:
        """Whether the caller pauses, and the partial text is an answer, or may lag behind one."""
        if self.listen is None or not self.listen.complete_ms or silent_ms < _FINAL_MS:
            return False
        if self.refused == self.stretches or self.gap:
            return False
        short = len(self.audio) <= _SHORT_MS * _BYTES_A_MS
        lags = self.listen.closed and short and self.tried != self.stretches
        return lags or self.listen.early_ms(self.partial) > 0

    def is_whole(self, best: Hypothesis, sure: float) -> bool:
        """Whether the final text too is an answer, and where only sure ones count, sure; if so, `early_ms` is set.
        Otherwise it is remembered that it was none."""
        self.early_ms = self._early_ms(best, sure)
        if not self.early_ms:
            self.tried = self.stretches
            if self.listen is not None and self.listen.early_ms(self.partial):
                self.refused = self.stretches
        return self.early_ms > 0

    def is_in_doubt(self, best: Hypothesis, sure: float) -> bool:
        """Whether the final text is worth a free look, which costs ten times the first. What bends speech from
        elsewhere into phrases makes no whole answer of it but by a guess."""
        if self.listen is None or not self.phrases or self.listen.closed:
            return False
        if self.listen.own_words or best.confidence >= sure:
            return self.listen.own_words
        return best.confidence < _GUESSED or self.listen.completeness(best.text) != "complete"

    def _early_ms(self, best: Hypothesis, sure: float) -> int:
        if self.listen is None or (self.phrases and not self.listen.closed and best.confidence < sure):
            return 0
        early_ms = self.listen.early_ms(best.text)
        if not self.phrases or best.confidence >= _GUESSED:
            return early_ms
        in_other_words = early_ms > self.listen.complete_ms  # and unsure: one doubt too many (完全中|断)
        return 0 if in_other_words else self.listen.early_ms(best.text, sure=best.text == self.partial)
