"""A recorded call as a case: what the caller does, and what is expected of the hotline.

audio_fixtures/<case>/case.yaml     see `Case`
audio_fixtures/<case>/*.flac        the caller's turns, 8 kHz, through G.711
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ivr.audio import read_audio
from ivr.errors import AudioError, FlowError
from ivr.flow.document import read
from ivr.flow.findings import validate
from ivr.flow.problem import listing
from ivr.flow.scalars import Flag, Seconds
from ivr.simulate.caller import CallerTurn


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class TurnSpec(_Written):
    """One turn of the caller: a recording, keys, a silence, or the end of the call."""

    audio: str | None = None
    """The recording, by file name."""
    text: str = ""
    """What is said in it."""
    voice: str = ""
    """The synthetic voice that speaks it, where `ivr cases render` makes the recording."""
    keys: Annotated[str, Field(pattern=r"^[0-9*#]+$")] | None = None
    """Keys pressed one after the other."""
    silence: Flag = False
    """The caller says nothing until the hotline speaks again."""
    hang_up: Flag = False
    """The caller hangs up."""
    after: Seconds = 0.6
    """How long the hotline must have been quiet before. Default 600ms."""
    during: Seconds | None = None
    """Instead: how far into the hotline's speech this begins, which interrupts it."""

    @model_validator(mode="after")
    def _one_thing(self) -> TurnSpec:
        if sum((self.audio is not None, self.keys is not None, self.silence, self.hang_up)) != 1:
            raise ValueError("a turn is exactly one of audio, keys, silence, hang_up; split it, or remove one")
        return self


class Expected(_Written):
    """What the hotline must do; what is left out is not looked at."""

    intents: list[str] | None = None
    """What every turn is taken for, in order."""
    slots: dict[str, str] = {}
    """What the turns fill."""
    ended: Literal["handed_off", "hung_up"] | None = None
    """How the call ends."""
    queue: str = ""
    """The queue the caller reaches."""


class Case(_Written):
    """case.yaml"""

    case: str
    """What happens, in a sentence."""
    flow: str
    """The hotline that is called."""
    caller: str = ""
    """The caller's number."""
    mock: dict[str, Any] = {}
    """What services answer, by a part of the address or the kind of action; what is not here fails."""
    turns: Annotated[list[TurnSpec], BeforeValidator(lambda value: value), Field(min_length=1)]
    """What the caller does, one after the other."""
    expect: Expected = Expected()
    """What the hotline must do."""


@dataclass(frozen=True)
class LoadedCase:
    """A case and where it lies."""

    folder: Path
    case: Case

    def turns(self) -> list[CallerTurn]:
        """The caller's script with its recordings. Raises AudioError for a recording that is missing or none."""
        return [_turn(self.folder, spec) for spec in self.case.turns]


def load_case(folder: Path) -> LoadedCase:
    """The case in `folder`. Raises FlowError that lists every problem."""
    document, problems = read(folder / "case.yaml")
    case = None
    if not problems:
        case, problems = validate(document, Case)
    if case is None or problems:
        raise FlowError(listing(problems))
    return LoadedCase(folder, case)


def _turn(folder: Path, spec: TurnSpec) -> CallerTurn:
    pcm = b""
    if spec.audio is not None:
        if not (folder / spec.audio).exists():
            raise AudioError(
                f"{folder / spec.audio} is missing: render it with `ivr cases render {folder}`, or record it."
            )
        pcm = read_audio(folder / spec.audio)
    return CallerTurn(
        pcm=pcm,
        keys=spec.keys or "",
        silence=spec.silence,
        hang_up=spec.hang_up,
        after=spec.after,
        during=spec.during,
        label=spec.text or spec.keys or "",
    )
