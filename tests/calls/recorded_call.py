"""A recorded caller on a telephone without the telephone, for tests: frames, ears, mouth and player as in a call, with
a recogniser that knows what was said and a silent voice. On virtual time, so a call is the same every time.
"""

import asyncio
from dataclasses import dataclass, field

import numpy as np

from ivr.audio import to_pcm
from ivr.call.driver import Equipment, Outcome, run_call
from ivr.call.journal import MemoryJournal, parse_journal
from ivr.call.line import CallInfo
from ivr.dialogue.commands import Say
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.events import Event, Heard, HungUp
from ivr.dialogue.replay import replay
from ivr.simulate.caller import CallerTurn
from ivr.simulate.virtual_loop import run
from ivr.simulate.wav_line import WavLine
from ivr_asr.api import Hypothesis
from ivr_asr.scripted import Scripted, ScriptedHearing
from ivr_tts.cache import PromptCache
from ivr_tts.silent import SilentVoice
from ivr_tts.voice import Voice

LOCAL_TIME = "2026-11-20T10:00:00+08:00"


def speech(seconds):
    """What voice activity takes for speech: a buzz with formants, loud and soft by syllables."""
    time = np.arange(int(8000 * seconds)) / 8000
    buzz = sum(np.sin(2 * np.pi * 140 * harmonic * time) / harmonic for harmonic in range(1, 20))
    return to_pcm((0.25 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32))


def spoken(*seconds, **when):
    """A turn in which the caller speaks for so long, with half a second between each two; `when` as in CallerTurn."""
    return CallerTurn(pcm=bytes(8000).join(map(speech, seconds)), **when)


class Understands(Scripted):
    """Each turn's texts by how many seconds of speech are in it, as partial and as final text."""

    def __init__(self, *turns, confidence=1.0):
        super().__init__()
        self.turns = list(turns)
        self.confidence = confidence

    async def open(self, *, phrases=()):
        await super().open(phrases=phrases)
        return TimedHearing(self, self.audio[-1])


class TimedHearing(ScriptedHearing):
    """One hearing of `Understands`: its text grows with the audio."""

    async def feed(self, pcm, /):
        await super().feed(pcm)
        return Hypothesis(self.text())

    async def finish(self):
        await self.close()
        return Hypothesis(self.text(), self._owner.confidence, final=True)

    def text(self):
        """What was said, as far as it was fed."""
        seconds = np.count_nonzero(np.frombuffer(bytes(self._audio), dtype="<i2")) / 8000 + 0.1
        turn = self._owner.turns[0] if self._owner.turns else {}
        return next((text for least, text in sorted(turn.items(), reverse=True) if seconds >= least), "")


class Line(WavLine):
    """A recorded caller's line. `lost(number)` tells which of the caller's frames never arrive, counted from 0; with
    `gone_at`, the caller is gone in place of that frame."""

    def __init__(self, turns, *, lost=lambda _number: False, gone_at=None):
        super().__init__(CallInfo("wav"), turns)
        self._lost = lost
        self._gone_at = gone_at
        self._sent = 0

    def _from_caller(self, frame):
        """As from any recorded caller, without what is lost."""
        number, self._sent = self._sent, self._sent + 1
        if number == self._gone_at:
            self.leave()
        elif not self._lost(number) and (self._gone_at is None or number < self._gone_at):
            super()._from_caller(frame)

    def leave(self):
        """The caller hangs up now."""
        self._coming.put_nowait(HungUp(self._at(), "caller"))


@dataclass
class Call:
    """A finished call: `happened` in its order, `left` the tasks that were still there when it was over."""

    journal: MemoryJournal = field(default_factory=MemoryJournal)
    happened: list = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    outcome: Outcome | None = None
    lines_at_end: int = 0

    @property
    def events(self):
        return [what for what in self.happened if isinstance(what, Event)]

    @property
    def heard(self):
        return [what.text for what in self.happened if isinstance(what, Heard)]

    @property
    def said(self):
        return [what.text for what in self.happened if isinstance(what, Say)]

    def of(self, kind):
        """(seconds, event or command) of one kind."""
        return [(at, what) for at, what in zip(self.times, self.happened, strict=True) if isinstance(what, kind)]

    def replays(self, hotline):
        """Whether the dialogue decides the same again from the journal alone."""
        _, exchanges = parse_journal(self.journal.text().splitlines(), "journal")
        again = Dialogue(hotline.flow, hotline.interpreter)
        return replay(again, ((exchange.event, exchange.commands) for exchange in exchanges)) is None


def carry(hotline, recognizer, turns, cache, *, after=lambda _call, _line: None, linger=0.0, **how):
    """Play a recorded caller. `after(call, line)` is called after each event and command; `linger`: so many seconds
    pass after the call's end, in which nothing may happen any more; `how` goes to the line."""
    call = Call()

    async def one_call():
        voice = Voice(SilentVoice(), cache=PromptCache(cache))
        line = Line(turns, **how)

        def observe(at, what):
            call.happened.append(what)
            call.times.append(at)
            if isinstance(what, Heard) and getattr(recognizer, "turns", None):
                recognizer.turns.pop(0)
            after(call, line)

        try:
            call.outcome = await run_call(
                line,
                Dialogue(hotline.flow, hotline.interpreter),
                Equipment(recognizer, voice),
                journal=call.journal,
                local_time=LOCAL_TIME,
                observers=[observe],
            )
        finally:
            await voice.close()
        call.lines_at_end = len(call.journal.lines)
        await asyncio.sleep(linger)
        here = asyncio.current_task()
        call.left = [task.get_name() for task in asyncio.all_tasks() if task is not here]

    run(one_call())
    return call
