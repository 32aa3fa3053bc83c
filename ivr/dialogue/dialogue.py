"""A call as a pure state machine: `Dialogue.handle(event) -> commands`.

No clock, no socket, no await: the only time is the `at` of events, the only chance is none. So one core serves
the live call, the text chat, the recorded call and yesterday's journal, and the same events give the same
commands in any process.

    event            what is done
    CallStarted      the start step
    SpeechStarted    the prompt is cut, if it may be; silence stops counting
    Heard            understood: a universal, or the step's turn, or a rung of the ladder
    KeyPressed       the prompt is cut; 0 is a person; in a number, digits are gathered
    TimerFired       no_input: a rung of the ladder; keys: the gathered digits are taken
    PromptEnded      the last one: silence counts from here, or the ending is carried out
    RecognitionLost  a rung of the ladder: the caller is asked again
    HandOffRefused   somewhere better than waiting
    HandedOff, HungUp  over
"""

from __future__ import annotations

from ivr.dialogue import policy
from ivr.dialogue.commands import CancelTimer, Command, HandOff, Listen, NoteTurn, StartTimer, StopSpeaking
from ivr.dialogue.events import (
    CallStarted,
    Event,
    HandedOff,
    HandOffRefused,
    Heard,
    HungUp,
    KeyPressed,
    PromptEnded,
    RecognitionLost,
    SpeechStarted,
    TimerFired,
)
from ivr.dialogue.session import Session, Turn
from ivr.dialogue.steps import KINDS
from ivr.dialogue.steps.kind import Go, Outcome
from ivr.dialogue.talk import KEYS, NO_INPUT, Talk
from ivr.dialogue.vocabulary import REACHABLE_EVERYWHERE, everywhere, interpreter_for
from ivr.flow.load import Flow
from ivr.hearing.expectation import Expectation
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import Digits, Result, State, Utterance

_LONGEST_TURN_S = 30.0  # longer than the ears' longest turn: a recogniser that never answers cannot hang a caller
_STEPS_WITHOUT_A_WAIT = 100


class Dialogue:
    """One call through one flow. Give it every event of the call, in order; carry out what it returns, in order."""

    def __init__(self, flow: Flow, interpreter: Interpreter | None = None) -> None:
        """`interpreter` may be shared by all calls of a flow; it is made from the flow if left out."""
        self.flow = flow
        self.session = Session()
        self._interpreter = interpreter or interpreter_for(flow)

    def handle(self, event: Event) -> list[Command]:
        """What to do now. After HandedOff or HungUp there is nothing to do any more."""
        if self.session.over:
            return []
        talk = Talk(self.flow, self._interpreter, self.session)
        match event:
            case CallStarted():
                self._follow(talk, Go(self.flow.hotline.start))
            case SpeechStarted() | Heard() | KeyPressed() | RecognitionLost():
                self._from_caller(talk, event)
            case TimerFired(timer=timer):
                self._timer(talk, timer)
            case PromptEnded(prompt=number):
                self._prompt_ended(talk, number)
            case HandOffRefused(reason=reason):
                self._follow(talk, policy.refused(talk, reason))
            case HandedOff() | HungUp():
                self.session.over = True
        return talk.commands

    def expectation(self, listen: Listen) -> Expectation:
        """What `listen` means for the ears: the hotline's own words as the recogniser's grammar."""
        digits = Digits(*listen.digits) if listen.digits else None
        phrases = self._interpreter.phrases(State(listen.intents, listen.faqs, digits))
        return Expectation(phrases, listen.pause_ms, listen.closed)

    def rescue(self, reason: str) -> list[Command]:
        """Something failed that is no event of the call: bring the caller to a person."""
        talk = Talk(self.flow, self._interpreter, self.session)
        self.session.speaking.clear()
        talk.commands += [
            StopSpeaking(),
            HandOff(self.flow.hotline.person.queue, f"{talk.summary()}；{reason}", insist=True),
        ]
        return talk.commands

    def _from_caller(self, talk: Talk, event: SpeechStarted | Heard | KeyPressed | RecognitionLost) -> None:
        match event:
            case SpeechStarted():
                self._speech_started(talk)
            case Heard():
                self.session.caller_speaks = False
                self._heard(talk, event)
            case KeyPressed(key=key):
                self._key(talk, key)
            case RecognitionLost():
                self.session.caller_speaks = False
                policy.miss(talk, "no_match")

    def _speech_started(self, talk: Talk) -> None:
        self.session.caller_speaks = True
        if self.session.question is None:
            return
        talk.commands.append(StartTimer(NO_INPUT, _LONGEST_TURN_S))
        if self.session.speaking and all(barge_in == "on" for _, barge_in in self.session.speaking):
            talk.commands.append(StopSpeaking())

    def _heard(self, talk: Talk, event: Heard) -> None:
        question = self.session.question
        if question is None:
            return
        if not event.text and not event.free_text:
            self._noise(talk)
            return
        utterance = Utterance(event.text, event.confidence, event.alternatives, event.free_text)
        result = self._interpreter.understand(utterance, everywhere(question.state))
        talk.commands.append(self._note(event.text, result))
        self.session.last_words = event.text
        self._take(talk, Turn(result.intent, result.score, result.slots, event.text))

    def _noise(self, talk: Talk) -> None:
        """A cough is no answer; the third one in a row is a caller whom we do not understand."""
        self.session.noises += 1
        if self.session.noises % 3 == 0:
            policy.miss(talk, "no_match")
        elif not self.session.speaking:
            talk.start_waiting()

    def _take(self, talk: Talk, turn: Turn) -> None:
        """The caller's turn is understood, or not: act."""
        session = self.session
        talk.commands += [CancelTimer(NO_INPUT), CancelTimer(KEYS)]
        step = self.flow.hotline.steps[session.step]
        own = turn.intent in step.then or turn.intent in step.intents
        if turn.intent in REACHABLE_EVERYWHERE and not own:
            session.misses = session.noises = 0
            if (go := policy.universal(talk, turn.intent)) is not None:
                session.said.clear()
                self._follow(talk, go)
            return
        said, session.said = session.said, []
        outcome: Outcome = "miss"
        if turn.intent:
            outcome = KINDS[step.actions[session.position]].turn(talk, step, turn)
        if outcome == "miss":
            session.said = said
            policy.miss(talk, "no_match")
            return
        session.misses = session.noises = 0
        if turn.intent not in {"", "digits", "yes", "no"}:
            session.wanted.append(turn.intent)
        self._follow(talk, outcome)

    def _follow(self, talk: Talk, outcome: Outcome) -> None:
        """Walk on until a question, an ending, or the end of what is written."""
        session = self.session
        for _ in range(_STEPS_WITHOUT_A_WAIT):
            if outcome == "wait":
                policy.remember_step(talk, session.step) if session.question is not None else None
                return
            if isinstance(outcome, Go):
                session.step, session.position = outcome.step, 0
                session.form.clear()
            else:
                session.position += 1
            step = self.flow.hotline.steps[session.step]
            if session.position < len(step.actions):
                outcome = KINDS[step.actions[session.position]].enter(talk, step)
            elif step.next:
                outcome = Go(step.next)
            else:
                break
        talk.hand_off(self.flow.hotline.person.queue, [self.flow.wording.trouble])

    def _key(self, talk: Talk, key: str) -> None:
        session, question = self.session, self.session.question
        if question is None:
            if key == "0" and session.ending is None and not session.over:
                talk.hand_off(self.flow.hotline.person.queue, [self.flow.wording.to_person])
            return
        if session.speaking and all(barge_in != "off" for _, barge_in in session.speaking):
            talk.commands.append(StopSpeaking())
        talk.commands.append(CancelTimer(NO_INPUT))
        if question.state.digits is not None and not question.keys:
            self._digit(talk, key, question.state.digits.longest)
            return
        meaning = question.keys.get(key) or {"0": "agent", "*": "repeat"}.get(key, "")
        self._note_keys(talk, key, meaning)
        self._take(talk, Turn(meaning, text=key, by="key"))

    def _digit(self, talk: Talk, key: str, longest: int) -> None:
        """Gather a number from keys: # ends it, * begins anew, and a 0 that stays alone is the wish for a person."""
        session, question = self.session, self.session.question
        if question is None:
            return
        if key == "*":
            session.keys = ""
            policy.universal(talk, "repeat")
            return
        if key == "#":
            self._take_keys(talk)
            return
        session.keys += key
        if len(session.keys) >= longest:
            self._take_keys(talk)
        else:
            talk.commands.append(StartTimer(KEYS, question.patience.between_keys))

    def _take_keys(self, talk: Talk) -> None:
        keys, self.session.keys = self.session.keys, ""
        intent = "agent" if keys == "0" else "digits" if keys else ""
        self._note_keys(talk, keys, intent)
        self._take(talk, Turn(intent, slots={"digits": keys} if keys else {}, text=keys, by="key"))

    def _timer(self, talk: Talk, timer: str) -> None:
        if timer == KEYS:
            self._take_keys(talk)
        elif timer == NO_INPUT and self.session.question is not None:
            self.session.caller_speaks = False
            talk.commands.append(self._note("", Result("no_input", 0.0, why="the caller was silent")))
            policy.miss(talk, "no_input")

    def _prompt_ended(self, talk: Talk, number: int) -> None:
        session = self.session
        session.speaking = [prompt for prompt in session.speaking if prompt[0] != number]
        if session.speaking:
            return
        talk.end_now()
        if session.question is not None:
            if session.listen_after_prompt:
                session.listen_after_prompt = False
                talk.listen()
            if not session.keys:
                talk.start_waiting()

    def _note(self, heard: str, result: Result) -> NoteTurn:
        intent = result.intent or "no_match"
        runner_up = (result.runner_up, round(result.runner_up_score, 3))
        return NoteTurn(
            self.session.step, heard, intent, round(result.score, 3), *runner_up, dict(result.slots), result.why
        )

    def _note_keys(self, talk: Talk, keys: str, meaning: str) -> None:
        why = f"key {keys} stands for {meaning}" if meaning != "digits" else "entered by keys"
        result = Result(meaning, 1.0 if meaning else 0.0, why=why if meaning else f"key {keys} means nothing here")
        if meaning == "digits":
            result = Result(meaning, 1.0, slots={"digits": keys}, why=why)
        talk.commands.append(self._note(f"[{keys}]", result))
