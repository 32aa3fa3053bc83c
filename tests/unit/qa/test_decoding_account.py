"""What a call's decoding was for, as `ivr bench density` tells it apart."""

import asyncio

import pytest

from ivr.cli.density_report import Figures, as_report, said
from ivr.qa.decoding_account import AGAIN, ANSWERS, NO_ANSWER, SECOND_LOOKS, Accounted, Spent, total
from ivr.qa.taped_call import Load
from ivr_asr.api import Pressure
from ivr_asr.scripted import Scripted

pytestmark = pytest.mark.unit

SECOND = bytes(16_000)


async def hear(recognizer, seconds, *, finish=True, unhurried=False):
    hearing = await (recognizer.open_unhurried() if unhurried else recognizer.open(phrases=("查账单",)))
    await hearing.feed(SECOND * seconds)
    if finish:
        await hearing.finish()
    await hearing.close()


def test_what_was_decoded_before_a_result_is_its_answer_decoded_again_or_a_second_look():
    async def call():
        account = Accounted(Scripted(["查账单", "查账单", "报故障", "查", "报故障"]))
        await hear(account, 1)  # a final text in a pause after which the caller went on
        await hear(account, 2, finish=False)  # begun anew, since the question changed
        await hear(account, 3)
        await hear(account, 3, unhurried=True)
        account.answered()
        await hear(account, 1)
        account.answered()
        await hear(account, 1)
        return account

    spent = asyncio.run(call()).spent()
    assert {reason: (each.hearings, each.audio_s) for reason, each in spent.items()} == {
        AGAIN: (2, 3.0),
        ANSWERS: (2, 4.0),
        SECOND_LOOKS: (1, 3.0),
        NO_ANSWER: (1, 1.0),
    }


def test_what_is_forgotten_is_in_no_account_and_what_is_open_still_is():
    async def call():
        account = Accounted(Scripted(["查账单", "报故障"]))
        await hear(account, 2)
        account.answered()
        await hear(account, 1)
        going_on = await account.open()
        account.forget()
        await going_on.feed(SECOND)
        await going_on.finish()
        account.answered()
        return account.spent()

    spent = asyncio.run(call())
    assert {reason: each.audio_s for reason, each in spent.items()} == {ANSWERS: 1.0}


def test_an_account_tells_the_pressure_of_the_recogniser_behind_it():
    pressed = Scripted([])
    pressed.pressure = Pressure(0.5, 700, 3)
    pressed.open_unhurried = pressed.open
    assert Accounted(pressed).pressure.lag_ms == 700


def test_accounts_of_several_calls_are_added_up():
    assert total([{ANSWERS: Spent(1, 2.0, 0.1)}, {ANSWERS: Spent(1, 1.0, 0.2)}]) == {
        ANSWERS: Spent(2, 3.0, pytest.approx(0.3))
    }


def test_the_report_says_what_a_calls_processor_time_is_for():
    decoding = {ANSWERS: Spent(40, 60.0, 2.0), SECOND_LOOKS: Spent(4, 8.0, 1.0)}
    figures = Figures(0.25, ours=[Load(20, 10.0, 0.5, 4.0, (200.0,) * 40, 40, decoding)], bare=0.01)
    report = as_report(figures)
    assert report["ours"][0]["decoding"][SECOND_LOOKS] == {"hearings": 4, "audio": 0.04, "cores_a_call": 0.005}
    (line,) = (line for line in said(report) if "second looks" in line)
    assert line == (
        "at 20 calls of ours: answers 1.00%, second looks 0.50%, the rest of the workers 0.50%, this process 0.25%"
    )
