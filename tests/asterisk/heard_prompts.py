"""What the caller's phone heard of each prompt, recognised back to text and held against what the journal says.

Decided: free decoding, no grammar, since a grammar of the prompts would find them in any noise. Counted are syllables
without tone (按键 and 案件 are one sound), and a prompt must be nearer to what was heard than any other prompt of the
call. Each prompt is cut out of the phone's own recording at the times of the journal, so a prompt that was late, cut
or stuttering is heard so.

Measured over one whole call: 0 to 0.21 of a prompt's syllables wrong, 0.11 in all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import vosk
from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

from ivr.audio import RATE
from ivr.call.journal import Exchange
from ivr.dialogue.commands import Say
from ivr.dialogue.events import PromptEnded, PromptStarted
from ivr.qa.phone.recording import Recording

MARGIN_S = 0.1
PIECE_BYTES = 3200


@dataclass(frozen=True, slots=True)
class SpokenPrompt:
    """A prompt as the journal tells it; `start` and `end` in seconds since the hotline's call began."""

    text: str
    start: float
    end: float
    cut: bool


@dataclass(frozen=True, slots=True)
class HeardPrompt:
    """What was recognised of a prompt; `wrong` is the share of its syllables that were not heard as meant."""

    text: str
    heard: str
    wrong: float


def spoken_prompts(exchanges: Iterable[Exchange]) -> list[SpokenPrompt]:
    """Every prompt that began, in order."""
    texts: dict[int, str] = {}
    began: dict[int, float] = {}
    found = []
    for exchange in exchanges:
        event = exchange.event
        if isinstance(event, PromptStarted):
            began[event.prompt] = event.at
        elif isinstance(event, PromptEnded) and event.prompt in began:
            start = began[event.prompt]
            found.append(SpokenPrompt(texts[event.prompt], start, start + event.heard_ms / 1000, event.cut))
        texts |= {command.prompt: command.text for command in exchange.commands if isinstance(command, Say)}
    return found


def syllables(text: str) -> list[str]:
    """Toneless pinyin, punctuation left out."""
    return lazy_pinyin(re.sub(r"\W", "", text).replace("幺", "一"))


class PromptEar:
    """Recognises Mandarin prompts; one for many calls, as its model takes a third of a second to load."""

    def __init__(self, model: Path) -> None:
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(str(model))

    def recognised(self, pcm: bytes) -> str:
        """Freely decoded text of 8 kHz PCM; a fifth of real time on one core, so in a thread while a call is up."""
        recognizer = vosk.KaldiRecognizer(self._model, RATE)
        sound = bytes(PIECE_BYTES) + pcm + bytes(2 * PIECE_BYTES)
        texts = [
            json.loads(recognizer.Result())["text"]
            for at in range(0, len(sound), PIECE_BYTES)
            if recognizer.AcceptWaveform(sound[at : at + PIECE_BYTES])
        ]
        return "".join([*texts, json.loads(recognizer.FinalResult())["text"]]).replace(" ", "")

    def heard(self, prompt: SpokenPrompt, recording: Recording, others: Iterable[SpokenPrompt]) -> HeardPrompt:
        """What the phone heard while the prompt was spoken. Raises AssertionError if it sounds more like another."""
        text = self.recognised(recording.pcm(max(0.0, prompt.start - MARGIN_S), prompt.end + MARGIN_S))
        told = {text_of: _wrong(text_of, text) for text_of in {prompt.text, *(other.text for other in others)}}
        nearest = min(told, key=lambda text_of: told[text_of])
        assert nearest == prompt.text, f"{prompt.text} was to be heard, but {text} sounds like {nearest}"
        return HeardPrompt(prompt.text, text, told[prompt.text])


def _wrong(meant: str, heard: str) -> float:
    return Levenshtein.distance(syllables(meant), syllables(heard)) / len(syllables(meant))
