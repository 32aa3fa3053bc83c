"""Yes or no, in whatever words.

The first answer in a turn counts: 对，我说了不是 says yes to what was asked, and 同意，那不好 agrees. A word is an
answer only where it stands as one: single characters (是, 好, 行, 对, 要, 不) by themselves or at the beginning of the
turn or of a clause, and never in other words (好像, 对于, 不知道) or in questions (是不是, 可以吗). 嗯 is an answer
only where nothing else is. How sure it all is depends on how much of the turn the word is.
"""

from __future__ import annotations

import re

from ivr.understanding.entities.entity import Entity
from ivr.understanding.entities.spoken_digits import MAX_CHARACTERS, plain_of

_TONE = "[\U0001f3fb-\U0001f3ff]?"
_ENDS = r"(?=$|[，,。 ])"
_NEITHER = (
    r"是不是|对不对|好不好|行不行|可不可以|能不能|要不要|用不用|有没有|同不同意|愿不愿意|是否|可否|能否|要不(?!了|得)",
    r"不(?:是|但|仅|光)?(?:是)?不",
    r"(?:可以|不行|好|行|对|是|要|中|成|可|没有|不是|不可以|不对|同意)(?:的|了)?(?:吗|么(?!的)|嘛[?？]|[?？])",
    r"对不(?:起|住|上)|不好意思|不客气|不用谢",
    r"不太?(?:知道|清楚|明白|懂|记得|确定|一定|晓得|了解)",
    r"不(?:过|管|然|如|论|仅|但|断|久|止|同|足|良|动)",
    r"没(?:听清|听懂|听见|听到|明白)",
    r"好(?:像|几|久|多|看|听|吃|友|处|评|歹|在|不容易)",
    r"对(?:于|方|待|象|面|手|比|话|应|账|公)",
    r"是(?:什么|谁|哪|怎|多少|几|因为|这个|那个|在)",
    r"可(?:行|能|是|爱|惜)|(?:银|进|旅|流|执|飞|运|发|自|步|排|一)行|行(?:李|程|业|动|为|情|政)",
    r"中(?:国|间|心|午|文|等|奖|药|学)|成(?:功|本|都|绩|立|为|交)",
    r"要(?:是|么|求|紧|点)|别(?:的|人|处|墅|名)|错(?:误|过)",
    r"\bnot? (?:sure|idea|certain)\b|\bright now\b",
    r"\b(?:do not|don'?t) (?:know|understand|remember)\b",
)
_YES_THOUGH_NEGATED = (
    r"没有?(?:问题|关系|意见|毛病|错)|没事|不错的?",
    r"\bno (?:problem|worries)\b|\bwhy not\b",
)
_YES = (
    r"是的|是[啊呀哒滴]|是这样的?|就是|正是|对的|对[啊呀哒滴头]|对对对?",
    r"好[的啊呀嘞哇吧呢滴咧嗒哒]|好好好?|可以[的啊呀]?|行[的啊呀吧]|行行|成[啊吧]|中啊",
    r"同意|赞成|赞同|认可|确认|确定|愿意|接受|答应|批准|肯定(?:是的)?|当然(?:可以|是|要|了)?|必须的",
    rf"要的|需要的?|想的?{_ENDS}|有的?{_ENDS}|会的|能的|收到",
    (
        r"\b(?:yes|yeah|yep|yup|yea|sure|ok|okay|right|correct|of course|absolutely|exactly|definitely|certainly"
        r"|go ahead|agree|agreed|true|please do|that works|affirmative|y)\b"
    ),
    rf"[👍👌✅🙆🆗✔]{_TONE}",
)
_NO = (
    r"不是的?|不对的?|不行的?|不可以|不可能|不能|不太?好|不太(?:行|可以|想|愿意|方便|同意)",
    r"不要了?|不用了?|不需要|不必了?|不想要?|不愿意?|不肯|不同意|不赞成|不接受|不认可|不确认|不会|不办|不买",
    r"不满意|不方便|不成|不中|不了|不准|不许|并不是?|并非|没有了?|没了|否定|否认|拒绝|反对|取消|算了|免了|甭",
    rf"错了|错的|否{_ENDS}|别了?{_ENDS}",
    (
        r"\b(?:not? (?:ok|okay|really|right|at all|correct|way)|no|nope|nop|nah|never|wrong|incorrect|disagree|false"
        r"|negative|cancel|don'?t|do not|not)\b"
    ),
    rf"[👎❌✋🖐🙅🚫]{_TONE}",
)
_WORD = re.compile(
    "|".join(
        f"(?P<{name}>{'|'.join(words)})"
        for name, words in (
            ("skip", _NEITHER),
            ("though", _YES_THOUGH_NEGATED),
            ("no", _NO),
            ("yes", _YES),
            ("hum", ("嗯+", "恩恩?")),
            ("single_no", ("[不没错别否]",)),
            ("single_yes", ("[是对好行可成中要准]",)),
        )
    )
)
_AROUND = re.compile(r"[\s，,。.、！!；;：:\"'“”‘’「」()（）~…]")
_FILLER = re.compile(r"(?:嗯|呃|额|啊|哦|噢|那|那个|就|我|我说|我是说|应该|其实|you know|well|um|uh|oh|\s|，|,)*")
_AFTER_SINGLE = re.compile(r"$|[^\w]|[我你您他就那这请谢帮给不吧啊呀的了哈呢哦啦嘛是对好行]")
_TRAILING = re.compile(r"(?:吧|啊|呀|呢|哦|了|的|谢谢你?|please|thanks|thank you|\W)*")


def find_yes_no(text: str) -> list[Entity]:
    """The answer in `text`, as a list of one entity (`value` is a bool), or of none."""
    plain = plain_of(text)
    found: list[Entity] = []
    for match in _WORD.finditer(plain):
        sure = 0.0 if match["skip"] else _confidence(plain, match)
        if sure > (found[0].confidence + 0.3 if found else 0.0):
            yes = not (match["no"] or match["single_no"])
            why = f"{match[0]} says {'yes' if yes else 'no'}"
            spelled = text[:MAX_CHARACTERS][match.start() : match.end()]
            found = [Entity("yes_no", match.start(), match.end(), spelled, yes, sure, "", why)]
    return found


def _confidence(plain: str, match: re.Match[str]) -> float:
    """How surely the word is the answer: 1 the whole turn, less at its beginning, at a clause's, within; 0 not."""
    start, end = match.span()
    single = bool(match["single_yes"] or match["single_no"])
    lead = _FILLER.match(plain)
    leads = lead is not None and (start == 0 or lead.end() >= start)
    clause = start == 0 or _AROUND.match(plain, start - 1) is not None
    closed = end == len(plain) or _AROUND.match(plain, end) is not None
    trailing = _TRAILING.match(plain, end)
    if leads and trailing is not None and trailing.end() == len(plain):
        return 1.0
    if single and not ((clause and closed) or (leads and _AFTER_SINGLE.match(plain, end))):
        return 0.0
    if match["hum"]:
        return 0.2  # it only fills, if more is said
    return 0.85 if leads else 0.7 if clause else 0.55
