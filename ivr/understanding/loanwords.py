"""English words that callers mix into Mandarin, and what they say with them: 我要check账单 is 我要查账单.

Used only where a hotline has no example with the word itself, so a flow that writes `agent` or `bill` keeps its own.
Kept to words of service calls that have one meaning there. Recognisers never see these words: their grammar is made of
the examples as written.
"""

from __future__ import annotations

LOANWORDS: dict[str, str] = {
    **dict.fromkeys(("check", "query"), "查"),
    **dict.fromkeys(("bill", "bills", "billing", "statement"), "账单"),
    **dict.fromkeys(("account", "accounts"), "账号"),
    **dict.fromkeys(("agent", "agents", "operator", "representative"), "人工"),
    **dict.fromkeys(("human", "person", "somebody", "someone"), "真人"),
    **dict.fromkeys(("speak", "talk"), "找"),
    **dict.fromkeys(("transfer", "connect"), "转"),
    **dict.fromkeys(("manager", "supervisor"), "经理"),
    **dict.fromkeys(("server", "servers"), "服务器"),
    **dict.fromkeys(("website", "site"), "网站"),
    **dict.fromkeys(("network", "internet"), "网络"),
    **dict.fromkeys(("password", "passwords"), "密码"),
    **dict.fromkeys(("order", "orders"), "订单"),
    **dict.fromkeys(("invoice", "invoices"), "发票"),
    **dict.fromkeys(("refund", "refunds"), "退款"),
    **dict.fromkeys(("price", "fee", "fees"), "费用"),
    **dict.fromkeys(("cancel",), "取消"),
    **dict.fromkeys(("reset",), "重置"),
    **dict.fromkeys(("lock", "locked"), "锁"),
    **dict.fromkeys(("login",), "登录"),
    **dict.fromkeys(("backup",), "备份"),
    **dict.fromkeys(("upgrade",), "升级"),
    **dict.fromkeys(("domain",), "域名"),
    **dict.fromkeys(("database",), "数据库"),
    **dict.fromkeys(("product", "products"), "产品"),
    **dict.fromkeys(("repeat",), "重复"),
}
