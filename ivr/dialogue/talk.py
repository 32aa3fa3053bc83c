"""What a step kind may do: say, ask, end. It writes commands; nothing happens here.

Decided: a question is `Say` + `Listen` together, so that a caller may answer into the prompt; the clock for
silence starts only when the prompt has ended. Where speech may not interrupt, listening starts when the prompt
has ended as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ivr.dialogue.commands import (
    BargeIn,
    CancelTimer,
    Command,
    HandOff,
    HangUp,
    Listen,
    Say,
    StartTimer,
    StopListening,
    StopSpeaking,
)
from ivr.dialogue.session import Question, Session
from ivr.dialogue.template import fill, joined
from ivr.dialogue.vocabulary import everywhere
from ivr.flow.load import Flow
from ivr.understanding.interpreter import Interpreter

NO_INPUT = "no_input"
KEYS = "keys"
TRIES_BEFORE_A_PERSON = 3
_LONGEST_TURN_S = 30.0  # longer than the ears' longest turn: a recogniser that never answers cannot hang a caller
_SPOKEN_PAUSE_S = {False: 0.6, True: 1.0}  # digits are said in groups, with longer pauses between
_SUMMARY_CHARACTERS = 80


class Talk:
    """The pen with which steps and policy write one event's commands."""

    def __init__(self, flow: Flow, interpreter: Interpreter, session: Session) -> None:
        self.flow = flow
        self.interpreter = interpreter
        self.session = session
        self.commands: list[Command] = []
        slots = [item for step in flow.hotline.steps.values() for item in (step.collect or {}).items()]
        self._formats = {name: "digits" for name, slot in slots if slot.type == "digits"}
        self._personal = {name for name, slot in slots if slot.pii}

    def say(
        self, variants: Sequence[str], barge_in: BargeIn = "on", values: dict[str, str] | None = None
    ) -> tuple[str, ...]:
        """Say one of `variants`, the next each time; returns what is said, cut around its values."""
        session = self.session
        count = session.asked.get(variants[0], 0)
        session.asked[variants[0]] = count + 1
        values = {**session.slots, **(values or {})}
        text = variants[count % len(variants)]
        parts = joined(fill(text, values, self._formats, self.flow.hotline.language))
        self.say_again([parts], barge_in)
        session.said.append(parts)
        return parts

    def say_again(self, prompts: Sequence[tuple[str, ...]], barge_in: BargeIn = "on") -> None:
        """Say `prompts`, each given in its parts, word for word."""
        session = self.session
        for parts in prompts:
            session.speaking.append((session.next_prompt, barge_in))
            self.commands.append(Say(session.next_prompt, "".join(parts), barge_in, parts if len(parts) > 1 else ()))
            session.next_prompt += 1

    def stop_speaking(self, by: Literal["speech", "key"]) -> bool:
        """Cut what is being said, unless some of it may not be cut `by` this; returns whether it was."""
        allowed = {"on"} if by == "speech" else {"on", "keys"}
        may = bool(self.session.speaking) and all(barge_in in allowed for _, barge_in in self.session.speaking)
        if may:
            self.commands.append(StopSpeaking())
        return may

    def wait_for(self, question: Question) -> None:
        """Expect the answer to a question whose prompt is on its way."""
        self.session.question = question
        self.session.keys = ""
        self.session.listen_after_prompt = question.barge_in != "on"
        if self.session.listen_after_prompt:
            self._stop_listening()
        else:
            self.listen()
        if not self.session.speaking:
            self.start_waiting()

    def listen(self) -> None:
        """Tell the ears what the question under way expects."""
        question = self.session.question
        if question is None:
            return
        state = everywhere(question.state)
        gathers_digits = question.state.digits is not None and not question.keys
        pause = question.patience.pause or _SPOKEN_PAUSE_S[gathers_digits]
        digits = (state.digits.shortest, state.digits.longest) if state.digits else None
        self.commands.append(Listen(state.intents, state.faqs, digits, round(pause * 1000), question.closed))

    def start_waiting(self) -> None:
        """The question has been heard: the caller's silence counts from now, or the length of what they are saying."""
        if self.session.question is not None:
            patience = self.session.question.patience.wait
            seconds = _LONGEST_TURN_S if self.session.caller_speaks else patience
            self.commands.append(StartTimer(NO_INPUT, seconds))

    def finish(self, ending: HandOff | HangUp, text: Sequence[str] = ()) -> None:
        """End the call by `ending`, once `text` and all before it has been heard."""
        if text:
            self.say(text, "off")
        self.session.question = None
        self.session.ending = ending
        self.commands += [CancelTimer(NO_INPUT), CancelTimer(KEYS)]
        self._stop_listening()
        if not self.session.speaking:
            self.end_now()

    def end_now(self) -> None:
        """Nothing is being said any more: carry out the ending, if there is one."""
        if self.session.ending is not None:
            self.commands.append(self.session.ending)
            self.session.ending = None

    def hand_off(self, queue: str, text: Sequence[str]) -> None:
        """Give the caller to `queue` after `text`; one who was refused before is queued all the same."""
        self.finish(HandOff(queue, self.summary(), insist=self.session.refusals > 0), text)

    def give_up(self) -> None:
        """We could not help: a person shall."""
        self.hand_off(self.flow.hotline.person.queue, [self.flow.wording.give_up])

    def summary(self) -> str:
        """One line for the agent: what the caller wanted, what is known, the last words. Personal values are masked."""
        wanted = "、".join(dict.fromkeys(self.label(intent) for intent in self.session.wanted))
        known = [f"{name}={'***' if name in self._personal else value}" for name, value in self.session.slots.items()]
        words = f"“{self.session.last_words}”" if self.session.last_words else ""
        parts = [part for part in (wanted, *known, words) if part]
        return "；".join([self.flow.hotline.hotline, *parts])[:_SUMMARY_CHARACTERS]

    def remember_words(self, text: str) -> None:
        """The caller's last words are for the summary, but not where they may be a personal value."""
        self.session.last_words = "" if self.session.form.get("slot") in self._personal else text

    def label(self, intent: str) -> str:
        """What people call an intent: its first example, or a FAQ's question."""
        if intent.startswith("faq:"):
            name, _, entry_id = intent.removeprefix("faq:").partition("/")
            return next((entry.question for entry in self.flow.faqs.get(name, ()) if entry.id == entry_id), intent)
        if intent.startswith("option:"):
            step, slot, option = intent.removeprefix("option:").split(".")
            return (self.flow.hotline.steps[step].collect or {})[slot].options[option][0]
        examples = self.flow.intents.get(intent) or self.flow.universals.get(intent) or [intent]
        return examples[0]

    def _stop_listening(self) -> None:
        self.session.caller_speaks = False  # the ears drop the turn under way, so no `Heard` will end it
        self.commands.append(StopListening())
