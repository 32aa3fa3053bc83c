"""The whole hotline as a caller meets it: a SIP phone, a real Asterisk, `ivr serve` with its recogniser and prompts.

What the caller says are recordings of audio_fixtures/; what the caller hears is recognised back to text.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.audio import RATE, read_audio
from ivr.call.journal import read_journal
from ivr.dialogue.commands import NoteTurn
from ivr.dialogue.events import HungUp
from tests.asterisk.caller_speech import onset, recorded
from tests.asterisk.heard_prompts import PromptEar, spoken_prompts
from tests.asterisk.served_hotline import eventually, run_ivr
from tests.asterisk.signals import both_hear_each_other

pytestmark = pytest.mark.asterisk

MOST_SYLLABLES_WRONG = 0.35  # of one prompt; 0.21 measured
MOST_WRONG_IN_ALL = 0.2  # 0.11 measured


def turns(exchanges):
    """What each turn of the caller was taken for."""
    return [command for exchange in exchanges for command in exchange.commands if isinstance(command, NoteTurn)]


@pytest.fixture(scope="module")
def ear(model):
    return PromptEar(model("vosk-model-small-cn-0.22"))


async def test_a_caller_asks_for_the_bill_gives_the_account_and_is_brought_to_an_agent_who_knows(phone, hotline, ear):
    begin = len(hotline.log())
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    for turn in ("01", "02", "03", "05"):  # the bill, eight digits, 对的, 帮我转人工吧
        await call.media.heard_speech_end(pause=0.8)
        await call.media.say(recorded(f"bill_then_person/{turn}"))
    ringing = await agent.ring(within=10)
    rang = call.media.now()
    for summary in (ringing.display_name, ringing.header("X-IVR-Summary")):
        assert "查账单" in summary
        assert "86520439" in summary
    await ringing.answer()
    await both_hear_each_other(call, ringing)
    await ringing.hang_up()
    await call.hung_up()

    [ended] = await hotline.calls_ended(after=begin)
    assert (ended["how"], ended["queue"]) == ("handed_off", "support")
    journal = hotline.journal(ended["call_id"])
    header, exchanges = read_journal(journal)
    assert (header.caller, header.called) == ("caller", "ivr")
    assert [turn.intent for turn in turns(exchanges)] == ["billing", "digits", "yes", "agent"]
    recording = read_audio(journal.with_suffix(".flac"))
    assert len(recording) / 2 / RATE == pytest.approx(rang, abs=1.0)
    status, said = await run_ivr("replay", str(journal))
    assert (status, "the same" in said) == (0, True), said

    spoken = spoken_prompts(exchanges)
    assert spoken[0].text == "您好，欢迎致电云服务客服热线。"
    assert not any(prompt.cut for prompt in spoken)
    with ThreadPoolExecutor(2) as pool:
        heard = list(pool.map(lambda prompt: ear.heard(prompt, call.media.heard, spoken), spoken))
    told = "\n".join(f"{one.wrong:.2f} {one.text} -> {one.heard}" for one in heard)
    assert max(one.wrong for one in heard) <= MOST_SYLLABLES_WRONG, told
    assert sum(one.wrong for one in heard) / len(heard) <= MOST_WRONG_IN_ALL, told


async def test_a_caller_who_presses_keys_needs_no_voice_and_key_0_brings_the_agent(phone, hotline):
    begin = len(hotline.log())
    agent, caller = await phone("agent1"), await phone()
    call = await caller.dial("ivr")
    await call.media.heard_speech_start()
    for keys in ("1", "12345678", "1"):  # the bill, the account, yes
        await call.media.press(keys)
        await call.media.wait(0.3)  # by then it has cut the prompt that was being spoken
        call.media.forget_heard()
        await call.media.heard_speech_start()
    await call.media.press("0")
    ringing = await agent.ring(within=10)
    assert "12345678" in ringing.header("X-IVR-Summary")
    await ringing.answer()
    await both_hear_each_other(call, ringing)
    await call.hang_up()
    await ringing.hung_up()
    [ended] = await hotline.calls_ended(after=begin)
    _, exchanges = read_journal(hotline.journal(ended["call_id"]))
    noted = [(turn.intent, turn.heard) for turn in turns(exchanges)]
    assert noted == [("billing", "[1]"), ("digits", "[12345678]"), ("yes", "[1]"), ("agent", "[0]")]


async def test_a_caller_who_speaks_into_the_greeting_silences_it_and_is_understood(phone, hotline):
    begin = len(hotline.log())
    caller = await phone()
    call = await caller.dial("ivr")
    greeting = await call.media.heard_speech_start()
    await call.media.wait(5.4 - call.media.now())  # in the middle of the list of what can be said
    words = recorded("outage_interrupted/01")
    saying = asyncio.create_task(call.media.say(words))
    prompt = await call.media.heard_speech_end(pause=0.6)
    spoke = (await saying).start + onset(words)
    assert spoke < prompt.end < spoke + 0.5  # 0.18 measured
    await call.media.heard_speech_start()  # which region it is, asked as the answer to what was said
    await call.hang_up()

    [ended] = await hotline.calls_ended(after=begin)
    _, exchanges = read_journal(hotline.journal(ended["call_id"]))
    first, second, *_ = spoken_prompts(exchanges)
    assert (first.cut, second.cut) == (False, True)
    assert second.end - first.start == pytest.approx(prompt.end - greeting, abs=0.2)
    assert [turn.intent for turn in turns(exchanges)] == ["outage"]


async def test_a_caller_who_hangs_up_in_the_middle_leaves_a_closed_journal_and_nothing_else(phone, hotline):
    begin, files = len(hotline.log()), hotline.open_files()
    caller = await phone()
    call = await caller.dial("ivr")
    await call.media.heard_speech_start()
    await call.media.wait(0.5)
    await call.hang_up()
    [ended] = await hotline.calls_ended(after=begin, within=2)
    assert (ended["how"], ended["by"]) == ("hung_up", "caller")
    journal = hotline.journal(ended["call_id"])
    _, exchanges = read_journal(journal)
    events = [exchange.event for exchange in exchanges]
    assert isinstance(events[-1], HungUp)
    assert events[-1].at == pytest.approx(call.media.now(), abs=0.5)
    assert read_audio(journal.with_suffix(".flac"))
    await eventually(lambda: True if hotline.open_files() <= files else None, within=3, what="what it opened to close")


async def test_two_callers_at_once_are_each_served_as_if_alone(phone, hotline):
    begin = len(hotline.log())
    accounts = ("11112222", "33334444")

    async def asks_for_the_bill(account):
        caller = await phone()
        call = await caller.dial("ivr")
        await call.media.heard_speech_start()
        await call.media.press("1")
        await call.media.wait(0.5)
        await call.media.press(account)
        await call.media.heard_speech_end(pause=2.0)  # two numbers are rendered at once: the prompt may pause
        await call.media.say(recorded("bill_then_person/03"))  # 对的
        await call.media.heard_speech_end(pause=0.8)
        await call.hang_up()

    await asyncio.gather(*(asks_for_the_bill(account) for account in accounts))
    both = await hotline.calls_ended(2, after=begin)
    confirmed = []
    for ended in both:
        _, exchanges = read_journal(hotline.journal(ended["call_id"]))
        noted = turns(exchanges)
        assert [turn.intent for turn in noted] == ["billing", "digits", "yes"]
        confirmed.append(noted[1].slots["digits"])
    assert sorted(confirmed) == sorted(accounts)
