"""What a step kind may do: say, ask, end. It writes commands; nothing happens here.

Decided: a question is `Say` + `Listen` together, so that a caller may answer into the prompt; the clock for
silence starts only when the prompt has ended. Where speech may not interrupt, listening starts when the prompt
has ended as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from ivr.dialogue.commands import BargeIn, CancelTimer, Command, HandOff, HangUp, Listen, Say, StartTimer, StopListening
from ivr.dialogue.session import Question, Session
from ivr.dialogue.template import fill, joined
from ivr.dialogue.vocabulary import everywhere
from ivr.flow.load import Flow
from ivr.understanding.interpreter import Interpreter

NO_INPUT = "no_input"
KEYS = "keys"
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

    def say(self, variants: Sequence[str], barge_in: BargeIn = "on", values: dict[str, str] | None = None) -> str:
        """Say one of `variants`, the next each time; returns what is said."""
        session = self.session
        count = session.asked.get(variants[0], 0)
        session.asked[variants[0]] = count + 1
        values = {**session.slots, **(values or {})}
        parts = fill(variants[count % len(variants)], values, self._formats, self.flow.hotline.language)
        text = "".join(parts)
        self._say(text, barge_in, joined(parts) if len(parts) > 1 else ())
        session.said.append(text)
        return text

    def say_again(self, texts: Sequence[str], barge_in: BargeIn = "on") -> None:
        """Say what was said before, word for word."""
        for text in texts:
            self._say(text, barge_in)

    def ask(self, question: Question) -> None:
        """Ask `question`: it is said now, and the caller's answer goes to the action under way."""
        self.say([question.prompt], question.barge_in)
        self.wait_for(question)

    def wait_for(self, question: Question) -> None:
        """Expect the answer to a question whose prompt is on its way."""
        self.session.question = question
        self.session.keys = ""
        self.session.listen_after_prompt = question.barge_in != "on"
        if self.session.listen_after_prompt:
            self.commands.append(StopListening())
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
        """The question has been heard: the caller's silence counts from now."""
        if self.session.question is not None and not self.session.caller_speaks:
            self.commands.append(StartTimer(NO_INPUT, self.session.question.patience.wait))

    def finish(self, ending: HandOff | HangUp, text: Sequence[str] = ()) -> None:
        """End the call by `ending`, once `text` and all before it has been heard."""
        if text:
            self.say(text, "off")
        self.session.question = None
        self.session.ending = ending
        self.commands += [CancelTimer(NO_INPUT), CancelTimer(KEYS), StopListening()]
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

    def summary(self) -> str:
        """One line for the agent: what the caller wanted, what is known, the last words. Personal values are masked."""
        personal = self._personal
        wanted = "、".join(dict.fromkeys(self.label(intent) for intent in self.session.wanted))
        known = [f"{name}={'***' if name in personal else value}" for name, value in self.session.slots.items()]
        words = f"“{self.session.last_words}”" if self.session.last_words and not personal else ""
        parts = [part for part in (wanted, *known, words) if part]
        return "；".join([self.flow.hotline.hotline, *parts])[:_SUMMARY_CHARACTERS]

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

    def _say(self, text: str, barge_in: BargeIn, parts: tuple[str, ...] = ()) -> None:
        number = self.session.next_prompt
        self.session.next_prompt += 1
        self.session.speaking.append((number, barge_in))
        self.commands.append(Say(number, text, barge_in, parts))
