"""Noise as a recogniser makes it: characters changed as a confusion channel says they are.

Unlike homophone_noise.py, which is a fixed yardstick, this noise follows what was learned from transcripts: how many
wrong characters still sound right, and which halves of syllables are heard for which. Seeded: the same texts, channel,
rate and seed give the same noise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from random import Random

from ivr.understanding.confusions import Confusions
from ivr.understanding.mishearing import common_characters
from ivr.understanding.phonetics import FINALS, INITIALS, halves, syllables

_TRIES = 20  # halves are drawn apart, and not every initial goes with every final


def heard_through(texts: Sequence[str], channel: Confusions, rate: float, seed: int = 1) -> list[str]:
    """`texts` with each Mandarin character changed with probability `rate` in [0, 1], as `channel` would hear it."""
    random = Random(seed)  # noqa: S311 - noise, no secret
    chances: dict[str, tuple[tuple[str, ...], list[float]]] = {}

    def heard_half(said: str) -> str:
        if said not in chances:
            kind = INITIALS if said.endswith("-") else FINALS
            chances[said] = kind, [channel.chance(said, other) for other in kind]
        kind, weights = chances[said]
        return random.choices(kind, weights)[0]

    def changed(character: str) -> str:
        syllable = syllables([character])[0]
        said = halves(syllable)
        if said not in _characters():
            return character
        heard = said
        if random.random() >= channel.homophones:
            drawn = ((heard_half(said[0]), heard_half(said[1])) for _ in range(_TRIES))
            heard = next((pair for pair in drawn if pair != said and pair in _characters()), said)
        others = [other for other in _characters()[heard] if other != character]
        return random.choice(others) if others else character

    return ["".join(changed(c) if random.random() < rate else c for c in text) for text in texts]


@cache
def _characters() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for character in common_characters():
        found[halves(syllables([character])[0])].append(character)
    return dict(found)
