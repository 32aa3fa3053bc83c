"""A recogniser that says what it was told to say: the fake of this port, for tests and for flows tried without a model.

Options: `script`, the texts to say turn by turn, one a line; a line `1800: 查账单` is said instead whenever a turn is
about 1,800 ms long, however often. When the script is used up the recogniser hears nothing (an empty text).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ivr_asr.api import Hypothesis, RecognizerLost

if TYPE_CHECKING:
    from ivr_asr.api import Recognizer

_BY_LENGTH = re.compile(r"(\d+)\s*[:：]\s*(.*)")
_NEAR_MS = 150


class Scripted:
    """A Recognizer. `script`: what each turn is taken for, in order; an exception is raised in its place.

    `by_length` (ms of audio, within 150 ms, the nearest wins) goes before `script`. `opened` holds the
    phrases of each hearing so far and `audio` what each was fed, for a test to look at.
    """

    def __init__(
        self,
        script: Sequence[str | Hypothesis | RecognizerLost] = (),
        *,
        by_length: Mapping[int, str] | None = None,
        rate: int = 8000,
    ) -> None:
        self.rate = rate
        self.script = list(script)
        self.by_length = dict(by_length or {})
        self.opened: list[tuple[str, ...]] = []
        self.audio: list[bytearray] = []
        self.open_hearings = 0

    async def start(self) -> None:
        """Nothing to load."""

    async def open(self, *, phrases: Sequence[str] = ()) -> ScriptedHearing:
        """Begin a hearing; never fails."""
        self.opened.append(tuple(phrases))
        self.audio.append(bytearray())
        self.open_hearings += 1
        return ScriptedHearing(self, self.audio[-1])

    async def close(self) -> None:
        """Nothing to end."""

    def say(self, length_ms: int) -> Hypothesis:
        """The next turn's hypothesis. Raises what the script holds, if that is an exception."""
        nearest = min(self.by_length, key=lambda each: abs(each - length_ms), default=None)
        if nearest is not None and abs(nearest - length_ms) <= _NEAR_MS:
            return Hypothesis(self.by_length[nearest], 1.0, final=True)
        entry = self.script.pop(0) if self.script else ""
        if isinstance(entry, RecognizerLost):
            raise entry
        return entry if isinstance(entry, Hypothesis) else Hypothesis(entry, 1.0 if entry else 0.0, final=True)


class ScriptedHearing:
    """Keeps the audio and asks the script at the end; gives no partial hypotheses."""

    def __init__(self, owner: Scripted, audio: bytearray) -> None:
        self._owner = owner
        self._audio = audio
        self._open = True

    async def feed(self, pcm: bytes, /) -> Hypothesis | None:
        """Keep it."""
        self._audio += pcm
        return None

    async def finish(self) -> Hypothesis:
        """What the script says. Raises RecognizerLost if the script says so."""
        await self.close()
        return self._owner.say(len(self._audio) // 2 * 1000 // self._owner.rate)

    async def close(self) -> None:
        """Count it as closed, once."""
        if self._open:
            self._open = False
            self._owner.open_hearings -= 1


def engine(options: Mapping[str, str]) -> Recognizer:
    """The engine of the entry point `scripted`; see the module's head for `options`."""
    script: list[str] = []
    by_length: dict[int, str] = {}
    for line in options.get("script", "").splitlines():
        timed = _BY_LENGTH.fullmatch(line.strip())
        if timed:
            by_length[int(timed[1])] = timed[2]
        else:
            script.append(line.strip())
    return Scripted(script, by_length=by_length, rate=int(options.get("rate", "8000")))
