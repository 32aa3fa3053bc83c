"""What callers say to the cloud hotline, as recognisers write it, and what it is to be taken for."""

import pytest

from ivr.understanding.result import State, Utterance

pytestmark = pytest.mark.unit

UNIVERSALS = ("agent", "repeat", "back", "main_menu", "hang_up")
OPEN = State(("billing", "product", "outage", "account_locked", *UNIVERSALS), ("cloud",))
CONFIRM = State(("yes", "no", *UNIVERSALS))

SAID = [
    # as the designer wrote it, and politely
    ("查账单", "billing"),
    ("嗯那个我想查一下我的账单", "billing"),
    ("帮我查一下上个月的账单好吗谢谢", "billing"),
    ("请问这个月扣了我多少钱啊", "billing"),
    ("查 账单", "billing"),
    ("账单明细能不能发给我", "billing"),
    ("我想咨询一下你们的产品", "product"),
    ("你们都有什么产品", "product"),
    ("我要报一个故障", "outage"),
    ("你好我们的服务器连不上了", "outage"),
    ("我的网站突然打不开了怎么回事", "outage"),
    ("服务器又宕机了你们怎么搞的", "outage"),
    ("我账号被锁了", "account_locked"),
    ("我的账号登不上去", "account_locked"),
    ("能不能帮我解锁一下账号", "account_locked"),
    ("转人工", "agent"),
    ("喂你好帮我转一下人工好吗谢谢", "agent"),
    ("我说了半天你都听不懂赶紧给我转人工", "agent"),
    ("人工", "agent"),
    ("人工客服人工客服", "agent"),
    ("不要机器人我要跟真人说话", "agent"),
    ("I want to speak to an agent please", "agent"),
    ("麻烦再说一遍", "repeat"),
    ("啊刚才没听清", "repeat"),
    ("返回上一步", "back"),
    ("回到主菜单", "main_menu"),
    ("没有别的问题了谢谢", "hang_up"),
    ("好再见", "hang_up"),
    # misheard: homophones, accents, a wrong half-syllable
    ("查涨单", "billing"),
    ("茶账单", "billing"),
    ("我想查一下账担", "billing"),
    ("张号被所了", "account_locked"),
    ("解索账号", "account_locked"),
    ("抱故障", "outage"),
    ("保障故障", "outage"),
    ("服务其连不上", "outage"),
    ("服务器宕基", "outage"),
    ("望站打不开", "outage"),
    ("专人工", "agent"),
    ("转仁公", "agent"),
    ("转人空", "agent"),
    ("人公客服", "agent"),
    ("主才单", "main_menu"),
    ("祖菜单", "main_menu"),
    ("挂段", "hang_up"),
    ("崇复一遍", "repeat"),
    # questions of the bank
    ("发票怎么开呀", "faq:cloud/invoice"),
    ("我想问一下可以开增值税发票吗", "faq:cloud/invoice"),
    ("发飘怎么开", "faq:cloud/invoice"),
    ("备案要多久", "faq:cloud/icp"),
    ("背案需要什么材料", "faq:cloud/icp"),
    ("我密码忘记了怎么办", "faq:cloud/reset"),
    ("云服务器怎么升级", "faq:cloud/upgrade"),
    ("云服务器怎样备份", "faq:cloud/backup"),
    ("退款要多久才能到账", "faq:cloud/refund"),
    ("服务器不想要了怎么退钱", "faq:cloud/refund"),
    # a no is a no
    ("不要转人工", ""),
    ("我不想查账单", ""),
    ("先别转人工", ""),
    ("不用重复", ""),
    ("不是查账单是要报故障", "outage"),
    ("我不想查账单我要报故障", "outage"),
    ("不，转人工", "agent"),
    ("不我要转人工", "agent"),
    # not for this hotline, or not said
    ("今天天气怎么样", ""),
    ("给我讲个笑话", ""),
    ("帮我订一张去上海的机票", ""),
    ("附近哪里有好吃的", ""),
    ("人工智能怎么收费", ""),
    ("我妈妈叫我回家吃饭", ""),
    ("红烧肉怎么做才好吃", ""),
    ("重复扣费了两百块", ""),
    ("查一下快递到哪了", ""),
    ("账", ""),
    ("一", ""),
    ("你好", ""),
    ("嗯那个", ""),
    ("", ""),
    ("。。。！", ""),
    ("[unk]", ""),
]

CONFIRMED = [
    ("是", "yes"),
    ("是的是的", "yes"),
    ("对对对", "yes"),
    ("对没错", "yes"),
    ("嗯", "yes"),
    ("嗯对的", "yes"),
    ("好的谢谢", "yes"),
    ("可以的", "yes"),
    ("不是", "no"),
    ("不是的", "no"),
    ("不对不对", "no"),
    ("不可以", "no"),
    ("没有没有", "no"),
    ("不用了谢谢", "no"),
    ("步是", "no"),
    ("转人工吧", "agent"),
    ("不对转人工", "agent"),
    ("你好", ""),
    ("不知道", ""),
]


@pytest.mark.parametrize(("said", "meant"), SAID)
def test_an_open_question_takes_what_was_said_for_what_was_meant(hotline, said, meant):
    result = hotline.understand(Utterance(said), OPEN)
    assert result.intent == meant, result


@pytest.mark.parametrize(("said", "meant"), CONFIRMED)
def test_a_yes_or_no_question_never_takes_one_for_the_other(hotline, said, meant):
    result = hotline.understand(Utterance(said), CONFIRM)
    assert result.intent == meant, result
