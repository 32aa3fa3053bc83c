"""What a measured caller does, turn by turn: recordings of audio_fixtures/ said to the hotline cloud_support.

Decided: a turn's kind is written here and not asked of the hotline, since what the hotline takes a question for is
part of what is measured. What the caller was understood as is expected, too: a fast answer to something else is no
answer. A caller waits until a prompt is over and says nothing into it, so each gap is of a turn that was waited for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivr.audio import RATE, read_audio
from ivr.qa.reply_gap import speech_end_s
from ivr.shipped import shipped

Kind = Literal["open", "digits", "yes_no", "choice", "keys"]
CLOSED: tuple[Kind, ...] = ("digits", "yes_no", "choice")
_FRAME_SAMPLES = 160


@dataclass(frozen=True, slots=True)
class ScriptTurn:
    """One turn: a recording `audio`, named `case/NN`, or `keys`; `intent` is what it shall be understood as."""

    kind: Kind
    intent: str
    audio: str = ""
    keys: str = ""

    def pcm(self) -> bytes:
        """What is said, 8 kHz PCM. Raises AudioError."""
        return read_audio(shipped("audio_fixtures") / f"{self.audio}.flac")


@dataclass(frozen=True, slots=True)
class CallerScript:
    """A whole call; after the last turn's answer the caller hangs up."""

    name: str
    turns: tuple[ScriptTurn, ...]


SCRIPTS = (
    CallerScript(
        "bill",
        (
            ScriptTurn("open", "billing", "bill_then_person/01"),
            ScriptTurn("digits", "digits", "bill_then_person/02"),
            ScriptTurn("yes_no", "yes", "bill_then_person/03"),
            ScriptTurn("open", "faq:cloud/invoice", "bill_then_person/04"),
        ),
    ),
    CallerScript(
        "outage",
        (
            ScriptTurn("open", "outage", "outage_interrupted/01"),
            ScriptTurn("keys", "option:report_outage.region.east", keys="2"),
            ScriptTurn("choice", "option:report_outage.impact.down", "outage_interrupted/02"),
        ),
    ),
    CallerScript(
        "products",
        (
            ScriptTurn("open", "products", "faq_and_goodbye/01"),
            ScriptTurn("open", "faq:products/storage", "faq_and_goodbye/02"),
            ScriptTurn("yes_no", "no", "faq_and_goodbye/03"),
            ScriptTurn("open", "faq:cloud/refund", "faq_and_goodbye/04"),
        ),
    ),
)


def last_speech_frame(pcm: bytes) -> int:
    """The number of the 20 ms frame in which the speech of a recording ends (reply_gap.speech_end_s)."""
    return max(0, round(speech_end_s(pcm) * RATE) - 1) // _FRAME_SAMPLES
