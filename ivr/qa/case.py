"""A recorded call as a case: what the caller does, what the world is like, and what is expected of the hotline.

audio_fixtures/<case>/case.yaml     see `Case`
audio_fixtures/<case>/*.flac        the caller's turns, 8 kHz, through G.711

Decided: a case is a twin test (twin.py) whose caller has a voice and a watch. So what is expected is written in the
same words, and what a case does not say, it does not look at.
"""

# ruff: noqa: RUF012  pydantic copies a model's defaults

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ivr.dialogue.prompts import fixed_prompts
from ivr.errors import FlowError
from ivr.flow.document import Document, read
from ivr.flow.findings import validate
from ivr.flow.load import Flow
from ivr.flow.problem import Problem, listing
from ivr.flow.scalars import Flag, Seconds, Written
from ivr.qa.turn_audio import TurnAudio, read_turn_audio
from ivr.qa.twin import (
    OFFSET,
    CallExpected,
    Moment,
    Texts,
    TurnExpected,
    plain_json,
    unknown_intent,
    unknown_names,
)
from ivr.simulate.caller import CallerTurn

NOISES = ("white", "babble", "music", "car")
_NOISE = re.compile(rf"({'|'.join(NOISES)}) (-?\d+(?:\.\d+)?) ?dB")
_PROMPT = re.compile(r"""prompt\s+["“”'](.+)["“”']""")


@dataclass(frozen=True, slots=True)
class WhenPrompt:
    """The moment at which the hotline begins a prompt that holds `part`."""

    part: str


def _when(value: Any) -> Any:
    if isinstance(value, WhenPrompt):
        return value
    match = _PROMPT.fullmatch(str(value).strip())
    if not match:
        raise ValueError(f'`{value}` is no moment; write it as prompt "请问", with words of the prompt that is awaited')
    return WhenPrompt(match[1])


@dataclass(frozen=True, slots=True)
class Noise:
    """A noise behind the caller, `snr_db` below the turn's mean power."""

    kind: str
    snr_db: float


def _noise(value: Any) -> Any:
    if isinstance(value, Noise):
        return value
    match = _NOISE.fullmatch(str(value).strip())
    if not match:
        raise ValueError(f"`{value}` is no noise; write it as babble 10dB; there are {', '.join(NOISES)}")
    return Noise(match[1], float(match[2]))


KEYS_PATTERN = r"^[0-9*#]+$"
Keys = Annotated[str, Field(pattern=KEYS_PATTERN)]
PromptMoment = Annotated[WhenPrompt, BeforeValidator(_when)]
NoiseBehind = Annotated[Noise, BeforeValidator(_noise)]


class SpokenTurnExpected(TurnExpected):
    """What follows a turn; what is left out is not looked at."""

    heard: str | None = None
    """What is recognised, to the letter (punctuation and spaces aside)."""
    reply_gap: Seconds | None = None
    """The longest time from the end of the caller's speech to the reply's first sound."""


class SpokenCallExpected(CallExpected):
    """How the whole call went; what is left out is not looked at."""

    intents: list[str] | None = None
    """What every turn is taken for, in order."""
    slots: dict[str, Any] = {}
    """What the turns fill."""
    prompts: Texts = []
    """Parts of what the hotline says, in this order; others may come between."""
    never: Texts = []
    """Parts of what the hotline must not say."""
    reply_gap: Seconds | None = None
    """The longest reply gap of any turn."""
    agent: Texts = []
    """Parts of the summary that reaches the agent's screen."""


class TurnSpec(Written):
    """One turn of the caller: a recording, keys, a silence, or the end of the call. It begins when the hotline has been
    quiet for `after`, or at the moment that `at`, `when` or `during` names."""

    audio: str | None = None
    """The recording, by file name."""
    text: str = ""
    """What is said in it. Without `audio` it is in NN.flac, by the turn's number, which `ivr qa render` speaks."""
    voice: str = ""
    """The synthetic voice that speaks it; left out, the case's."""
    keys: Keys | None = None
    """Keys pressed one after the other."""
    silence: Flag = False
    """The caller says nothing until the hotline speaks again."""
    hang_up: Flag = False
    """The caller hangs up."""
    after: Seconds = 0.6
    """How long the hotline must have been quiet before; with `when`, how long after that moment. Default 600ms."""
    at: Seconds | None = None
    """Instead: so long after the call began."""
    when: PromptMoment | None = None
    """Instead: when the hotline begins a prompt with these words, such as prompt "请问"."""
    during: Seconds | None = None
    """Instead: how far into the hotline's speech this begins, which interrupts it."""
    expect: SpokenTurnExpected = SpokenTurnExpected()
    """What follows."""

    @field_validator("audio")
    @classmethod
    def _file_name(cls, value: str | None) -> str | None:
        if value is not None and (not value or Path(value).name != value):
            raise ValueError(
                f"`{value}` is not a file name; put the recording beside case.yaml and name it, as 01.flac"
            )
        return value

    @model_validator(mode="after")
    def _one_thing(self) -> TurnSpec:
        speaks = self.audio is not None or bool(self.text)
        if sum((speaks, self.keys is not None, self.silence, self.hang_up)) != 1:
            raise ValueError(
                "a turn is exactly one of audio (or text), keys, silence, hang_up; split it, or remove one"
            )
        if sum(moment is not None for moment in (self.at, self.when, self.during)) > 1:
            raise ValueError("a turn begins at one moment; keep one of at, when, during")
        return self

    @property
    def label(self) -> str:
        """What a person calls the turn."""
        if self.text:
            return self.text
        return self.audio or (f"[{self.keys}]" if self.keys else "(silence)" if self.silence else "(hangs up)")


class Case(Written):
    """case.yaml"""

    case: str
    """What happens, in a sentence."""
    flow: str
    """The hotline that is called."""
    tags: Texts = []
    """What the case is about, for `ivr qa run --tag`."""
    owner: str = ""
    """Who answers for it."""
    known_failure: str = ""
    """Why it fails, where that is known. If it passes, that is a failure."""
    at: Moment = f"2026-11-20T10:00:00{OFFSET}"
    """The hotline's wall clock when the call begins. Default 2026-11-20 10:00, a working Friday."""
    caller: str = ""
    """The caller's number."""
    called: str = ""
    """The number that was called."""
    mock: dict[str, Any] = {}
    """What services answer, by a part of the address or the kind of action; what is not here fails."""
    refuse: Texts = []
    """The reasons with which the queue refuses the first hand-offs, one each: full, empty."""
    voice: str = ""
    """The synthetic voice that speaks the turns in `ivr qa render`, such as zf_xiaoni; left out, the settings'."""
    noise: NoiseBehind | None = None
    """What sounds behind them there, such as `babble 10dB`: white, babble, music or car, so far below the speech."""
    turns: Annotated[list[TurnSpec], Field(min_length=1)]
    """What the caller does, one after the other."""
    expect: SpokenCallExpected = SpokenCallExpected()
    """How the whole call went."""


@dataclass(frozen=True)
class LoadedCase:
    """A case and where it lies."""

    folder: Path
    case: Case
    document: Document

    @property
    def name(self) -> str:
        """What runs, baselines and reports call it: its folder's name."""
        return self.folder.resolve().name

    def line(self, *path: str | int) -> int:
        """The line of case.yaml on which the value at `path` stands, or the nearest thing around it."""
        return self.document.at(path)[0]

    def recording(self, turn: int) -> Path | None:
        """Where the recording of turn `turn` (from 0) is, or would be rendered; None where nothing is said."""
        spec = self.case.turns[turn]
        if spec.audio is None and not spec.text:
            return None
        return self.folder / (spec.audio or f"{turn + 1:02}.flac")

    def turns(self) -> list[CallerTurn]:
        """The caller's script with its recordings. Raises AudioError for a recording that is missing or none."""
        return self.script()[0]

    def script(self) -> tuple[list[CallerTurn], tuple[str, ...]]:
        """As `turns`, and what was converted in recordings that are no telephone's, a sentence each."""
        turns: list[CallerTurn] = []
        advice: dict[str, None] = {}
        for number, spec in enumerate(self.case.turns):
            path = self.recording(number)
            audio = read_turn_audio(path) if path is not None else TurnAudio(b"")
            advice |= dict.fromkeys(audio.advice)
            turns.append(_caller_turn(spec, audio.pcm))
        return turns, tuple(advice)

    def problems(self, flow: Flow) -> list[Problem]:
        """Steps, intents, queues and words of prompts that the case names and `flow` does not have, at their lines."""
        expect = self.case.expect
        turns = [turn.expect for turn in self.case.turns]
        found = list(unknown_names(self.document, (), turns, expect, flow))
        for index, intent in enumerate(expect.intents or ()):
            found += unknown_intent(self.document, ("expect", "intents", index), intent, flow)
        for number, turn in enumerate(self.case.turns):
            if turn.when is not None and not _is_said(flow, turn.when.part):
                what = f"the flow never says `{turn.when.part}`"
                mend = "name fixed words of one of its prompts: nobody can wait for what never comes"
                found.append(self.document.problem(("turns", number, "when"), what, mend))
        return found


def load_case(folder: Path) -> LoadedCase:
    """The case in `folder`, read without its flow and recordings. Raises FlowError that lists every problem."""
    document, problems = read(folder / "case.yaml")
    case = None
    if not problems:
        case, problems = validate(document, Case)
    if case is None or problems:
        raise FlowError(listing(problems))
    typed = {key: plain_json(document, ("mock", key), value) for key, value in case.mock.items()}
    return LoadedCase(folder, case.model_copy(update={"mock": typed}), document)


def _is_said(flow: Flow, part: str) -> bool:
    return any(part in text for language in flow.words for text in fixed_prompts(flow, language))


def _caller_turn(spec: TurnSpec, pcm: bytes) -> CallerTurn:
    return CallerTurn(
        pcm=pcm,
        keys=spec.keys or "",
        silence=spec.silence,
        hang_up=spec.hang_up,
        after=spec.after,
        during=spec.during,
        at=spec.at,
        when=spec.when.part if spec.when is not None else "",
        label=spec.text or spec.keys or "",
    )
