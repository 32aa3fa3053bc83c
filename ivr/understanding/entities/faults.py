"""Why a value is refused, and what to say about it: a caller who hears "one digit too few" mends it in one turn.

A fault travels as one string (`str(fault)`, in `Entity.fault` and in a flow's memory) and comes back by `Fault.read`.
Every sentence is for the ear: figures in words, what was wrong before what to do.
"""

from __future__ import annotations

from dataclasses import dataclass

WORDS = (
    "too_short",
    "too_long",
    "wrong_check_digit",
    "no_such_date",
    "past",
    "future",
    "unknown_area",
    "out_of_range",
    "wrong_start",
)
_NAMES = {
    "phone": ("手机号", "phone number"),
    "landline": ("电话号码", "phone number"),
    "id_card": ("身份证号", "ID card number"),
    "bank_card": ("银行卡号", "card number"),
    "plate": ("车牌号", "licence plate"),
    "postcode": ("邮编", "postcode"),
    "digits": ("号码", "number"),
    "date": ("日期", "date"),
    "datetime": ("时间", "time"),
    "time": ("时间", "time"),
    "number": ("数", "number"),
    "money": ("金额", "amount"),
    "address": ("地址", "address"),
}
_DIGITS = "零一二三四五六七八九"
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Fault:
    """`word` is one of `WORDS`, `kind` an entity's kind (or "landline"). `by`: how many digits too few or too many.
    `wanted`: how many there should be (0: not said). `least`, `most`: bounds of an out_of_range, past or future, as
    they should be read out ("" for none)."""

    word: str
    kind: str = "digits"
    by: int = 0
    wanted: int = 0
    least: str = ""
    most: str = ""

    def __str__(self) -> str:
        return _SEPARATOR.join((self.word, self.kind, str(self.by), str(self.wanted), self.least, self.most))

    @classmethod
    def read(cls, code: str) -> Fault:
        """The fault that `code`, made by `str`, stands for. A bare word is a fault of digits.

        Raises ValueError where the word is none of `WORDS`.
        """
        word, kind, by, wanted, least, most = (*code.split(_SEPARATOR), *[""] * 6)[:6]
        if word not in WORDS:
            raise ValueError(f"{word!r} is no fault: take one of {', '.join(WORDS)}")
        return cls(word, kind or "digits", _whole(by), _whole(wanted), least, most)


def of_length(count: int, wanted: int, kind: str) -> Fault | None:
    """The fault of `count` digits where `wanted` should be; None if there is none."""
    if count == wanted:
        return None
    return Fault("too_short" if count < wanted else "too_long", kind, abs(wanted - count), wanted)


def reprompt(fault: Fault | str, language: str) -> str:
    """What to say about `fault` in `language` (anything that starts with "en" is English, all else Mandarin)."""
    refused = Fault.read(fault) if isinstance(fault, str) else fault
    return _english(refused) if language.startswith("en") else _mandarin(refused)


def _mandarin(fault: Fault) -> str:
    name = _NAMES.get(fault.kind, _NAMES["digits"])[0]
    again = "请再说一遍。"
    if fault.word in ("too_short", "too_long"):
        less = "少了" if fault.word == "too_short" else "多了"
        should = f"{name}应该是{counted(fault.wanted)}位，" if fault.wanted else f"这个{name}位数不对，"
        return f"{should}您说的{less}{counted(fault.by)}位，{again}" if fault.by else f"{should}{again}"
    return {
        "wrong_check_digit": f"这个{name}好像有一位不对，请您核对一下，再说一遍。",
        "no_such_date": f"{name if fault.kind == 'id_card' else ''}里没有这样的日期，{again}"
        if fault.kind == "id_card"
        else f"没有这一天，{again}",
        "past": f"这个时间已经过去了，请说一个{fault.least or '以后'}的时间。"
        if not fault.least
        else f"最早只能是{fault.least}，{again}",
        "future": f"最晚只能是{fault.most}，{again}" if fault.most else f"这个日期还没有到，{again}",
        "unknown_area": f"没有找到这个{name}的地区，{again}",
        "wrong_start": f"这个{name}的开头好像不对，{again}",
        "out_of_range": _range_mandarin(fault, name) + again,
    }[fault.word]


def _range_mandarin(fault: Fault, name: str) -> str:
    if fault.least and fault.most:
        return f"{name}要在{fault.least}到{fault.most}之间，"
    if fault.least:
        return f"{name}不能小于{fault.least}，"
    return f"{name}不能大于{fault.most}，" if fault.most else f"这个{name}不在范围内，"


def _english(fault: Fault) -> str:
    name = _NAMES.get(fault.kind, _NAMES["digits"])[1]
    again = "Please say it again."
    if fault.word in ("too_short", "too_long"):
        few = "few" if fault.word == "too_short" else "many"
        should = f"A {name} has {_in_english(fault.wanted)} digits" if fault.wanted else ""
        article = "An" if name[0] in "aeioAEIO" else "A"
        said = f"I heard {_in_english(fault.by)} too {few}" if fault.by else f"I heard too {few}"
        return f"{article}{should[1:]}, and {said}. {again}" if should else f"{said}. {again}"
    return {
        "wrong_check_digit": f"One digit of that {name} seems to be wrong. Please check it and say it again.",
        "no_such_date": f"There is no such date in that {name}. {again}"
        if fault.kind == "id_card"
        else f"There is no such date. {again}",
        "past": f"The earliest is {fault.least}. {again}" if fault.least else f"That is in the past. {again}",
        "future": f"The latest is {fault.most}. {again}" if fault.most else f"That is in the future. {again}",
        "unknown_area": f"I do not know the area of that {name}. {again}",
        "wrong_start": f"The beginning of that {name} seems to be wrong. {again}",
        "out_of_range": f"{_range_english(fault, name)}. {again}",
    }[fault.word]


def _range_english(fault: Fault, name: str) -> str:
    if fault.least and fault.most:
        return f"The {name} must be between {fault.least} and {fault.most}"
    if fault.least:
        return f"The {name} must be at least {fault.least}"
    return f"The {name} can be at most {fault.most}" if fault.most else f"That {name} is out of range"


def counted(number: int) -> str:
    """A count as it stands before 位: 两, 十一, 二十; figures from a hundred on."""
    if number == 2:
        return "两"
    if not 0 <= number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _in_english(number: int) -> str:
    return _ENGLISH[number] if 0 <= number < len(_ENGLISH) else str(number)


def _whole(figure: str) -> int:
    return int(figure) if figure.isascii() and figure.isdigit() and len(figure) < 10 else 0
