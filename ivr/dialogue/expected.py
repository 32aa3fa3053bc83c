"""What a question means for the ears: the recogniser's grammar, and the judge of a turn so far.

Decided: the judge knows what the grammar need not, which day it is and what is allowed of a value, so it is made from
the question that stands. It is asked for the same partial text again and again, so it remembers.
A closed question may be answered in other words than those that are expected (是华南, 特别慢): what understanding would
take for one of its answers is one, unless it is a no to a value, after which the right one follows, or shorter than
three characters: 没 and 打不 may be the beginning of anything.
Where the caller's own words are the answer, a second, free look is always taken: a recogniser with the hotline's
phrases bends a street or a message into them, and nothing else hears a wish for a person as well.
Another language is asked for in that language (English please), so these words are for its recogniser: the spoken
one's has no such words. It is given words from elsewhere beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from ivr.dialogue.commands import Listen
from ivr.dialogue.session import Question
from ivr.dialogue.vocabulary import LANGUAGE_WISHES, Understanding, Vocabulary, everywhere
from ivr.flow.load import Flow
from ivr.hearing.expectation import Completeness, Expectation, OtherLanguage
from ivr.understanding.elsewhere import words_from_elsewhere
from ivr.understanding.result import Digits, State, Utterance, Wanted

_HINT_WEIGHT = 10
_JUDGEMENTS_KEPT = 16
_SHORTEST_ANSWER = 3


def of(listen: Listen, question: Question | None, at: datetime, vocabulary: Vocabulary, flow: Flow) -> Expectation:
    """What `listen` means now, at this wall clock time. `question`: the one that stands, None where nothing is asked
    any more."""
    digits = Digits(*listen.digits, listen.scale) if listen.digits else None
    language = listen.language or flow.hotline.language
    understanding = vocabulary[language]
    wanted = Wanted(listen.wanted) if listen.wanted else None
    phrases = understanding.phrases(State(listen.intents, listen.faqs, digits, wanted=wanted))
    if phrases:
        phrases += listen.hints * _HINT_WEIGHT
        if digits is None and not listen.closed:  # else 嗯 is taken for the word that sounds most like it
            phrases += tuple(sorted(flow.words[language].listening))
    if question is None:
        return Expectation(phrases, listen.pause_ms, listen.closed)
    state = everywhere(question.state, flow)
    of_value = state.digits is not None or state.wanted is not None
    answers = frozenset(question.state.intents).difference(["no"] if of_value else ()) if listen.closed else frozenset()
    judge = _judge(understanding, state, at.replace(tzinfo=None), answers)
    return Expectation(
        phrases,
        listen.pause_ms,
        listen.closed,
        listen.complete_ms,
        judge,
        state.any_words,
        _asked_for(flow, language),
    )


def _asked_for(flow: Flow, spoken: str) -> tuple[OtherLanguage, ...]:
    """The other languages, each with those of its wishes that are in itself: such as are written in its letters."""
    words = flow.words[spoken]
    known = {**words.universals, **words.intents}
    wishes = []
    for name, language in LANGUAGE_WISHES.items():
        if language in flow.words and language != spoken and name in words.universals:
            own = [way.casefold() for way in known[name] if way.isascii() == language.startswith("en")]
            wishes.append(OtherLanguage(language, tuple(own), words_from_elsewhere(language)))
    return tuple(wishes)


def _judge(
    understanding: Understanding, state: State, at: datetime, answers: frozenset[str]
) -> Callable[[str], Completeness]:
    """`answers`: meanings that answer a closed question in whatever words."""

    @lru_cache(maxsize=_JUDGEMENTS_KEPT)
    def judge(text: str) -> Completeness:
        verdict = understanding.completeness(text, state, at)
        if verdict != "open" or not answers or len(text) < _SHORTEST_ANSWER:
            return verdict
        return "answered" if understanding.understand(Utterance(text, at=at), state).intent in answers else verdict

    return judge
