"""What is written, as it is said: numbers, amounts, dates, times, telephone numbers and codes; pure.

Decided: this happens once, here, before a voice or the prompt cache sees the text, so that every engine says the same
and a prompt has one name. `spoken` guesses from the text around a number; a flow that knows better names a formatter
(`{bill.amount|money}`). Both leave what they do not understand readable and never raise, and saying twice is
saying once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

from ivr_tts import spoken_english, spoken_mandarin

MANDARIN = "zh-CN"


def _of(language: str) -> ModuleType:
    return spoken_english if language.lower().startswith("en") else spoken_mandarin


def spoken(text: str, language: str = MANDARIN) -> str:
    """Running text written out for the ear. English for `en…`, Mandarin for every other language.

    账单128.50元 becomes 账单一百二十八块五; 2026-11-20 10:30 becomes 二零二六年十一月二十号 十点半.
    """
    say = spoken_english.spoken_english if _of(language) is spoken_english else spoken_mandarin.spoken_mandarin
    return say(text)


def number(value: str, language: str = MANDARIN) -> str:
    """A quantity: "1,234.5" is 一千二百三十四点五."""
    return str(_of(language).number(value))


def money(value: str, language: str = MANDARIN) -> str:
    """An amount in yuan: "128.50" is 一百二十八块五."""
    return str(_of(language).money(value))


def date(value: str, language: str = MANDARIN) -> str:
    """An ISO 8601 date, or that of a date and time: "2026-11-20" is 二零二六年十一月二十号, "--11-20" 十一月二十号."""
    return str(_of(language).date(value))


def time(value: str, language: str = MANDARIN) -> str:
    """A time of day, or that of a date and time: "10:30" is 十点半."""
    return str(_of(language).time(value))


def datetime(value: str, language: str = MANDARIN) -> str:
    """A day and a time in one: "2026-11-20T15:00" is 二零二六年十一月二十号下午三点; "--11-20T15:00" has no year."""
    return str(_of(language).datetime(value))


def digits(value: str, language: str = MANDARIN) -> str:
    """A code or account number, dictated: "12345678" is 幺二三四，五六七八."""
    return str(_of(language).digits(value))


def phone(value: str, language: str = MANDARIN) -> str:
    """A telephone number: "13800138000" is 幺三八，零零幺三，八零零零."""
    return str(_of(language).phone(value))


FORMATTERS: Mapping[str, Callable[[str, str], str]] = {
    "date": date,
    "datetime": datetime,
    "digits": digits,
    "money": money,
    "number": number,
    "phone": phone,
    "time": time,
}
