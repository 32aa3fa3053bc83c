"""A recorded caller whose telephone, surroundings and network are not as good as the recording."""

from __future__ import annotations

from collections.abc import Callable

from ivr.call.line import CallInfo
from ivr.qa.channels.path import ChannelPath
from ivr.simulate.caller import CallerTurn
from ivr.simulate.wav_line import WavLine


class ChannelLine(WavLine):
    """A WavLine with `path` between the caller and the hotline. `turns` are to be of path.said_through."""

    def __init__(
        self,
        info: CallInfo,
        turns: list[CallerTurn],
        *,
        path: ChannelPath,
        refuse: tuple[str, ...] = (),
        spoken: Callable[[float, CallerTurn], None] = lambda _at, _turn: None,
    ) -> None:
        super().__init__(info, turns, refuse=refuse, spoken=spoken)
        self._path = path

    def _to_caller(self, frame: bytes) -> None:
        super()._to_caller(frame)
        self._path.sent(frame)

    def _from_caller(self, frame: bytes) -> None:
        for piece in self._path.carry(frame):
            super()._from_caller(piece)

    async def _act(self, turn: CallerTurn) -> None:
        self._path.turn_begins()
        await super()._act(turn)
