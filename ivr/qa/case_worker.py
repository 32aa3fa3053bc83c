"""Plays cases in this process, one after the other, each on a loop of its own with engines of its own.

Decided: flows and what was learned for them are kept from case to case, since they are never changed; engines and loop
are not, so that no case can feel the one before. Whatever goes wrong in a case is that case's trouble.
"""

from __future__ import annotations

import logging
import resource
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from ivr.call.actions import Actions
from ivr.call.driver import Equipment
from ivr.dialogue.vocabulary import Vocabulary, prepared_vocabulary_for
from ivr.errors import FlowError, IvrError
from ivr.flow.load import Flow, load
from ivr.flow.problem import listing
from ivr.models.store import learned_folder
from ivr.qa.case import LoadedCase, load_case
from ivr.qa.channels.spec import CLEAR, Channel
from ivr.qa.play_case import Hotline, PlayedCase, about, play_case
from ivr.qa.run_folder import audio_file, journal_file
from ivr.qa.run_result import CaseResult
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.virtual_loop import run as run_virtual
from ivr.understanding.encoder import installed_encoder
from ivr_asr.cached import Cached

Equip = Callable[[Flow, Actions], AbstractAsyncContextManager[Equipment]]


@dataclass(frozen=True)
class Setup:
    """What a run of cases is played with; it goes to other processes, so its functions are a module's own.

    `flow_folder` finds a hotline by the name in a case, `equip` opens engines for it, `channel` is what lies
    between it and the callers. `folder`: where journals, and with `keep_audio` recordings, are kept.
    """

    flow_folder: Callable[[str], Path]
    equip: Equip
    channel: Channel = CLEAR
    folder: Path | None = None
    keep_audio: bool = False
    model: str = ""


@dataclass
class CasePlayer:
    """Plays cases in this process; keeps the flows that it has read."""

    setup: Setup
    flows: dict[str, tuple[Flow, Vocabulary]] = field(default_factory=dict)
    cached: int = 0
    decoded: int = 0

    def play(self, folder: Path) -> CaseResult:
        """The case in `folder`; never raises: what cannot be played has the verdict `error`, and its `trouble`."""
        loaded: LoadedCase | None = None
        try:
            loaded = load_case(folder)
            played = run_virtual(self._play(loaded))
        except IvrError as fault:
            return replace(_before(folder, loaded), trouble=str(fault))
        except Exception as fault:  # noqa: BLE001  whatever a case does to us, the others are played
            return replace(_before(folder, loaded), trouble=_told(fault))
        self._keep(played)
        return played.result

    async def _play(self, loaded: LoadedCase) -> PlayedCase:
        name = loaded.case.flow
        if name not in self.flows:
            flow = load(self.setup.flow_folder(name))
            self.flows[name] = flow, prepared_vocabulary_for(flow, learned_folder())
        flow, vocabulary = self.flows[name]
        if problems := loaded.problems(flow):
            raise FlowError(listing(problems))
        setup = self.setup
        recording = audio_file(setup.folder, loaded.name) if setup.folder and setup.keep_audio else None
        async with setup.equip(flow, MockActions(loaded.case.mock)) as equipment:
            hotline = Hotline(flow, vocabulary, equipment)
            try:
                return await play_case(loaded, hotline, channel=setup.channel, recording=recording)
            finally:
                self._count(equipment)

    def work(self, connection: Connection) -> None:
        """Play the folders that come in by `connection`, and send a `Done` for each, until it ends."""
        _errors_alone()
        while True:
            try:
                folder = connection.recv()
            except EOFError:
                return
            result = self.play(folder)
            digests = {name: flow.digest for name, (flow, _) in self.flows.items()}
            connection.send(Done(result, digests, _cpu_s(), self.cached, self.decoded))

    def _count(self, equipment: Equipment) -> None:
        for recognizer in (equipment.recognizer, *equipment.other_recognizers.values()):
            if isinstance(recognizer, Cached):
                self.cached += recognizer.hits
                self.decoded += recognizer.misses

    def _keep(self, played: PlayedCase) -> None:
        if self.setup.folder is not None:
            file = journal_file(self.setup.folder, played.result.case)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(played.journal, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Done:
    """A case is over. `digests`: of the flows that the process has read. `cpu_s`: processor seconds of the process and
    its children so far; `cached`, `decoded`: recognitions so far."""

    result: CaseResult
    digests: dict[str, str]
    cpu_s: float
    cached: int
    decoded: int


def load_ahead(*, encoder: bool) -> None:
    """Load what cases need beyond this module's imports, for all processes that are forked from this one. `encoder`:
    half of the cases ask it, and loading it takes as long as playing eight."""
    if encoder and (found := installed_encoder()) is not None:
        found.encode(["您好"])


def _errors_alone() -> None:
    """Log errors only, to standard error: where services are mocked, one that fails is what was asked for."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _before(folder: Path, loaded: LoadedCase | None) -> CaseResult:
    """What is known of a case that could not be played."""
    if loaded is not None:
        return about(loaded)
    return CaseResult(case=folder.resolve().name, flow="", verdict="error", file=str(folder / "case.yaml"))


def _told(fault: Exception) -> str:
    last = traceback.extract_tb(fault.__traceback__)[-1:]
    where = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in last)
    return f"{type(fault).__name__}: {fault}{where}"
