"""The hotline that answers: an edition of its flow, shared ears and voice, a journal and a recording a call."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog

from ivr.call.driver import Equipment, Observer, Outcome, run_call
from ivr.call.editions import Editions
from ivr.call.frame_clock import frame_clock
from ivr.call.journal import JournalFile
from ivr.call.line import Line
from ivr.call.recording import Recorder
from ivr.clock import outside_work_within
from ivr.dialogue.dialogue import Dialogue
from ivr.errors import JournalError
from ivr.flow.load import Flow

_log = structlog.get_logger(__name__)
_OPEN_S = 3.0


class Hotline:
    """Answers any number of calls at once; `calls` is the folder where `<call id>.jsonl` and `.flac` go.

    `editions`: one flow for good, or what new calls get at their time.
    """

    def __init__(self, editions: Flow | Editions, equipment: Equipment, calls: Path, *, record: bool = True) -> None:
        self.editions = Editions.of(editions) if isinstance(editions, Flow) else editions
        self._equipment = equipment
        self._calls = calls
        self._record = record

    async def answer(self, line: Line, observers: Sequence[Observer] = ()) -> Outcome:
        """Carry one call to its end."""
        call_id = line.info.call_id
        with structlog.contextvars.bound_contextvars(call_id=call_id):
            journal, recorder = await self._files(call_id, sound=self._record and line.speaks == "audio")
            edition = self.editions.edition(line.info)
            _log.info("call began", version=edition.flow.version)
            outcome = await run_call(
                line,
                Dialogue(edition.flow, edition.vocabulary),
                self._equipment,
                journal=journal,
                local_time=datetime.now().astimezone().isoformat(timespec="seconds"),
                recorder=recorder,
                messages=self._calls / call_id,
                observers=observers,
            )
            _log.info(
                "call ended",
                how=outcome.ended,
                by=outcome.by,
                queue=outcome.queue,
                seconds=round(outcome.seconds, 1),
                late_frames_of_all=frame_clock().lateness.as_json(),
            )
            return outcome

    async def _files(self, call_id: str, *, sound: bool) -> tuple[JournalFile, Recorder | None]:
        """Where the call is kept, opened in a thread: a disk that stands still holds up this call and no other.
        Raises JournalError, after a time as well: a call of which nothing would be kept goes to people."""
        path = self._calls / f"{call_id}.jsonl"

        def opened() -> tuple[JournalFile, Recorder | None]:
            return JournalFile(path), self._recorder(call_id) if sound else None

        try:
            async with outside_work_within(_OPEN_S):
                return await asyncio.to_thread(opened)
        except TimeoutError:
            raise JournalError(f"{path} could not be opened within {_OPEN_S:g} s: see why the disk is slow.") from None

    def _recorder(self, call_id: str) -> Recorder | None:
        """The call's recording; a call goes on without one rather than ending."""
        try:
            return Recorder(self._calls / f"{call_id}.flac")
        except (OSError, RuntimeError) as fault:  # libsndfile's errors are RuntimeErrors
            _log.error("the call is not recorded", why=str(fault))
            return None

    def writable(self) -> str:
        """Why calls cannot be kept in the folder; "" if they can."""
        try:
            self._calls.mkdir(parents=True, exist_ok=True, mode=0o700)  # what callers say: its owner's alone
            probe = self._calls / ".writable"
            probe.touch()
        except OSError as fault:
            return f"{self._calls} cannot be written ({fault.strerror})"
        with contextlib.suppress(OSError):
            probe.unlink()
        return ""
