"""那怎么收费呢 is about what was answered last, or what it names; 那要多久 is not answered about something else."""

from dataclasses import replace

import pytest

from ivr.understanding.faq import FaqEntry
from ivr.understanding.follow_up import topics_of
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import State, Utterance

pytestmark = pytest.mark.unit

BANK = [
    FaqEntry("server", "云服务器有什么特点", ("介绍一下云服务器", "云服务器怎么样"), "几分钟开通。"),
    FaqEntry("storage", "对象存储有什么特点", ("介绍一下对象存储", "对象存储怎么样"), "用多少付多少。"),
    FaqEntry("server_price", "云服务器怎么收费", ("云服务器多少钱",), "三十元起。"),
    FaqEntry("storage_price", "对象存储怎么收费", ("对象存储多少钱",), "按量。"),
    FaqEntry("filing", "备案要多久", ("网站备案多长时间",), "二十天。"),
    FaqEntry("certificate", "怎么申请证书", ("免费证书怎么领", "证书怎么申请"), "几分钟。"),
]
ENGLISH = [
    FaqEntry("server", "What does a cloud server cost", ("price of a cloud server",), "Thirty yuan."),
    FaqEntry("storage", "What does object storage cost", ("price of object storage",), "By use."),
    FaqEntry("backup", "How do I back up a cloud server", ("cloud server backup",), "By snapshots."),
]
STATE = State((), ("bank",))


def understood(text, subject="", bank=BANK, language="zh-CN"):
    state = replace(STATE, subject=f"faq:bank/{subject}" if subject else "")
    return Interpreter({}, {"bank": bank}, language).understand(Utterance(text), state)


@pytest.mark.parametrize(
    ("text", "subject", "meant"),
    [
        ("那怎么收费呢", "server", "server_price"),
        ("那怎么收费呢", "storage", "storage_price"),
        ("它多少钱", "storage", "storage_price"),
        ("那对象存储呢", "server", "storage"),
        ("那对象存储呢", "server_price", "storage_price"),
        ("那云服务器呢", "storage_price", "server_price"),
    ],
)
def test_the_subject_or_the_attribute_is_kept(text, subject, meant):
    result = understood(text, subject)
    assert result.intent == f"faq:bank/{meant}"
    assert "leans on" in result.why


@pytest.mark.parametrize(
    ("text", "subject", "meant"),
    [("what about object storage", "server", "storage"), ("how do I back it up", "server", "backup")],
)
def test_english_follow_ups(text, subject, meant):
    assert understood(text, subject, ENGLISH, "en").intent == f"faq:bank/{meant}"


def misheard(text, *others):
    utterance = Utterance(text, 0.93, others)
    return Interpreter({}, {"bank": BANK}).understand(utterance, replace(STATE, subject="faq:bank/storage"))


def test_a_lead_that_the_recogniser_is_torn_about_is_still_one():
    assert misheard("让怎么收费呢", "了怎么收费呢").intent == "faq:bank/storage_price"


def test_a_no_at_the_front_is_no_lead_however_torn_the_recogniser_is():
    assert "“对象存储怎么收费” is the example" in misheard("让怎么收费呢", "了怎么收费呢").why
    assert "“对象存储怎么收费” is the example" not in misheard("不怎么收费呢", "就怎么收费呢").why


def test_what_is_known_of_another_subject_only_is_not_answered():
    assert understood("那要多久", "certificate").intent == ""
    assert understood("那要多久", "filing").intent == "faq:bank/filing"


def test_a_turn_that_says_all_needs_no_subject():
    assert understood("那备案要多久呢", "server").intent == "faq:bank/filing"
    assert understood("怎么申请证书", "server").intent == "faq:bank/certificate"


def test_without_a_subject_nothing_is_kept():
    assert "leans on" not in understood("那对象存储呢").why


def test_what_an_entry_is_about():
    topics = topics_of({"bank": BANK})
    assert topics["faq:bank/server"].names[0] == "云服务器"
    assert topics["faq:bank/certificate"].names[0] == "证书"


@pytest.mark.parametrize("text", ["那", "呢", "那呢", "它", "what about", "", "那" * 400])
def test_any_text_is_read_without_harm(text):
    understood(text, "server")
