"""The process from which those that play cases are forked: it has imported, once for all, what each of them needs.

Decided: it is a process of its own, for the one that asks has threads (a progress bar, pytest's), and what is forked
must come from one without: BLAS is held to one thread before it is loaded, which is right where every core has a
process of its own. It knows no case, so none can break it. It keeps no player's connection, so whoever asked learns of
a player's end by the end of its connection, and a player of its asker's in the same way. `multiprocessing` has a fork
server, too: one for all, with the environment of when it was first asked, and nothing tells what it cost.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from ivr.qa.case_worker import CasePlayer, Setup

BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_FORK, _COST = "fork", "cost"
_END_S = 5.0


@dataclass
class ForkServer:
    """Starts with the first `fork`; `close` ends it and all players. `many`: there will be many cases, so that it pays
    to load ahead what half of them need."""

    setup: Setup
    many: bool = False
    _process: SpawnProcess | None = None
    _control: Connection | None = None
    _cpu_s: float = 0.0

    def fork(self) -> Connection:
        """A new player's connection: what comes first is its process id; then see `CasePlayer.work`. Returns before it
        has started. If it cannot start, the connection ends."""
        if self._process is None or not self._process.is_alive():
            self._start()
        ours, theirs = multiprocessing.Pipe()
        assert self._process is not None  # noqa: S101  it was started above
        assert self._control is not None  # noqa: S101  likewise
        with theirs, suppress(OSError):  # it has ended meanwhile: so does the connection
            self._control.send(_FORK)
            send_handle(self._control, theirs.fileno(), self._process.pid)
        return ours

    def end(self, player: int) -> int | None:
        """End a player, if it has not ended; its exit status (negative: the signal), None where nobody can tell."""
        status = self._asked(player)
        return None if status is None else int(status)

    def cpu_s(self) -> float:
        """Processor seconds of the server alone, players left out."""
        self._cpu_s = self._asked(_COST) or self._cpu_s
        return self._cpu_s

    def close(self) -> None:
        """End it, and all players. May be repeated."""
        process, control, self._process, self._control = self._process, self._control, None, None
        if process is None or control is None:
            return
        control.close()
        process.join(_END_S)
        if process.is_alive():
            process.kill()
        process.join()
        process.close()

    def _start(self) -> None:
        self.close()
        context = multiprocessing.get_context("spawn")
        self._control, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), name="ivr-qa", daemon=True)
        self._process.start()
        theirs.close()
        self._control.send((self.setup, self.many))

    def _asked(self, what: int | str) -> float | None:
        control, process = self._control, self._process
        if control is None or process is None:
            return None
        try:
            control.send(what)
            if control.poll(_END_S):
                answer: float = control.recv()
                return answer
        except (EOFError, OSError):
            return None
        process.kill()  # whatever it still said would be taken for another answer
        return None


def serve(control: Connection) -> None:
    """The server's process: takes (Setup, many) first, then what is asked, until `control` ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the asker's, who ends us
    gc.disable()  # all that is made now stays: nothing would be found, and in the players pages would be copied
    os.environ |= dict.fromkeys(BLAS_THREADS, "1")
    try:
        setup, many = control.recv()
        player = _ready(setup, many=many)
        gc.freeze()
        _answer(control, player)
    except EOFError:
        return


def _ready(setup: Setup, *, many: bool) -> CasePlayer:
    from ivr.qa.case_worker import CasePlayer, load_ahead  # noqa: PLC0415  not before BLAS was told its threads

    load_ahead(encoder=many)
    return CasePlayer(setup)


def _answer(control: Connection, player: CasePlayer) -> None:
    """Fork, end and tell as asked. Raises EOFError when nobody asks any more; then no player is left."""
    players: set[int] = set()
    try:
        while True:
            asked = control.recv()
            if asked == _FORK:
                players.add(_forked(control, player))
            elif asked == _COST:
                control.send(time.process_time())
            else:
                players.discard(asked)
                control.send(_ended(asked))
    finally:
        for pid in players:
            _ended(pid)


def _forked(control: Connection, player: CasePlayer) -> int:
    """The id of a new player's process; does not return in that process."""
    with Connection(recv_handle(control)) as connection:
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            control.close()
            gc.enable()
            connection.send(os.getpid())
            player.work(connection)
            status = 0
        except BaseException:  # noqa: BLE001  nothing of the server's may go on in here
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)


def _ended(pid: int) -> int:
    """The exit status of this player, which is killed unless it has ended: it is ours, so its id is nobody else's."""
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
