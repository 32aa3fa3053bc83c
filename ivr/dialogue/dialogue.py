"""A call as a pure state machine: `Dialogue.handle(event) -> commands`.

No clock, no socket, no await: the only time is the `at` of events, the only chance is none. So one core serves
the live call, the text chat, the recorded call and yesterday's journal, and the same events give the same
commands in any process.

    event            what is done
    CallStarted      the start step
    SpeechStarted    the prompt is cut, if it may be; silence stops counting
    Heard            understood: a universal, or the step's turn, or a rung of the ladder
    KeyPressed       the prompt is cut; 0 is a person; in a number, digits are gathered; keys of the same burst
                     that come after a number was taken are let go
    TimerFired       no_input: a rung of the ladder; keys: the gathered digits are taken
    PromptEnded      the last one: silence counts from here, or the ending is carried out
    RecognitionLost  a rung of the ladder: the caller is asked again
    HandOffRefused   somewhere better than waiting
    PartFailed       to a person at once, without a word
    HandedOff, HungUp  over
"""

from __future__ import annotations

from ivr.dialogue import policy
from ivr.dialogue.commands import CancelTimer, Command, HangUp, Listen, NoteTurn, StartTimer, StopSpeaking
from ivr.dialogue.events import (
    CallStarted,
    Event,
    HandedOff,
    HandOffRefused,
    Heard,
    HungUp,
    KeyPressed,
    PartFailed,
    PromptEnded,
    RecognitionLost,
    SpeechStarted,
    TimerFired,
)
from ivr.dialogue.session import Question, Session, Turn
from ivr.dialogue.steps import KINDS
from ivr.dialogue.steps.kind import Go, Outcome
from ivr.dialogue.talk import KEYS, NO_INPUT, Talk
from ivr.dialogue.vocabulary import REACHABLE_EVERYWHERE, everywhere, interpreter_for
from ivr.flow.load import Flow
from ivr.hearing.expectation import Expectation
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import Digits, Result, State, Utterance

_STEPS_WITHOUT_A_WAIT = 100
_BURST_S = 1.0  # keys pressed in one go follow each other faster; an answer to a new question comes slower


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
            case HandOffRefused():
                self._follow(talk, policy.refused(talk))
            case PartFailed():
                self._part_failed(talk)
            case HandedOff() | HungUp():
                self.session.over = True
        return talk.commands

    def expectation(self, listen: Listen) -> Expectation:
        """What `listen` means for the ears: the hotline's own words as the recogniser's grammar."""
        digits = Digits(*listen.digits) if listen.digits else None
        phrases = self._interpreter.phrases(State(listen.intents, listen.faqs, digits))
        return Expectation(phrases, listen.pause_ms, listen.closed)

    def _from_caller(self, talk: Talk, event: SpeechStarted | Heard | KeyPressed | RecognitionLost) -> None:
        match event:
            case SpeechStarted():
                self._speech_started(talk)
            case Heard():
                self._heard(talk, event)
            case KeyPressed():
                if not self._goes_on_with_a_number(event):
                    self._key(talk, event)
            case RecognitionLost():
                self.session.caller_speaks = False
                policy.miss(talk, "no_match")

    def _part_failed(self, talk: Talk) -> None:
        session = self.session
        talk.commands.append(StopSpeaking())
        session.speaking.clear()  # a mouth that failed may never report them
        session.refusals += 1  # a caller who meets a fault is not to be refused on top
        talk.hand_off(self.flow.hotline.person.queue, [])

    def _speech_started(self, talk: Talk) -> None:
        if self.session.question is None or self.session.listen_after_prompt:
            return
        self.session.caller_speaks = True
        talk.start_waiting()
        self.session.cut_by_sound = talk.stop_speaking("speech")

    def _heard(self, talk: Talk, event: Heard) -> None:
        session, question = self.session, self.session.question
        session.caller_speaks = False
        if question is None or session.listen_after_prompt:
            return
        cut, session.cut_by_sound = session.cut_by_sound, False
        if not event.text and not event.free_text:
            self._noise(talk, cut=cut)
            return
        if not cut:
            talk.stop_speaking("speech")  # words typed into a prompt: no SpeechStarted comes before them
        utterance = Utterance(event.text, event.confidence, event.alternatives, event.free_text)
        result = self._interpreter.understand(utterance, everywhere(question.state))
        talk.commands.append(self._note(event.text, result))
        talk.remember_words(event.text)
        self._take(talk, Turn(result.intent, result.score, result.slots, event.text))

    def _noise(self, talk: Talk, *, cut: bool) -> None:
        """A cough is no answer: what it cut is said again. The third in a row is a caller we do not understand."""
        self.session.noises += 1
        if self.session.noises % 3 == 0:
            policy.miss(talk, "no_match")
        elif cut:
            policy.say_again(talk)
        elif not self.session.speaking:
            talk.start_waiting()

    def _take(self, talk: Talk, turn: Turn) -> None:
        """The caller's turn is understood, or not: act."""
        session = self.session
        talk.commands += [CancelTimer(NO_INPUT), CancelTimer(KEYS)]
        step = self.flow.hotline.steps[session.step]
        action = step.actions[session.position]
        own = action == "ask" and turn.intent in step.then
        if turn.intent in REACHABLE_EVERYWHERE and not own:
            session.misses = session.noises = 0
            if (go := policy.universal(talk, turn.intent)) is not None:
                session.said.clear()
                self._follow(talk, go)
            return
        said, session.said = session.said, []
        outcome: Outcome = "miss"
        if turn.intent:
            outcome = KINDS[action].turn(talk, step, turn)
        if outcome == "miss":
            session.said = said
            policy.miss(talk, "no_match")
            return
        session.misses = session.noises = 0
        if turn.intent not in {"digits", "yes", "no", *session.wanted}:
            session.wanted.append(turn.intent)
        self._follow(talk, outcome)

    def _follow(self, talk: Talk, outcome: Outcome) -> None:
        """Walk on until a question, an ending, or the end of what is written."""
        session = self.session
        for _ in range(_STEPS_WITHOUT_A_WAIT):
            if outcome == "wait":
                if session.question is not None:
                    policy.remember_step(talk, session.step)
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

    def _goes_on_with_a_number(self, event: KeyPressed) -> bool:
        """Whether a key belongs to the number that has just been taken, so that it answers nothing.

        A number of full length is taken at its last digit: the # with which callers end it by habit, and digits too
        many, would otherwise answer the next question, each a failure. What was taken is read back to the caller.
        """
        session, question = self.session, self.session.question
        if session.number_keyed_at is None:
            return False
        at = round(event.at, 3)  # as a journal keeps it, so that a replay decides the same
        window = _BURST_S
        if event.key == "#" and question is not None and "#" not in question.keys:
            window = max(window, question.patience.between_keys)  # it means nothing else
        goes_on = at - session.number_keyed_at < window
        session.number_keyed_at = at if goes_on else None
        return goes_on

    def _key(self, talk: Talk, event: KeyPressed) -> None:
        key, session, question = event.key, self.session, self.session.question
        if question is None:
            if key == "0" and isinstance(session.ending, HangUp):  # a person is to be had even during the goodbye
                talk.commands.append(StopSpeaking())
                policy.universal(talk, "agent")
            return
        talk.stop_speaking("key")
        talk.commands.append(CancelTimer(NO_INPUT))
        if question.state.digits is not None and not question.keys:
            self._digit(talk, event, question, question.state.digits.longest)
            return
        meaning = question.keys.get(key) or {"0": "agent", "*": "repeat"}.get(key, "")
        self._note_keys(talk, key, meaning)
        self._take(talk, Turn(meaning, text=key, by="key"))

    def _digit(self, talk: Talk, event: KeyPressed, question: Question, longest: int) -> None:
        """Gather a number from keys: # ends it, * begins anew, and a 0 that stays alone is the wish for a person."""
        key, session = event.key, self.session
        if key == "*":
            talk.commands.append(CancelTimer(KEYS))
            policy.say_again(talk)
            return
        if key.isdecimal():
            session.keys += key
        if key == "#" or len(session.keys) >= longest:
            session.number_keyed_at = round(event.at, 3)
            self._take_keys(talk)
        elif not session.keys:
            talk.start_waiting()  # A-D are no keys of a telephone, though a line may carry them
        else:
            talk.commands.append(StartTimer(KEYS, question.patience.between_keys))

    def _take_keys(self, talk: Talk) -> None:
        keys, self.session.keys = self.session.keys, ""
        intent = "agent" if keys == "0" else "digits" if keys else ""
        self._note_keys(talk, keys, intent)
        self._take(talk, Turn(intent, slots={"digits": keys} if keys else {}, text=keys, by="key"))

    def _timer(self, talk: Talk, timer: str) -> None:
        if self.session.question is None:
            return
        if timer == KEYS and self.session.keys:
            self._take_keys(talk)
        elif timer == NO_INPUT:
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
