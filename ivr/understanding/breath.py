"""Several wishes in one breath: 我要查账单然后再报个故障.

A turn is taken apart where callers go on to their next wish (然后 顺便 还有 另外 … and then), and every part is
understood by itself. Decided:

- **Only parts that are sure count** (`SURE`): a wish that nobody had is worse than one that is told again. With fewer
  than two different ones the turn stays whole, and so does one that is itself an example.
- **Where one wish ends and the next begins is heard by either look**: the hotline's phrases hold no 顺便, so a
  recogniser that decodes with them writes other words there; free decoding does not.
- **A turn that means nothing as a whole** is what its one surer part (`ACTED_ON`) means: 我要报修然后再看看天气. Not
  where the caller's own words are the answer: there the part is a word of it.
- **Where the caller's own words are the answer**, they are taken apart as free decoding heard them.
- **A person wins wherever it stands**: 我要查账单算了转人工 wants a person; the bill is for the agent's summary.
- **What is taken back is not wanted**: behind 算了 or 不对 only what follows counts.
- Answers, universals and what ends the call are no second wishes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from itertools import pairwise

from rapidfuzz.distance import Levenshtein, Opcode

from ivr.understanding.clauses import spoken_clauses
from ivr.understanding.normalise import clauses, normalise
from ivr.understanding.polarity import wanted
from ivr.understanding.result import Result, State, Utterance

SURE = 0.7
"""The least score of a part that counts as a wish of its own: it is only offered, so a false one costs a no."""
ACTED_ON = 0.8
"""The least score of a part that is acted on by itself: one that hands the call over, whatever else is said, or the
only one that is understood."""
AGENT = "agent"
_THE_SAME_WORDS = 0.98
_AT_MOST = 4
_NO_WISHES = frozenset(
    ["", "digits", "yes", "no", "repeat", "back", "main_menu", "hang_up", "english", "chinese", "first", "second"]
)
_ZH_NEXT = (
    r"(?:完)?(?:然后|随后|接着|完了以?后?|之后)(?:再|还|又)?|顺便(?:再|也)?|还有(?:就是)?|另外(?:再|还)?|并且|同时|以及"
    r"|(?<=..)再(?=[查报办开问改帮给看申转交充买订退])|(?<=..)我?还(?=[要想得])|(?<=..)[和跟](?=..)"
)
_EN_NEXT = r"(?:^| )(?:and then|and also|and after that|after that|then|and|also|plus|by the way)(?= )"
_TAKEN_BACK = re.compile(r"算了|哦?不对(?!劲)|哦不|(?:^| )(?:no wait|never ?mind|actually|scratch that)(?= |$)")
_NEXT = re.compile(f"{_ZH_NEXT}|{_EN_NEXT}")


def wishes(text: str) -> list[str]:
    """The parts of `text` in which something may be wished for, in order, without what is taken back or refused."""
    parts = (part.strip() for clause in clauses(_meant(text)) for part in _NEXT.split(clause))
    return [part for part in dict.fromkeys(parts) if len(part) > 1][:_AT_MOST]


def _meant(text: str) -> str:
    """What follows the last taking back, without refusals: their pieces would say what is not wanted."""
    for mark in reversed(list(_TAKEN_BACK.finditer(text))):
        if text[mark.end() :].strip(" ，。,.吧了"):
            text = text[mark.end() :]
            break
    left = wanted(text)
    return text if left == normalise(text) else left


def told_apart(
    utterance: Utterance,
    state: State,
    understand: Callable[[Utterance, State], Result],
    not_second: Collection[str] = (),
) -> Result:
    """What `understand` makes of a turn, its further wishes in `also`. `not_second`: meanings that are none."""
    whole = understand(utterance, state)
    if state.any_words and utterance.free_text:
        utterance = replace(utterance, text=utterance.free_text, confidence=1.0, alternatives=(), free_text="")
    is_value = whole.intent == "digits" or whole.intent.startswith("slot:")
    if whole.score >= _THE_SAME_WORDS or not utterance.text or is_value:
        return whole
    parts = _parts(utterance)
    taken_back = bool(_TAKEN_BACK.search(utterance.text))
    pieces = spoken_clauses(_meant(utterance.text)) if AGENT in state.intents else []
    if len(parts) < 2 and not taken_back and not pieces:
        return whole
    open_state = replace(state, digits=None, wanted=None)
    looks = parts | {piece: utterance.free_text for piece in pieces if piece not in parts}
    said = {part: replace(utterance, text=part, alternatives=(), free_text=free) for part, free in looks.items()}
    found = {part: understand(one, open_state) for part, one in said.items()}
    sure = {part: result for part, result in found.items() if result.intent and result.score >= SURE}
    told = _different([sure[part] for part in parts if part in sure], not_second)
    found_person = (result for result in sure.values() if result.intent == AGENT and result.score >= ACTED_ON)
    person = next(found_person, None)
    if person is not None and len(found) > 1:
        return replace(person, also=_also(told, AGENT), why=_why(person, told))
    if any(result.intent.startswith("option:") for result in told):
        return whole
    lone = not whole.intent and not state.any_words and len(parts) > 1 and told and told[0].score >= ACTED_ON
    if len(told) > 1 or (taken_back and told) or lone:
        return replace(told[0], slots=whole.slots, also=_also(told, told[0].intent), why=_why(told[0], told))
    return whole


def _parts(utterance: Utterance) -> dict[str, str]:
    """The parts in which something may be wished for, and with each what free decoding made of it: of the whole turn
    if the parts are the first look's own."""
    parts = wishes(utterance.text)
    text, free = normalise(utterance.text), normalise(utterance.free_text)
    marks = [mark for mark in _NEXT.finditer(free) if len(mark[0].strip()) > 1]
    if len(parts) > 1 or not marks or _TAKEN_BACK.search(text):
        return dict.fromkeys(parts, utterance.free_text)
    ends = [(0, 0), *(mark.span() for mark in marks), (len(free), len(free))]
    in_free = [(before[1], after[0]) for before, after in pairwise(ends)]
    ways = Levenshtein.opcodes(free, text)
    apart = {text[_place(ways, start) : _place(ways, end)].strip(): free[start:end] for start, end in in_free}
    return {part: one for part, one in apart.items() if len(part) > 1}


def _place(ways: Iterable[Opcode], at: int) -> int:
    """Where in the other text of `ways` the place `at` is; where nothing is alike, in proportion."""
    place = 0
    for way in ways:
        if way.src_start <= at:
            share = min(1.0, (at - way.src_start) / max(1, way.src_end - way.src_start))
            place = way.dest_start + round(share * (way.dest_end - way.dest_start))
    return place


def _different(results: list[Result], not_second: Collection[str]) -> list[Result]:
    by_intent = {result.intent: result for result in reversed(results)}
    distinct = [result for result in results if by_intent.get(result.intent) is result]
    return [result for result in distinct if result.intent not in _NO_WISHES and result.intent not in not_second]


def _also(told: list[Result], first: str) -> tuple[tuple[str, float], ...]:
    return tuple((result.intent, result.score) for result in told if result.intent != first)


def _why(first: Result, told: list[Result]) -> str:
    further = [result for result in told if result.intent != first.intent]
    return "; in the same breath ".join([first.why, *(f"{result.why}, for {result.intent}" for result in further)])
