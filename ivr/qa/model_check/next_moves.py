"""Every class of input that a call can meet where it stands, the likeliest first, so counterexamples are plain.

Decided: what means nothing is one class a kind (one nonsense, one key, one number too short), what means something is
each its own (every intent, every key, every option, the first entry of every FAQ).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from ivr.dialogue import choice_between
from ivr.dialogue.commands import HandOff, HangUp
from ivr.dialogue.session import Question, Session
from ivr.dialogue.talk import KEYS, NO_INPUT, Talk
from ivr.dialogue.vocabulary import everywhere
from ivr.dialogue.world import value_of
from ivr.flow.load import Flow
from ivr.flow.step_schema import Step, Verify
from ivr.qa.model_check.call import Call
from ivr.qa.model_check.moves import NONSENSE, Move
from ivr.qa.model_check.representatives import DIGITS, Representatives
from ivr.qa.model_check.value_moves import value_moves
from ivr.understanding.result import Result
from ivr_tts.spoken_text import FORMATTERS

_KEYS = "9876543210*#"
_OUTCOMES: tuple[Literal["failed", "timeout", "unfit"], ...] = ("failed", "timeout", "unfit")
_CHECKED = ("check_code", "check_totp")


class NextMoves:
    """The moves of one flow."""

    def __init__(self, flow: Flow, representatives: Representatives) -> None:
        self._flow = flow
        self._values = representatives
        self._later = ""

    def of(self, call: Call) -> Iterator[Move]:
        """Everything that can happen to `call`, whose prompts have been heard."""
        session, question = call.session, call.session.question
        if isinstance(call.ending, HandOff):
            yield Move("accepted")
            if not call.ending.insist:
                yield Move("refused", willing=False)
        elif isinstance(call.ending, HangUp):
            yield Move("end")
        elif question is None:
            return
        elif session.keys:
            if KEYS in call.timers:
                yield Move("keys", willing=False)
        else:
            if session.action is not None:
                yield from self._outcomes(call)
            if not question.patient:
                yield from self._without_meaning(call, question)
                yield from self._numbers(session, question)
                language = session.language or self._flow.hotline.language
                yield from value_moves(session, question, self._values, language)
                yield from self._two_meanings(session, question)
            yield from self._wishes(session, question)

    def agent(self, session: Session) -> Move:
        """转人工."""
        return self._said(session, "agent")

    def _without_meaning(self, call: Call, question: Question) -> Iterator[Move]:
        if NO_INPUT in call.timers:
            yield Move("silence", willing=False)
        yield Move("say", NONSENSE, Result("", 0.0), willing=False)
        if not question.most_keys:
            key = next((key for key in _KEYS if key not in {*question.keys, "0", "*"}), "")
            if key:
                yield Move("keys", key, willing=False)
        yield Move("cough", willing=False)
        yield Move("lost", willing=False)

    def _numbers(self, session: Session, question: Question) -> Iterator[Move]:
        digits = question.state.digits
        if digits is None:
            return
        step = self._step(session)
        verify = step.verify if step.actions[session.position] == "verify" else None
        right = self._right(session, verify, digits.shortest, digits.longest)
        wrong = [DIGITS[: digits.longest + 1]]
        if digits.shortest > 1:
            wrong.insert(0, DIGITS[: digits.shortest - 1])
        by_keys = not question.keys
        for number, willing in (*right, *((number, False) for number in wrong)):
            yield self._number(session, number, willing=willing)
            if by_keys and len(number) <= digits.longest:
                yield Move("keys", number, willing=willing)
        if by_keys and digits.longest > 1:
            yield Move("begin_number", DIGITS[0])
            yield Move("keys", "#", willing=False)

    def _right(self, session: Session, verify: Verify | None, shortest: int, longest: int) -> list[tuple[str, bool]]:
        """Numbers of the right length, and whether giving them is the caller's will: a wrong answer is not."""
        if verify is None:
            step = self._step(session)
            name = session.form.get("slot", "") or (step.survey.save if step.survey else "")
            return [(number, True) for number in self._values.digits(name, shortest, longest)]
        if verify.is_ is None:
            return [(DIGITS[:shortest], True)]  # whether it is right, the check's outcome says
        answer = str(value_of(verify.is_, session, self._flow))
        fits = answer.isdecimal() and shortest <= len(answer) <= longest
        wrong = next(digit for digit in DIGITS if not answer.startswith(digit)) + DIGITS[1:shortest]
        return [(wrong, False), *([(answer, True)] if fits else [])]

    def _number(self, session: Session, number: str, *, willing: bool) -> Move:
        language = session.language or self._flow.hotline.language
        spoken = FORMATTERS["digits"](number, language)
        return Move("say", spoken, Result("digits", 1.0, slots={"digits": number}), willing)

    def _wishes(self, session: Session, question: Question) -> Iterator[Move]:
        state = everywhere(question.state, self._flow)
        universals = self._flow.words[session.language or self._flow.hotline.language].universals
        for intent in state.intents:
            if intent in universals or intent in question.state.intents or intent in self._flow.hotline.anywhere:
                yield self._said(session, intent)
        for faq in state.faqs:
            entries = self._flow.words[session.language or self._flow.hotline.language].faqs.get(faq, ())
            if entries:
                yield Move("say", entries[0].question, Result(f"faq:{faq}/{entries[0].id}", 1.0))
        for key in question.keys:
            yield Move("keys", key)
        if not question.most_keys:
            yield from (Move("keys", key) for key in "0*" if key not in question.keys)

    def _two_meanings(self, session: Session, question: Question) -> Iterator[Move]:
        """A turn as near to one meaning as to another, and one that wishes for both. What is asked then leads where one
        of the two leads, which is tried apart, so a pair stands for all, and one wish for all that are kept for
        later."""
        talk = Talk(self._flow, {}, session)
        if not choice_between.may_ask(talk, question):
            return
        named = choice_between.candidates(talk, self._step(session), question)
        if len(named) < 2:
            return
        one, other = (talk.label(name) for name in (named[0], named[-1]))
        near = question.state.threshold - choice_between.NEARLY / 2
        close = ((named[0], near), (named[-1], near))
        yield Move("say", f"{one}{other}", Result("", near, ranking=close), willing=False)
        self._later = self._later or next((name for name in reversed(named) if not name.startswith("faq:")), "")
        if self._later in named:
            first = next(name for name in named if name != self._later)
            words = f"{talk.label(first)}然后{talk.label(self._later)}"
            yield Move("say", words, Result(first, 1.0, also=((self._later, 1.0),)))

    def _said(self, session: Session, intent: str) -> Move:
        words = Talk(self._flow, {}, session).label(intent)
        return Move("say", words, Result(intent, 1.0))

    def _outcomes(self, call: Call) -> Iterator[Move]:
        for outcome in _OUTCOMES:
            yield Move("done", willing=False, outcome=outcome)
        kind = call.action.kind if call.action is not None else ""
        if kind in _CHECKED:
            yield Move("done", willing=False, value=False)
            yield Move("done", value=True)
            return
        for value in self._answers(call.session, kind):
            yield Move("done", willing=False, value=value)

    def _answers(self, session: Session, kind: str) -> list[Any]:
        written = self._step(session).call
        if kind != "http" or written is None or not written.save:
            return [{}]
        return self._values.answers(written.save, written.expect)

    def _step(self, session: Session) -> Step:
        return self._flow.steps(session.scope)[session.step]
