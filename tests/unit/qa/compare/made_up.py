"""A run as a test needs it: five turns of a call to a cloud's hotline, and the same with something changed."""

from dataclasses import replace

from ivr.qa.run_result import CaseResult, RunResult, TurnResult

GREETING = TurnResult("begin", step="welcome", prompts=("您好，请问有什么可以帮您？",))
KNOWN = {"digits": "86520439"}
TURNS = (
    GREETING,
    TurnResult(
        "speech",
        said="我想查一下账单",
        heard="我想查一下账单",
        intents=("billing",),
        score=0.93,
        step="account",
        prompts=("请说您的账号。",),
        gap_ms=520,
        stages_ms={"end_of_turn": 400, "recognition": 60, "voice": 60},
    ),
    TurnResult("keys", said="86520439", intents=("digits",), score=1.0, slots=KNOWN, step="told"),
    TurnResult("silence", "", 30_000, 36_000, intents=("no_input",), slots=KNOWN, step="told", prompts=("还在吗？",)),
    TurnResult(
        "speech",
        said="发票怎么开",
        heard="发票怎么开",
        intents=("faq:cloud/invoice",),
        score=0.81,
        slots=KNOWN,
        step="told",
        prompts=("在控制台的费用中心开发票。",),
        gap_ms=540,
        stages_ms={"end_of_turn": 420, "recognition": 60, "voice": 60},
    ),
)
CASE = CaseResult("bill", "cloud", "passed", "客户查账单", turns=TURNS, ended="hung_up", ended_by="caller")


def run_of(*cases, **changed):
    made = RunResult("0.1.0", "vosk-model-small-cn-0.22", {"cloud": "d1"}, cases or (CASE,))
    return replace(made, **changed)


def with_turn(number, case=CASE, **changed):
    """`case` with turn `number` changed."""
    turns = list(case.turns)
    turns[number] = replace(turns[number], **changed)
    return replace(case, turns=tuple(turns))


def many(count, change=lambda case: case):
    """A run of `count` cases, each as `change(case)` makes it."""
    return run_of(*(change(replace(CASE, case=f"case_{number:02}")) for number in range(count)))
