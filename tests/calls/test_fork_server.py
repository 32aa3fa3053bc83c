"""The server that forks processes for cases: nothing of it is doubled or left behind."""

import functools
import threading
from pathlib import Path

import pytest

from ivr.cli.case_setup import equipped
from ivr.qa.case_worker import Setup
from ivr.qa.fork_server import BLAS_THREADS, ForkServer
from ivr.settings import RecognitionSettings, Settings

pytestmark = pytest.mark.calls
EQUIP = functools.partial(equipped, Settings(recognition=RecognitionSettings(engine="scripted")), False)
ENDS_FOR_STARTING_S = 180.0


@pytest.fixture
def server():
    server = ForkServer(Setup(eval, EQUIP))
    yield server
    server.close()


def started(connection):
    assert connection.poll(ENDS_FOR_STARTING_S)
    return connection.recv()


def threads_of(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Threads:"))


def test_players_are_forked_from_a_process_without_threads_whatever_threads_the_asker_has(server, monkeypatch):
    for name in BLAS_THREADS:
        monkeypatch.delenv(name, raising=False)
    over = threading.Event()
    busy = threading.Thread(target=over.wait)
    busy.start()
    try:
        with server.fork() as connection:
            player = started(connection)
            parent = int(Path(f"/proc/{player}/stat").read_text().rpartition(")")[2].split()[1])
            assert (threads_of(player), threads_of(parent)) == (1, 1)
    finally:
        over.set()
        busy.join()


def test_an_ended_player_is_told_by_its_connection_and_the_others_play_on(server, tmp_path):
    with server.fork() as first, server.fork() as second:
        players = started(first), started(second)
        assert server.end(players[0]) == -9
        assert first.poll(5.0)
        with pytest.raises(EOFError):
            first.recv()
        second.send(tmp_path)
        assert started(second).result.verdict == "error"


def test_what_starting_has_cost_is_told(server):
    with server.fork() as connection:
        started(connection)
        assert 0.1 < server.cpu_s() < 60


def test_no_player_outlives_its_server(server):
    with server.fork() as connection:
        started(connection)
        server.close()
        assert connection.poll(5.0)
        with pytest.raises((EOFError, ConnectionResetError)):
            connection.recv()
