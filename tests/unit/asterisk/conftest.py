"""A scripted Asterisk on loopback: calls our FastAGI, opens the AudioSocket it is told to, answers as manager.

What it answers was taken from a real Asterisk 22.10.1.
"""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID

import pytest

from ivr.asterisk.audiosocket_wire import HANGUP_FRAME, audio_frame, key_frame, uuid_frame

HEADERS = (
    b"agi_network: yes\nagi_channel: PJSIP/trunk-01\nagi_callerid: 13800138000\nagi_dnid: 4001\nagi_arg_1: 4001\n\n"
)
BOUND_S = 5.0


class ScriptedCall:
    """One call as Asterisk makes it; `variables` are what the IVR has set, in order."""

    def __init__(self, agi_port, *, comes_to_audio=True, result=b"0"):
        self._agi_port = agi_port
        self._comes_to_audio = comes_to_audio
        self._result = result
        self.variables = {}
        self.heard = bytearray()
        self.audio = None
        self._audio_reader = None
        self.in_socket = asyncio.Event()
        self.over = None

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._agi_port)
        self.writer.write(HEADERS)
        self.over = asyncio.create_task(self._answer(), name="scripted-call")
        return self

    async def __aexit__(self, *fault):
        self.over.cancel()
        await asyncio.gather(self.over, return_exceptions=True)
        self.writer.close()
        if self.audio is not None:
            self.audio.close()

    async def in_audio(self):
        await asyncio.wait_for(self.in_socket.wait(), BOUND_S)

    async def given_back(self):
        """Wait until the IVR has ended AGI."""
        await asyncio.wait_for(asyncio.shield(self.over), BOUND_S)

    def say(self, pcm):
        self.audio.write(audio_frame(pcm))

    def press(self, key):
        self.audio.write(key_frame(key))

    def hang_up(self):
        self.audio.close()
        self.writer.write(b"HANGUP\n200 result=-1\n")

    async def _answer(self):
        while line := await self.reader.readline():
            text = line.decode().strip()
            if text.startswith("SET VARIABLE "):
                _, name, _, value, _ = text.split('"')
                self.variables[name] = value
                self.writer.write(b"200 result=1\n")
            elif text.startswith('EXEC "AudioSocket" '):
                if not self._comes_to_audio:
                    self.writer.write(b"200 result=-1\n")
                    continue
                uuid, _, address = text.split('"')[3].partition(",")
                host, _, port = address.rpartition(":")
                self._audio_reader, self.audio = await asyncio.open_connection(host, int(port))
                self.audio.write(uuid_frame(UUID(uuid)))
                self.in_socket.set()
                await self._hear()
            else:
                self.writer.write(b"510 Invalid or unknown command\n")

    async def _hear(self):
        """As app_audiosocket: until a 00 frame or the end of the connection, then back to AGI."""
        while True:
            try:
                head = await self._audio_reader.readexactly(3)
                payload = await self._audio_reader.readexactly(int.from_bytes(head[1:], "big"))
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            if head == HANGUP_FRAME:
                break
            self.heard += payload
        if not self.audio.is_closing():
            self.audio.close()
            self.writer.write(b"200 result=" + self._result + b"\n")


class ScriptedManager:
    """AMI for one user.

    `params` and `members` are lines of QueueStatus, `params` None for no such queue; `answers` gives, for any other
    action, its blocks of lines.
    """

    def __init__(self):
        self.secret = "right"
        self.params = ("Max: 0", "Calls: 0")
        self.members = (("Status: 1", "Paused: 0"),)
        self.silent = False
        self.answers = {}
        self.actions = []
        self.arrived = asyncio.Queue()
        self.port = 0
        self._server = None
        self._writers = set()

    async def start(self, port=0):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self):
        self._server.close()
        for writer in list(self._writers):
            writer.close()
        for _ in range(5):
            await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        self._writers.add(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    block = (await reader.readuntil(b"\r\n\r\n")).decode()
                    fields = dict(line.split(": ", 1) for line in block.strip().split("\r\n"))
                    self.actions.append(fields)
                    self.arrived.put_nowait(fields)
                    if not self.silent or fields["Action"] == "Login":
                        writer.write(self._reply(fields).encode())
        finally:
            self._writers.discard(writer)
            writer.close()

    def _reply(self, fields):
        tag = f"ActionID: {fields['ActionID']}\r\n"
        if fields["Action"] == "Login":
            good = fields["Secret"] == self.secret
            words = ("Success", "Authentication accepted") if good else ("Error", "Authentication failed")
            return f"Response: {words[0]}\r\n{tag}Message: {words[1]}\r\n\r\n"
        if fields["Action"] == "QueueStatus":
            blocks = [f"Response: Success\r\n{tag}EventList: start\r\nMessage: Queue status will follow\r\n"]
            head = f"Queue: {fields['Queue']}\r\n{tag}"
            if self.params is not None:
                blocks.append(f"Event: QueueParams\r\n{head}" + "".join(f"{line}\r\n" for line in self.params))
                blocks += [
                    f"Event: QueueMember\r\n{head}" + "".join(f"{line}\r\n" for line in member)
                    for member in self.members
                ]
            blocks.append(f"Event: QueueStatusComplete\r\n{tag}EventList: Complete\r\nListItems: 1\r\n")
            return "\r\n".join(blocks) + "\r\n"
        blocks = self.answers.get(fields["Action"], ["Response: Success\nMessage: done"])
        return "".join(block.replace("\n", "\r\n") + f"\r\n{tag}\r\n" for block in blocks)


@pytest.fixture
async def manager():
    scripted = ScriptedManager()
    await scripted.start()
    yield scripted
    await scripted.stop()


@pytest.fixture
def call_to():
    """`async with call_to(port) as call`: a call that reaches our FastAGI server."""
    return ScriptedCall
