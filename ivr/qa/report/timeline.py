"""What a call's journal shows on a time line: spans and marks, each on a lane, in milliseconds of the call.

Decided: the journal is drawn as it stands and nothing is worked out anew, so that what the page shows is what the
dialogue was told and what it answered. What the caller truly did (the script's own times) comes from the run's turns
and is not here.

A mark is a dict that the page draws: `lane` (heard, said, decided, waited), `kind` (its class), `from`, `to` (equal
for a moment), `text`, and `more` (a line for the reader who points at it).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ivr.call.journal import Exchange
from ivr.dialogue import commands, events

Mark = dict[str, Any]


def timeline(exchanges: Iterable[Exchange]) -> list[Mark]:
    """The marks of a call, by the time at which they begin."""
    drawing = _Drawing()
    for exchange in exchanges:
        drawing.event(exchange.event)
        for command in exchange.commands:
            drawing.command(exchange.event.at, command)
    return drawing.whole()


class _Drawing:
    """Goes through a journal once; keeps what has begun and is not over."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._said: dict[int, str] = {}
        self._sounding: dict[int, float] = {}
        self._timers: dict[str, tuple[float, float]] = {}
        self._actions: dict[int, tuple[float, str]] = {}
        self._speech: float | None = None
        self._bad: tuple[float, str] | None = None
        self._summary = ""
        self._last = 0.0

    def event(self, event: events.Event) -> None:
        self._last = event.at
        match event:
            case events.SpeechStarted():
                self._speech = event.at if self._speech is None else self._speech
            case events.Partial():
                self._add("heard", "partial", event.at, event.at, event.text)
            case events.Heard():
                self._heard(event)
            case events.KeyPressed():
                self._add("heard", "key", event.at, event.at, event.key)
            case events.PromptStarted():
                self._sounding[event.prompt] = event.at
            case events.PromptEnded():
                self._prompt_ended(event)
            case events.TimerFired():
                self._timer_over(event.timer, event.at, "fired")
            case events.ActionDone():
                began, kind = self._actions.pop(event.action, (event.at, ""))
                self._add("decided", "action", began, event.at, f"{kind} {event.outcome}".strip(), event.reason)
            case _:
                self._other(event)

    def _other(self, event: events.Event) -> None:
        match event:
            case events.RecognitionSlow():
                self._add("heard", "trouble", event.at, event.at, f"slow {event.waited_ms} ms")
            case events.RecognitionLost():
                self._speech = None
                self._add("heard", "trouble", event.at, event.at, "lost", event.reason)
            case events.LineIsBad():
                self._bad = (event.at, event.kind)
            case events.LineIsGood() if self._bad:
                self._add("waited", "line", self._bad[0], event.at, self._bad[1])
                self._bad = None
            case events.PartFailed():
                self._add("decided", "trouble", event.at, event.at, event.part)
            case events.HandOffRefused():
                self._add("decided", "refused", event.at, event.at, f"{event.queue} {event.reason}", self._summary)
            case events.HandedOff():
                self._add("decided", "person", event.at, event.at, f"→ {event.queue}", self._summary)
            case events.HungUp():
                self._add("decided", "end", event.at, event.at, event.by)
            case _:
                pass

    def command(self, at: float, command: commands.Command) -> None:
        match command:
            case commands.Say():
                self._said[command.prompt] = command.text
            case commands.NoteTurn():
                rest = f"{command.runner_up} {command.runner_up_score:.2f}" if command.runner_up else ""
                more = " · ".join(part for part in (command.step, command.why, rest) if part)
                self._add("decided", "intent", at, at, command.intent, more, score=round(command.score, 3))
            case commands.StartTimer():
                self._timer_over(command.timer, at, "waited")
                self._timers[command.timer] = (at, command.seconds)
            case commands.CancelTimer():
                self._timer_over(command.timer, at, "waited")
            case commands.RunAction():
                self._actions[command.action] = (at, command.kind)
            case commands.HandOff():
                self._summary = command.summary
            case _:
                pass

    def whole(self) -> list[Mark]:
        """Everything; what was not over at the call's end ends there."""
        for timer in list(self._timers):
            self._timer_over(timer, self._last, "waited")
        for prompt, began in list(self._sounding.items()):
            self._add("said", "cut", began, self._last, self._said.get(prompt, ""))
        for began, kind in self._actions.values():
            self._add("decided", "action", began, self._last, kind)
        if self._bad:
            self._add("waited", "line", self._bad[0], self._last, self._bad[1])
        return sorted(self._marks, key=lambda mark: (mark["from"], mark["to"]))

    def _heard(self, event: events.Heard) -> None:
        ended = event.at - event.silence_ms / 1000
        began = self._speech if self._speech is not None else ended - event.speech_ms / 1000
        self._speech = None
        self._add(
            "heard", "heard", began, max(began, ended), event.text, event.free_text, score=round(event.confidence, 3)
        )
        self._add("waited", "silence", max(began, ended), event.at, f"{event.silence_ms} ms")

    def _prompt_ended(self, event: events.PromptEnded) -> None:
        began = self._sounding.pop(event.prompt, None)
        if began is not None:  # otherwise it was dropped before a sound of it
            self._add("said", "cut" if event.cut else "prompt", began, event.at, self._said.get(event.prompt, ""))

    def _timer_over(self, timer: str, at: float, kind: str) -> None:
        running = self._timers.pop(timer, None)
        if running is not None and (kind == "fired" or at > running[0]):
            self._add("waited", kind, running[0], at, f"{timer} {running[1]:g} s")

    def _add(self, lane: str, kind: str, began: float, ended: float, text: str, more: str = "", **rest: Any) -> None:  # noqa: PLR0917  one line a mark
        mark: Mark = {"lane": lane, "kind": kind, "from": round(began * 1000), "to": round(ended * 1000), "text": text}
        self._marks.append(mark | ({"more": more} if more else {}) | rest)
