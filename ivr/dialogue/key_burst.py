"""Keys pressed in one go: which of them only go on with what has been answered already.

A number of full length is taken at its last digit. The # with which callers end it by habit, and digits too many, come
after that, and each would answer the next question: five of them reached a person within a second. Decided: **what
comes at the pace of the number belongs to the number** (half as slow again counts; a second at the most), for who
knows the hotline answers the read-back as soon as it begins. And keys that mean nothing fail once a second, not once
each.
"""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_S = 1.0
_SHORTEST_S = 0.3
_SLOWER = 1.5


@dataclass
class KeyBurst:
    """What a call remembers of its last keys. Times are the events' `at`, rounded as a journal keeps them, so that a
    replay decides the same.

    `pace` is the longest pause inside the number, 0 if there was none; `number_taken`: the rest of its burst is let go.
    """

    at: float = float("-inf")
    pace: float = 0.0
    number_taken: bool = False
    meaningless_at: float = float("-inf")

    def goes_on(self, at: float, *, gathering: bool, patience: float = 0.0) -> bool:
        """Whether the key pressed at `at` belongs to a number taken before. To be asked once of every key.

        `gathering`: a number has begun and is not taken yet. `patience`: how long, in seconds, such a key may come
        after the number whatever its pace, as a # does that means nothing else.
        """
        at = round(at, 3)
        pause, self.at = at - self.at, at
        if self.number_taken:
            self.number_taken = pause < max(_SHORTEST_S, min(_LONGEST_S, _SLOWER * self.pace), patience)
            return self.number_taken
        self.pace = max(self.pace, pause) if gathering else 0.0
        return False

    def took_number(self, keys: str) -> None:
        """The key pressed last has ended a number, `keys`; it may have been the only key."""
        self.number_taken = True
        if not keys:
            self.pace = _LONGEST_S  # a lone #: nothing is known of the caller's pace

    def means_nothing_again(self) -> bool:
        """The key pressed last means nothing: whether one like it came just before."""
        again = self.at - self.meaningless_at < _LONGEST_S
        self.meaningless_at = self.at
        return again
