"""How long the model check takes on a large flow: one of menus, numbers, services and branches, made for it."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from ivr.flow.load import load
from ivr.qa.model_check.proof import prove

_AREA_STEPS = 8
_LIMIT_S = 10.0
_INTENTS = "intents:\n  billing: [查账单]\n  outage: [报故障]\n  buy: [办套餐]\n  further: [看下一区]\n"
_AREA = """\
  menu_{i}:
    ask: 查账单，报故障，办套餐，还是看下一区？
    intents: [billing, outage, buy, further]
    keys: {{1: billing, 2: outage, 3: buy, 4: further}}
    then: {{billing: bill_{i}, outage: outage_{i}, buy: buy_{i}, further: menu_{next}}}
  bill_{i}:
    collect:
      account_{i}: {{type: digits, length: 8, ask: 请说八位账号。, confirm: "账号是{{account_{i}}}，对吗？"}}
    next: fetch_{i}
  fetch_{i}:
    call:
      get: "{{env.CRM}}/bills/{{account_{i}}}"
      save: answer_{i}
      expect: {{amount: money, level: text}}
      failed: sorry_{i}
    next: judge_{i}
  judge_{i}:
    branch:
      - if: answer_{i}.amount > 100 and answer_{i}.level == "L4"
        next: person_{i}
      - else: sorry_{i}
  sorry_{i}:
    say: 账单稍后发给您。
    next: menu_{i}
  outage_{i}:
    collect:
      region_{i}:
        {{type: choice, ask: 华北还是华东？, options: {{north: [华北], east: [华东]}}, keys: {{1: north, 2: east}}}}
    next: menu_{i}
  buy_{i}:
    collect:
      sure_{i}: {{type: yes_no, ask: 确定要办吗？}}
    next: menu_{i}
  person_{i}:
    hand_off: support
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--steps", type=int, default=200, metavar="N", help="how many steps the flow has (200)")


def run(args: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        flow = load(write_large_flow(Path(folder), args.steps))
        began = time.perf_counter()
        proof = prove(flow)
        seconds = time.perf_counter() - began
    print(f"{len(flow.hotline.steps)} steps: {proof.states} states by {proof.moves} moves in {seconds:.1f} s")
    print(proof)
    return 0 if proof.stands and proof.whole and seconds < _LIMIT_S else 1


def write_large_flow(folder: Path, steps: int) -> Path:
    """A flow of about `steps` steps in `folder`: eight an area, areas in a ring. Returns `folder`."""
    areas = max(1, steps // _AREA_STEPS)
    written = "".join(_AREA.format(i=i, next=(i + 1) % areas) for i in range(areas))
    head = "hotline: 大热线\nlanguage: zh-CN\nstart: menu_0\nsteps:\n"
    (folder / "flow.yaml").write_text(head + written, encoding="utf-8")
    (folder / "intents").mkdir(exist_ok=True)
    (folder / "intents" / "main.yaml").write_text(_INTENTS, encoding="utf-8")
    return folder
