"""What `ivr check` proves of a flow, or refutes with a call that anybody can play.

    person      from every state, 转人工 or key 0 leads to a person within `promise.person_within` turns and
                `promise.person_after`, though the queue refuse the first time
    circle      silence, nonsense, wrong numbers and failures, in whatever order, end with a person or the call's end;
                a circle of meaningful wishes is the caller's choice, and no fault
    personal    no personal value is said, or written for the agent, before the caller is verified (if any step
                verifies)
    way on      no call breaks off, and none waits for nothing
    company     a sound that is nothing, words that are late or lost, a bad line and a part that fails leave nobody in
                silence, and no prompt paused

Proved is what the search has seen, and it says so when it had to stop. It is blind to: what same_state.py drops, words
that understanding takes for something else than meant, and turns taken into a prompt other than 转人工 and key 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivr.dialogue.walk import place_name
from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.rules.place import place
from ivr.qa.model_check.circles import circles
from ivr.qa.model_check.counterexample import AROUND, Counterexample, play
from ivr.qa.model_check.moves import Move
from ivr.qa.model_check.person import NEVER, Reach
from ivr.qa.model_check.search import MOST_STATES, Fault, Found, Search

Promise = Literal["person", "circle", "personal", "way_on", "company"]


@dataclass(frozen=True)
class Refutation:
    """A promise that the flow breaks: where it stands in the flow, and the call that shows it."""

    problem: Problem
    promise: str
    example: Counterexample


@dataclass(frozen=True)
class Proof:
    """What was found. `whole`: every state was seen; else only the first `states`, by `moves` moves. `slowest`: the
    most wishes, and the most seconds, that a person took anywhere."""

    states: int
    moves: int
    whole: bool
    slowest: Reach
    refutations: tuple[Refutation, ...]
    never_entered: tuple[str, ...] = ()
    """Steps that no value tried led to: of them nothing is proved."""

    @property
    def stands(self) -> bool:
        """Whether nothing was refuted."""
        return not self.refutations

    def __str__(self) -> str:
        seen = f"all {self.states} states" if self.whole else f"the first {self.states} states, not all there are"
        if self.never_entered:
            seen += f" but those of {', '.join(self.never_entered)}, which nothing tried led to"
        turns = int(self.slowest.turns) if self.slowest.turns != NEVER else "no number of"
        person = f"a person within {turns} {'turn' if turns == 1 else 'turns'} and {self.slowest.seconds:.0f} s"
        return f"proved in {seen}: {person}; nobody goes round against their will; no personal value too early"


def prove(flow: Flow, most_states: int = MOST_STATES) -> Proof:
    """Search `flow`, which must be without mistakes, for calls that break its promises."""
    search = Search(flow, most_states)
    found = search.run()
    for fault in circles(search):
        found.add(fault)
    refutations = tuple(_refutation(flow, found, search, fault) for fault in found.faults)
    entered = search.stage.entered
    places = [place_name(scope, name) for scope, name, _ in flow.every_step()]
    missed = tuple(name for name in places if name not in entered)
    return Proof(len(found.calls), found.moves, found.whole, found.slowest, refutations, missed)


def _refutation(flow: Flow, found: Found, search: Search, fault: Fault) -> Refutation:
    moves: list[Move] = found.way_to(fault.at or None)
    if fault.move is not None:
        moves.append(fault.move)
    moves += fault.circle * AROUND
    if fault.promise == "person" and moves[-1].kind != "start":
        moves.append(search.moves.agent(found.calls[fault.at].session))
    what, mend = _words(flow, fault)
    path = place(fault.scope, fault.step) if fault.step else ("start",)
    problem = flow.document.problem(path, what, mend, key=True)
    example = Counterexample(fault.promise, what, play(flow, moves), ends_with_a_person=fault.promise == "circle")
    return Refutation(problem, fault.promise, example)


def _words(flow: Flow, fault: Fault) -> tuple[str, str]:
    """What is wrong, and how to mend it."""
    step = place_name(fault.scope, fault.step)
    promise = flow.hotline.promise
    if fault.promise == "person" and fault.reach is not None:
        longest = f"{promise.person_after:.0f} s"
        if fault.reach.seconds == NEVER:
            return f"from step `{step}` no person can be reached", "lead to a question, where 转人工 and key 0 work"
        turns = int(fault.reach.turns)
        what = (
            f"at step `{step}` a person is {fault.reach.seconds:.0f} s and {turns} {'wish' if turns == 1 else 'wishes'}"
        )
        mend = "shorten what is said before callers are heard, or let them interrupt it (`barge_in: on`)"
        return f"{what} away; promised are {longest} and {promise.person_within}", mend
    if fault.promise == "circle":
        ways = ", ".join(dict.fromkeys(move.label for move in fault.circle))
        what = f"a caller goes round through step `{step}` again and again against their will: {ways}"
        return what, "count the rounds, or lead `failed` somewhere else, such as to a hand_off"
    if fault.promise == "personal":
        what = f"on the way to step `{step}` a personal value gets out before the caller is verified: “{fault.detail}”"
        return what, "verify the caller before, or leave the value out"
    if fault.promise == "company":
        what = f"at step `{step}` {fault.detail}"
        return what, "this is a fault of the hotline, not of the flow: please report it with this call"
    return f"at step `{step}` {fault.detail}", "lead on by `next`, or end with hand_off or hang_up"
