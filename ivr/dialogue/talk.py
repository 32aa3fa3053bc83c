"""What a step kind may do: say, ask, end. It writes commands; nothing happens here.

Decided: a question is `Say` + `Listen` together, so that a caller may answer into the prompt; the clock for
silence starts only when the prompt has ended. Where speech may not interrupt, listening starts when the prompt
has ended as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ivr.dialogue.commands import (
    BargeIn,
    CancelTimer,
    Command,
    HandOff,
    HangUp,
    Listen,
    RunAction,
    Say,
    StartTimer,
    StopListening,
    StopRecording,
    StopSpeaking,
)
from ivr.dialogue.session import Question, Session
from ivr.dialogue.template import fill, joined
from ivr.dialogue.vocabulary import Understanding, Vocabulary, everywhere
from ivr.dialogue.world import chosen, surroundings, value_of
from ivr.flow.expression import Value
from ivr.flow.known_values import known_values, personal_values
from ivr.flow.load import Flow
from ivr.flow.scalars import Expression, Prompt, in_language
from ivr.flow.schema import Wording
from ivr.understanding.result import State

NO_INPUT, KEYS, FILLER, ACTION, HELD = "no_input", "keys", "filler", "action", "held"
FILLER_AFTER_S, FILLER_AGAIN_S = 1.0, 8.0
LOST_AFTER_S = 5.0  # whoever carries an action out keeps its timeout; this is for one who does not
TRIES_BEFORE_A_PERSON = 3
_LONGEST_TURN_S = 30.0  # longer than the ears' longest turn: a recogniser that never answers cannot hang a caller
_SPOKEN_PAUSE_S = {False: 0.6, True: 1.0}  # digits are said in groups, with longer pauses between
_MOST_UNATTENDED = 20  # a service that fails at once, in a circle of steps, must not spin and pile up prompts for ever
_SUMMARY_CHARACTERS = 80
_SHORT_NAME = {True: 8, False: 24}  # characters, Mandarin or not


class Talk:
    """The pen with which steps and policy write one event's commands."""

    def __init__(self, flow: Flow, vocabulary: Vocabulary, session: Session) -> None:
        self.flow = flow
        self.session = session
        self.commands: list[Command] = []
        self._vocabulary = vocabulary

    @property
    def language(self) -> str:
        """The language spoken now."""
        return self.session.language or self.flow.hotline.language

    @property
    def wording(self) -> Wording:
        """The hotline's own words in that language."""
        return self.flow.words[self.language].wording

    @property
    def understanding(self) -> Understanding:
        """Understanding in that language."""
        return self._vocabulary[self.language]

    def value(self, expression: Expression) -> Value:
        """The value of an expression now."""
        return value_of(expression, self.session, self.flow)

    def say(
        self, prompt: Prompt | Sequence[str], barge_in: BargeIn = "on", values: dict[str, str] | None = None
    ) -> tuple[str, ...]:
        """Say one of a prompt's variants, the next each time; returns what is said, cut around its values."""
        return self.say_new(self.worded(prompt, values), barge_in)

    def say_new(self, parts: tuple[str, ...], barge_in: BargeIn = "on") -> tuple[str, ...]:
        """Say what is worded, and remember it for 重复."""
        self.say_again([parts], barge_in)
        self.session.said.append(parts)
        return parts

    def worded(self, prompt: Prompt | Sequence[str], values: dict[str, str] | None = None) -> tuple[str, ...]:
        """The next of a prompt's variants in its parts, cut around its values, without saying it yet."""
        session = self.session
        variants = in_language(prompt, self.language) if isinstance(prompt, Mapping) else prompt
        count = session.asked.get(variants[0], 0)
        session.asked[variants[0]] = count + 1
        known = {**surroundings(session, self.flow), **chosen(session, self.flow, self.language), **(values or {})}
        types = known_values(self.flow, session.scope)
        return joined(fill(variants[count % len(variants)], known, types, self.language, known["today"][:4]))

    def say_again(self, prompts: Sequence[tuple[str, ...]], barge_in: BargeIn = "on") -> None:
        """Say `prompts`, each given in its parts, word for word."""
        session = self.session
        for parts in prompts:
            session.speaking.append((session.next_prompt, barge_in))
            pieces = parts if len(parts) > 1 else ()
            self.commands.append(Say(session.next_prompt, "".join(parts), barge_in, pieces, self._other_language()))
            session.next_prompt += 1

    def stop_speaking(self, by: Literal["speech", "key"]) -> bool:
        """Cut what is being said, unless some of it may not be cut `by` this; returns whether it was."""
        may = self.may_stop(by)
        if may:
            self.drop_speech()
        return may

    def may_stop(self, by: Literal["speech", "key"]) -> bool:
        """Whether something is being said, and all of it may be cut `by` this."""
        allowed = {"on"} if by == "speech" else {"on", "keys"}
        return bool(self.session.speaking) and all(barge_in in allowed for _, barge_in in self.session.speaking)

    def drop_speech(self) -> None:
        """Cut what is being said or held, whether it may be cut or not."""
        self.commands.append(StopSpeaking())
        if self.session.held:
            self.session.held = False
            self.commands.append(CancelTimer(HELD))

    def wait_for(self, question: Question) -> None:
        """Expect the answer to a question whose prompt is on its way."""
        self.stop_recording()
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
        state = everywhere(question.state, self.flow)
        pause = question.patience.pause or _SPOKEN_PAUSE_S[question.most_keys > 0]
        digits = (state.digits.shortest, state.digits.longest) if state.digits else None
        self.commands.append(
            Listen(
                state.intents,
                state.faqs,
                digits,
                round(pause * 1000),
                question.closed,
                question.hints,
                self._other_language(),
                state.wanted.kind if state.wanted else "",
                round(question.patience.complete * 1000),
                state.digits.scale if state.digits else None,
            )
        )
        if question.recording is not None and self.session.recording_since is None:
            self.session.recording_since = self.session.at
            self.commands.append(question.recording)

    def stop_recording(self) -> None:
        """Whatever the caller says from here on is for us again."""
        if self.session.recording_since is not None:
            self.session.recording_since = None
            self.commands.append(StopRecording())

    def start_waiting(self) -> None:
        """The question has been heard: the caller's silence counts from now, or the length of what they are saying."""
        if self.session.question is not None and (self.session.caller_speaks or not self.session.question.patient):
            patience = self.session.question.patience.wait
            seconds = _LONGEST_TURN_S if self.session.caller_speaks else patience
            self.commands.append(StartTimer(NO_INPUT, seconds))

    def caller_is_done(self) -> None:
        """The caller's turn is over. Where silence is no turn, nothing but the turn's own length was being counted."""
        question = self.session.question
        if self.session.caller_speaks and question is not None and question.patient:
            self.commands.append(CancelTimer(NO_INPUT))
        self.session.caller_speaks = False

    def finish(self, ending: HandOff | HangUp, text: Prompt | Sequence[str] = ()) -> None:
        """End the call by `ending`, once `text` and all before it has been heard."""
        if text:
            self.say(text, "off")
        self.stop_waiting_for_action()  # its answer must not reach whatever step a refused caller comes to
        self.stop_recording()
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

    def hand_off(self, queue: str, text: Prompt | Sequence[str]) -> None:
        """Give the caller to `queue` after `text`; one who was refused before is queued all the same."""
        self.finish(HandOff(queue, self.summary(), insist=self.session.refusals > 0), text)

    def give_up(self) -> None:
        """We could not help: a person shall."""
        self.hand_off(self.flow.hotline.person.queue, [self.wording.give_up])

    def summary(self) -> str:
        """One line for the agent: what the caller wanted, what is known, the last words. Personal values are masked."""
        wanted = "、".join(dict.fromkeys(self.label(intent) for intent in self.session.wanted))
        personal = personal_values(self.flow)
        values = {**self.session.values, **chosen(self.session, self.flow, self.flow.hotline.language)}
        own = self.flow.hotline.values
        told = {name: self._for_agent(value, own=name in own) for name, value in values.items()}
        in_order = sorted((name for name in told if told[name]), key=lambda name: name in own)  # the caller's first
        known = [f"{name}={'***' if name in personal else told[name]}" for name in in_order]
        words = f"“{self.session.last_words}”" if self.session.last_words else ""
        parts = [part for part in (wanted, self._not_done(), *known, words) if part]
        return "；".join([self.flow.hotline.hotline, *parts])[:_SUMMARY_CHARACTERS]

    def _for_agent(self, value: Any, *, own: bool) -> str:
        """A value as the agent reads it; "" for what says nothing: answers of services, and the flow's `own` notes of
        what was done (`served`) or not counted yet."""
        if isinstance(value, bool):
            yes_no = ("否", "是") if self.flow.hotline.language.startswith("zh") else ("no", "yes")
            return "" if own else yes_no[value]
        return "" if value is None or isinstance(value, dict | list) or (own and not value) else str(value)

    def _not_done(self) -> str:
        """What the caller wished for besides, for the agent to ask about."""
        waiting = dict.fromkeys(self.label(meaning) for meaning in (*self.session.offered, *self.session.later))
        return "还想：" + "、".join(waiting) if waiting else ""

    def remember_words(self, text: str) -> None:
        """The caller's last words are for the summary, but not where they may be a personal value."""
        self.session.last_words = "" if self.session.form.get("slot") in personal_values(self.flow) else text

    def wish(self, intent: str) -> str:
        """`想查话费`: a meaning as a wish, to be named in a question; "" if it has no short name."""
        form = self.wording.about if intent.startswith("faq:") else self.wording.wish
        called = self.called(intent)
        return form.format(called=called) if called else ""

    def called(self, intent: str) -> str:
        """The short name of a meaning: the one that is written, a FAQ's question, an example that is short, or ""."""
        words = self.flow.words[self.language]
        if intent.startswith("faq:"):
            entry = words.faq_entry(intent)
            return (entry.called or entry.question) if entry else ""
        label = words.called.get(intent) or (words.intents.get(intent) or [""])[0]
        return label if intent in words.called or len(label) <= _SHORT_NAME[self.language.startswith("zh")] else ""

    def answer_to(self, intent: str) -> str:
        """The answer of the FAQ entry that `intent` (`faq:SET/ID`) names."""
        entry = self.flow.words[self.language].faq_entry(intent)
        return entry.answer if entry else ""

    def label(self, intent: str) -> str:
        """What people call an intent: its first example, a FAQ's question, an option's first name."""
        words = self.flow.words[self.language]
        if intent.startswith("faq:"):
            entry = words.faq_entry(intent)
            return entry.question or entry.answer.rstrip("。.") if entry else intent
        if intent.startswith("option:"):
            place, slot, option = intent.removeprefix("option:").split(".")
            scope, _, step = place.rpartition("/")
            ways = (self.flow.steps(scope)[step].collect or {})[slot].options[option]
            return in_language(ways, self.language)[0]
        examples = words.intents.get(intent) or words.universals.get(intent) or [intent]
        return examples[0]

    def run_action(self, kind: str, request: dict[str, Any], *, timeout: float, retries: int = 0) -> None:
        """Have something done outside while the caller is kept company; 转人工 and the keys work meanwhile.

        The step gets the answer by `action_done`. After twenty actions without a turn of the caller: to a person.
        One that never comes counts as `timeout`.
        """
        session = self.session
        session.unattended += 1
        if session.unattended > _MOST_UNATTENDED:
            self.hand_off(self.flow.hotline.person.queue, [self.wording.trouble])
            return
        session.actions += 1
        session.action = session.actions
        self.commands.append(RunAction(session.action, kind, request, timeout, retries))
        self.commands += [StartTimer(FILLER, FILLER_AFTER_S), StartTimer(ACTION, timeout + LOST_AFTER_S)]
        self.wait_for(Question((), State(), patient=True))

    def stop_waiting_for_action(self) -> None:
        """The action is over, or of no interest any more."""
        if self.session.action is not None:
            self.session.action = None
            self.commands += [CancelTimer(FILLER), CancelTimer(ACTION)]

    def _other_language(self) -> str:
        return "" if self.language == self.flow.hotline.language else self.language

    def _stop_listening(self) -> None:
        self.session.caller_speaks = False  # the ears drop the turn under way, so no `Heard` will end it
        self.commands.append(StopListening())
