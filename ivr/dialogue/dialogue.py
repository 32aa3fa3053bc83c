"""A call as a pure state machine: `Dialogue.handle(event) -> commands`.

No clock, no socket, no await: the only time is the `at` of events, the only chance is none. So one core serves
the live call, the text chat, the recorded call and yesterday's journal, and the same events give the same
commands in any process.

    event            what is done
    CallStarted      the start step
    SpeechStarted    the prompt is paused, if it may be; silence stops counting
    Partial          words hold the prompt that a sound has paused
    Heard            understood: a universal, or the step's turn, or a rung of the ladder
    KeyPressed       the prompt is cut; 0 is a person; in a number, digits are gathered; keys of the same burst
                     that come after a number was taken are let go
    TimerFired       no_input: a rung of the ladder; keys: the gathered digits are taken; held: the prompt goes on
    PromptEnded      the last one: silence counts from here, or the ending is carried out
    RecognitionSlow  a word of patience, so that nobody waits in silence
    RecognitionLost  asked again, with the keys at once; lost twice in a row: to a person
    LineIsBad, LineIsGood  known, and told when a turn on it was not understood
    ActionDone       the step's turn: on, or along its failure path
    HandOffRefused   somewhere better than waiting
    PartFailed       to a person at once, without a word
    HandedOff, HungUp  over
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr.dialogue import asides, bad_line, choice_between, expected, interruption, later, policy, turn_notes
from ivr.dialogue.commands import CancelTimer, Command, HangUp, Listen, StartTimer
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
    PartFailed,
    Partial,
    PromptEnded,
    RecognitionLost,
    RecognitionSlow,
    SpeechStarted,
    TimerFired,
)
from ivr.dialogue.session import Question, Session, Turn
from ivr.dialogue.steps import KINDS
from ivr.dialogue.steps.kind import Go, Outcome, StepKind
from ivr.dialogue.talk import ACTION, FILLER, HELD, KEYS, NO_INPUT, Talk
from ivr.dialogue.vocabulary import REACHABLE_EVERYWHERE, Understanding, Vocabulary, everywhere, vocabulary_for
from ivr.dialogue.walk import Walk
from ivr.dialogue.world import moment
from ivr.flow.load import MAIN, Flow
from ivr.flow.step_schema import BACK, Step
from ivr.hearing.expectation import Expectation
from ivr.understanding.result import VALUE, Result
from ivr.understanding.typed_values import star_writes

_STEPS_WITHOUT_A_WAIT = 100


class Dialogue:
    """One call through one flow. Give it every event of the call, in order; carry out what it returns, in order."""

    def __init__(self, flow: Flow, understanding: Understanding | Vocabulary | None = None) -> None:
        """`understanding`, one or by language, may be shared by all calls of a flow; it is made from the flow if left
        out."""
        self.flow = flow
        self.session = Session()
        self.walk = Walk()
        if understanding is None:
            understanding = vocabulary_for(flow)
        if not isinstance(understanding, Mapping):
            understanding = dict.fromkeys(flow.words, understanding)
        self._vocabulary: Vocabulary = understanding

    def handle(self, event: Event) -> list[Command]:
        """What to do now. After HandedOff or HungUp there is nothing to do any more."""
        if self.session.over:
            return []
        talk = Talk(self.flow, self._vocabulary, self.session)
        self.session.at = round(event.at, 3)  # as a journal keeps it, so that a replay decides the same
        match event:
            case CallStarted():
                self._begin(talk, event)
            case TimerFired(timer=timer):
                self._timer(talk, timer)
            case PromptEnded(prompt=number):
                self._prompt_ended(talk, number)
            case ActionDone(action=action) if action == self.session.action:
                talk.stop_waiting_for_action()
                self._follow(talk, self._kind().action_done(talk, self._step(), event))
            case HandOffRefused():
                self.walk.leaves()
                self._follow(talk, policy.refused(talk))
            case PartFailed():
                policy.part_failed(talk)
            case HandedOff() | HungUp():
                self.session.over = True
            case _:
                self._from_caller(talk, event)
        interruption.settle(talk)
        return talk.commands

    def expectation(self, listen: Listen) -> Expectation:
        """What `listen` means for the ears: the hotline's own words as the recogniser's grammar."""
        return expected.of(listen, self.session.question, moment(self.session), self._vocabulary, self.flow)

    def _begin(self, talk: Talk, event: CallStarted) -> None:
        session = self.session
        session.caller, session.called, session.began = event.caller, event.called, event.local_time
        for name, variable in self.flow.hotline.values.items():
            session.values[name] = talk.value(variable.start) if variable.start else None
        self._follow(talk, Go(self.flow.hotline.start))

    def _step(self) -> Step:
        return self.flow.steps(self.session.scope)[self.session.step]

    def _kind(self) -> StepKind:
        return KINDS[self._step().actions[self.session.position]]

    def _from_caller(self, talk: Talk, event: Event) -> None:
        match event:
            case SpeechStarted():
                self._speech_started(talk)
            case Partial(text=text):
                interruption.words_came(talk, text)
            case Heard():
                self._heard(talk, event)
            case KeyPressed():
                if not self._answers_nothing(event):
                    self._key(talk, event.key)
            case RecognitionLost():
                talk.caller_is_done()
                talk.stop_speaking("speech")
                self._missed(talk, "lost")
            case RecognitionSlow():
                policy.ask_for_patience(talk)
            case LineIsBad() | LineIsGood():
                bad_line.note(self.session, event)

    def _speech_started(self, talk: Talk) -> None:
        if self.session.question is None or self.session.listen_after_prompt:
            return
        self.session.caller_speaks = True
        talk.start_waiting()
        interruption.sound_began(talk)

    def _heard(self, talk: Talk, event: Heard) -> None:
        session, question = self.session, self.session.question
        talk.caller_is_done()
        session.lost = 0
        if question is None or session.listen_after_prompt:
            return
        if self._kind().goes_on(talk, self._step(), event):
            talk.start_waiting()
            return
        if not event.text and not event.free_text:
            self._noise(talk)
            return
        if interruption.is_backchannel(talk, question, event.text or event.free_text):
            result = Result("backchannel", 1.0, why="said into a prompt, to tell that the caller listens")
            talk.commands.append(turn_notes.spoken(session, event.text, result))
            return
        at = moment(session).replace(tzinfo=None)
        utterance = turn_notes.utterance(event, interruption.readings(talk, event), question.hints, at)
        state = replace(everywhere(question.state, self.flow), subject=session.subject)
        result = talk.understanding.understand(utterance, state)
        if interruption.is_too_little(talk, event, result):
            result = replace(result, intent="", why=f"too little to interrupt a prompt; {result.why}")
            talk.commands.append(turn_notes.spoken(session, event.text, result))
            return
        talk.stop_speaking("speech")
        if session.keys and "digits" in result.slots:
            digits = turn_notes.one_number(session.keys, result.slots["digits"], question.state)
            result = replace(result, slots={**result.slots, "digits": digits})
        talk.remember_words(turn_notes.words(utterance, state))
        if between := choice_between.pair(talk, self._step(), question, result):
            why = f"{result.why}; as near to {' as to '.join(between)}, so the caller is asked"
            talk.commands.append(turn_notes.spoken(session, event.text, replace(result, intent="either", why=why)))
            choice_between.ask(talk, question, between)
            return
        talk.commands.append(turn_notes.spoken(session, turn_notes.words(utterance, state), result))
        self._take(talk, turn_notes.said(result, utterance, state))

    def _noise(self, talk: Talk) -> None:
        """A cough is no answer, and no interruption either."""
        if self.session.speaking:
            return
        self.session.noises += 1
        if bad_line.is_a_turn(self.session):
            self._missed(talk, "no_match")
        else:
            talk.start_waiting()

    def _take(self, talk: Talk, turn: Turn) -> None:
        """The caller's turn is understood, or not: act."""
        session = self.session
        talk.commands += [CancelTimer(NO_INPUT), CancelTimer(KEYS)]
        session.unattended = 0
        meant = asides.answered(session.question, turn)
        if meant is None:
            self._nothing_of_it(talk)
            return
        turn = meant
        later.remember(talk, turn)
        step = self._step()
        action = step.actions[session.position]
        own = action == "ask" and (turn.intent in step.then or turn.intent in step.intents)
        session.told = turn.utterance if action == "ask" or turn.intent in self.flow.hotline.anywhere else None
        if turn.intent in REACHABLE_EVERYWHERE and (not own or turn.intent == "agent"):
            session.misses = session.noises = 0
            self._leave_for(talk, policy.universal(talk, turn.intent))
            return
        if turn.intent in self.flow.hotline.anywhere and not own:
            session.misses = session.noises = 0
            self._remember_wanted(turn)
            talk.stop_waiting_for_action()
            policy.enter_frame(talk, "digression", MAIN, {})
            self._leave_for(talk, Go(self.flow.hotline.anywhere[turn.intent]))
            return
        if session.question is not None and session.question.patient:
            return
        said, session.said = session.said, []
        outcome: Outcome = "miss"
        any_words = turn.by == "speech" and KINDS[action].takes_any_words(talk, step)
        if turn.intent or any_words:
            outcome = KINDS[action].turn(talk, step, turn)
        if outcome == "miss":
            session.said = said
            self._missed(talk, "no_match")
            return
        session.misses = session.noises = 0
        self._remember_wanted(turn)
        self._follow(talk, outcome)

    def _nothing_of_it(self, talk: Talk) -> None:
        """What was asked in between is answered by no: the question that it stood in for."""
        if asides.end(talk):
            self.session.misses = self.session.noises = 0
            self.session.offered.pop()
            self._follow(talk, "again")
        else:
            policy.miss(talk, "no_match")

    def _missed(self, talk: Talk, kind: policy.Miss) -> None:
        """A turn brought nothing: what the step wants then, else the ladder."""
        if self.session.question is None or self.session.question.patient:
            return
        asides.end(talk)
        outcome = self._kind().missed(talk, self._step())
        if outcome == "miss":
            policy.miss(talk, kind)
        else:
            self._follow(talk, outcome)

    def _remember_wanted(self, turn: Turn) -> None:
        if turn.intent not in {"", "digits", "yes", "no", *self.session.wanted} and not turn.intent.startswith(VALUE):
            self.session.wanted.append(turn.intent)

    def _leave_for(self, talk: Talk, outcome: Outcome) -> None:
        """A universal or a digression took the turn: what was awaited and said before is of the past, if it
        leads on."""
        if outcome != "wait":
            talk.stop_waiting_for_action()
            self.session.said.clear()
            self.walk.leaves()
        self._follow(talk, outcome)

    def _follow(self, talk: Talk, outcome: Outcome) -> None:
        """Walk on until a question, an action, an ending, or the end of what is written."""
        session = self.session
        for _ in range(_STEPS_WITHOUT_A_WAIT):
            if outcome == "wait":
                if session.question is not None:
                    policy.remember_step(talk, session.step)
                return
            if outcome == "again":
                self.walk.is_at(session)
                outcome = self._kind().resume(talk, self._step())
            elif outcome == "back":
                outcome = policy.leave(talk)
            elif isinstance(outcome, Go) and outcome.step == BACK:
                outcome = "back"
            else:
                outcome = self._next(talk, outcome)
        talk.hand_off(self.flow.hotline.person.queue, [talk.wording.trouble])

    def _next(self, talk: Talk, outcome: Outcome) -> Outcome:
        """Into another step, or to the next action of this one, or to the step after it."""
        session = self.session
        if isinstance(outcome, Go):
            session.step, session.position = outcome.step, 0
            session.form.clear()
            self.walk.goes(session)
        else:
            session.position += 1
            self.walk.is_at(session)
        step = self._step()
        if session.position < len(step.actions):
            return KINDS[step.actions[session.position]].enter(talk, step)
        if step.next:
            return Go(step.next)
        if session.frames:  # a routine that is at its end gives nothing
            return policy.leave(talk)
        talk.hand_off(self.flow.hotline.person.queue, [talk.wording.trouble])
        return "wait"

    def _answers_nothing(self, event: KeyPressed) -> bool:
        """Whether a key only goes on with a number that was taken, or with keys that meant nothing."""
        session, question = self.session, self.session.question
        is_end = event.key == "#" and question is not None and "#" not in question.keys
        patience = question.patience.between_keys if is_end and question is not None else 0.0
        if session.burst.goes_on(event.at, gathering=bool(session.keys), patience=patience):
            return True
        means_nothing = (
            question is not None and not question.most_keys and not turn_notes.meaning_of(question, event.key)
        )
        return means_nothing and session.burst.means_nothing_again()

    def _key(self, talk: Talk, key: str) -> None:
        session, question = self.session, self.session.question
        if question is None:
            if key == "0" and isinstance(session.ending, HangUp):  # a person is to be had even during the goodbye
                talk.drop_speech()
                policy.universal(talk, "agent")
            return
        talk.stop_speaking("key")
        talk.commands.append(CancelTimer(NO_INPUT))
        if question.most_keys:
            self._digit(talk, key, question)
            return
        meaning = turn_notes.meaning_of(question, key)
        talk.commands.append(turn_notes.keyed(session, key, meaning))
        self._take(talk, Turn(meaning, text=key, by="key"))

    def _digit(self, talk: Talk, key: str, question: Question) -> None:
        """Gather a number from keys: # ends it, * begins anew where it is no sign of it, and a 0 that stays alone is
        the wish for a person."""
        session, wanted = self.session, question.state.wanted
        is_sign = key.isdecimal() or (key == "*" and wanted is not None and star_writes(session.keys, wanted))
        if key == "*" and not is_sign:
            talk.commands.append(CancelTimer(KEYS))
            policy.say_again(talk)
            return
        if is_sign:
            session.keys += key
        if key == "#" or len(session.keys) >= question.most_keys:
            session.burst.took_number(session.keys)
            self._take_keys(talk)
        elif not session.keys:
            talk.start_waiting()  # A-D are no keys of a telephone, though a line may carry them
        else:
            talk.commands.append(StartTimer(KEYS, question.patience.between_keys))

    def _take_keys(self, talk: Talk) -> None:
        keys, self.session.keys = self.session.keys, ""
        turn = turn_notes.typed(self.session, keys)
        talk.commands.append(turn_notes.keyed(self.session, keys, turn.intent, turn.slots, turn.fault))
        self._take(talk, turn)

    def _timer(self, talk: Talk, timer: str) -> None:
        if timer == FILLER and self.session.action is not None:
            policy.fill_the_wait(talk, self._step())
        elif timer == ACTION and self.session.action is not None:
            lost = ActionDone(self.session.at, self.session.action, "timeout", reason="nobody answered")
            talk.stop_waiting_for_action()
            self._follow(talk, self._kind().action_done(talk, self._step(), lost))
        if timer == HELD:
            interruption.came_to_nothing(talk)
        if self.session.question is None:
            return
        if timer == KEYS and self.session.keys:
            self._take_keys(talk)
        elif timer == NO_INPUT:
            self.session.caller_speaks = False
            talk.stop_speaking("speech")
            talk.commands.append(
                turn_notes.spoken(self.session, "", Result("no_input", 0.0, why="the caller was silent"))
            )
            self._missed(talk, "no_input")

    def _prompt_ended(self, talk: Talk, number: int) -> None:
        session = self.session
        session.speaking = [prompt for prompt in session.speaking if prompt[0] != number]
        if session.speaking:
            return
        session.false_starts = 0
        talk.end_now()
        if session.question is not None:
            if session.listen_after_prompt:
                session.listen_after_prompt = False
                talk.listen()
            if not session.keys:
                talk.start_waiting()
