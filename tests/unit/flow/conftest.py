"""Flows with one mistake in them, and where the mistake must be named."""

from __future__ import annotations

import pytest

from ivr.flow.check import check
from ivr.flow.load import examine

GOOD = """\
hotline: 测试热线
language: zh-CN
start: one
steps:
  one:
    ask: 买还是卖？
    intents: [buy, sell]
    faq: shop
    then: {buy: two, sell: three}
  two:
    collect:
      code: {type: digits, length: 6, ask: 请说编号。}
    say: 编号是{code|digits}。
    next: one
  three:
    hang_up: 再见。
"""
INTENTS = """\
intents:
  buy:
    - 我要买东西
    - 买
  sell:
    - 我要卖东西
"""
FAQ = """\
faq:
  - id: hours
    question: 几点开门
    answer: 九点开门。
"""


@pytest.fixture
def problems(tmp_path):
    """`problems(flow, intents=…, faq=…)` writes the files (text or bytes) and gives what is wrong as
    `file:line:column: what: mend`, with the files' short names; `advice=True` gives the advice instead."""

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def find(flow=GOOD, intents=INTENTS, faq=FAQ, *, advice=False):
        write("flow.yaml", flow)
        write("intents/main.yaml", intents)
        write("faq/shop.yaml", faq)
        made, found = examine(tmp_path)
        found = list(found) + (check(made) if made is not None else [])
        assert all(problem.mend and problem.what for problem in found)
        chosen = sorted({problem for problem in found if problem.advice == advice})
        return [str(problem).removeprefix(f"{tmp_path}/") for problem in chosen]

    return find


@pytest.fixture
def changed():
    """`changed(old, new)` is the good flow with one place changed; more pairs may follow."""

    def change(*pairs, text=GOOD):
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return text

    return change
