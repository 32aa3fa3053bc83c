"""Numbers in Mandarin characters; pure, values as text so that no digit is lost to floating point.

Our own forty lines instead of cn2an, which says 二千 where people say 两千, has no 幺, and got no amount of money right
(FACTS: 0 of 11).
"""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_GROUPINGS = {6: (3, 3), 7: (3, 4), 8: (4, 4), 9: (3, 3, 3), 10: (3, 3, 4), 11: (3, 4, 4)}
LONGEST_CARDINAL = 16


def digit_by_digit(number: str, *, yao: bool = False) -> str:
    """ASCII digits one by one; with `yao`, 1 is 幺 as in telephone numbers and codes; other characters stay."""
    named = "".join(DIGITS[int(sign)] if sign.isascii() and sign.isdigit() else sign for sign in number)
    return named.replace("一", "幺") if yao else named


def grouped(number: str) -> str:
    """A code as people dictate it: 幺 for 1, and from six digits on a breath after each three or four."""
    sizes = _GROUPINGS.get(len(number)) or ((len(number),) if len(number) < 6 else (4,) * -(-len(number) // 4))
    parts: list[str] = []
    for size in sizes:
        parts.append(number[:size])
        number = number[size:]
    return "，".join(digit_by_digit(part, yao=True) for part in parts)


def cardinal(number: str) -> str:
    """A whole number of ASCII digits as a quantity: 十二, 两百零五, 两千, 十万; more than 16 digits one by one."""
    number = number.lstrip("0")
    if not number:
        return "零"
    if len(number) > LONGEST_CARDINAL:
        return digit_by_digit(number)
    width = -(-len(number) // 4) * 4
    fours = [number.rjust(width, "0")[start : start + 4] for start in range(0, width, 4)]
    said = ""
    for index, four in enumerate(fours):
        if not int(four):
            continue
        gap = said and (four[0] == "0" or not int(fours[index - 1]))
        group = _GROUPS[len(fours) - 1 - index]
        said += (
            ("零" if gap else "") + ("两" if group and four == "0002" else _four_digits(four, first=not said)) + group
        )
    return said.removeprefix("一") if said.startswith("一十") else said


def _four_digits(four: str, *, first: bool) -> str:
    """0001 to 9999; 2 is 两 before 千, before 百 only where the whole number begins with it, never before 十."""
    said, zero = "", False
    for place, sign in zip((3, 2, 1, 0), four, strict=True):
        if sign == "0":
            zero = bool(said)
            continue
        name = "两" if sign == "2" and (place == 3 or (place == 2 and first and not said)) else DIGITS[int(sign)]
        said += ("零" if zero else "") + name + _PLACES[place]
        zero = False
    return said


def quantity(number: str) -> str:
    """A number with an optional sign, thousands commas and decimals: 负三点一四, 一千二百三十四."""
    sign = "负" if number.startswith("-") else ""
    whole, _, decimals = number.lstrip("+-").replace(",", "").partition(".")
    return sign + cardinal(whole or "0") + (f"点{digit_by_digit(decimals)}" if decimals else "")


def counted(number: str) -> str:
    """The same before a measure word, where two is 两."""
    return "两" if number.lstrip("0") == "2" else quantity(number)


def yuan(amount: str) -> str:
    """An amount in yuan the way it is said: 128.50 is 一百二十八块五, 120.5 一百二十块零五毛, 0.05 五分."""
    sign = "负" if amount.startswith("-") else ""
    whole, _, rest = amount.lstrip("+-").replace(",", "").partition(".")
    if len(rest.rstrip("0")) > 2:  # a unit price, finer than a fen
        return f"{quantity(amount)}元"
    jiao, fen = (rest + "0")[:1], (rest + "00")[1:2]
    whole = whole.lstrip("0")
    said = f"{counted(whole)}块" if whole or rest.strip("0") == "" else ""
    if jiao != "0":
        zero = "零" if said and whole.endswith("0") else ""
        short = said and not zero and fen == "0"
        said += zero + counted_jiao(jiao, bare=bool(short))
        said += f"{DIGITS[int(fen)]}" if fen != "0" else ""
    elif fen != "0":
        said += f"{'零' if said else ''}{DIGITS[int(fen)]}分"
    return sign + said


def counted_jiao(jiao: str, *, bare: bool) -> str:
    """The tenths of a yuan: 五 after 块, 五毛 where they stand alone or before 分."""
    return DIGITS[int(jiao)] if bare else f"{'两' if jiao == '2' else DIGITS[int(jiao)]}毛"
