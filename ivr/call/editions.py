"""What new calls are answered with: a flow with its vocabulary, exchanged while calls go on.

Decided: a call takes its edition when it begins and keeps it, since nothing reachable from an edition ever changes. A
running server looks at the store's pointer once a second; reading, checking and building the vocabulary happen in a
thread, and only when all of it stands does one assignment make it what new calls get. Whatever is wrong on disk is
logged once, and what runs goes on. A caller without a number counts by the call, any other always sees one version:
which callers a pilot gets is a hash of the number and of the version, so that no caller is in every pilot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from ivr.call.line import CallInfo
from ivr.clock import outside_work
from ivr.dialogue.vocabulary import Vocabulary, prepared_vocabulary_for, vocabulary_for
from ivr.dialogue.world import share_of
from ivr.errors import IvrError, VersionError
from ivr.flow.load import Flow
from ivr.flow.versions import Pointer, VersionStore
from ivr.models.store import learned_folder

_log = structlog.get_logger(__name__)
_LOOK_EVERY_S = 1.0
_LOOKS_UNTIL_ANOTHER_TRY = 60


@dataclass(frozen=True, slots=True)
class Edition:
    """A flow and what understands its callers; shared by all calls that began with it."""

    flow: Flow
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True)
class Lineup:
    """`current`, but for `share` percent of callers, who get `pilot`; `pointer` is what asked for it (None: nothing
    published, a plain folder)."""

    current: Edition
    pilot: Edition | None = None
    share: int = 0
    pointer: Pointer | None = None

    def edition(self, info: CallInfo) -> Edition:
        """What the call of `info` is answered with."""
        if self.pilot is None:
            return self.current
        who = f"{self.pilot.flow.version} {info.caller or info.call_id}"
        return self.pilot if share_of(who) < self.share else self.current


class Editions:
    """The line-up for new calls. `following` keeps it up to date with the store."""

    def __init__(self, lineup: Lineup, store: VersionStore | None = None) -> None:
        self.lineup = lineup
        self._store = store
        self._refused: tuple[Pointer | None, str] | None = None
        self._looks_to_skip = 0

    @classmethod
    def of(cls, flow: Flow) -> Editions:
        """One flow, for good."""
        return cls(Lineup(Edition(flow, vocabulary_for(flow))))

    @classmethod
    def open(cls, store: VersionStore, folder: Callable[[], Flow]) -> Editions:
        """What the store says answers; the flow of `folder` while nothing is published. Blocks while it reads. Raises
        VersionError, FlowError."""
        pointer = store.pointer()
        if pointer is None:
            return cls(Lineup(_ready(folder())), store)
        return cls(_lineup(store, pointer, None), store)

    def edition(self, info: CallInfo) -> Edition:
        """What the call of `info` is answered with, from its first word to its last."""
        return self.lineup.edition(info)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Inside, new calls get what is published meanwhile."""
        watch = asyncio.create_task(self._watch(), name="published versions")
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def look(self) -> None:
        """Take what the store says now, if it can be taken; never raises for what is on disk."""
        store, before = self._store, self.lineup
        if store is None:
            return
        self._looks_to_skip = max(0, self._looks_to_skip - 1)
        pointer: Pointer | None = None
        try:
            with outside_work():
                pointer = await asyncio.to_thread(store.pointer)
                if pointer is None or pointer == before.pointer or self._refused_lately(pointer):
                    return
                lineup = await asyncio.to_thread(_lineup, store, pointer, before)
            _same_languages(before, lineup)
        except Exception as fault:  # noqa: BLE001  whatever is wrong with the new version, the old one answers on
            self._refuse(pointer, fault)
            return
        self.lineup, self._refused = lineup, None
        _log.info("new calls get another version", version=pointer.version, pilot=pointer.pilot, share=pointer.share)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self.look()

    def _refused_lately(self, pointer: Pointer) -> bool:
        return self._refused is not None and self._refused[0] == pointer and self._looks_to_skip > 0

    def _refuse(self, pointer: Pointer | None, fault: Exception) -> None:
        self._looks_to_skip = _LOOKS_UNTIL_ANOTHER_TRY
        if self._refused == (refused := (pointer, str(fault))):
            return
        self._refused = refused
        # What is ours to mend shows where it happened; what a person can mend says how.
        trace = None if isinstance(fault, IvrError) else fault
        _log.error("what was published cannot be taken, the old version answers on", why=str(fault), exc_info=trace)


def _lineup(store: VersionStore, pointer: Pointer, before: Lineup | None) -> Lineup:
    """The line-up that `pointer` asks for; what is in memory already is not read again."""
    there = [edition for edition in (before.current, before.pilot) if edition] if before else []
    loaded = {edition.flow.version: edition for edition in there if edition.flow.version}

    def edition(number: int) -> Edition:
        if number not in loaded:
            loaded[number] = _ready(store.load(number))
        return loaded[number]

    pilot = edition(pointer.pilot) if pointer.pilot else None
    return Lineup(edition(pointer.version), pilot, pointer.share, pointer)


def _ready(flow: Flow) -> Edition:
    return Edition(flow, prepared_vocabulary_for(flow, learned_folder()))


def _same_languages(before: Lineup, after: Lineup) -> None:
    """Recognisers and voices were opened for the languages of the start. Raises VersionError for others."""
    opened = before.current.flow
    for edition in (after.current, after.pilot):
        if edition and not (
            edition.flow.hotline.language == opened.hotline.language and set(edition.flow.words) <= set(opened.words)
        ):
            raise VersionError(
                f"version {edition.flow.version} speaks languages that this server was not started for: restart it."
            )
