"""The words of a wanted value, for the recogniser's grammar: numerals, days, units, the provinces' signs on plates.

Decided: **words, and the few pairs that callers join in one breath.** The recogniser makes a bigram model of these, so
明天 and 下午 and 三点 give 明天下午三点; what is one word to the recogniser should stand here as one.
"""

from __future__ import annotations

_DIGITS = {"zh": tuple("零一幺二两三四五六七八九"), "en": (
    "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple",
)}  # fmt: skip
_NUMBERS = {
    "zh": tuple("零一二两三四五六七八九十百千万点半个多"),
    "en": (
        *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty"),
        *("forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "point", "and"),
    ),
}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
    "december",
)
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    *("twentieth", "thirtieth"),
)
_DAYS = {
    "zh": (
        *("今天", "明天", "后天", "大后天", "昨天", "前天", "今晚", "明早", "明晚", "上周", "这周", "本周", "下周"),
        *("周一", "周二", "周三", "周四", "周五", "周六", "周日", "周末", "下周一", "下周二", "下周三", "下周四"),
        *("下周五", "下周六", "下周日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期天", "星期日"),
        *("礼拜一", "礼拜二", "礼拜三", "礼拜四", "礼拜五", "礼拜六", "礼拜天", "上个月", "这个月", "本月", "下个月"),
        *("月初", "月底", "今年", "明年", "去年", "年底", "月", "号", "日", "年", "天后", "天前", "天", "几号"),
        *("元旦", "春节", "清明", "五一", "端午", "中秋", "国庆", "除夕", "初一", "十五"),
    ),
    "en": (
        *("today", "tomorrow", "yesterday", "tonight", "the day after tomorrow", "next", "last", "this", "week"),
        *("month", "year", "day", "days", "weekend", "monday", "tuesday", "wednesday", "thursday", "friday"),
        *("saturday", "sunday", *_MONTHS, *_ORDINALS, "in", "on", "of", "the", "ago", "from now", "new year"),
    ),
}
_CLOCK = {
    "zh": (
        *("早上", "上午", "中午", "下午", "傍晚", "晚上", "凌晨", "夜里", "点", "点半", "点钟", "一刻", "三刻", "分"),
        *("小时后", "分钟后", "半小时后", "现在", "马上", "左右", "差"),
    ),
    "en": (
        *("o'clock", "am", "pm", "a m", "p m", "in the morning", "in the afternoon", "in the evening", "at night"),
        *("noon", "midnight", "half past", "quarter past", "quarter to", "past", "to", "at", "in", "hours", "minutes"),
    ),
}
_MONEY = {
    "zh": ("块", "块钱", "元", "角", "毛", "分", "钱", "人民币", "元钱"),
    "en": ("yuan", "dollars", "dollar", "cents", "bucks", "r m b"),
}
_LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
_PROVINCES = tuple("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼")
_AROUND = {"zh": ("不对", "不是", "我的", "号码是", "尾号"), "en": ("sorry", "no", "my", "is", "it's")}


def slot_words(kind: str, tongue: str) -> tuple[str, ...]:
    """The words of a `kind` of value in `tongue` (zh, en), each once; none for what speech alone can name."""
    digits, numbers, days, clock = _DIGITS[tongue], _NUMBERS[tongue], _DAYS[tongue], _CLOCK[tongue]
    words = {
        "date": (*numbers, *days),
        "time": (*numbers, *clock),
        "datetime": (*numbers, *days, *clock),
        "money": (*numbers, *_MONEY[tongue]),
        "number": numbers,
        "phone": digits,
        "id_card": (*digits, "x", "叉") if tongue == "zh" else (*digits, "x"),
        "bank_card": digits,
        "plate": (*_PROVINCES, *_LETTERS, *digits) if tongue == "zh" else (*_LETTERS, *digits),
        "order": (*_LETTERS, *digits),
    }.get(kind, ())
    return tuple(dict.fromkeys((*words, *_AROUND[tongue]))) if words else ()
