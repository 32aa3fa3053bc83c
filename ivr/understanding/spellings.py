"""A turn as it is written and as the hotline would have spelt it: what classifier.py looks at.

A misheard turn has the right sounds and the wrong characters; repair.py finds the characters that the hotline's own
examples have for these sounds. Neither spelling is trusted alone: repair mends two of three errors, and spoils one
character of twenty-five where nothing was wrong. So both are looked at, and count half each. Measured and left out:
to trust what was repaired more where the recogniser is less sure; it lost half a point to a point, clean and noisy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.understanding.encoder import Encoder
from ivr.understanding.features import seen
from ivr.understanding.phonetics import is_mandarin, syllables
from ivr.understanding.repair import Spelling

Floats = NDArray[np.float32]

_ERRORS, _ERRORS_WHEN_UNSURE = 0.1, 0.3  # characters misheard, at sureness 1 and 0


@dataclass(frozen=True, slots=True)
class Spelt:
    """One spelling of a turn; `text` for the encoder, which is given what was written unless it was repaired.
    `weight` in [0, 1]; those of a turn add up to 1."""

    tokens: tuple[str, ...]
    text: str
    weight: float


def spelling_of(texts: Sequence[Sequence[str]]) -> Spelling | None:
    """How examples (tokens) spell Mandarin; None if they hold none."""
    mandarin = [text for text in texts if any(map(is_mandarin, text))]
    return Spelling.learned((text, syllables(text)) for text in mandarin) if mandarin else None


def spellings(text: str, spelling: Spelling | None, sureness: float = 1.0) -> tuple[Spelt, ...]:
    """As written, and repaired if that differs; half of the weight each.

    The less sure the recogniser (`sureness` in [0, 1]), the more errors are expected of it, as in bank.py.
    """
    tokens = seen(text)
    written = Spelt(tokens, text, 1.0)
    if spelling is None or not any(map(is_mandarin, tokens)):
        return (written,)
    repaired = spelling.repair(tokens, syllables(tokens), _ERRORS + (1 - sureness) * (_ERRORS_WHEN_UNSURE - _ERRORS))
    if not repaired.changed:
        return (written,)
    return Spelt(tokens, text, 0.5), Spelt(repaired.tokens, _joined(repaired.tokens), 0.5)


def averaged(
    turns: Sequence[Sequence[Spelt]], encoder: Encoder, each: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    """Vectors of `turns` (n, size) and what `each` makes of vectors, both averaged over a turn's spellings."""
    vectors = encoder.encode([spelt.text for turn in turns for spelt in turn])
    starts = np.cumsum([0, *(len(turn) for turn in turns)])[:-1]
    weights = np.array([spelt.weight for turn in turns for spelt in turn], dtype=np.float32)[:, None]
    return np.add.reduceat(vectors * weights, starts), np.add.reduceat(each(vectors) * weights, starts)


def _joined(tokens: Sequence[str]) -> str:
    """Words of other scripts apart, Mandarin and digits together."""
    text = ""
    for token in tokens:
        text += f" {token}" if len(token) > 1 and text[-1:].isalpha() and text[-1:].isascii() else token
    return text
