"""What a flow's callers may say, as understanding wants it: intents, universals and the options of choices in one."""

from __future__ import annotations

from ivr.flow.load import Flow
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import State

REACHABLE_EVERYWHERE = ("agent", "repeat", "back", "main_menu", "hang_up")


def option_intent(step: str, slot: str, option: str) -> str:
    """The name under which understanding knows an option of a choice."""
    return f"option:{step}.{slot}.{option}"


def interpreter_for(flow: Flow) -> Interpreter:
    """Understanding for every question of `flow`. Intents that a flow writes stand in for universals of the
    same name."""
    intents = {**flow.universals, **flow.intents}
    for step_name, step in flow.hotline.steps.items():
        for slot_name, slot in (step.collect or {}).items():
            for option, ways in slot.options.items():
                intents[option_intent(step_name, slot_name, option)] = ways
    return Interpreter(intents, flow.faqs, flow.hotline.language)


def everywhere(state: State) -> State:
    """`state` with what every question understands, after the question's own intents."""
    more = tuple(name for name in REACHABLE_EVERYWHERE if name not in state.intents)
    return State((*state.intents, *more), state.faqs, state.digits, state.threshold)
