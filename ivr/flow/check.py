"""What a schema cannot see. Each rule is one function that yields problems; `check` runs them all, so that
every mistake is named at once. Rules are in `ivr.flow.rules`, by what they look at.
"""

from __future__ import annotations

from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.rules import listening, names, paths, values, words


def check(flow: Flow) -> list[Problem]:
    """Everything that is wrong with a flow, in the order of the files.

    Where parts were left out because they do not fit the schema (the flow is not `whole`), only what is wrong
    whatever was left out.
    """
    rules = [*words.RULES, *listening.RULES, *values.RULES]
    if flow.whole:
        rules += [*names.RULES, *paths.RULES]
    else:
        rules += names.OF_PARTS
    return sorted({problem for rule in rules for problem in rule(flow)})
