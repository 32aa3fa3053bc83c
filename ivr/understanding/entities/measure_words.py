"""What things are counted with in Mandarin: whether a measure word or a unit follows a numeral."""

from __future__ import annotations

MEASURES = frozenset(
    "个只台双对件条张位名口人次遍回场本把颗粒块元角毛分秒天日月年周岁号点时刻楼层栋座间家所辆架艘匹头支枝根片瓶"
    "杯碗盘盒箱袋包桶罐斤两吨克升米里尺寸亩度倍项份封套副盏顶朵棵株群批组班排股笔句段篇页章节集部首幅门级届期代轮局步顿餐堆滴串束卷"
    "团趟圈站种类星票枚则款处扇单胎窝架尊桩宗幢辈户桌席员档兆车字册例关壶锅篮筐剂丸贴晚夜课题球帧"
)
_LONGER = ("小时", "公", "毫", "厘", "千米", "千克", "季度", "礼拜", "星期", "平方", "立方", "英", "周岁")
_PRICED = (
    *("折", "成", "美", "欧", "港", "澳", "加元", "台币", "新台币", "日元", "韩", "卢", "泰", "马来", "英镑"),
    *("新加坡", "比特", "摩尔", "伏", "瓦", "安", "赫", "百分点", "字节", "岁"),
)


def counts(plain: str, at: int) -> bool:
    """Whether a measure word or a unit stands at `at` of a `folded` text."""
    rest = plain[at : at + 8].lstrip()
    return bool(rest) and (rest[0] in MEASURES or rest.startswith(_LONGER))


def measures(plain: str, at: int) -> bool:
    """The same, or a currency or a physical unit, before which one digit alone may also be a part of a word."""
    return counts(plain, at) or plain[at : at + 8].lstrip().startswith(_PRICED)
