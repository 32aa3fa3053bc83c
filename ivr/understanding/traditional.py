"""Traditional characters become simplified, so that 查詢帳單 and 查询账单 are one request.

OpenCC's table `t2s` does it (phrases first, then characters). Two spellings are settled here: 帳 becomes 帐, and
callers' 帐单 is written 账单 everywhere today; and 乾县 and 乾安县 keep the 乾 that elsewhere means dry.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_ACCOUNTS = re.compile("帐(?=单|号|户|目|本|款|务|期)")
_QIAN = re.compile("乾(?=安?[县縣])")


@cache
def _table() -> Any:
    from opencc import OpenCC  # noqa: PLC0415 - reading its table costs 60 ms, and only text that is not ASCII needs it

    return OpenCC("t2s")


@lru_cache(maxsize=4096)
def simplified(text: str) -> str:
    """`text` with every traditional character simplified; each character stays one character at its place."""
    if text.isascii():
        return text
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a character (a lone surrogate) would be refused
    converted = str(_table().convert(text))
    if len(converted) != len(text):  # spans found in one must hold in the other
        converted = "".join(str(_table().convert(character))[:1] or character for character in text)
    for place in _QIAN.finditer(text):
        converted = f"{converted[: place.start()]}乾{converted[place.end() :]}"
    return _ACCOUNTS.sub("账", converted)
