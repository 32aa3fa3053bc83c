"""Names that lead nowhere: steps, intents, FAQs, queues, routines that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.load import MAIN, Flow
from ivr.flow.near_miss import did_you_mean
from ivr.flow.problem import Problem
from ivr.flow.rules.place import Path, Rule, leads, place
from ivr.flow.step_schema import BACK


def _steps(flow: Flow) -> Iterator[Problem]:
    hotline = flow.hotline
    used: list[tuple[str, Path, str]] = [(MAIN, ("start",), hotline.start)]
    used += [(MAIN, ("main_menu",), hotline.main_menu)] if hotline.main_menu else []
    used += [(MAIN, ("person", "refused"), hotline.person.refused)] if hotline.person.refused else []
    used += [(MAIN, ("anywhere", intent), target) for intent, target in hotline.anywhere.items()]
    used += [(scope, ("routines", scope, "start"), routine.start) for scope, routine in hotline.routines.items()]
    for scope, name, step in flow.every_step():
        used += [(scope, place(scope, name, *path), target) for path, target in leads(step)]
    for scope, path, target in used:
        steps = flow.steps(scope)
        if target != BACK and target not in steps and not flow.left_out(target):
            mend = did_you_mean(target, steps, f"write the step `{target}`, or name one of {', '.join(steps)}")
            yield flow.document.problem(path, f"there is no step `{target}`", mend)


def _reserved(flow: Flow) -> Iterator[Problem]:
    for scope, name, _ in flow.every_step():
        if name == BACK:
            mend = "give it another name: `next: back` leads to where the call was before"
            yield flow.document.problem(place(scope, name), f"no step can be called `{BACK}`", mend, key=True)


def _intents(flow: Flow) -> Iterator[Problem]:
    known = {**flow.intents, **flow.universals}
    used: list[tuple[Path, str]] = [(("anywhere", intent), intent) for intent in flow.hotline.anywhere]
    for scope, name, step in flow.every_step():
        used += [(place(scope, name, "intents", index), intent) for index, intent in enumerate(step.intents)]
        used += [(place(scope, name, "then", intent), intent) for intent in step.then]
        used += [(place(scope, name, "keys", key), intent) for key, intent in step.keys.items()]
    for path, intent in used:
        if intent not in known and not flow.left_out(intent):
            mend = did_you_mean(intent, known, f"add examples of `{intent}` to a file in intents/")
            yield flow.document.problem(path, f"there is no intent `{intent}`", mend)


def _faqs(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        used = [(place(scope, name, "faq"), faq) for faq in step.faq]
        used += [(place(scope, name, "answer", "faq"), faq) for faq in (step.answer.faq if step.answer else [])]
        for path, faq in used:
            if faq not in flow.faqs:
                mend = did_you_mean(faq, flow.faqs, f"write the file faq/{faq}.yaml")
                yield flow.document.problem(path, f"there is no FAQ `{faq}`", mend)


def _queues(flow: Flow) -> Iterator[Problem]:
    queues = flow.hotline.queues
    used: list[tuple[Path, str]] = [(("person", "queue"), flow.hotline.person.queue)]
    for scope, name, step in flow.every_step():
        if step.hand_off:
            used.append((place(scope, name, "hand_off"), step.hand_off.queue))
    for path, queue in used:
        if queues and queue not in queues:
            mend = did_you_mean(queue, queues, f"add it to `queues`, or use one of {', '.join(queues)}")
            yield flow.document.problem(path, f"there is no queue `{queue}`", mend)


def _routines(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        run = step.run
        if run is None:
            continue
        routine = flow.hotline.routines.get(run.routine)
        if routine is None:
            mend = did_you_mean(run.routine, flow.hotline.routines, f"write it under `routines: {run.routine}:`")
            yield flow.document.problem(
                place(scope, name, "run", "routine"), f"there is no routine `{run.routine}`", mend
            )
            continue
        for given in {**run.with_, **routine.takes}:
            if given not in routine.takes or given not in run.with_:
                what = f"routine `{run.routine}` takes {', '.join(routine.takes) or 'nothing'}, not {given}"
                if given in routine.takes:
                    what = f"routine `{run.routine}` needs `{given}`"
                mend = f"give it under `with`: {', '.join(routine.takes) or 'leave `with` out'}"
                yield flow.document.problem(place(scope, name, "run"), what, mend)
        for ours, theirs in run.save.items():
            if theirs not in routine.gives:
                mend = did_you_mean(theirs, routine.gives, f"it gives {', '.join(routine.gives) or 'nothing'}")
                path = place(scope, name, "run", "save", ours)
                yield flow.document.problem(path, f"routine `{run.routine}` gives no `{theirs}`", mend)


RULES: tuple[Rule, ...] = (_steps, _reserved, _intents, _faqs, _queues, _routines)
OF_PARTS: tuple[Rule, ...] = (_steps, _reserved, _queues, _faqs, _intents)
"""Those that hold even where parts of the flow were left out, but for names of what was left out."""
