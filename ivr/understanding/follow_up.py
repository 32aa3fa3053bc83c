"""A follow-up question keeps its subject: 那怎么收费呢, 那要多久, 那对象存储呢, how much is that.

A turn that leans on what came before (那 …, … 呢, 它, that) is read once more in full, in two ways: with the subject of
the last answer (云服务器怎么收费), and with the last question about the subject that it names (对象存储有什么特点).
What an entry of a FAQ is about is what its wordings have in common between their question words.

那 is short and unstressed, so it is what a recogniser is least sure of (让怎么收费呢, 了怎么收费呢): where its readings
of a leaning turn differ in the first character alone, that is its lead, too.

Decided: the full reading counts only if it says an entry better than the turn alone does; and a leaning turn that
alone is like an entry whose subject it does not name (那要多久 after 证书, like 备案要多久) is not answered about that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.understanding.faq import FaqEntry
from ivr.understanding.normalise import normalise, tokens
from ivr.understanding.phonetics import is_mandarin
from ivr.understanding.polarity import negators
from ivr.understanding.result import Result, State, Utterance

_LEANS = re.compile(
    r"^(?:那么|那|它|还有|(?:and )?(?:what|how) about |and )|呢$|它|\b(?:it|that|this|they|them|those)\b"
)
_LEAD = re.compile(r"^(?:那么|那|还有|它|这个|的|(?:and )?(?:what|how) about (?:the |your |a )?|and )+")
_TAIL = re.compile(r"(?:呢|啊|呀|吧)+$")
_STANDS_FOR_IT = re.compile(r"它|\b(?:it|that|this|they|them|those)\b")
_ASKS = re.compile(
    r"怎么样?|如何|怎样|什么时候|什么|多少钱?|多久|多长时间|哪里?|哪个|为什么|可不可以|能不能|可以|介绍一下|需要|我想了解|我想|我要|有|吗|呢|的"
    r"|\b(?:what|how|which|where|when|why|who|do|does|did|is|are|can|could|i|my|your|you|the|a|an|of|to|about|get|with|for|it|me|tell|special)\b"
)
_LONGEST = 12
"""Tokens: what is longer says itself what it is about."""
_TOPICS = 2
_BETTER = 0.02
_THE_SAME_AGAIN = 0.95


@dataclass(frozen=True, slots=True)
class Topic:
    """What an entry is about, likeliest first, and its question."""

    names: tuple[str, ...]
    question: str


def topics_of(faqs: Mapping[str, Sequence[FaqEntry]]) -> dict[str, Topic]:
    """What every entry is about, by its meaning; entries of tables know it themselves (tables.py)."""
    found: dict[str, Topic] = {}
    for bank, entries in faqs.items():
        for entry in entries:
            question = normalise(entry.question)
            wordings = [normalise(wording) for wording in entry.wordings]
            names = {name: _weight(name, wordings) for name in _names(wordings)}
            best = sorted(names, key=lambda name: (-names[name], name))[:_TOPICS]
            found[f"faq:{bank}/{entry.id}"] = Topic(tuple(best), question)
    return found


def resolved(
    utterance: Utterance,
    state: State,
    understand: Callable[[Utterance, State], Result],
    topics: Mapping[str, Topic],
) -> Result:
    """What `understand` makes of the turn, or of the turn with the subject of the last answer."""
    alone = understand(utterance, state)
    said = normalise(utterance.text)
    topic = topics.get(state.subject)
    if topic is None or alone.score >= 1.0 or not _LEANS.search(said) or len(tokens(said)) > _LONGEST:
        return alone
    best = Result("", 0.0)
    for name, full in _in_full(said, _without_lead(said, utterance.alternatives), topic):
        result = understand(replace(utterance, text=full, alternatives=(), free_text=""), state)
        again = result.intent == state.subject and result.score < _THE_SAME_AGAIN
        if result.intent.startswith("faq:") and not again and result.score > best.score:
            why = f"“{said}” leans on “{name}”, which the last answer was about: {result.why}"
            best = replace(result, why=why)
    if best.intent and best.score > alone.score - _BETTER:
        return best
    return alone if _names_its_subject(said, alone, topics) else _honest(said, alone, topic)


def _without_lead(said: str, others: Sequence[str]) -> str:
    """What a turn says beside the words that only lean; `others`: further readings of it."""
    rest = _LEAD.sub("", said)
    if rest == said and _differ_in_the_first(said, others):
        rest = said[1:]
    return _TAIL.sub("", rest).strip()


def _differ_in_the_first(said: str, others: Sequence[str]) -> bool:
    """Whether another reading has another first character, and all else the same; a negator is never in doubt."""
    tails = (normalise(other)[1:] for other in others)
    return len(said) > 1 and is_mandarin(said[0]) and said[1:] in tails and not negators(tokens(said))[0]


def _in_full(said: str, rest: str, topic: Topic) -> Iterator[tuple[str, str]]:
    """The turn in full, in every way it may be meant, and what it leans on; `rest` is all but its lead."""
    for name in topic.names:
        space = " " if name[-1:].isascii() else ""
        if _STANDS_FOR_IT.search(said):
            yield name, _STANDS_FOR_IT.sub(name, _TAIL.sub("", said), count=1)
        if rest:
            yield name, f"{name}{space}{rest}"
            if name in topic.question:
                ends = r"\w*" if space else ""  # databases for database
                yield topic.question, re.sub(re.escape(name) + ends, lambda _: rest, topic.question, count=1)


def _names_its_subject(said: str, alone: Result, topics: Mapping[str, Topic]) -> bool:
    topic = topics.get(alone.intent)
    if topic is None:
        return True
    own = {token for name in topic.names for token in tokens(name)}
    return not own or bool(own.intersection(tokens(said)))


def _honest(said: str, alone: Result, topic: Topic) -> Result:
    why = f"“{said}” leans on “{topic.names[0]}”, of which nothing like it is known; alone it would be {alone.intent}"
    return Result("", alone.score, alone.intent, alone.score, alone.slots, why)


def _names(wordings: Sequence[str]) -> Iterator[str]:
    """Everything that stands between question words in any wording, and every part of it, from two characters on."""
    for wording in wordings:
        for span in _ASKS.split(wording):
            words = tokens(span.strip())
            joint = " " if words and words[0].isascii() else ""
            shortest = 1 if joint else 2
            for start in range(len(words)):
                for end in range(start + shortest, len(words) + 1):
                    yield joint.join(words[start:end])


def _weight(name: str, wordings: Sequence[str]) -> float:
    """More for what more wordings hold, and for longer names."""
    held = sum(name in wording for wording in wordings)
    size = len(tokens(name))
    return held * (1 + size) if held > 1 or name == wordings[0] else size
