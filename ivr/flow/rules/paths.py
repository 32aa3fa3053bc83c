"""Ways through the flow: what nobody reaches, where the call breaks off, what goes round without a caller."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.load import MAIN, Flow
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem
from ivr.flow.rules.place import Path, Rule, ends, leads, place
from ivr.flow.step_schema import BACK, Step

LISTENS = {"ask", "collect", "answer", "verify", "callback", "hand_off", "hang_up", "return"}
"""Actions that no caller passes by saying nothing, or that lead out. A survey lets the silent go, a recording ends by
itself, and another system may fail for ever."""


def successors(step: Step) -> set[str]:
    """The steps that `step` can lead to by what is written in it."""
    reached = {target for _, target in leads(step)}
    if step.ask:
        reached |= {name for name in (*step.intents, *step.keys.values()) if name not in step.then}
    return reached


def _intents_that_lead_nowhere(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        for intent in dict.fromkeys((*step.intents, *step.keys.values())):
            somewhere = intent in step.then or intent in flow.steps(scope) or bool(step.next)
            if not somewhere and intent not in flow.universals and intent not in flow.hotline.anywhere:
                mend = f"add `{intent}: …` under `then`, or a step called `{intent}`, or a `next`"
                what = f"intent `{intent}` leads nowhere from here"
                yield flow.document.problem(place(scope, name), what, mend, key=True)


def _questions_that_nothing_answers(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        if step.ask and not (step.then or step.intents or step.keys or (flow.hotline.anywhere and not scope)):
            what = f"no answer leads on from the question in step `{name}`"
            mend = "add `intents: …` or `keys: …`; for answers from a FAQ alone use `answer: …`"
            yield flow.document.problem(place(scope, name, "ask"), what, mend, key=True)


def _dead_ends(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        if not ends(step) and not step.ask and not scope:
            mend = "add `next: …`, `hand_off: …` or `hang_up: …`"
            yield flow.document.problem(place(scope, name), f"the call breaks off after step `{name}`", mend, key=True)


def _branches_that_may_lead_nowhere(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        branches = step.branch or []
        for index, branch in enumerate(branches):
            if branch.else_ and index < len(branches) - 1:
                path = place(scope, name, "branch", index + 1)
                yield flow.document.problem(path, "nothing after `else` is ever looked at", "put `else` last")
        if branches and branches[-1].else_ is None:
            path = place(scope, name, "branch", len(branches) - 1)
            yield flow.document.problem(
                path, "the branch has no way out if nothing holds", "add a last line `- else: …`"
            )


def _steps_that_nobody_reaches(flow: Flow) -> Iterator[Problem]:
    hotline = flow.hotline
    for scope in (MAIN, *hotline.routines):
        steps = flow.steps(scope)
        begins = [hotline.routines[scope].start] if scope else [hotline.start, *hotline.anywhere.values()]
        if not scope:
            begins += [name for name in (hotline.main_menu, hotline.person.refused) if name]
        queue = [name for name in begins if name in steps]
        reached = set(queue)
        if not queue:
            continue  # the start is not there: that is one mistake, not one for every step
        while queue:
            for name in sorted(successors(steps[queue.pop()]) & steps.keys() - reached):
                reached.add(name)
                queue.append(name)
        for name in steps:
            if name not in reached:
                mend = "lead to it from another step by `next` or `then`, or remove it"
                what = f"no call ever reaches step `{name}`"
                yield flow.document.problem(place(scope, name), what, mend, key=True)


def _routines_that_nobody_runs(flow: Flow) -> Iterator[Problem]:
    run = {step.run.routine for _, _, step in flow.every_step() if step.run}
    for name in flow.hotline.routines:
        if name not in run:
            mend = f"run it from a step by `run: {{routine: {name}}}`, or remove it"
            yield flow.document.problem(("routines", name), f"no step runs routine `{name}`", mend, key=True)


def _circles_without_the_caller(flow: Flow) -> Iterator[Problem]:
    """A ring of steps that never listen would go on for ever. One that asks another system again and again may count
    its tries: a branch in it is trusted to."""
    for scope in (MAIN, *flow.hotline.routines):
        steps = flow.steps(scope)
        deaf = {name: step for name, step in steps.items() if not LISTENS & set(step.actions) and not step.run}
        for name in deaf:
            ring = _ring(name, deaf)
            counts = any(deaf[one].call for one in ring) and any(deaf[one].branch for one in ring)
            if ring and name == min(ring) and not counts:
                what = f"steps {' → '.join([*ring, name])} go round without ever listening to the caller"
                mend = "put an `ask` into the circle, or lead out of it"
                yield flow.document.problem(place(scope, name, *_way(steps[name], [*ring, name][1])), what, mend)


def _way(step: Step, target: str) -> Path:
    """Where it is written that `step` leads to `target`."""
    return next((path for path, one in leads(step) if one == target), ())


def _routines_that_run_themselves(flow: Flow) -> Iterator[Problem]:
    routines = flow.hotline.routines
    runs = {name: {step.run.routine for step in routines[name].steps.values() if step.run} for name in routines}
    for name in routines:
        reached, queue = set[str](), [name]
        while queue:
            new = runs.get(queue.pop(), set()) - reached
            reached |= new
            queue += sorted(new)
        if name in reached:
            mend = "go round by `next` inside the routine instead"
            yield flow.document.problem(("routines", name), f"routine `{name}` runs itself", mend, key=True)


def _routines_that_end_without_their_results(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        if not scope:
            continue
        gives = flow.hotline.routines[scope].gives
        if gives and not ends(step) and not step.ask:
            what = f"routine `{scope}` ends after step `{name}` without giving {', '.join(gives)}"
            mend = f"add `return: {{{', '.join(f'{one}: …' for one in gives)}}}`"
            yield flow.document.problem(place(scope, name), what, mend, key=True)
        for given in {**gives, **(step.return_ or {})} if step.return_ is not None else ():
            if given not in gives:
                mend = did_you_mean(given, gives, f"add it under `gives` of the routine: `{given}: text`")
                path = place(scope, name, "return", given)
                yield flow.document.problem(path, f"routine `{scope}` does not give `{given}`", mend, key=True)
            elif given not in (step.return_ or {}):
                what, mend = f"routine `{scope}` gives `{given}`, which is missing here", f"add `{given}: …`"
                yield flow.document.problem(place(scope, name, "return"), what, mend, key=True)


def _returns_to_nowhere(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        if not scope and step.return_ is not None:
            mend = "use `next: …`, or move the step into a routine"
            yield flow.document.problem(place(scope, name, "return"), "only a routine returns", mend, key=True)


def _ring(start: str, talks: dict[str, Step]) -> list[str]:
    """A way from `start` back to itself through steps that do not wait; empty if there is none."""
    trails = [[start]]
    seen: set[str] = set()
    while trails:
        trail = trails.pop()
        for name in sorted(successors(talks[trail[-1]])):
            if name == start:
                return trail
            if name in talks and name not in seen:
                seen.add(name)
                trails.append([*trail, name])
    return []


def _ways_back_from_nowhere(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        if scope:
            for path, target in leads(step):
                if target == BACK:
                    mend = "end the routine with `return: {}`"
                    yield flow.document.problem(place(scope, name, *path), "a routine has no `back`", mend)


RULES: tuple[Rule, ...] = (
    _intents_that_lead_nowhere,
    _questions_that_nothing_answers,
    _dead_ends,
    _branches_that_may_lead_nowhere,
    _steps_that_nobody_reaches,
    _routines_that_nobody_runs,
    _routines_that_run_themselves,
    _routines_that_end_without_their_results,
    _returns_to_nowhere,
    _circles_without_the_caller,
    _ways_back_from_nowhere,
)
