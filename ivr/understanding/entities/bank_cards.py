"""Numbers of payment cards: ISO/IEC 7812, a Luhn check digit at the end.

Sixteen and nineteen digits are what banks give out; 12 to 19 are allowed. 62 is UnionPay, 4 Visa, 51-55 and 22-27
Mastercard, 35 JCB, 34 and 37 American Express.
"""

from __future__ import annotations

import re

from ivr.understanding.entities.faults import Fault

_ISSUERS = re.compile(r"62|4|5[1-5]|2[2-7]|35|3[47]|60|81|9[0-9]")


def luhn(digits: str) -> bool:
    """Whether the last of `digits` (ASCII) is the check digit of those before it."""
    doubled = (int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(figure - 9 if figure > 9 else figure for figure in doubled) % 10 == 0


def is_card_like(digits: str) -> bool:
    """Whether a number of this length and beginning may be a card's, its check digit aside."""
    return 15 <= len(digits) <= 19 and _ISSUERS.match(digits) is not None


def fault_of_bank_card(digits: str) -> Fault | None:
    """What is wrong with `digits`, None if they are a card's. Which length was meant is told by the beginning."""
    if len(digits) not in (15, 16, 17, 18, 19):
        wanted = 19 if digits.startswith("62") and len(digits) > 16 else 16
        return Fault(
            "too_short" if len(digits) < wanted else "too_long", "bank_card", abs(wanted - len(digits)), wanted
        )
    if luhn(digits):
        return None
    if len(digits) in (16, 19):
        return Fault("wrong_check_digit", "bank_card")
    wanted = 16 if len(digits) < 17 else 19
    return Fault("too_short", "bank_card", wanted - len(digits), wanted)
