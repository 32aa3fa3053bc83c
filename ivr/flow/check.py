"""What a schema cannot see. Each rule is one function that yields problems; `check` runs them all, so that
every mistake is named at once. Rules are in `ivr.flow.rules`, by what they look at.
"""

from __future__ import annotations

from datetime import date

from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.rules import filled, keys, languages, listening, names, opening, paths, sounds, tables, values, words


def check(flow: Flow, today: date | None = None) -> list[Problem]:
    """Everything that is wrong with a flow, in the order of the files.

    Where parts were left out because they do not fit the schema (the flow is not `whole`), only what is wrong
    whatever was left out. `today`: what the calendar of holidays is held against; left out: not at all.
    """
    rules = [
        *words.RULES,
        *tables.RULES,
        *listening.RULES,
        *values.RULES,
        *keys.RULES,
        *languages.RULES,
        *opening.RULES,
    ]
    if flow.whole:
        rules += [*names.RULES, *paths.RULES, *filled.RULES, *sounds.RULES]
    else:
        rules += names.OF_PARTS
    found = {problem for rule in rules for problem in rule(flow)}
    if today is not None:
        found |= set(opening.unknown_holidays(flow, today))
    return sorted(found)
