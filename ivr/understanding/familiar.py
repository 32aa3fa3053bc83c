"""How familiar a decoding's words are to each other: the sign of speech from elsewhere.

A recogniser that has only the hotline's words answers any speech with these words, but it puts them in an order that
nobody speaks: 在局部地区小范围试点实施 became 在机不地区小返为什点实时. So what tells is neither a word nor
the recogniser's confidence, but how many of the pairs and triples of characters stand side by side in some phrase too.

Measured with 6,030 questions of a bank as phrases, 8 kHz G.711: half the recordings (30 AISHELL sentences against 60
other questions of four synthetic voices, clean and at 10 dB) chose the threshold by logistic regression, the other half
(44, 60 and 60) tried it: 98 % of the sentences rejected, no question lost in either. The recogniser's confidence alone
rejects 23 % for 5 % lost, and added to this it gains nothing. What share an honest turn has depends on
how many phrases there are, so the threshold is a part of what each phrase has of the others' (leave one out).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ivr.understanding.normalise import normalise

_LENGTHS = (2, 3)
_BEGIN, _END = "\x02", "\x03"


class Familiar:
    """What stands beside what in `phrases` (texts of any script; repeated ones count once)."""

    def __init__(self, phrases: Iterable[str]) -> None:
        texts = [text for text in dict.fromkeys(normalise(phrase) for phrase in phrases) if text]
        self._seen = Counter(gram for text in texts for gram in set(_grams(text)))
        shares = [self._share(text, least=2) for text in texts]
        self.typical = sum(shares) / len(shares) if shares else 0.0
        """What a phrase has of all the others' on the average, in [0, 1]."""

    def share(self, text: str) -> float:
        """Mean share of the pairs and of the triples of `text` that some phrase has, in [0, 1]; 1 for no text."""
        return self._share(normalise(text), least=1)

    def _share(self, plain: str, least: int) -> float:
        if not plain:
            return 1.0
        total = 0.0
        for length in _LENGTHS:
            grams = list(_grams(plain, (length,)))
            total += sum(self._seen[gram] >= least for gram in grams) / len(grams) if grams else 1.0
        return total / len(_LENGTHS)


def _grams(plain: str, lengths: tuple[int, ...] = _LENGTHS) -> Iterator[str]:
    marked = f"{_BEGIN}{plain}{_END}"
    for length in lengths:
        for start in range(len(marked) - length + 1):
            yield marked[start : start + length]
