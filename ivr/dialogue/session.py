"""Everything a call remembers. Plain data: it can be copied, compared and looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ivr.dialogue.commands import BargeIn, HandOff, HangUp, StartRecording
from ivr.dialogue.key_burst import KeyBurst
from ivr.flow.slot_schema import Patience
from ivr.hearing.line_fault import LineFault
from ivr.understanding.result import State, Utterance
from ivr.understanding.typed_values import longest_keys

Ending = HandOff | HangUp


@dataclass(frozen=True, slots=True)
class Question:
    """What the caller is being asked, and all that reprompts, keys and the recogniser need to know of it.

    `prompt` is the text in parts, as it was said. `keys` maps a key to a meaning; where no key has one, and digits or a
    value that keys can write is wanted, keys write it instead. `no_input` and
    `no_match` are the ladders of this question, each rung a list of variants, before the hotline's own.
    `patient`: nothing is asked, only waited for, so silence is no turn. `recording`: the answer is kept as sound.
    `aside`: it stands in for another question; `had_aside`: one stood in for it, and none does again.
    """

    prompt: tuple[str, ...]
    state: State
    keys: dict[str, str] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)
    barge_in: BargeIn = "on"
    no_input: tuple[tuple[str, ...], ...] = ()
    no_match: tuple[tuple[str, ...], ...] = ()
    closed: bool = False
    hints: tuple[str, ...] = ()
    patient: bool = False
    recording: StartRecording | None = None
    aside: Aside | None = None
    had_aside: bool = False

    @property
    def most_keys(self) -> int:
        """How many keys the answer has at most; 0 where keys write none."""
        if self.keys:
            return 0
        if self.state.digits is not None:
            return self.state.digits.longest
        return longest_keys(self.state.wanted) if self.state.wanted is not None else 0


@dataclass(frozen=True, slots=True)
class Aside:
    """What a question asks in place of another (asides.py). `means`: which meaning each answer stands for, "" for none;
    `offers`: it offers a wish told before, otherwise it asks which of two was meant."""

    means: tuple[tuple[str, str], ...]
    instead_of: Question
    offers: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the caller as a step sees it: the meaning, what filled slots, and the words (or keys) themselves.
    `also`: further wishes in the same breath. `fault`: why the wanted value is refused, "" if it is not."""

    intent: str
    score: float = 1.0
    slots: dict[str, str] = field(default_factory=dict)
    text: str = ""
    by: str = "speech"
    also: tuple[str, ...] = ()
    utterance: Utterance | None = None
    fault: str = ""


@dataclass
class Frame:
    """Where to go on when a routine or a digression is over: the place, what was known and under way there, and which
    of a routine's results are kept (our name: its name)."""

    kind: Literal["routine", "digression"]
    scope: str
    step: str
    position: int
    values: dict[str, Any]
    form: dict[str, str]
    trail: list[str]
    save: dict[str, str] = field(default_factory=dict)


@dataclass
class Session:
    """One call's memory.

    `scope` is the routine under way, "" for none; `values` are what is known in it; `frames` are where to go back to.
    `began` is the hotline's wall clock at the call's begin (ISO 8601), `at` the last event's. `action` is the number of
    the action that is awaited, `unattended` counts
    those since the caller's last turn. `position` counts the actions of `step` already begun. `speaking` holds the
    prompts under way, oldest first.
    `trail` is where 返回 leads. `misses` counts turns in a row that brought nothing, `lost` those that the
    recogniser lost; `line_faults` are what is wrong with the caller's line now, `line_told` what they were told of it.
    `patience_prompt` is the last prompt that only asked to wait. `said` is what 重复 says again,
    each prompt in its parts. `form` is the progress of the action under way, cleared when it is entered. `asked`
    counts how often a prompt was said. `ending` waits for the last prompt; `held`: the sound under way, of
    which nobody knows yet whether it is words, has paused the prompt; `false_starts` counts those that were none since
    the hotline began to speak. `keys` are the digits of
    a number that is not taken yet, `burst` is how they were pressed. `recording_since` is when the recording under way
    began. `told` is the turn that led away from a question, until a step has collected what it holds. `later` are
    wishes told in one breath with others that are still to be offered (later.py), said at the step `later_at`;
    `offered` those that were and that nobody took. `subject` is what was answered last.
    """

    step: str = ""
    position: int = 0
    scope: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    language: str = ""
    caller: str = ""
    called: str = ""
    began: str = ""
    at: float = 0.0
    action: int | None = None
    actions: int = 0
    unattended: int = 0
    form: dict[str, str] = field(default_factory=dict)
    question: Question | None = None
    ending: Ending | None = None
    listen_after_prompt: bool = False
    speaking: list[tuple[int, BargeIn]] = field(default_factory=list)
    next_prompt: int = 1
    caller_speaks: bool = False
    keys: str = ""
    recording_since: float | None = None
    burst: KeyBurst = field(default_factory=KeyBurst)
    misses: int = 0
    noises: int = 0
    lost: int = 0
    patience_prompt: int = 0
    line_faults: list[LineFault] = field(default_factory=list)
    line_told: list[LineFault] = field(default_factory=list)
    refusals: int = 0
    trail: list[str] = field(default_factory=list)
    held: bool = False
    false_starts: int = 0
    said: list[tuple[str, ...]] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    subject: str = ""
    told: Utterance | None = None
    later: list[str] = field(default_factory=list)
    later_at: str = ""
    offered: list[str] = field(default_factory=list)
    last_words: str = ""
    over: bool = False
