"""What a caller says who wishes for something: the flow's own examples of it, and how people say them.

Decided: variations keep the meaning for certain (a hesitation before, a courtesy around, the words said twice), so that
whoever takes them for something else is wrong. Words that sound alike are the recogniser's to confuse, and are met when
the caller is given a voice.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ivr.dialogue.vocabulary import option_intent
from ivr.flow.load import Flow
from ivr.flow.scalars import in_language
from ivr.qa.explore.script import Turn

_AROUND = {
    "zh-CN": ("{}", "嗯，{}", "那个，{}", "呃，{}", "你好，{}", "{}，谢谢", "{}，{}", "喂，{}", "就是，{}"),
    "en": ("{}", "um, {}", "er, {}", "{}, please", "hello, {}", "{}, thanks", "well, {}", "{}, {}"),
}


class CallersWords:
    """What callers of one flow say, in its main language."""

    def __init__(self, flow: Flow) -> None:
        self._language = language = flow.hotline.language
        words = flow.words[language]
        self._ways: dict[str, tuple[str, ...]] = {
            name: tuple(dict.fromkeys(texts)) for name, texts in {**words.universals, **words.intents}.items()
        }
        for scope, step_name, step in flow.every_step():
            for slot_name, slot in (step.collect or {}).items():
                for option, ways in slot.options.items():
                    name = option_intent(scope, step_name, slot_name, option)
                    self._ways[name] = tuple(in_language(ways, language))
        for bank, entries in words.faqs.items():
            self._ways.update({f"faq:{bank}/{entry.id}": entry.wordings for entry in entries})

    def ways_to_say(self, turn: Turn) -> tuple[str, ...]:
        """Every wording of what `turn` means, its own first; its own alone where it means a value or nothing."""
        return tuple(dict.fromkeys((turn.say, *self._ways.get(turn.means, ()))))

    def any_wording(self, turn: Turn, random: Random) -> Turn:
        """The turn in one of the wordings that the flow has of it."""
        return replace(turn, say=random.choice(self.ways_to_say(turn))) if turn.say else turn

    def varied(self, turn: Turn, random: Random) -> Turn:
        """The turn in other words of the same meaning, as people say them."""
        plain = random.choice(self.ways_to_say(turn))
        around = random.choice(_AROUND[self._language])
        return replace(turn, say=around.replace("{}", plain))

    def plainer(self, turn: Turn) -> Turn:
        """The turn in the plainest words that are in it, for whoever wants a failure small."""
        inside = [way for way in self._ways.get(turn.means, ()) if way in turn.say and way != turn.say]
        return replace(turn, say=max(inside, key=len)) if inside else turn
