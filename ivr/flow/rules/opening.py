"""Opening hours: those that nobody asks for, and the end of what the calendar of holidays knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from ivr.flow.hours import known_year
from ivr.flow.load import Flow
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem
from ivr.flow.readings import expressions_of
from ivr.flow.rules.place import Path, Rule, place

_AHEAD = timedelta(days=60)
_OPEN = re.compile(r"""\bopen\(\s*(?:"([^"]*)"|'([^']*)')\s*\)""")


def _asked(flow: Flow) -> Iterator[tuple[Path, str]]:
    for scope, name, step in flow.every_step():
        for _, path, expression in expressions_of(step):
            for double, single in _OPEN.findall(expression.text):
                yield place(scope, name, *path), double or single


def _hours_that_are_not_there(flow: Flow) -> Iterator[Problem]:
    for path, hours in _asked(flow):
        if hours not in flow.hotline.hours and not flow.left_out(hours):
            mend = did_you_mean(hours, flow.hotline.hours, f"write them under `hours: {hours}:`")
            yield flow.document.problem(path, f"there are no hours `{hours}`", mend)


def _hours_that_nobody_asks_for(flow: Flow) -> Iterator[Problem]:
    asked = {hours for _, hours in _asked(flow)}
    for name in flow.hotline.hours:
        if name not in asked and flow.whole:
            mend = f'ask for them in a condition, `if: open("{name}")`, or remove them'
            yield flow.document.problem(("hours", name), f"nothing asks for the hours `{name}`", mend, key=True)


def unknown_holidays(flow: Flow, today: date) -> Iterator[Problem]:
    """Advice where hours keep China's holidays and the calendar does not know those of the next two months."""
    soon = today + _AHEAD
    for name, hours in flow.hotline.hours.items():
        if hours.holidays == "cn" and not known_year(soon.year):
            what = f"the holidays of {soon.year} are not known here: its days count by weekday alone"
            mend = "update the package `chinesecalendar` when the State Council has announced them (each November)"
            yield flow.document.problem(("hours", name), what, mend, key=True, advice=True)


RULES: tuple[Rule, ...] = (_hours_that_are_not_there, _hours_that_nobody_asks_for)
