"""One spelling for everything that is compared.

Two steps, because each loses more. `normalise` loses nothing that a listener would miss: width, case, punctuation,
and the spaces that a recogniser puts between Mandarin words. `content` also drops what carries no meaning in a request
(嗯, 那个, 我想, 帮我, 一下, 的): callers put these in and leave them out at will, and examples do too, so they go on
both sides. What is no word anywhere (嗯, 呃) goes everywhere, other fillers only where they cannot be part of a word:
那个 in 查那个账单, but not 那 in 刹那. A false start is said once: 我想查我想查账单, 转人转人工.

Traditional characters are simplified first (traditional.py). Numbers and dates in writing are entities' business:
entities/written.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ivr.understanding.traditional import simplified

MAX_CHARACTERS = 400
"""What is longer is cut: about a minute and a half of speech. It bounds the time any text can cost."""

_CJK = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNKNOWN_WORD = re.compile(r"[\[<](?:unk|noise|spn)[\]>]", re.IGNORECASE)
_APOSTROPHE = re.compile("(?<=[a-z])['\u2019](?=[a-z])")
_NOT_SPOKEN = re.compile(r"[^\w\s]|_")
_SPACES = re.compile(r"\s+")
_SPACE_AT_CJK = re.compile(f"(?<=[{_CJK}]) | (?=[{_CJK}])")
_TOKEN = re.compile(rf"[{_CJK}]|\d|[^\W\d{_CJK}]+")
_CLAUSE_END = re.compile(r"[，。！？；、,.!?;\n]+")

_FILLER = (
    r"(?:嗯|呃|额|啊|哦|噢|唉|诶|欸|哎|喂|哈|那个|这个|就是说(?!明)|就是|然后|那么|那"
    r"|(?:um+|uh+|er+|hm+|well|so)(?: |$))"
)
_FILLERS_ONLY = re.compile(f"(?:{_FILLER})*")
_LEAD = re.compile(
    rf"^(?:{_FILLER}|你好|您好|请问|麻烦(?:你|您)?|劳驾|我?想(?:问|请问|了解)(?:一下)?|我?想要?|我(?:就|只)?要|我需要"
    r"|谢谢(?:你|您)?(?=.)|(?:算|行|好|得)了(?=.)"
    r"|请|帮我|帮忙|给我|能不能|可不可以|可以(?=..)|能(?=帮|给)|(?:hi|hello|please)(?: |$))+"
)
_TAIL = re.compile(
    r"(?:嗯|呃|啊|哦|呀|吧|呢|嘛|哈|啦|吗|了|那个|就是说|谢谢(?:你|您)?|(?:好|行|可以)吗|行不行|可不可以|好不好"
    r"|(?:^| )(?:please|thanks|thank you|um+|uh+))+$"
)
_REPEATED = re.compile(r"(.+?) ?(?:\1 ?)+$")  # 对对对
_LIGHT_INSIDE = re.compile("一下|一个|(?<=.)(?:那个|这个|就是说(?!明))(?=..)")
_HESITATION = re.compile(f"(?<=[{_CJK}])[嗯呃诶欸]+(?=[{_CJK}])|(?<= )(?:um+|uh+|er+|hm+) ")
_FALSE_START = re.compile(f"([{_CJK}]{{2,6}}?)\\1+|(我|你|您|查|转|要|想)\\2+")
_HAVE_OR_NOT = re.compile("有没有")  # asks as 有 … 吗 does
_LIGHT_TOKENS = frozenset(
    [
        *"的了我您你们个吗呢吧啊呀嘛",
        "a",
        "an",
        "the",
        "my",
        "me",
        "i",
        "to",
        "of",
        "is",
        "am",
        "are",
        "do",
        "some",
        "it",
    ]
).union(["you", "please", "would", "like", "want", "need", "can", "could"])


def normalise(text: str) -> str:
    """`text` in simplified characters, without width, case, punctuation and recogniser's marks; spaces only between
    words that are not Mandarin.

    At most `MAX_CHARACTERS` of it.
    """
    folded = simplified(unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).casefold()[:MAX_CHARACTERS])
    spoken = _NOT_SPOKEN.sub(" ", _APOSTROPHE.sub("", _UNKNOWN_WORD.sub(" ", folded)))
    return _SPACE_AT_CJK.sub("", _SPACES.sub(" ", spoken)).strip()


def clauses(text: str) -> list[str]:
    """`text` parted at its punctuation, each part normalised, empty parts left out; speech has none and is one."""
    parts = (normalise(part) for part in _CLAUSE_END.split(text[:MAX_CHARACTERS]))
    return [part for part in parts if part]


def tokens(normalised: str) -> tuple[str, ...]:
    """Mandarin characters and digits one by one, other words whole."""
    return tuple(_TOKEN.findall(normalised))


def content(normalised: str) -> tuple[str, ...]:
    """The tokens that carry meaning; empty only if there were none but fillers.

    Politeness and light words are dropped only while something else is left: 可以 alone is an answer.
    """
    if _FILLERS_ONLY.fullmatch(normalised):
        return ()
    fluent = _FALSE_START.sub(lambda said: said[1] or said[2], _HESITATION.sub("", normalised))
    stripped = _TAIL.sub("", _LEAD.sub("", fluent, count=1)).strip()
    if not stripped:
        return tokens(normalised)
    if repeated := _REPEATED.match(stripped):
        stripped = repeated[1]
    return tuple(
        t for t in tokens(_HAVE_OR_NOT.sub("有", _LIGHT_INSIDE.sub("", stripped))) if t not in _LIGHT_TOKENS
    ) or tokens(stripped)


def is_light(found: Sequence[str]) -> bool:
    """Whether none of these tokens carries meaning in a request."""
    return all(token in _LIGHT_TOKENS for token in found)
