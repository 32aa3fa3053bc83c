"""A media socket's sound goes to who takes it in the moment it comes, and everything else to the reader, in order."""

import asyncio

import pytest

from ivr.asterisk.audiosocket_wire import CallerAudio, CallerKey
from ivr.asterisk.media_socket import MediaSocket, SocketEnded, answered

pytestmark = pytest.mark.unit


class Socket(MediaSocket):
    def comes(self, item):
        self._keep(item)

    def ends(self):
        self._end(SocketEnded("caller"))

    def send_audio(self, pcm):
        """Nobody hears it."""

    def played(self):
        return answered(0)

    def flush(self):
        return answered(0)

    def send_hangup(self):
        """There is nobody to give back."""

    def close(self):
        """Nothing is open."""


def sound(number):
    return CallerAudio(bytes([number]) * 320)


def number_of(pcm):
    return pcm[0]


@pytest.fixture
async def reading():
    """`reading(socket)`: a task that waits for what comes next."""
    tasks = []

    async def begin(socket):
        tasks.append(asyncio.create_task(socket.received()))
        await asyncio.sleep(0)
        return tasks[-1]

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_sound_is_taken_as_it_comes_and_wakes_no_reader(reading):
    socket, taken = Socket(), []
    socket.audio_to(lambda _moment, pcm: taken.append(number_of(pcm)))
    reader = await reading(socket)
    for number in range(3):
        socket.comes(sound(number))
        assert taken[-1] == number
    await asyncio.sleep(0)
    assert not reader.done()
    socket.comes(CallerKey("5"))
    assert (await reader)[1] == CallerKey("5")


async def test_sound_never_overtakes_the_key_that_was_pressed_before_it():
    socket, told = Socket(), []
    socket.audio_to(lambda _moment, pcm: told.append(number_of(pcm)))
    for item in (sound(1), CallerKey("5"), sound(2), sound(3)):
        socket.comes(item)
    assert told == [1]
    told.append((await socket.received())[1].key)
    socket.ends()
    assert (await socket.received())[1] == SocketEnded("caller")
    assert told == [1, "5", 2, 3]


async def test_what_has_piled_up_is_handed_on_one_a_turn_of_the_loop():
    socket, taken = Socket(), []
    for number in range(3):
        socket.comes(sound(number))
    socket.audio_to(lambda _moment, pcm: taken.append(number_of(pcm)))
    for many in range(3):
        assert len(taken) == many
        await asyncio.sleep(0)
    socket.comes(sound(3))
    assert taken == [0, 1, 2, 3]


async def test_what_fails_at_a_frame_is_the_readers_and_no_more_sound_goes_there(reading):
    socket, taken = Socket(), []

    def fail(_moment, pcm):
        taken.append(number_of(pcm))
        raise ValueError("this frame")

    socket.audio_to(fail)
    reader = await reading(socket)
    for number in range(2):
        socket.comes(sound(number))
    with pytest.raises(ValueError, match="this frame"):
        await reader
    assert taken == [0]
