"""`callback`: who is to be called back and when, one JSON line each in `callbacks.jsonl`, for whoever calls them.

Decided: appended and on the disk before the caller is told so, by the scribe, whose disk may be slow but never the
call. What cannot be written is an outcome that the flow has a path for.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from datetime import datetime
from pathlib import Path

import structlog

from ivr.call.answer import ActionResult
from ivr.call.scribe import SCRIBE
from ivr.clock import outside_work_within
from ivr.dialogue.commands import RunAction

_CALLABLE = re.compile(r"\+?[0-9][0-9 -]{1,30}")


class Callbacks:
    """`file` is made when the first is noted, its owner's alone."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def note(self, action: RunAction) -> ActionResult:
        """Note `number` and `when`, with the time and the call. `failed` for what is no number, or cannot be
        written."""
        number = str(action.request.get("number") or "").strip()
        if not _CALLABLE.fullmatch(number):
            return ActionResult("failed", reason="there is no number to call back")
        noted = {
            "noted": datetime.now().astimezone().isoformat(timespec="seconds"),
            "number": number,
            "when": action.request.get("when"),
            "call": structlog.contextvars.get_contextvars().get("call_id", ""),
        }
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()

        def tell(why: str) -> None:
            if not done.done():
                done.set_result(why)

        SCRIBE.do(lambda: loop.call_soon_threadsafe(tell, self._append(json.dumps(noted, ensure_ascii=False))))
        try:
            async with outside_work_within(action.timeout):
                why = await done
        except TimeoutError:
            return ActionResult("timeout", reason="the disk did not answer")
        return ActionResult("failed", reason=why) if why else ActionResult("ok", {})

    def _append(self, line: str) -> str:
        """Why it could not be written; "" if it was. In the scribe's thread."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as fault:
            return f"{self._file.name} cannot be written ({fault.strerror})"
        return ""
