"""A caller who follows a script over a real phone and tells how long each answer took to come.

Decided: the gap is taken from what the phone itself sent and received: from the moment when the frame with the last
sample of speech went out (of a key: its first event) to the arrival of the first frame of the answer that can be heard.
What the phone's own loop was late by is in it, and is measured beside it. A hotline that begins to speak before the
caller has ended has not answered but cut in: that call has failed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from ivr.qa.phone.call_media import NotHeard
from ivr.qa.phone.caller_script import CallerScript, ScriptTurn, last_speech_frame
from ivr.qa.phone.sip_call import Call, CallRefused
from ivr.qa.phone.sip_phone import Phone

PROMPT_OVER_S = 0.8
"""The silence after which a caller takes a prompt for finished: the parts of a prompt are nearer to each other."""
ANSWER_WITHIN_S = 12.0
PROMPT_WITHIN_S = 40.0


@dataclass(frozen=True, slots=True)
class MeasuredTurn:
    """One answer: `gap_ms` from the caller's last speech to it, `at` seconds since the phone was answered."""

    kind: str
    intent: str
    at: float
    gap_ms: float


@dataclass(slots=True)
class CallerReport:
    """What one caller met. `fault` is empty for a call that went to its end; `first_word_s` and `lasted_s` count
    from the answer; `longest_packet_gap_ms`: the greatest time between two packets from Asterisk."""

    number: int
    user: str
    script: str
    answered_s: float = 0.0
    first_word_s: float = 0.0
    lasted_s: float = 0.0
    longest_packet_gap_ms: int = 0
    turns: list[MeasuredTurn] = field(default_factory=list)
    fault: str = ""


async def follow(phone: Phone, script: CallerScript, number: int) -> CallerReport:
    """Dial, take every turn of the script, hang up. What goes wrong ends the call and stands in `fault`."""
    report = CallerReport(number, phone.user, script.name)
    began = asyncio.get_running_loop().time()
    try:
        call = await phone.dial("ivr", within=15.0)
    except CallRefused as refused:
        report.fault = f"not answered: {refused}"
        return report
    report.answered_s = asyncio.get_running_loop().time() - began
    try:
        report.first_word_s = await call.media.heard_speech_start(within=ANSWER_WITHIN_S)
        await call.media.heard_speech_end(pause=PROMPT_OVER_S, within=PROMPT_WITHIN_S)
        for turn in script.turns:
            report.turns.append(await _take(call, turn))
            await call.media.heard_speech_end(pause=PROMPT_OVER_S, within=PROMPT_WITHIN_S)
    except NotHeard as unheard:
        report.fault = f"turn {len(report.turns) + 1}: {unheard}"
    finally:
        report.lasted_s = call.media.now()
        report.longest_packet_gap_ms = call.media.heard.longest_gap_ms
        await call.hang_up()
    return report


async def _take(call: Call, turn: ScriptTurn) -> MeasuredTurn:
    """One turn, and the time until its answer is heard. Raises NotHeard."""
    if turn.keys:
        began = spoke = await call.media.press(turn.keys)
    else:
        pcm = turn.pcm()
        said = await call.media.say(pcm)
        began, spoke = said.start, said.sent[last_speech_frame(pcm)] if said.sent else said.start

    def answer() -> float | None:
        heard = call.media.heard.utterances(0.0, after=began)
        return call.media.heard.arrived(heard[0].start) if heard else None

    heard = await call.media.until(answer, within=ANSWER_WITHIN_S, what=f"an answer to {turn.audio or turn.keys}")
    if heard < spoke:
        raise NotHeard(f"the hotline spoke {(spoke - heard) * 1000:.0f} ms before the caller had ended {turn.audio}")
    return MeasuredTurn(turn.kind, turn.intent, round(spoke, 3), round((heard - spoke) * 1000, 1))
