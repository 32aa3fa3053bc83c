"""Whether there is room for one more call: by number, and by how pressed this process is.

Decided: a caller whom we cannot serve well is told so at once, by the dialplan and not by us (extensions.conf, [ivr],
`busy`): another node, a prompt, people. Pressure counts only when it lasts, so the median of the last three seconds is
held against the limits: one slow turn turns nobody away, and one quick one lets nobody in. Whoever is in stays in.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

from ivr.clock import now, sleep_until

if TYPE_CHECKING:
    from ivr.asterisk.settings import AsteriskSettings

Refusal = Literal["", "draining", "calls", "recogniser", "loop"]
"""Why there is no room, as the channel variable IVR_BUSY tells it; empty: there is."""
_EACH_S = 0.1
_SAMPLES = 30


@dataclass(frozen=True, slots=True)
class Strain:
    """How pressed we are now. `lag_ms`: how long the oldest live audio waits for the recogniser; `late_ms`: how much
    after its time the event loop comes to a timer."""

    lag_ms: float = 0.0
    late_ms: float = 0.0


class Admission:
    """Decides; pure. `note` what was measured, ask `refusal` for a caller."""

    def __init__(self, settings: AsteriskSettings) -> None:
        self._settings = settings
        self._noted: deque[Strain] = deque(maxlen=_SAMPLES)
        self.draining = False

    def note(self, strain: Strain) -> None:
        """A new measurement; the oldest of thirty is forgotten."""
        self._noted.append(strain)

    @property
    def strain(self) -> Strain:
        """The median of what was noted lately."""
        if not self._noted:
            return Strain()
        return Strain(median(each.lag_ms for each in self._noted), median(each.late_ms for each in self._noted))

    def refusal(self, calls: int) -> Refusal:
        """Why there is no room for a caller beside `calls` others. A limit of 0 is not looked at."""
        settings, strain = self._settings, self.strain
        if self.draining:
            return "draining"
        if calls >= settings.max_calls:
            return "calls"
        if 0 < settings.busy_lag_ms <= strain.lag_ms:
            return "recogniser"
        if 0 < settings.busy_late_ms <= strain.late_ms:
            return "loop"
        return ""


class StrainWatch:
    """Measures ten times a second for an Admission: `start` it, then `stop`. `lag_ms` asks the recogniser."""

    def __init__(self, admission: Admission, lag_ms: Callable[[], float]) -> None:
        self._admission, self._lag_ms = admission, lag_ms
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to measure."""
        self._task = asyncio.create_task(self._watch(), name="strain-watch")

    async def stop(self) -> None:
        """End. May be repeated."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _watch(self) -> None:
        while True:
            due = now() + _EACH_S
            await sleep_until(due)
            self._admission.note(Strain(self._lag_ms(), (now() - due) * 1000))
