"""What one caller's decoding is for: the answers themselves, what was decoded again, second looks.

Decided: told apart from outside, by what the ears ask of the recogniser before each result, so that the ears know
nothing of it. The last final text before a result is the answer. Processor time is what the worker says its requests
took; making a grammar, the pipes, and a request that nobody waited for are not in it, and so are the rest of the
worker's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ivr_asr.api import Hearing, Hypothesis, Pressure, Recognizer, open_unhurried, pressure_of
from ivr_asr.vosk import VoskHearing

ANSWERS, AGAIN, SECOND_LOOKS, NO_ANSWER = "answers", "decoded_again", "second_looks", "no_answer"
_BYTES_A_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class Spent:
    """By so many hearings: seconds of audio, and of processor."""

    hearings: int = 0
    audio_s: float = 0.0
    cpu_s: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.hearings + other.hearings, self.audio_s + other.audio_s, self.cpu_s + other.cpu_s)


class Accounted:
    """A SharedRecognizer around `inner` for one call's ears; `answered` says that a result came."""

    def __init__(self, inner: Recognizer) -> None:
        self.rate = inner.rate
        self._inner = inner
        self._settled: dict[str, Spent] = {}
        self._pending: list[_Noted] = []

    @property
    def pressure(self) -> Pressure:
        """The inner engine's."""
        return pressure_of(self._inner)

    async def start(self) -> None:
        """Nothing: the inner engine is the benchmark's to start."""

    async def close(self) -> None:
        """Nothing, likewise."""

    async def open(self, *, phrases: Sequence[str] = ()) -> Hearing:
        """As the inner engine's."""
        return self._note(await self._inner.open(phrases=phrases), second_look=False)

    async def open_unhurried(self, *, phrases: Sequence[str] = ()) -> Hearing:
        """As the inner engine's."""
        return self._note(await open_unhurried(self._inner, phrases=phrases), second_look=True)

    def answered(self) -> None:
        """What was heard since the last time was for the result that came now."""
        finished = [each for each in self._pending if each.finished and not each.second_look]
        for each in self._pending:
            first = ANSWERS if finished and each is finished[-1] else AGAIN
            self._settle(each, SECOND_LOOKS if each.second_look else first)
        self._pending.clear()

    def forget(self) -> None:
        """What was until now does not count, but for the hearings that are open."""
        self._settled.clear()
        self._pending = [each for each in self._pending if not each.over]

    def spent(self) -> Mapping[str, Spent]:
        """By reason, so far; what no result came of yet is `no_answer`."""
        return total([self._settled, *({NO_ANSWER: each.spent} for each in self._pending)])

    def _note(self, hearing: Hearing, *, second_look: bool) -> _Noted:
        noted = _Noted(hearing, self.rate, second_look=second_look)
        self._pending.append(noted)
        return noted

    def _settle(self, noted: _Noted, reason: str) -> None:
        self._settled[reason] = self._settled.get(reason, Spent()) + noted.spent


class _Noted:
    def __init__(self, inner: Hearing, rate: int, *, second_look: bool) -> None:
        self._inner = inner
        self._rate = rate
        self._fed = 0
        self.second_look = second_look
        self.finished = self.over = False

    @property
    def spent(self) -> Spent:
        """By this hearing."""
        cpu_ms = self._inner.cpu_ms if isinstance(self._inner, VoskHearing) else 0.0
        return Spent(1, self._fed / _BYTES_A_SAMPLE / self._rate, cpu_ms / 1000)

    async def feed(self, pcm: bytes, /) -> Hypothesis | None:
        self._fed += len(pcm)
        return await self._inner.feed(pcm)

    async def finish(self) -> Hypothesis:
        self.finished = True
        return await self._inner.finish()

    async def close(self) -> None:
        self.over = True
        await self._inner.close()


def total(accounts: Iterable[Mapping[str, Spent]]) -> dict[str, Spent]:
    """All of them together, by reason."""
    found: dict[str, Spent] = {}
    for account in accounts:
        for reason, spent in account.items():
            found[reason] = found.get(reason, Spent()) + spent
    return found
