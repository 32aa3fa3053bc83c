"""`understand(utterance, state) -> Result`: what the caller meant, how sure that is, what else it could be, and why.

The rule of the file: every reading of the turn (the best, the n-best, the free decoding) is compared with every example
that is active in the state, and a meaning is worth its best example under its best reading; where that does not decide,
what was learned from all examples has a say (opinion.py). Nothing depends on a set's order or a process's hash seed, so
the same turn gives the same result in any process: a journal replays to it.

A meaning that ends the call is held to more than likeness: ending.py. Where speech has several clauses, each is
compared by itself as well: clauses.py.

No match is an answer, too: `intent` is "" and the best meaning stands as the runner-up, so that a dialogue can ask
about it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from rapidfuzz import fuzz, process

from ivr.understanding import breath, ending, follow_up, grammar, tables
from ivr.understanding.candidates import (
    MOSTLY_DIGITS,
    Candidate,
    digits_candidate,
    number_in,
    result_of,
    value_candidate,
)
from ivr.understanding.completeness import Completeness, Expected, judge
from ivr.understanding.digits import in_range
from ivr.understanding.entities.divisions import divisions
from ivr.understanding.examples import Example, Examples, examples_of, token_weights
from ivr.understanding.familiar import Familiar
from ivr.understanding.faq import FaqEntry
from ivr.understanding.loanwords import LOANWORDS
from ivr.understanding.matching import SPOILT, Form, Likeness, compare, form, says_all
from ivr.understanding.normalise import content, normalise, tokens
from ivr.understanding.opinion import BY_THEIR_WORDS, DECISIVE, SecondOpinion, together
from ivr.understanding.polarity import wanted
from ivr.understanding.result import DIGITS, Result, State, Utterance
from ivr.understanding.slots import fill
from ivr.understanding.tables import Table
from ivr.understanding.trust import CONFIRMS, Hypothesis, Trust, hypotheses, needs_second_look, trust
from ivr.understanding.views import View, views_of, why_alike, worth_comparing

_K = TypeVar("_K")
_V = TypeVar("_V")

_STATES_KEPT = 64
_MOST_FAMILIAR = 20_000  # wordings; knowing what stands beside what takes 40 µs and 3 kB of each
_SAME_WORD = (
    80.0  # rapidfuzz ratio from which a word of another script is taken for one that examples have: bills, bill
)

_NO_FAQS: Mapping[str, Sequence[FaqEntry]] = MappingProxyType({})


class Interpreter:
    """Understands turns by a hotline's examples.

    `intents`: examples by intent's name, the hotline's universals (agent, repeat, yes …) among them. `faqs`: the banks
    of questions by name. `language`: a BCP 47 tag; it decides the words of grammars, matching takes both languages.
    `final`: names of intents that end the call; nothing but the whole turn is taken for one of them. `tables`: how
    turns are read against those banks that are tables. `strangers`: speech from elsewhere, see opinion.py.
    Names that a state expects and that have no examples never match. Building takes about 0.2 s for 2,000 wordings;
    afterwards an interpreter may be shared by all calls of one thread.
    """

    def __init__(
        self,
        intents: Mapping[str, Sequence[str]],
        faqs: Mapping[str, Sequence[FaqEntry]] = _NO_FAQS,
        language: str = "zh-CN",
        final: Collection[str] = ("hang_up",),
        tables: Sequence[Table] = (),
        *,
        strangers: Sequence[str] | None = None,
    ) -> None:
        self._language = language
        self._final = frozenset(final)
        self._tables = tuple(tables)
        self._topics = follow_up.topics_of(faqs)
        wordings: dict[str, Sequence[str]] = dict(intents)
        for bank, entries in faqs.items():
            wordings |= {f"faq:{bank}/{entry.id}": entry.wordings for entry in entries}
        self._opinion = SecondOpinion(wordings, language, strangers=strangers)
        self._weights = token_weights(wordings)
        self._examples = {name: examples_of(name, texts, self._weights) for name, texts in wordings.items()}
        self._banks = {bank: tuple(f"faq:{bank}/{entry.id}" for entry in entries) for bank, entries in faqs.items()}
        found = (token for examples in self._examples.values() for e in examples for token in e.form.tokens)
        self._words = sorted({token for token in found if len(token) > 1})
        many = sum(map(len, self._examples.values()))
        self._familiar = Familiar(self._wordings(self._examples)) if 0 < many <= _MOST_FAMILIAR else None
        self._active: dict[tuple[tuple[str, ...], tuple[str, ...]], Examples] = {}
        self._grammars: dict[State, tuple[str, ...]] = {}
        self._expected: dict[tuple[tuple[str, ...], tuple[str, ...]], Expected] = {}

    def prepare(self, learned: Path | None = None) -> None:
        """Do now what the first unsure turn, and the first address, would wait for: one to three seconds, once for the
        same examples. `learned`: the folder where what is learned is kept, so that the next process only reads it."""
        self._opinion.prepare(learned)
        divisions()

    def understand(self, utterance: Utterance, state: State) -> Result:
        """What the turn was taken for; see `Result`. Bounded in time for any text, and never raises.

        `digits` is the intent whenever digits were wanted and a turn is mostly digits, unless an intent scores higher
        and reaches the threshold; also too few or too many of them and also below the threshold: how many there are,
        and whether to ask again, is for the dialogue, and `why` says it. A number of the wanted length beside a request
        (查账单账号是一二三四) fills the slot under the request's intent. With no match the best meaning is `runner_up`.
        Further wishes in the same breath are `also`, see breath.py.
        """
        return breath.told_apart(utterance, state, self._with_subject, self._final)

    def _with_subject(self, utterance: Utterance, state: State) -> Result:
        """The turn as one wish, which may lean on what the last answer was about, or ask a table."""
        return follow_up.resolved(utterance, state, self._looked_up, self._topics)

    def _looked_up(self, utterance: Utterance, state: State) -> Result:
        return tables.answered(utterance, state, self._understood(utterance, state), self._tables)

    def _understood(self, utterance: Utterance, state: State) -> Result:
        """The turn as one wish."""
        readings = hypotheses(utterance)
        if not readings:
            return Result("", 0.0, why="nothing was heard")
        believed = trust(utterance, None if state.digits or state.wanted else self._familiar)
        number = number_in(utterance, state.digits) if state.digits else None
        active = self._in_state(state)
        own_words = state.any_words and bool(utterance.free_text)
        if own_words and not believed.elsewhere and not needs_second_look(utterance.confidence):
            believed = replace(believed, agreement=1.0)  # the second look was not taken for a doubt
        by_likeness = self._candidates(readings, active, believed, own_words=own_words)
        candidates = [
            *self._advised(by_likeness, readings, active, believed),
            *self._endings(readings, active, believed),
        ]
        found: dict[str, str] = {}
        filled = fill(readings, state.wanted, utterance.at, self._language) if state.wanted else None
        if filled and state.wanted:
            candidates.append(value_candidate(filled, state.wanted, believed))
            found = {state.wanted.kind: filled.value}
        if number and state.digits and number[1].digits:
            if number[1].share > MOSTLY_DIGITS:
                candidates.append(digits_candidate(number, state.digits, believed))
            if in_range(number[1].digits, state.digits):
                found = {DIGITS: number[1].digits}
        candidates.sort(key=lambda candidate: (-candidate.score, candidate.order))
        result = result_of(candidates, found, state.threshold)
        if number and result.intent == DIGITS:
            result = replace(result, slots={DIGITS: number[1].digits})
        return replace(result, fault=filled.fault) if filled else result

    def completeness(self, text: str, state: State, at: datetime | None = None) -> Completeness:
        """Whether `text`, a turn so far, is all that the caller is going to say; see completeness.py. Under 1 ms."""
        place = (state.intents, state.faqs)
        expected = self._expected.get(place)
        if expected is None:
            expected = Expected(self._in_state(state).examples)
            _keep(self._expected, place, expected)
        return judge(self._form(text), state, expected, at, self._language)

    def phrases(self, state: State) -> tuple[str, ...]:
        """The recogniser's grammar for this state, normalised; a phrase stands in it as often as it is expected.

        Empty (free speech) where the state expects nothing that has examples. See grammar.py for the weighing.
        """
        known = self._grammars.get(state)
        if known is None:
            asked = [name for bank in state.faqs for name in self._banks.get(bank, ())]
            known = grammar.phrases(
                self._wordings(state.intents),
                self._wordings(asked),
                [*self._wordings(self._examples), *self._of_tables(state)],
                digits=state.digits is not None,
                language=self._language,
                wanted=state.wanted.kind if state.wanted else "",
                scale=state.digits.scale if state.digits else None,
                answers=self._wordings([name for name in ("yes", "no") if name in state.intents]),
            )
            _keep(self._grammars, state, known)
        return known

    def _of_tables(self, state: State) -> list[str]:
        return [phrase for table in self._tables if table.bank in state.faqs for phrase in table.phrases]

    def _wordings(self, names: Sequence[str] | Mapping[str, object]) -> list[str]:
        return [example.form.plain for name in names for example in self._examples.get(name, ())]

    def _in_state(self, state: State) -> Examples:
        active = self._active.get((state.intents, state.faqs))
        if active is None:
            names = [*state.intents, *(name for bank in state.faqs for name in self._banks.get(bank, ()))]
            active = Examples([e for name in dict.fromkeys(names) for e in self._examples.get(name, ())])
            _keep(self._active, (state.intents, state.faqs), active)
        return active

    def _form(self, text: str) -> Form:
        """The text's form, with unknown words that are not Mandarin replaced by the like word of an example."""
        words = [word for token in content(normalise(text)) for word in self._known_words(token)]
        return form(text, self._weights, words)

    def _known_words(self, token: str) -> tuple[str, ...]:
        if len(token) < 2:
            return (token,)
        if token in LOANWORDS and token not in self._words and self._language.lower().startswith("zh"):
            return tokens(LOANWORDS[token])
        found = process.extractOne(token, self._words, scorer=fuzz.ratio, score_cutoff=_SAME_WORD)
        return (str(found[0]) if found else token,)

    def _candidates(
        self, readings: Sequence[Hypothesis], active: Examples, believed: Trust, *, own_words: bool
    ) -> list[Candidate]:
        """What the readings are like. `own_words`: the answer is in none of the phrases that the first look knows, so
        what that look alone makes of a part of it says nothing (人民路小学 is heard as 人呢小学)."""
        best: dict[tuple[str, bool], tuple[float, Example, Likeness, View]] = {}
        for view, example in worth_comparing(views_of(readings, self._form), active):
            if example.meaning in self._final:
                continue
            likeness = compare(view.form, example.form)
            score = max(0.0, likeness.score - view.penalty)
            place = (example.meaning, view.hypothesis.free)
            if place not in best or score > best[place][0]:
                best[place] = (score, example, likeness, view)
        candidates: dict[str, Candidate] = {}
        for (meaning, free), (likeness_score, example, likeness, view) in best.items():
            confirmed = best[meaning, True][0] >= CONFIRMS if (meaning, True) in best else False
            if own_words and not (free or confirmed or (view.whole and says_all(likeness, example.form))):
                continue
            factor = 1.0 if free else believed.confidence * (1.0 if confirmed else believed.agreement)
            score = round(likeness_score * factor, 3)
            if meaning not in candidates or score > candidates[meaning].score:
                why = why_alike(view, likeness, example) + ("" if free or factor == 1 else believed.doubt)
                spoilt = likeness.score == SPOILT
                candidates[meaning] = Candidate(meaning, score, active.order[meaning], why, spoilt)
        return list(candidates.values())

    def _advised(
        self, candidates: list[Candidate], readings: Sequence[Hypothesis], active: Examples, believed: Trust
    ) -> list[Candidate]:
        """The candidates with a second opinion, where likeness does not decide by itself; see opinion.py."""
        if any(candidate.score >= DECISIVE for candidate in candidates) or not active.order:
            return candidates
        looks = [readings[0], *(reading for reading in readings[1:] if reading.free)]
        opinions: dict[str, float] = {}
        for look in looks:
            factor = 1.0 if look.free else believed.confidence * believed.agreement
            for meaning, worth in self._opinion.of(wanted(look.text), active.meanings).items():
                opinions[meaning] = max(opinions.get(meaning, 0.0), worth * factor - look.penalty)
        if not opinions:
            return candidates
        known = {candidate.meaning: candidate for candidate in candidates}
        advised = []
        for meaning, order in active.order.items():
            candidate = known.get(meaning, Candidate(meaning, 0.0, order, "nothing in it is like its examples"))
            worth = opinions.get(meaning, 0.0)
            literal = meaning in self._final or meaning in BY_THEIR_WORDS or candidate.spoilt
            if literal or not (worth or candidate.score):
                advised += [candidate] if meaning in known else []
                continue
            score = round(together(candidate.score, worth), 3)
            why = f"{candidate.why}; what was learned of all examples says {worth:.0%}" if worth else candidate.why
            advised.append(Candidate(meaning, score, order, why))
        return advised

    def _endings(self, readings: Sequence[Hypothesis], active: Examples, believed: Trust) -> list[Candidate]:
        """What ends the call, where the best reading says that and nothing else, and is believed."""
        best, free = readings[0], next((reading for reading in readings if reading.free), None)
        candidates: list[Candidate] = []
        for meaning, order in active.order.items():
            examples = self._examples[meaning]
            if meaning not in self._final or not (found := ending.worth(best.text, self._form(best.text), examples)):
                continue
            confirmed = ending.worth(free.text, self._form(free.text), examples) if free else None
            factor = 1.0 if best.free else believed.confidence * (1.0 if confirmed else believed.agreement)
            score = max(0.0, found[0].score - best.penalty) * factor
            if free and confirmed and confirmed[0].score - free.penalty > score:
                score, factor = confirmed[0].score - free.penalty, 1.0
            score = round(score, 3)
            if score >= ending.LEAST:
                view = View(best, self._form(best.text), 0.0, whole=True, without_refusal=True)
                doubt = believed.doubt if factor < 1 else ""
                candidates.append(Candidate(meaning, score, order, why_alike(view, *found) + doubt))
        return candidates


def _keep(cache: dict[_K, _V], at: _K, value: _V) -> None:
    if len(cache) >= _STATES_KEPT:
        cache.pop(next(iter(cache)))
    cache[at] = value
