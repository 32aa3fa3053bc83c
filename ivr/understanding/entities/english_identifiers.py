"""How numbers and letters are spelled in English: words of digits, double and triple, the alphabet of radio and air.

Kept apart from Mandarin because English words stand between spaces, and because "a", "i" and "oh" are words as well:
they are read as code only beside other code (see spoken_digits.py).
"""

from __future__ import annotations

DIGITS = {
    **dict(
        zip(
            ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
            "0123456789",
            strict=True,
        )
    ),
    "oh": "0",
    "nought": "0",
    "niner": "9",
}
TEENS = {
    **dict(zip(("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"), range(10, 16), strict=True)),
    **dict(zip(("sixteen", "seventeen", "eighteen", "nineteen"), range(16, 20), strict=True)),
}
TENS = dict(
    zip(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
        range(20, 100, 10),
        strict=True,
    )
)
TIMES = {"double": 2, "triple": 3, "treble": 3}
SPELLED = {
    word: word[0].upper()
    for word in (
        *("alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"),
        *("kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform"),
        *("victor", "whiskey", "xray", "yankee", "zulu"),
    )
}
ARE_WORDS_TOO = frozenset("aio")
"""Letters that alone are far more often words."""

CONTEXT = {
    "phone": r"phone|mobile|cell|call me|reach me|telephone|fax",
    "id_card": r"id card|identity|id number",
    "bank_card": r"card number|credit card|debit card|bank card|my card",
    "postcode": r"post ?code|zip",
    "digits": r"order|account|tracking|reference|confirmation|serial|invoice|booking|ticket",
}
"""Words that say what a number beside them is."""
