"""Loopback peers that are to a hotline's media side what Asterisk is, many of them in one process of their own.

Decided: bare sockets and `select.epoll`, no asyncio, so that the measurer is cheaper than what it measures. Each peer
opens a call over FastAGI as Asterisk does, connects the AudioSocket it is told to, sends 20 ms of a caller each 20 ms,
the calls spread evenly over the 20 ms, and notes when each frame came in. How late the peers themselves were is
measured too: what they add stands beside what they found.

A frame's lateness: its arrival against the beat of its own call, which is the best fit that no frame is early to.
"""

from __future__ import annotations

import select
import socket
import time
from array import array
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ivr.asterisk.audiosocket_wire import audio_frame, uuid_frame
from ivr.audio import FRAME_MS, frames

_FRAME_S = FRAME_MS / 1000
_FRAME_ON_WIRE = 323
_CONNECT_S = 10.0
_READ = 65536


@dataclass(slots=True)
class _Peer:
    audio: socket.socket
    agi: socket.socket | None
    due: float = 0.0
    position: int = 0
    received: int = 0
    arrivals: array[float] = field(default_factory=lambda: array("d"))


def serve_peers(parent: Connection, port: int, calls: int, pcm: bytes, *, agi: bool) -> None:
    """The child's main. `agi`: `port` is a FastAGI server's; else frames are sent to it bare, for an echo.

    Says "ready", counts from "count" until "stop", then answers with what `report` gives.
    """
    peers = [_called(port) if agi else _Peer(_connected(port), None) for _ in range(calls)]
    sound = [audio_frame(frame) for frame in frames(pcm)]
    try:
        own_late = _converse(peers, sound, parent)
    finally:
        for peer in peers:
            peer.audio.close()
            if peer.agi is not None:
                peer.agi.close()
    parent.send(report(peers, own_late))


def report(peers: list[_Peer], own_late: list[float]) -> dict[str, list[float]]:
    """Milliseconds: how `late` every frame of every call was, the `own` lateness of the peers' sending."""
    late = [_lateness_ms(np.frombuffer(peer.arrivals)) for peer in peers if len(peer.arrivals) > 1]
    every = np.concatenate(late) if late else np.zeros(0)
    return {"late": np.round(every, 2).tolist(), "own": np.round(np.asarray(own_late) * 1000, 2).tolist()}


def _lateness_ms(arrivals: NDArray[np.float64]) -> NDArray[np.float64]:
    after_beat = arrivals - np.arange(len(arrivals)) * _FRAME_S
    return np.asarray((after_beat - after_beat.min()) * 1000)


def _converse(peers: list[_Peer], sound: list[bytes], parent: Connection) -> list[float]:
    poll = select.epoll()
    by_file = {peer.audio.fileno(): peer for peer in peers}
    for number in by_file:
        poll.register(number, select.EPOLLIN)
    poll.register(parent.fileno(), select.EPOLLIN)
    start = time.monotonic() + 0.05
    for number, peer in enumerate(peers):
        peer.due = start + _FRAME_S * number / len(peers)
        peer.position = number * 17 % len(sound)  # not all callers begin to speak at once
    own_late: list[float] = []
    counting, turn = False, 0
    parent.send("ready")
    while True:
        moment = time.monotonic()
        while (peer := peers[turn]).due <= moment:
            peer.audio.send(sound[peer.position])
            peer.position = (peer.position + 1) % len(sound)
            if counting:
                own_late.append(moment - peer.due)
            peer.due += _FRAME_S
            turn = (turn + 1) % len(peers)
        for number, _ in poll.poll(max(0.0, peers[turn].due - time.monotonic())):
            if number == parent.fileno():
                if parent.recv() == "stop":
                    poll.close()
                    return own_late
                counting = True
            else:
                _receive(by_file[number], counting=counting)


def _receive(peer: _Peer, *, counting: bool) -> None:
    data = peer.audio.recv(_READ)
    if not data:
        raise ConnectionResetError("the hotline has ended a call while it was measured")
    moment = time.monotonic()
    before = peer.received // _FRAME_ON_WIRE
    peer.received += len(data)
    if counting:
        peer.arrivals.extend([moment] * (peer.received // _FRAME_ON_WIRE - before))


def _connected(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=_CONNECT_S)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _called(port: int) -> _Peer:
    """Open a call as Asterisk does: AGI's headers, an answer to each command, the AudioSocket that EXEC names."""
    agi = _connected(port)
    agi.sendall(b"agi_network: yes\nagi_channel: Bench/1\nagi_callerid: 100\nagi_arg_1: 200\n\n")
    pending = b""
    while True:
        data = agi.recv(_READ)
        if not data:
            raise ConnectionResetError("the hotline has ended AGI before the call began")
        pending += data
        while b"\n" in pending:
            line, _, pending = pending.partition(b"\n")
            words = line.decode().replace('"', "").split(" ", 2)
            if words[:2] == ["EXEC", "AudioSocket"]:
                uuid, _, address = words[2].partition(",")
                audio = _connected(int(address.rpartition(":")[2]))
                audio.sendall(uuid_frame(UUID(uuid)))
                return _Peer(audio, agi)
            agi.sendall(b"200 result=1\n")
