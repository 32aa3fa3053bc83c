"""A second opinion, learned: asked where letters and sounds do not decide.

matching.py compares a turn with single examples, which is exact and explains itself, and is lost where callers find
words that nobody wrote down. The model in classifier.py has learned from all examples what tells meanings apart, by
letters, sounds and sense, and from speech of elsewhere what is none of them. Its opinion of a meaning is

    opinion = sqrt(probability of the meaning) * probability that the turn is in scope at all

and the two are added, 0.6 each, below what the very words of an example are worth:

    score = likeness                                   where the best likeness is 0.9 or more: it decides by itself
    score = min(0.89, 0.6 * likeness + 0.6 * opinion)  elsewhere

Where most of the probability is on meanings that are not asked for in the state, it has no opinion, and likeness
stands; so it does for the universals. Neither carries a turn over the default threshold of 0.7 by itself. Measured on
the three shipped hotlines, each example held out once (2,160 turns, half of them with 20 % of the characters
misheard): of the turns in words that nobody wrote down 22 % are asked again instead of 56 % (misheard 41 instead of
63), 5 % instead of 7 % are taken for something else, and 3 % of the speech from elsewhere is taken for a request.
`ivr learn threshold FLOW` measures this for any flow.

Learning takes one to three seconds a hotline and language, once in a process: `prepare` does it ahead, or reads what
was learned before (learned_file.py). A model is not
learned for more than 1,200 wordings; there the opinion is how likely the nearest wording of a meaning asks the same
(bank.py), which needs no learning and takes a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from math import sqrt
from pathlib import Path

from ivr.understanding.bank import Bank
from ivr.understanding.classifier import IntentModel
from ivr.understanding.elsewhere import elsewhere
from ivr.understanding.encoder import installed_encoder
from ivr.understanding.intent_training import trained
from ivr.understanding.learned_file import learned_file, read_learned, write_learned
from ivr.understanding.normalise import content, normalise

BY_THEIR_WORDS = frozenset(
    ("agent", "repeat", "back", "main_menu", "hang_up", "english", "chinese", "first", "second", "yes", "no")
)
"""Universals: short and alike, their examples are written out at length (人工 is a person, 人工智能 is none)."""
DECISIVE = 0.9
"""The likeness from which nobody else is asked."""
MOST = 0.89
"""The most that two opinions are worth together."""
_LIKENESS, _OPINION = 0.6, 0.6
_MOST_WORDINGS = 1200
_ANYTHING = "一二三四"
_NEAREST = 8
_FEWEST_MEANINGS = 2
_SHORTEST = 3  # characters of content, a word of another script counting two: a lone word is what it is
_LEAST = 0.0025
_MOSTLY = 0.5
_MODELS_KEPT, _BANKS_KEPT = 24, 4
_TURNS_KEPT = 2048


class SecondOpinion:
    """What a learned model makes of turns. `wordings`: by meaning, every meaning that the hotline has."""

    def __init__(
        self, wordings: Mapping[str, Sequence[str]], language: str, *, strangers: Sequence[str] | None
    ) -> None:
        """`strangers`: speech from elsewhere to learn from, the project's own if None."""
        pairs = sorted({(normalise(text), name) for name, texts in wordings.items() for text in texts})
        self._pairs = tuple((text, name) for text, name in pairs if text)
        self._large = len(self._pairs) > _MOST_WORDINGS
        self._strangers = elsewhere(language) if strangers is None else tuple(strangers)
        self._folder: Path | None = None

    def prepare(self, learned: Path | None = None) -> None:
        """Learn now what would be learned at the first turn that needs it; `learned`: the folder where that is kept
        for the next process."""
        self._folder = learned
        if self._large:
            self._bank.search(_ANYTHING, limit=1)
        elif self._model is not None:  # what was learned before is only read; the encoder loads when it is first asked
            _ranked(self._model, _ANYTHING, 1.0)

    def of(self, text: str, active: frozenset[str], sureness: float = 1.0) -> Mapping[str, float]:
        """Opinions in [0, 1] by meaning, of those that are `active`; empty where it has none: on a lone word, on what
        is mostly not active, and where no model is learned."""
        said = content(normalise(text))
        if sum(1 if len(one) == 1 else 2 for one in said) < _SHORTEST:
            return {}
        if self._large:
            hits = self._bank.search(text, sureness=sureness, limit=_NEAREST, keys=active)
            return {hit.key: hit.score for hit in hits}
        if self._model is None:
            return {}
        in_scope, likely = _ranked(self._model, normalise(text), round(min(1.0, max(0.0, sureness)), 1))
        asked = {meaning: probability for meaning, probability in likely.items() if meaning in active}
        share = sum(asked.values())
        if share < _MOSTLY:
            return {}
        return {meaning: round(sqrt(probability / share) * in_scope, 3) for meaning, probability in asked.items()}

    @cached_property
    def _model(self) -> IntentModel | None:
        if len({name for _, name in self._pairs}) < _FEWEST_MEANINGS:
            return None
        return _learned(self._pairs, self._strangers, semantic=installed_encoder() is not None, folder=self._folder)

    @cached_property
    def _bank(self) -> Bank:
        return _banked(self._pairs, semantic=installed_encoder() is not None)


def together(likeness: float, opinion: float) -> float:
    """The score of a meaning in [0, 1] where likeness alone does not decide."""
    return min(MOST, _LIKENESS * likeness + _OPINION * opinion)


@lru_cache(maxsize=_MODELS_KEPT)
def _learned(
    pairs: tuple[tuple[str, str], ...], strangers: tuple[str, ...], *, semantic: bool, folder: Path | None
) -> IntentModel:
    """By content: the versions and tests of a hotline that say the same share one."""
    texts, labels = [text for text, _ in pairs], [name for _, name in pairs]
    encoder = installed_encoder() if semantic else None
    if folder is None:
        return IntentModel.train(texts, labels, encoder=encoder, elsewhere=strangers)
    path = learned_file(folder, pairs, strangers, semantic=semantic)
    kept = read_learned(path)
    if kept is None:
        kept = trained(texts, labels, encoder=encoder, elsewhere=strangers, seed=0)
        write_learned(path, kept)
    return IntentModel(texts, labels, kept, encoder)


@lru_cache(maxsize=_BANKS_KEPT)
def _banked(pairs: tuple[tuple[str, str], ...], *, semantic: bool) -> Bank:
    encoder = installed_encoder() if semantic else None
    return Bank.build([(name, text) for text, name in pairs], encoder=encoder)


@lru_cache(maxsize=_TURNS_KEPT)
def _ranked(model: IntentModel, text: str, sureness: float) -> tuple[float, Mapping[str, float]]:
    ranking = model.rank(text, sureness=sureness)
    likely = {ranked.label: ranked.probability for ranked in ranking.labels if ranked.probability >= _LEAST}
    return ranking.in_scope, likely
