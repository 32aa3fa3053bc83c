"""A cloud vendor's hotline, small, as a flow designer would write it: the examples that the tests are told against."""

import pytest

from ivr.understanding.faq import FaqEntry
from ivr.understanding.interpreter import Interpreter

INTENTS = {
    "billing": ["查账单", "查一下账单", "这个月扣了多少钱", "账单明细", "我的费用", "查费用"],
    "product": ["产品咨询", "咨询产品", "了解一下云服务器", "你们有什么产品", "想买服务器"],
    "outage": ["报故障", "服务器故障", "服务器连不上", "网站打不开", "服务中断了", "服务器宕机"],
    "account_locked": ["账号被锁", "账号锁定", "解锁账号", "登录不上", "账号登不上去"],
    "agent": ["转人工", "人工客服", "人工服务", "找客服", "找人工", "不要机器人", "跟真人说话", "speak to an agent"],
    "repeat": ["重复", "再说一遍", "没听清", "重复一遍"],
    "back": ["返回", "上一步", "返回上一步"],
    "main_menu": ["主菜单", "回主菜单", "从头开始"],
    "hang_up": ["挂断", "再见", "没有别的问题了", "挂电话"],
    "yes": ["是", "是的", "对", "对的", "没错", "好的", "可以", "嗯", "yes"],
    "no": ["不是", "不对", "不", "不用了", "没有", "不可以", "错了", "no"],
}
CLOUD = [
    FaqEntry("invoice", "怎么开发票", ("发票怎么开", "可以开增值税发票吗", "开票需要什么资料"), "在费用中心申请。"),
    FaqEntry("refund", "怎么退款", ("退款多久到账", "服务器不想要了怎么退钱"), "五个工作日到账。"),
    FaqEntry("icp", "网站备案要多久", ("备案需要什么材料", "怎么备案"), "约二十天。"),
    FaqEntry("reset", "忘记密码怎么办", ("怎么重置密码", "密码忘了"), "在登录页重置。"),
    FaqEntry("upgrade", "云服务器怎么升级配置", ("怎么加内存", "配置不够用怎么升级"), "在控制台升级。"),
    FaqEntry("backup", "云服务器怎么备份", ("怎么做快照", "数据怎么备份"), "建快照。"),
    FaqEntry("renew", "云服务器怎么续费", ("自动续费怎么关", "怎么续费"), "在控制台续费。"),
]
UNIVERSALS = ("agent", "repeat", "back", "main_menu", "hang_up")
OPEN = ("billing", "product", "outage", "account_locked", *UNIVERSALS)


@pytest.fixture(scope="session")
def hotline():
    return Interpreter(INTENTS, {"cloud": CLOUD})
