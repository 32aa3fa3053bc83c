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
    return Interpreter(intents, flow.faqs, flow.hotline.language, final=_final(flow))


def _final(flow: Flow) -> frozenset[str]:
    """The intents that end the call at some question: understanding takes nothing but a whole turn for them."""
    steps = flow.hotline.steps
    led_to = ((intent, target) for step in steps.values() for intent, target in step.then.items())
    return frozenset(["hang_up", *(intent for intent, target in led_to if target in steps and steps[target].hang_up)])


def everywhere(state: State) -> State:
    """`state` with what every question understands, after the question's own intents."""
    more = tuple(name for name in REACHABLE_EVERYWHERE if name not in state.intents)
    return State((*state.intents, *more), state.faqs, state.digits, state.threshold)
