"""A call as it is watched in a terminal: who said what, what it was taken for, and how soon the answer came."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from ivr.dialogue.commands import Command, HandOff, NoteTurn, RunAction, Say
from ivr.dialogue.events import (
    ActionDone,
    CallStarted,
    Event,
    HandedOff,
    HandOffRefused,
    Heard,
    HungUp,
    KeyPressed,
    LineIsBad,
    LineIsGood,
    PromptEnded,
    PromptStarted,
    RecognitionLost,
    RecognitionSlow,
)

_SLOW_S = 1.5


class Conversation:
    """An observer that prints; prompts appear when their first frame goes out, so the eye hears what the
    caller hears."""

    def __init__(self, console: Console, *, explain: bool = False) -> None:
        self._console = console
        self._explain = explain
        self._texts: dict[int, str] = {}
        self._by_voice = False
        self._speech_ended: float | None = None
        self.gaps: list[float] = []

    def __call__(self, at: float, what: Event | Command) -> None:
        """Print what is worth a line."""
        match what:
            case CallStarted(hears=hears):
                self._by_voice = hears == "audio"
            case Say(prompt=number, text=text):
                self._texts[number] = text
            case Heard(silence_ms=silence_ms) if self._by_voice:
                self._speech_ended = at - silence_ms / 1000
            case KeyPressed() if self._by_voice:
                self._speech_ended = at
            case NoteTurn():
                self._turn(at, what)
            case PromptStarted(prompt=number):
                self._prompt(at, self._texts.get(number, ""))
            case _:
                self._aside(at, what)

    def _aside(self, at: float, what: Event | Command) -> None:
        match what:
            case PromptEnded(cut=True, heard_ms=heard_ms) if heard_ms:
                self._line(at, "", f"(interrupted after {heard_ms / 1000:.1f} s)", "dim")
            case RunAction(kind=kind, request=request):
                self._line(at, "", f"asks {request.get('url', kind)}", "blue")
            case ActionDone(outcome=outcome, reason=reason) if outcome != "ok":
                self._line(at, "", f"{outcome}: {reason}", "red")
            case HandOff(queue=queue, summary=summary):
                self._line(at, "person", f"queue {queue}: {summary}", "magenta")
            case HandedOff():
                self._line(at, "", "handed to a person", "magenta")
            case HandOffRefused(reason=reason):
                self._line(at, "", f"the queue is {reason}", "red")
            case RecognitionLost(reason=reason):
                self._line(at, "", f"recognition lost: {reason}", "red")
            case RecognitionSlow(waited_ms=waited):
                self._line(at, "", f"recognition late: {waited} ms", "yellow")
            case LineIsBad() | LineIsGood() | HungUp():
                self._line_changed(at, what)

    def _line_changed(self, at: float, what: LineIsBad | LineIsGood | HungUp) -> None:
        match what:
            case LineIsBad(kind=kind):
                self._line(at, "", f"the caller's line is bad: {kind}", "yellow")
            case LineIsGood():
                self._line(at, "", "the caller's line is good again", "dim")
            case HungUp(by=by):
                self._line(at, "", f"hung up by the {by}" if by != "fault" else "the line broke", "dim")

    def _turn(self, at: float, turn: NoteTurn) -> None:
        words = turn.heard or "(silence)"
        meaning = f"{turn.intent} {turn.score:.2f}" if turn.intent != "no_input" else turn.intent
        if turn.slots:
            meaning += " " + ", ".join(f"{name}={value}" for name, value in turn.slots.items())
        if turn.runner_up:
            meaning += f"  (next: {turn.runner_up} {turn.runner_up_score:.2f})"
        body = Text()
        body.append(words, "bold green")
        body.append(f"   {meaning}", "cyan")
        self._print(at, "caller", body)
        if self._explain:
            self._line(at, "", turn.why, "dim")

    def _prompt(self, at: float, text: str) -> None:
        body = Text()
        if self._speech_ended is not None:
            gap = at - self._speech_ended
            self.gaps.append(gap)
            body.append(f"(after {gap:.2f} s) ", "yellow" if gap > _SLOW_S else "dim")
            self._speech_ended = None
        self._print(at, "hotline", body.append(text, "default"))

    def _line(self, at: float, who: str, text: str, style: str) -> None:
        self._print(at, who, Text(text, style))

    def _print(self, at: float, who: str, body: Text) -> None:
        line = Text()  # without a style of its own, which would dim all that follows
        line.append(f"{at:6.1f}s ", "dim")
        line.append(f"{who:>7}  ", "bold" if who == "caller" else "dim")
        self._console.print(line + body, soft_wrap=True, highlight=False)
