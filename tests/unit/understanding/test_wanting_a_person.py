"""Whoever wants a person gets one, in whatever words, and only who is done is told goodbye.

Told against the shipped hotline's own words. What is missed is asked again; a false goodbye or a false transfer is not
to be had at any price, so the lists of what only sounds alike are the longer ones.
"""

from pathlib import Path

import pytest
import yaml

from ivr.understanding.faq import FaqEntry
from ivr.understanding.interpreter import Interpreter
from ivr.understanding.result import State, Utterance

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
UNIVERSALS = ("agent", "repeat", "back", "main_menu", "hang_up")
NEED = State(("billing", "products", "outage", "account_locked", "finished", *UNIVERSALS), ("cloud",))
ENDS = {"finished", "hang_up"}

PERSON = """
那个不用了转人工 你别说了转人工 谢谢啊不用了我要找人 我要跟人讲话 找你们经理 转接一下坐席
operator 转agent 有没有人啊 有没有人 没有人吗 没有人接吗 人呢 叫个活人来
我想跟真人聊 让你们客服接电话 能不能来个人跟我说 我不想跟机器人说话 你们有活人吗 喂有人在吗
有人吗 接客服 给我转客服谢谢 别啰嗦了给我接人工 算了转人工吧 听不懂你说什么转人工
不用介绍了直接转人工 我要找真人客服 换个人跟我说 人工人工人工 帮我接通一下人工坐席 叫你们主管来
给我个人工 不要机器人要人工 转接线员 能帮我转一下工作人员吗 我要转human 怎么转人工
你是机器人吧我要找人 机器听不懂找个人来 有没有真人啊 客服在吗 我就想找个人说话 请给我找一位客服
我要跟你们的人说话 帮我喊个人来 能跟真人说话吗 你不是人吧给我换个真人 能找个懂的人跟我说吗
赶紧的转人工行不行 烦死了人工 我不跟你说了叫人来 把电话转给你们客服 我想和人工客服说
不是的我要转人工 没有用的给我转人工 没用转人工 我不需要这些我要人工 人工台 喂你好有人吗
怎么没有人接啊 有没有人接电话 有没有客服啊 我要投诉你们 让你们经理跟我说 我要operator
帮我connect人工 不查账单了转人工 没有了转人工 别再问了快点转人工 直接转人工
"""

DONE = """
没有了 没有了谢谢 好的没有了 没事了谢谢 不用了谢谢 没别的事了 好再见 嗯没有了再见
就这些谢谢你 暂时没有了 行那就这样 没问题了 没有别的问题了 拜拜 先这样吧 挂了吧 没有
不需要了 没有啦 好的谢谢再见 没什么事了谢谢啊 没有没有 没有了不用了 嗯没事了 那行没别的了
好的没问题了谢谢 不用不用 那就这样吧拜拜 没啦谢谢 谢谢没有别的问题了 暂时没有了谢谢你 好的再见
哦没事了 可以了谢谢 行了就这样吧 没有别的事情了
"""

NEITHER = """
有没有人工费 没有账单怎么办 人工智能产品 我没有收到验证码 不用谢 别转人工了帮我查账单
不要转人工 不用转人工 你们有没有人工智能服务器 没有优惠吗 没有发票 没有域名能用吗
不用实名认证可以吗 我们公司的人登录不上账号 有没有人遇到过服务器打不开 人工几点下班 周末有人吗
没有权限怎么办 我的服务器没有了 我没有备案 数据没有了 余额没有了 不用备案的服务器有吗
不转人工了 我不是要转人工我要查账单 服务器挂断了 这就没有办法了 找不到客户经理的电话
人脸识别怎么收费 我的密码不用了怎么改 这台服务器我不用了 以前的账号不用了怎么办 没事了又出故障了
就这些账单吗 没有别的办法了吗 不想上班怎么办 我没有钱 还没有解决 人工审核要多久
产品经理认证怎么考 转账怎么充值 有人登录我的账号 有没有人脸识别产品 经理让我开发票 找不到发票
没有人工智能 不用管它 没有区别吗 我没有密码了 没有备案能开通网站吗 别挂电话 不要挂断 先别挂
等一下别挂我还没说完 不要给我转人工 千万别转人工 我不需要人工 没事了吗 没有了吗 就这些吗
不用了吗 再见面聊 网站没有了 我的快照没有了怎么办 你们没有别的产品了吗 没有折扣就不用了吧
没有其他办法 这些账单不用了 没问题了怎么还连不上 晚上有没有人 我叫人来开发票 给我换个套餐
不要优惠 没有用 我没有账单
"""

MIXED = [
    ("我要查bill", "billing"),
    ("我要check账单", "billing"),
    ("VPN连不上", "outage"),
    ("server连不上了", "outage"),
    ("网络连不上", "outage"),
    ("我的account被锁了", "account_locked"),
    ("忘了password怎么办", "faq:cloud/reset_password"),
    ("怎么开invoice", "faq:cloud/invoice"),
    ("晚上有没有人", "faq:cloud/hours"),
    ("别转人工了帮我查账单", "billing"),
    ("我不是要转人工我要查账单", "billing"),
    ("我们公司的人登录不上账号", "account_locked"),
]


def read(path):
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cloud():
    universals = read("ivr/flow/builtin/zh-CN.yaml")["universals"]
    intents = read("flows/cloud_support/intents/main.yaml")["intents"]
    faq = [
        FaqEntry(entry["id"], entry["question"], tuple(entry["variants"]), "")
        for entry in read("flows/cloud_support/faq/cloud.yaml")["faq"]
    ]
    return Interpreter({**universals, **intents}, {"cloud": faq}, final=ENDS)


@pytest.mark.parametrize("said", PERSON.split())
def test_who_wants_a_person_is_understood(cloud, said):
    assert cloud.understand(Utterance(said), NEED).intent == "agent"


@pytest.mark.parametrize("said", ["人了", "那人", "然后那人", "人人啊", "认了", "人吗"])
def test_one_syllable_of_a_wish_for_a_person_with_other_particles_is_none(cloud, said):
    assert cloud.understand(Utterance(said), NEED).intent == ""


@pytest.mark.parametrize("said", ["喂人呢", "人呢人呢", "人呢啊", "那人呢", "你们人呢", "认呢"])
def test_particles_beside_those_of_the_wish_change_nothing(cloud, said):
    assert cloud.understand(Utterance(said), NEED).intent == "agent"


@pytest.mark.parametrize("said", DONE.split())
def test_who_is_done_may_go(cloud, said):
    assert cloud.understand(Utterance(said), NEED).intent in ENDS


@pytest.mark.parametrize("said", NEITHER.split())
def test_who_says_what_only_sounds_so_is_neither_hung_up_on_nor_passed_on(cloud, said):
    assert cloud.understand(Utterance(said), NEED).intent not in {*ENDS, "agent"}


@pytest.mark.parametrize(("said", "meant"), MIXED)
def test_english_words_among_mandarin_say_what_they_mean(cloud, said, meant):
    assert cloud.understand(Utterance(said), NEED).intent == meant


@pytest.mark.parametrize("said", ["要的", "要", "需要的", "要啊", "好啊", "可以啊没问题"])
def test_yes_is_said_in_many_words(cloud, said):
    assert cloud.understand(Utterance(said), State(("yes", "no", *UNIVERSALS))).intent == "yes"


@pytest.mark.parametrize(("said", "meant"), [("没有用", ""), ("没有人吗", "agent"), ("不用谢", ""), ("没有", "no")])
def test_no_is_not_said_by_what_only_begins_so(cloud, said, meant):
    assert cloud.understand(Utterance(said), State(("no", "yes", *UNIVERSALS))).intent == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("operator", "agent"),
        ("get me a human", "agent"),
        ("is anyone there", "agent"),
        ("let me speak to a manager", "agent"),
        ("no I want to talk to a person", "agent"),
        ("I don't want an agent", ""),
        ("is there a fee for agents", ""),
        ("don't hang up", ""),
        ("I was hung up on", ""),
        ("okay thanks bye", "hang_up"),
    ],
)
def test_an_english_caller_is_understood_likewise(said, meant):
    english = Interpreter(read("ivr/flow/builtin/en.yaml")["universals"], language="en", final=("hang_up",))
    assert english.understand(Utterance(said), State(UNIVERSALS)).intent == meant
