"""Keys and universals: meanings that stand twice, what only keys or only voice can choose, and what 转人工 and key 0 do
not leave to a flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.flow.load import Flow
from ivr.flow.problem import Problem
from ivr.flow.rules.place import Path, Rule, place

_EVERYWHERE = ("repeat", "back", "main_menu", "hang_up", "english", "chinese")


def _menus(flow: Flow) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """(path of its keys, keys) of all questions that have keys."""
    for scope, name, step in flow.every_step():
        if step.keys:
            yield place(scope, name, "keys"), step.keys
        for slot_name, slot in (step.collect or {}).items():
            if slot.keys:
                yield place(scope, name, "collect", slot_name, "keys"), slot.keys


def _two_keys_for_one(flow: Flow) -> Iterator[Problem]:
    for path, keys in _menus(flow):
        seen: dict[str, str] = {}
        for key, meaning in keys.items():
            if meaning in seen:
                what = f"keys {seen[meaning]} and {key} both stand for `{meaning}`"
                yield flow.document.problem((*path, key), what, "keep one of them", key=True, advice=True)
            seen.setdefault(meaning, key)


def _options_without_a_key(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        for slot_name, slot in (step.collect or {}).items():
            missing = [option for option in slot.options if option not in slot.keys.values()]
            if slot.keys and missing:
                free = next((key for key in "123456789" if key not in slot.keys), "*")
                what = f"no key stands for {', '.join(f'`{one}`' for one in missing)}"
                mend = f"add one, such as `{free}: {missing[0]}`, so that it can be chosen in noise"
                path = place(scope, name, "collect", slot_name, "keys")
                yield flow.document.problem(path, what, mend, key=True, advice=True)


def _keys_for_what_cannot_be_said(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        said = {*step.intents, *step.then, *flow.hotline.anywhere, "agent", *_EVERYWHERE}
        for key, meaning in step.keys.items():
            if meaning not in said:
                mend = f"add `{meaning}` to `intents`"
                what = f"`{meaning}` has a key here and cannot be said"
                yield flow.document.problem(place(scope, name, "keys", key), what, mend, advice=True)


def _what_is_no_flows_to_say(flow: Flow) -> Iterator[Problem]:
    for scope, name, step in flow.every_step():
        if "agent" in step.then:
            mend = "remove it; where 转人工 and key 0 lead is `person: {queue: …, refused: …}` of the hotline"
            what = "`agent` leads to a person always, so this way is never taken"
            yield flow.document.problem(place(scope, name, "then", "agent"), what, mend, key=True)
    for intent in flow.hotline.anywhere:
        if intent in {"agent", *_EVERYWHERE}:
            what = f"`{intent}` is understood everywhere already, so this way is never taken"
            mend = "remove it, or give your intent a name of its own"
            yield flow.document.problem(("anywhere", intent), what, mend, key=True)


RULES: tuple[Rule, ...] = (
    _two_keys_for_one,
    _options_without_a_key,
    _keys_for_what_cannot_be_said,
    _what_is_no_flows_to_say,
)
