"""What a turn in doubt is looked at for a second time: what was said freely, and whether another language was wanted.

Decided: a caller who does not speak the hotline's language says so in their own (English please), and its recogniser
bends that into whatever sounds alike. So the other language's recogniser looks for the phrases by which it is asked
for, and some words that they may be taken for. Scraps of phrases are heard in anything (please, can i), so nothing less
than a whole phrase counts, and it is what was said. Both looks are taken at the same time, so that the reply is no
later: this one costs a tenth of the other (docs/benchmarks.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ivr.call.look import outside
from ivr.hearing.expectation import OtherLanguage
from ivr_asr.api import Hypothesis, RecognitionError, Recognizer, open_unhurried, pressure_of

SURELY_ASKED = 0.75
"""How sure all that is heard must be: see docs/benchmarks.md."""
_SECOND_LOOK_S = 2.5
_NO_SECOND_LOOK_MS = 500
"""Who falls so far behind in live audio has no time to look twice."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """`free_text` is what free decoding made of the turn, "" where there was none; `asked` how another language was
    asked for, None if it was not: then that is what the caller said."""

    free_text: str = ""
    asked: Hypothesis | None = None


async def second_look(
    recognizer: Recognizer,
    audio: bytes,
    *,
    others: Mapping[str, Recognizer],
    languages: Sequence[OtherLanguage],
) -> SecondLook:
    """`audio` is the whole turn; of the `languages` that may be asked for those are listened for that have a recogniser
    in `others`. A look that is lost, late or that live audio leaves no time for is empty."""
    looks = [
        _look(others[each.language], audio, each.wishes + each.beside, partial(asked_for, wishes=each.wishes))
        for each in languages
        if each.language in others
    ]
    free, *asked = await asyncio.gather(_look(recognizer, audio, (), lambda heard: heard), *looks)
    return SecondLook(free.text if free else "", next((each for each in asked if each), None))


def asked_for(heard: Hypothesis, wishes: Sequence[str]) -> Hypothesis | None:
    """The longest of `wishes` that stands whole in what was heard; None if none does, or all is not heard surely."""
    if heard.confidence < SURELY_ASKED:
        return None
    found = [phrase for phrase in wishes if _holds(heard.text, phrase)]
    return replace(heard, text=max(found, key=len), alternatives=()) if found else None


def _holds(text: str, phrase: str) -> bool:
    return f" {phrase} " in f" {text} " if phrase.isascii() else phrase in text


async def _look(
    recognizer: Recognizer, audio: bytes, phrases: tuple[str, ...], judge: Callable[[Hypothesis], Hypothesis | None]
) -> Hypothesis | None:
    if pressure_of(recognizer).lag_ms > _NO_SECOND_LOOK_MS:
        return None
    try:
        async with asyncio.timeout(_SECOND_LOOK_S):
            hearing = await outside(open_unhurried(recognizer, phrases=phrases))
            try:
                await outside(hearing.feed(audio))
                return judge(await outside(hearing.finish()))
            finally:
                await hearing.close()
    except (RecognitionError, TimeoutError):
        return None
