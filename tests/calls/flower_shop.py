"""A small hotline and one recorded call to it, with a recogniser that hears a rare word only where it is hinted at:
what a change of the flow does to callers is seen in a second, without a model."""

from contextlib import asynccontextmanager

import numpy as np

from ivr.audio import write_audio
from ivr.call.driver import Equipment
from ivr.qa.case_worker import CasePlayer, Setup
from ivr.qa.run_result import RunResult
from ivr.qa.shipped_prompts import ShippedPrompts
from ivr_asr.api import Hypothesis
from ivr_asr.scripted import Scripted, ScriptedHearing
from tests.calls.recorded_call import speech

FLOW = """
hotline: 花店热线
language: zh-CN
start: welcome
threshold: 0.7
steps:
  welcome:
    say: 您好，欢迎致电花店。
    next: need
  need:
    ask: 请问要订花，还是想问养护？
    intents: [order, finished]
    faq: [flowers]
    patience: {wait: 6s, pause: 600ms}
    then: {order: order, finished: bye}
  order:
    collect:
      flower:
        type: text
        ask: 您要什么花？
        hints: [蝴蝶兰]
    next: taken
  taken:
    say: 记下了，{flower}。
    next: need
  bye:
    hang_up: 再见。
"""
INTENTS = """
intents:
  order: [我要订花, 订一束花, 想买花, 送花上门]
  finished: [没有了, 不用了, 再见, 就这样]
"""
FAQ = """
faq:
  - id: keep
    question: 鲜花怎么保存
    variants: [鲜花怎么保存, 花怎么养得久, 花瓶里的水多久换一次]
    answer: 每天换水，斜剪花茎。
  - id: delivery
    question: 多久能送到
    variants: [多久能送到, 什么时候送货, 当天能送吗]
    answer: 市内三小时送到。
"""
CASE = """
case: 顾客问养护，沉默一次，订蝴蝶兰，再道别
flow: flowers
turns:
  - {audio: keep.wav, text: 花放家里怎么养才久}
  - {silence: true}
  - {audio: order.wav, text: 我想，订一束花}
  - {audio: flower.wav, text: 蝴蝶兰}
  - {audio: bye.wav, text: 没有了}
"""
_SAID = {1.0: "花放家里怎么养才久", 1.3: "我想", 0.7: "订一束花", 2.0: "我想订一束花", 1.6: "蝴蝶兰", 0.45: "没有了"}
_NOT_HINTED = {"蝴蝶兰": "胡蝶蓝"}
_LENGTHS = {"keep": (1.0,), "order": (1.3, 0.7), "flower": (1.6,), "bye": (0.45,)}
_PAUSE_S = 0.4
"""Between the two parts of a turn: a hesitation that must not end it."""


class ExpectsWords(Scripted):
    """What was said, by how many seconds of speech are in it; a rare word only if it is among the phrases."""

    async def open(self, *, phrases=()):
        await super().open(phrases=phrases)
        return _Hearing(self, self.audio[-1])


class _Hearing(ScriptedHearing):
    async def finish(self):
        await self.close()
        seconds = np.count_nonzero(np.frombuffer(bytes(self._audio), dtype="<i2")) / 8000
        text = _SAID[min(_SAID, key=lambda each: abs(each - seconds))]
        hinted = any(text in phrase.replace(" ", "") for phrase in self._owner.opened[-1])
        return Hypothesis(text if hinted else _NOT_HINTED.get(text, text), 1.0, final=True)


@asynccontextmanager
async def equip(_flow, actions):
    """The shop's engines: the recogniser above, and a voice that is silent for as long as it would speak."""
    yield Equipment(ExpectsWords(), ShippedPrompts(_flow.folder / "no prompts"), actions)


class FlowerShop:
    """The hotline in `folder`, to be changed and called."""

    def __init__(self, folder):
        self.folder = folder
        self.flow, self.case = folder / "flowers", folder / "one_call"
        for path, text in (
            (self.flow / "flow.yaml", FLOW),
            (self.flow / "intents" / "main.yaml", INTENTS),
            (self.flow / "faq" / "flowers.yaml", FAQ),
            (self.case / "case.yaml", CASE),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name, lengths in _LENGTHS.items():
            write_audio(self.case / f"{name}.wav", bytes(int(16000 * _PAUSE_S)).join(map(speech, lengths)))

    def change(self, file, before, after):
        """Replace the one `before` in `file` of the flow."""
        text = (self.flow / file).read_text(encoding="utf-8")
        assert text.count(before) == 1, before
        (self.flow / file).write_text(text.replace(before, after), encoding="utf-8")

    def run(self):
        """Play the case as `ivr qa run` does in each of its processes."""
        player = CasePlayer(Setup(lambda _name: self.flow, equip))
        case = player.play(self.case)
        return RunResult("0.1.0", "scripted", {name: flow.digest for name, (flow, _) in player.flows.items()}, (case,))
