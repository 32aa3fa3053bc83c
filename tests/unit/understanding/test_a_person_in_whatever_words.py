"""How many of sixty held-out wishes for a person are heard, and how many of sixty that only sound so are not.

Written before the examples that they measure; what is missed stays missed here (said again, it is a turn more).
"""

import pytest

from ivr.dialogue.vocabulary import everywhere, interpreter_for
from ivr.flow.load import load
from ivr.shipped import shipped
from ivr.understanding.result import State, Utterance

pytestmark = pytest.mark.unit

WANTS_A_PERSON_ZH = (
    "别跟我说这些给我找个活人",
    "叫个人来跟我讲",
    "我不要跟机器说话",
    "你们那边有没有真人啊",
    "我想找个真人问问",
    "能不能换个活人跟我讲",
    "赶紧给我叫个人",
    "我要跟你们的客服讲话",
    "麻烦帮我接一下客服",
    "可以帮我转接人工吗",
    "我不跟机器人聊",
    "听不懂你说的换人来",
    "有没有工作人员可以接电话",
    "我要找你们经理",
    "让你们领导来接电话",
    "别废话转人工",
    "我就要人工别的不要",
    "机器说不清楚找人跟我说",
    "我要跟人对话不是机器",
    "能找个人帮我处理吗",
    "给我接个真人客服",
    "人工服务怎么转",
    "怎么才能找到人工",
    "我要求人工服务",
    "能不能直接人工",
    "快点转人工急死了",
    "找个会说话的人来",
    "我想和人沟通",
    "请转接值班人员",
    "不要自动语音我要人工",
)
WANTS_A_PERSON_EN = (
    "human please",
    "real person",
    "I want to talk to a real human being",
    "can I speak to somebody",
    "get me an actual person",
    "let me talk to someone who can help",
    "just give me a human",
    "put a person on the line",
    "I'd rather talk to a person",
    "could you transfer me to a representative",
    "customer service representative please",
    "I need to speak with an agent",
    "stop this and get me a person",
    "can you connect me with a live person",
    "I don't want to talk to a robot",
    "is there a human I can speak to",
    "I'd like to speak with a supervisor",
    "give me the operator",
    "connect me to an operator please",
    "transfer me to a human",
    "talk to a live agent",
    "I want customer service",
    "someone real please",
    "no machine I want a person",
    "are there any real people there",
    "can a person help me",
    "let me speak to your manager",
    "I hate talking to machines",
    "please put me through to someone",
    "I need human help",
)
ONLY_SOUNDS_SO_ZH = (
    "人工智能是什么",
    "人工费是多少",
    "你是真人吗还是机器",
    "不要转人工",
    "不用给我转人工我自己查",
    "转账转错人了怎么办",
    "可以找人代办吗",
    "怎么把账号转给别人",
    "有人盗用了我的账号",
    "有人给我打骚扰电话",
    "我家没人收快递",
    "家里没人能上门吗",
    "人脸识别过不了",
    "实名认证是别人的名字",
    "两个人可以用一个账号吗",
    "客服电话是多少",
    "人工服务时间是几点到几点",
    "机器人怎么买",
    "机器坏了",
    "服务器是人工维护的吗",
    "经理证怎么考",
    "工作人员态度不好",
    "要多少人才能开团",
    "我是工作人员",
    "人太多了网很慢",
    "换个人名发票可以吗",
    "联系人怎么修改",
    "负责人变更要什么材料",
    "真的不用了谢谢",
    "企业法人怎么变更",
)
ONLY_SOUNDS_SO_EN = (
    "what is artificial intelligence",
    "how much is a human resources package",
    "can two people use one account",
    "someone hacked my account",
    "someone is using my server",
    "do not transfer me",
    "I don't want an agent",
    "don't put me through to anyone",
    "how do I transfer my domain",
    "transfer my account to somebody else",
    "how do I change the contact person",
    "what does the agent software do",
    "how do I install the monitoring agent",
    "is a person's name needed on the invoice",
    "how many people can log in",
    "what are the opening hours of customer service",
    "is this product made by real people",
    "my manager needs the invoice",
    "I am a customer service student",
    "the operator of the website changed",
    "person of contact for billing",
    "can someone else pay my bill",
    "the machine does not start",
    "the robot vacuum package",
    "who is my account owner",
    "my virtual machine is down",
    "is anyone else affected by the outage",
    "how do I delete a person from the account",
    "a live stream is slow",
    "I want to represent a company",
)


def taken_for_a_person(language, texts):
    flow = load(shipped("flows/cloud_support"))
    step = flow.hotline.steps["need"]
    state = everywhere(State((*step.intents,), tuple(step.faq), threshold=flow.hotline.threshold), flow)
    understanding = interpreter_for(flow, language)
    return [text for text in texts if understanding.understand(Utterance(text), state).intent == "agent"]


@pytest.mark.parametrize(
    ("language", "texts", "least"), [("zh-CN", WANTS_A_PERSON_ZH, 27), ("en", WANTS_A_PERSON_EN, 22)]
)
def test_most_callers_who_want_a_person_are_heard_at_once(language, texts, least):
    assert len(texts) == len(set(texts)) == 30
    found = taken_for_a_person(language, texts)
    assert len(found) >= least, sorted(set(texts) - set(found))


@pytest.mark.parametrize(("language", "texts", "most"), [("zh-CN", ONLY_SOUNDS_SO_ZH, 4), ("en", ONLY_SOUNDS_SO_EN, 1)])
def test_few_who_only_sound_so_are_passed_on(language, texts, most):
    assert len(texts) == len(set(texts)) == 30
    assert len(taken_for_a_person(language, texts)) <= most


def test_no_held_out_sentence_is_an_example():
    flow = load(shipped("flows/cloud_support"))
    for language, texts in (("zh-CN", WANTS_A_PERSON_ZH), ("en", WANTS_A_PERSON_EN)):
        examples = set(flow.words[language].universals["agent"])
        assert len(examples.intersection(texts)) <= 1  # human please stood there before the list was made
