"""Where clauses begin in speech, which has no punctuation, so that a short wording may stand as a whole clause.

你是机器人吧我要找人 holds 找人, and so does 找人代办备案: two words in a turn say nothing, but a clause of those
two words says all. A clause ends after a particle (吧 啊 吗 …) or a complaint (听不懂), and before the words with which
callers begin to say what they want (我要 帮我 直接 …). A piece is worth a little less than a whole turn, and what ends
a call is never looked for in pieces (ending.py).
"""

from __future__ import annotations

import re

from ivr.understanding.normalise import clauses

_AT_MOST = 6
_BOUNDARY = re.compile(
    r"(?<=[吧啊呀嘛吗呢啦])(?!$)"
    r"|(?<=算了)|(?<=行了)|(?<=好了)|(?<=没用)|(?<=没有用)|(?<=听不懂)|(?<=不明白)"
    r"|(?<=.)(?<!有人)(?=我(?:就|只)?(?:要|想|需要)|帮我|给我|直接|赶紧|赶快|麻烦)"
    r"|(?<= )(?=(?:i want|i need|i would|let me|can i|could i|just|give me|get me) )"
)


def spoken_clauses(text: str) -> list[str]:
    """The clauses of `text`, normalised, the last ones if there are many; empty if it is only one."""
    pieces = [piece.strip() for clause in clauses(text) for piece in _BOUNDARY.split(clause)]
    distinct = list(dict.fromkeys(piece for piece in pieces if len(piece) > 1))
    return distinct[-_AT_MOST:] if len(pieces) > 1 else []
