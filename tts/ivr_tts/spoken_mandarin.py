"""Written Mandarin as it is said: a list of patterns, applied one after another; pure.

Order is meaning: a date is looked for before a range, a range before a number, a code (after a word such as 账号, with
a leading zero, or of eight digits and more) before a quantity. What is said holds no ASCII digits any more, so saying
it twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr_tts.mandarin_numbers import DIGITS, cardinal, counted, digit_by_digit, grouped, quantity, yuan

_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_FULL_WIDTH |= {ord("％"): ord("%"), ord("￥"): ord("¥"), ord("＋"): ord("+"), ord("＃"): ord("#"), ord("＊"): ord("*")}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TO = r"\s*[-~～–—至到]\s*"
_MEASURES = "小时|分钟|[个位次天年秒周台条张份件块元种家名人项套倍遍组步笔款段枚只口道层点千万亿]"
# The longer first: the pattern takes the first that fits.
_METRIC = {"km": "公里", "kg": "公斤", "cm": "厘米", "mm": "毫米", "ms": "毫秒", "℃": "摄氏度", "°C": "摄氏度"}
_RATES = {"Kbps": " K", "Mbps": "兆", "Gbps": " G", "GHz": " G 赫兹", "MHz": "兆赫兹"}
_SIZES = {"KB": " K", "MB": "兆", "GB": " G", "TB": " T", "K": " K", "M": "兆", "G": " G", "T": " T"}
_UNITS = _METRIC | _RATES | _SIZES
_PARTS_OF_DAY = ((6, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
_OF_ANY_YEAR = re.compile(r"\s*--(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_CODE_PARTS = re.compile(r"\d[\d -]*|[A-Za-z]+")
_WORDS_OF_CAPITALS = {"APP": "App", "SIM": "Sim", "PIN": "Pin", "WIFI": "Wifi"}
_KEYS = {"*": "星号", "#": "井号"}


def _date(found: re.Match[str]) -> str:
    year, month, day = found["y"], int(found["mo"]), int(found["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return digit_by_digit(found[0], yao=True).replace("-", "，")
    return f"{digit_by_digit(year)}年{cardinal(str(month))}月{cardinal(str(day))}号"


def _time(found: re.Match[str]) -> str:
    return clock(found["h"], found["mi"], found["se"] or "")


def clock(hour: str, minute: str, second: str = "") -> str:
    """A time of day: 十点, 十点半, 两点零五分, 二十二点三十分."""
    said = f"{counted(hour)}点"
    if second and int(second):
        return f"{said}{_two_places(minute)}分{_two_places(second)}秒"
    if minute == "30" and int(hour) <= 12:
        return f"{said}半"
    return said if minute == "00" else f"{said}{_two_places(minute)}分"


def _two_places(number: str) -> str:
    return ("零" if number.startswith("0") and int(number) else "") + cardinal(number)


def _range(found: re.Match[str]) -> str:
    return f"{quantity(found['from'])}到{counted(found['upto'])}"


def _money(found: re.Match[str]) -> str:
    if found["big"]:
        return f"{quantity(found['sum'])}{found['big']}元"
    return yuan(found["sum"])


def _percent(found: re.Match[str]) -> str:
    base = {"%": "百", "‰": "千"}
    least, sign = found["least"], base[found["of"]]
    return (f"{sign}分之{quantity(least)}到" if least else "") + f"{sign}分之{quantity(found['share'])}"


def _fraction(found: re.Match[str]) -> str:
    above, below = found["above"], found["below"]
    if int(above) < int(below):
        return f"{cardinal(below)}分之{cardinal(above)}"
    return f"{cardinal(above)}，{cardinal(below)}"


def _dotted(found: re.Match[str]) -> str:
    parts = found[0].split(".")
    address = len(parts) == 4 and max(map(int, parts)) > 31
    return "点".join(digit_by_digit(part, yao=True) if address else cardinal(part) for part in parts)


def _phone(found: re.Match[str]) -> str:
    country = f"加{digit_by_digit(found['country'][1:])}，" if found["country"] else ""
    return country + dictated(found["local"])


def dictated(number: str) -> str:
    """Digits with or without hyphens and spaces, as a code is dictated."""
    parts = [part for part in re.split(r"[\s\-()]+", number) if part]
    return "，".join(grouped(part) if part.isdigit() else digit_by_digit(part, yao=True) for part in parts)


def _after_name(found: re.Match[str]) -> str:
    return found["name"] + re.sub(r"\d[\d -]*\d|\d", lambda run: dictated(run[0]), found["code"])


def _mixed(found: re.Match[str]) -> str:
    """Letters and digits in one word, such as ECS-1234 or B12: every sign is named."""
    parts = re.findall(r"[A-Za-z]+|\d+", found[0])
    return " ".join(grouped(part) if part.isdigit() else " ".join(part) for part in parts)


def _measured(found: re.Match[str]) -> str:
    return quantity(found["size"]) + _UNITS[found["unit"]]


def _plain(found: re.Match[str]) -> str:
    number = found[0]
    is_code = number.isdigit() and (len(number) >= 8 or (len(number) > 1 and number.startswith("0")))
    return grouped(number) if is_code else quantity(number)


def _capitals(found: re.Match[str]) -> str:
    return _WORDS_OF_CAPITALS.get(found[0]) or " ".join(found[0])


# A code after the word that names it, unless what follows counts something (密码6位).
_NAMED_CODE = (
    r"(?P<name>(?:电话|热线|拨打|致电|号码|账号|帐号|卡号|单号|编号|尾号|工号|代码|验证码|密码)(?:是|为)?[：:]?\s*)"
    r"(?P<code>\+?\d[\d -]*\d|\d)(?![\d.,]*\s*(?:[%位次元块个年月天起]|小时|分钟))"
)
_PHONE = (
    r"(?P<country>\+\d{1,3})?[ -]?(?<![\d.])"
    r"(?P<local>1[3-9]\d{9}|\(?0\d{2,3}\)?[- ]?\d{7,8}|\d{3,4}(?:-\d{3,8})+)(?!\d)"
)
_RULES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (_NAMED_CODE, _after_name),
    (r"(?<!\d)(?P<y>\d{4})(?P<sep>[-/.])(?P<mo>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![\d.])", _date),
    (r"(?<!\d)\d{4}(?=年)", lambda found: digit_by_digit(found[0])),
    (r"(?<![\d.])\d{1,2}(?=[月日号])", lambda found: cardinal(found[0])),
    (r"T?(?<!\d)(?P<h>[01]?\d|2[0-4])[:：](?P<mi>[0-5]\d)(?:[:：](?P<se>[0-5]\d))?(?!\d)", _time),
    (rf"(?:¥|RMB|CNY)\s*(?P<sum>-?(?:{_NUMBER}))(?P<big>[万亿])?\s*(?:元|块钱|块)?", _money),
    (rf"(?P<from>{_NUMBER}){_TO}(?P<upto>{_NUMBER})(?=\s*(?:{_MEASURES}|[月日号楼岁分]))", _range),
    (rf"(?P<sum>(?<![A-Za-z\d])-?(?:{_NUMBER}))\s*(?P<big>[万亿])?(?:元|块(?!\d)|人民币|RMB|CNY)", _money),
    (rf"(?:(?P<least>{_NUMBER})%?{_TO})?(?P<share>{_NUMBER})\s*(?P<of>[%‰])", _percent),
    (r"(?<![\d.])\d{1,3}(?:\.\d{1,5}){2,}(?!\d)", _dotted),
    (_PHONE, _phone),
    (rf"(?P<size>(?<!\w)-?(?:{_NUMBER})|(?:{_NUMBER}))\s*(?P<unit>{'|'.join(_UNITS)})(?![A-Za-z])", _measured),
    (r"[A-Za-z]+(?:[-_]?\d+)+(?:[-_]?[A-Za-z]+\d*)*(?!\d|\.\d)", _mixed),
    (r"(?<![\d./])(?P<above>\d{1,3})/(?P<below>[1-9]\d{0,2})(?![\d/])", _fraction),
    (rf"(?<![\d.第])2(?=\s*(?:{_MEASURES}))", lambda _: "两"),
    (rf"(?<!\w)-(?:{_NUMBER})|(?:{_NUMBER})", _plain),
    (rf"(?<=[点分半号{DIGITS}十百千万])\s*[-~～–]\s*(?=[两{DIGITS}十])", lambda _: "到"),
    (r"(?P<key>[*#])号?", lambda found: _KEYS[found["key"]]),
    (r"&", lambda _: "和"),
    (r"(?<![A-Za-z])[A-Z]{2,5}(?![A-Za-z])", _capitals),
)
_PATTERNS = tuple((re.compile(pattern), say) for pattern, say in _RULES)


def spoken_mandarin(text: str) -> str:
    """`text` with every number, amount, date, time, code and abbreviation written out in characters."""
    text = text.translate(_FULL_WIDTH)
    for pattern, say in _PATTERNS:
        text = pattern.sub(say, text)
    return text


def date(value: str) -> str:
    """2026-11-20, 2026/11/20, 20261120 or a date and time that begins so; anything else as running text."""
    if yearly := _OF_ANY_YEAR.match(value):
        return f"{cardinal(str(int(yearly[1])))}月{cardinal(str(int(yearly[2])))}号"
    found = re.match(r"\s*(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?!\d)", value)
    return spoken_mandarin("-".join(found.group(1, 3, 4)) if found else value)


def time(value: str) -> str:
    """10:30, 10:30:00 or a date and time that ends so; anything else as running text."""
    found = re.search(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?", value)
    return clock(found[1], found[2]) if found else spoken_mandarin(value)


def datetime(value: str) -> str:
    """2026-11-20T15:00 or --11-20T15:00, with the part of the day; anything else as running text."""
    found = re.fullmatch(r"\s*(\S*\d)[T ](\d{1,2}):([0-5]\d)(?::\d{2})?\s*", value)
    if not found or int(found[2]) > 23:
        return spoken_mandarin(value)
    hour = int(found[2])
    part = next(name for until, name in _PARTS_OF_DAY if hour < until)
    return f"{date(found[1])}{part}{clock(str(hour if hour <= 12 else hour - 12), found[3])}"


def money(value: str) -> str:
    """An amount in yuan, with or without ¥, 元, thousands commas; anything else as running text."""
    amount = re.fullmatch(rf"\s*¥?\s*(-?(?:{_NUMBER}))\s*元?\s*", value)
    return yuan(amount[1]) if amount else spoken_mandarin(value)


def number(value: str) -> str:
    """A quantity, with or without sign, decimals, thousands commas; anything else as running text."""
    return quantity(value.strip()) if re.fullmatch(rf"\s*[-+]?(?:{_NUMBER})\s*", value) else spoken_mandarin(value)


def digits(value: str) -> str:
    """A code or account number, sign by sign, letters too."""
    return " ".join(dictated(part) if part[0].isdigit() else " ".join(part) for part in _CODE_PARTS.findall(value))


def phone(value: str) -> str:
    """A telephone number, digit by digit in groups; a country code begins with +."""
    found = re.fullmatch(r"\s*\+(\d{1,3})[ -](.+)|\s*(.+)", value)
    if found is None:
        return ""
    return f"加{digit_by_digit(found[1])}，{dictated(found[2])}" if found[1] else dictated(found[3])
