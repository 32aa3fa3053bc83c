"""A state's phrases as a recogniser's grammar, in the words that the model has.

Mandarin models know words, not characters, and leave out in silence what they do not know (FACTS.md). Decided: each
phrase is cut into the fewest words that the model has, which needs no segmenter and cannot disagree with the model;
a phrase that cannot be cut is left out and reported with what is lacking. Repetitions stay: they are weight.

`[unk]` always goes in: measured on 58 spoken numbers it costs nothing (1.6 % digit error with and without), and of 44
sentences that are no numbers, decoded with the digit grammar, it leaves 0.8 digits a sentence (none at all in 25),
where the grammar without it makes up 11 digits each, at a median confidence of 0.89.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

UNKNOWN = "[unk]"
"""What the model says where it heard something that no phrase holds."""

_GAP_COST = 100
_LONGEST_WORD = 8
_TOKEN = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*|[^\W_]")
_GRAMMARS_KEPT = 64
_PHRASES_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Grammar:
    """`json` is what Vosk takes, "" for free decoding; `missing`: those left out, each as split into
    words that the model has, with what it lacks in brackets: `查 [龘] 账单`."""

    json: str
    missing: tuple[tuple[str, str], ...] = ()


class Splitter:
    """Makes grammars for one model; `has_word(word)` tells what it knows. Not for use from several threads at once."""

    def __init__(self, has_word: Callable[[str], bool]) -> None:
        self._has = lru_cache(maxsize=_PHRASES_KEPT)(has_word)
        self._split = lru_cache(maxsize=_PHRASES_KEPT)(self._split_phrase)
        self._grammars: OrderedDict[tuple[str, ...], Grammar] = OrderedDict()

    def grammar(self, phrases: Sequence[str]) -> Grammar:
        """The grammar of `phrases`, kept for the last 64 lists.

        No phrases, or none that the model can hear: free decoding, since a grammar of nothing would leave the caller
        without any answer.
        """
        key = tuple(phrases)
        known = self._grammars.get(key)
        if known is None:
            known = self._grammars[key] = self._make(key)
            if len(self._grammars) > _GRAMMARS_KEPT:
                self._grammars.popitem(last=False)
        self._grammars.move_to_end(key)
        return known

    def _make(self, phrases: tuple[str, ...]) -> Grammar:
        lines: list[str] = []
        missing: dict[str, str] = {}
        for phrase in phrases:
            words, whole = self._split(phrase)
            if not whole:
                missing[phrase] = words
            elif words:
                lines.append(words)
        text = json.dumps([*lines, UNKNOWN], ensure_ascii=False) if lines else ""
        return Grammar(text, tuple(missing.items()))

    def _split_phrase(self, phrase: str) -> tuple[str, bool]:
        """The phrase as words between spaces, what the model lacks in brackets, and whether it lacks nothing."""
        words: list[str] = []
        whole = True
        for run in _runs(phrase):
            cut = [run] if run.isascii() and self._has(run) else [] if run.isascii() else self._fewest_words(run)
            whole = whole and bool(cut)
            words += cut or ([f"[{run}]"] if run.isascii() else self._with_gaps(run))
        return " ".join(words), whole

    def _fewest_words(self, run: str) -> list[str]:
        best: list[list[str] | None] = [[], *([None] * len(run))]
        for end in range(1, len(run) + 1):
            for start in range(max(0, end - _LONGEST_WORD), end):
                before = best[start]
                so_far = best[end]
                if before is None or (so_far is not None and len(so_far) <= len(before) + 1):
                    continue
                if self._has(run[start:end]):
                    best[end] = [*before, run[start:end]]
        return best[-1] or []

    def _with_gaps(self, run: str) -> list[str]:
        """The fewest words with the fewest gaps between them; characters that are in none stand in brackets."""
        best: list[tuple[int, list[str]]] = [(0, [])]
        for end in range(1, len(run) + 1):
            cost, words = best[end - 1]
            ways = [(cost + _GAP_COST, [*words, f"[{run[end - 1]}]"])]
            for start in range(max(0, end - _LONGEST_WORD), end):
                if self._has(run[start:end]):
                    cost, words = best[start]
                    ways.append((cost + 1, [*words, run[start:end]]))
            best.append(min(ways, key=lambda way: way[0]))
        return best[-1][1]


def _runs(phrase: str) -> list[str]:
    """Latin words and numbers one by one, runs of other letters as one; punctuation separates."""
    plain = unicodedata.normalize("NFKC", phrase).lower()
    runs: list[str] = []
    joined = -1
    for token in _TOKEN.finditer(plain):
        text = token.group()
        if runs and joined == token.start() and not text.isascii() and not runs[-1].isascii():
            runs[-1] += text
        else:
            runs.append(text)
        joined = token.end()
    return runs


def join_words(words: Sequence[str]) -> str:
    """Recognised words as text: Mandarin without spaces, one space between two Latin words."""
    text = ""
    for word in words:
        if text and text[-1].isascii() and word[:1].isascii():
            text += " "
        text += word
    return text
