"""Recognition errors as one can make them from text: characters replaced by others that sound alike.

As in the measurements this project began with: of the characters that are changed, 70 % become homophones (the same
syllable, any tone) and 30 % near-homophones, as accents and recognisers merge them (zh/z, ch/c, sh/s, n/l, h/f, -ng
after a, e, i). They are drawn evenly from the 3,755 common characters of GB 2312, so that noise does not know which
words are likely. What is not Mandarin stays. Seeded: the same texts, rate and seed give the same noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ivr.understanding.mishearing import HOMOPHONES, choices


def misheard(texts: Sequence[str], rate: float, seed: int = 1) -> list[str]:
    """`texts` with each Mandarin character replaced with probability `rate` in [0, 1] by one that sounds alike."""
    random = Random(seed)  # noqa: S311 - noise, no secret
    return [
        "".join(_heard(character, random) if random.random() < rate else character for character in text)
        for text in texts
    ]


def _heard(character: str, random: Random) -> str:
    return random.choice(choices(character, homophone=random.random() < HOMOPHONES))
