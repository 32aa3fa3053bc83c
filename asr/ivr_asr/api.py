"""The port that every recogniser fills: audio in, hypotheses out.

Only bytes and a rate cross this border. A `Recognizer` is a whole engine with its models; a `Hearing` is one stretch
of one caller's speech. Calls on one hearing are made one after another; hearings are independent of each
other. Nothing here blocks the event loop.

An engine is a package with an entry point in the group `ivr.asr`, naming a function
`engine(options: Mapping[str, str]) -> Recognizer`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class RecognitionError(Exception):
    """The root of what recognisers raise; a message says what, and how to mend it."""


class RecognizerLost(RecognitionError):  # noqa: N818  the event it becomes is called so
    """The worker that held this hearing is gone (it crashed, or it did not answer in time); open another."""


class ModelUnusable(RecognitionError):  # noqa: N818
    """A model is missing, damaged, or not one that this engine reads."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in milliseconds from the start of the hearing, confidence in [0, 1]."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What was understood so far.

    `text` as the engine writes it: Mandarin words without spaces between them, other words with one space.
    `confidence` in [0, 1]: the mean of the words', 0 for no words. `words` and `alternatives` (the n-best texts,
    this one not among them, best first) are filled only on a final hypothesis.
    """

    text: str
    confidence: float = 0.0
    final: bool = False
    words: tuple[Word, ...] = ()
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pressure:
    """How pressed an engine is. `load`: the share of its cores that live audio takes, 0 to 1 and, where it falls
    behind, about 1; `lag_ms`: how long the oldest live audio has waited for its answer; `hearings` open now.
    """

    load: float = 0.0
    lag_ms: int = 0
    hearings: int = 0


class Hearing(Protocol):
    """One stretch of speech being recognised."""

    async def feed(self, pcm: bytes, /) -> Hypothesis | None:
        """Add 16-bit mono PCM at the recogniser's rate; returns a new partial hypothesis, or None if unchanged.

        Raises RecognizerLost.
        """
        ...

    async def finish(self) -> Hypothesis:
        """No more audio comes: the final hypothesis. The hearing is used up. Raises RecognizerLost."""
        ...

    async def close(self) -> None:
        """Drop the hearing unfinished and free what it holds (about 41 MB in Vosk); never raises, may be repeated."""
        ...


class Recognizer(Protocol):
    """An engine with its model loaded, or ready to be loaded by `start`."""

    rate: int

    async def start(self) -> None:
        """Load the models so that the first caller does not wait. Raises ModelUnusable. May be repeated."""
        ...

    async def open(self, *, phrases: Sequence[str] = ()) -> Hearing:
        """Begin a hearing. `phrases` are all that may be said (the grammar of this state); none: anything may.

        A phrase that stands in the list several times is expected that many times more. Raises RecognizerLost if no
        worker can be had.
        """
        ...

    async def close(self) -> None:
        """End the workers; open hearings raise RecognizerLost. May be repeated."""
        ...


@runtime_checkable
class SharedRecognizer(Recognizer, Protocol):
    """An engine whose hearings compete for the same cores: it tells how pressed it is, and can put one behind."""

    @property
    def pressure(self) -> Pressure:
        """Now."""
        ...

    async def open_unhurried(self, *, phrases: Sequence[str] = ()) -> Hearing:
        """As `open`, for audio whose caller is not speaking any more: live audio always goes before it."""
        ...


def pressure_of(recognizer: Recognizer) -> Pressure:
    """How pressed it is; none, where the engine does not say."""
    return recognizer.pressure if isinstance(recognizer, SharedRecognizer) else Pressure()


async def open_unhurried(recognizer: Recognizer, *, phrases: Sequence[str] = ()) -> Hearing:
    """A hearing that makes way for live ones, where the engine can tell them apart. Raises RecognizerLost."""
    if isinstance(recognizer, SharedRecognizer):
        return await recognizer.open_unhurried(phrases=phrases)
    return await recognizer.open(phrases=phrases)


class EngineFactory(Protocol):
    """What an entry point of the group `ivr.asr` names."""

    def __call__(self, options: Mapping[str, str], /) -> Recognizer:
        """Make the engine; `options` are its settings as text, such as `model` (a folder) and `workers`."""
        ...
