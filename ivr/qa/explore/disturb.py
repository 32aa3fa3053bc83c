"""Calls that are like one that is known, but not quite: said in other words, or by a caller who does as they like.

A caller who does as they like (is silent, mumbles, presses anything, answers what was not asked) is understood or not,
and nothing is claimed of that. But then they ask for a person, as often as a person would, and must reach one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from ivr.flow.load import Flow
from ivr.flow.scalars import KEYS
from ivr.qa.explore.script import Script, Turn
from ivr.qa.explore.words import CallersWords
from ivr.qa.model_check.moves import NONSENSE

_MOST_CHANGES = 3


def said_otherwise(script: Script, words: CallersWords, random: Random) -> Script:
    """The script up to one of its wishes, which is said in other words; all of it, if it has none."""
    wishes = [place for place, turn in enumerate(script.turns) if len(words.ways_to_say(turn)) > 1]
    if not wishes:
        return script
    place = random.choice(wishes)
    return script.with_turns([*script.turns[:place], words.varied(script.turns[place], random)])


def disturbed(script: Script, donors: Sequence[Turn], flow: Flow, random: Random) -> Script:
    """The script with one to three turns put in, left out or done again, and then a caller who wants a person. What
    its turns mean is forgotten: they may stand anywhere. `donors` are turns of other callers."""
    turns = list(script.turns)
    for _ in range(random.randint(1, _MOST_CHANGES)):
        place = random.randrange(len(turns) + 1)
        strange = (Turn(), Turn(say=NONSENSE), Turn(keys=random.choice(KEYS)), random.choice(donors))
        match random.choice(("put in", "put in", "again", "leave out")):
            case "put in":
                turns.insert(place, random.choice(strange))
            case "again" if turns:
                turns.insert(place, turns[max(0, place - 1)])
            case _ if len(turns) > 1:
                turns.pop(place - 1)
    forgotten = [replace(turn, means="", digits="") for turn in turns[: random.randint(1, len(turns))]]
    return script.with_turns([*forgotten, *asks_for_person(flow)])


def asks_for_person(flow: Flow) -> tuple[Turn, ...]:
    """转人工, key 0, 转人工."""
    words = Turn(say=flow.universals["agent"][0])
    return (words, Turn(keys="0"), words)
