"""How well one text matches one example, in [0, 1], and how.

The scale is anchored, not fitted: 1.0 the same words; 0.98 the same but for politeness; 0.95 the same sounds; and 0.7,
the default threshold, is where a careful listener would act. Below the top the score is the best of these likenesses:

| likeness | of | score |
|---|---|---|
| whole | letters or sounds of the two texts | weighted share in common (longest common subsequence) |
| within | an example inside the turn | 0.97 - (1 - coverage of the turn) / tokens of the example |
| sounds within | the same, with the turn's best-sounding stretch | less 1.3 times what differs in that stretch |
| in order | all of an example's tokens, with others between | 0.9 - 1.7 (1 - coverage) / tokens |
| any order | sounds of the two texts | mean share of tokens and of neighbouring pairs |
| keyword | the turn inside an example | 0.95 - 0.7 (1 - coverage of the example) |

An example made of function words alone (没有了, 有人吗, 不是) says something only by itself: beside any other word it
says something else (没有账单, 有人登录我的账号), so it matches no turn that holds more than it and words that point
(这个, 就是), and none that holds less: 没有 is no 没有人吗. A modifier comes before its noun, so what follows an
example of two tokens counts twice: 人工费 is no 人工.

So an example of two tokens must be half of the turn, and one of four may stand in a long story. Tokens weigh by how few
meanings of the hotline hold them (examples.py), so 云服务器怎么退款 is not 云服务器怎么开通. A lone token
never matches by likeness, and a negator on one side only spoils a match (polarity.py). Where one syllable is all that
is left of an example, its particles are what makes it one: 人了 and 那人, as which 嗯嗯 is heard, are no 人呢.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import mul

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from ivr.understanding.confusions import shipped
from ivr.understanding.normalise import content, normalise, tokens
from ivr.understanding.phonetics import half_of, letters, merged, sounds, syllables
from ivr.understanding.polarity import negators

SPOILT = 0.4
"""The most that a match with a negator on one side only is worth."""
LONE = 0.6
"""The most that a turn of one token is worth, unless it is the example or sounds just as it."""

_FUNCTION_WORDS = frozenset("没有不无是在就这那些什么怎样何哪谁人事别用要想能会可以行好对给跟和都也还再又着过吗呢")
_POINTING = frozenset("这那就是在也都还再又好对嗯吗呢")
_SAME_SOUNDS = 0.95
_LEFT_OUT = frozenset("有")  # 人在吗 for 有人在吗, 没人 for 没有人
_DIFFERENT_SOUND = 1.3  # any two syllables share a half now and then, so what differs counts more than in letters
_SHORT = 2
_HALVES = 2  # symbols a token in `sounds`
_UNKNOWN_WEIGHT = 1.0  # a token that no example holds says as much against a match as a rare one says for it


@dataclass(frozen=True, slots=True)
class Form:
    """A text made ready for comparison. One entry a content token in `tokens`, `syllables`, `keys` (merged syllables),
    `letters`, `weights` (`weight` is their sum) and `negators`; two symbols a token in `sounds`; `pairs` are
    neighbouring keys."""

    plain: str
    tokens: tuple[str, ...]
    syllables: tuple[str, ...]
    keys: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    letters: str
    sounds: str
    weights: tuple[float, ...]
    weight: float
    negators: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score in [0, 1] and how it came about, as a verb phrase: `sounds like`, `holds`."""

    score: float
    how: str


_Shared = tuple[list[float], list[float]]  # for each token of the turn and of the example, how much of it is shared
NOTHING_ALIKE = Likeness(0.0, "has nothing of")


def key(syllable: str) -> str:
    """What tokens are weighed by: sound with accents merged, so that a homophone weighs what the right one would."""
    return "".join(merged(syllable))


def form(text: str, weights: Mapping[str, float], tokens: Sequence[str] | None = None) -> Form:
    """Make `text` ready. `weights`: by `key`, in [0, 1]; `tokens`: its content tokens, where they were changed."""
    plain = normalise(text)
    found = tuple(content(plain) if tokens is None else tokens)
    read = syllables(found)
    keys = tuple(map(key, read))
    weighed = tuple(weights.get(k, _UNKNOWN_WEIGHT) for k in keys)
    return Form(
        plain=plain,
        tokens=found,
        syllables=read,
        keys=keys,
        pairs=tuple(pairwise(keys)),
        letters=letters(found),
        sounds=sounds(found),
        weights=weighed,
        weight=sum(weighed),
        negators=negators(found),
    )


def compare(heard: Form, example: Form) -> Likeness:
    """How well a turn matches an example."""
    if heard.plain == example.plain:
        return Likeness(1.0, "is") if heard.plain else NOTHING_ALIKE
    if not heard.tokens or not example.tokens:
        return NOTHING_ALIKE
    if heard.syllables == example.syllables:
        return _same_sounds(heard, example)
    return NOTHING_ALIKE if _says_something_else(heard, example) else _likeness(heard, example)


def says_all(likeness: Likeness, example: Form) -> bool:
    """Whether a turn has the very words or sounds of an example, more than one, and none else."""
    return likeness.score >= _SAME_SOUNDS and len(example.tokens) > 1


def _same_sounds(heard: Form, example: Form) -> Likeness:
    lone = len(heard.tokens) == 1
    if lone and len(example.tokens[0]) == 1 and not _only_adds(heard, example):
        return Likeness(LONE, "shares one syllable with")
    if heard.tokens == example.tokens:
        return Likeness(0.98, "says the same as")
    return Likeness(0.75 if lone else _SAME_SOUNDS, "sounds exactly like")


def _only_adds(heard: Form, example: Form) -> bool:
    """Whether one of them is the other with syllables added that carry no meaning."""
    shorter, longer = sorted((syllables(tokens(form.plain)) for form in (heard, example)), key=len)
    rest = iter(longer)
    return all(syllable in rest for syllable in shorter)


def _says_something_else(heard: Form, example: Form) -> bool:
    """Whether an example of function words alone stands beside a word that gives it another meaning, or lacks one."""
    beside = set(heard.tokens).difference(example.tokens)
    lacks = set(example.tokens).difference(heard.tokens, _LEFT_OUT)
    return _FUNCTION_WORDS.issuperset(example.tokens) and not _POINTING.issuperset(beside | lacks)


def _likeness(heard: Form, example: Form) -> Likeness:
    shared = _shared(heard.letters, example.letters, 1)
    likenesses = [_whole_letters(heard, example, shared), _whole_sounds(heard, example), _keyword(heard, example)]
    likenesses.append(_any_order(heard, example))
    if 1 < len(example.tokens) < len(heard.tokens):
        likenesses += [_within(heard, example), _sounds_within(heard, example), _in_order(heard, example, shared)]
    best = max(likenesses, key=lambda likeness: likeness.score)
    if len(heard.tokens) == 1 and best.score > LONE:
        return Likeness(LONE, best.how)
    return best


def _whole_letters(heard: Form, example: Form, shared: _Shared) -> Likeness:
    share = _weighted_share(heard, example, shared)
    return _unless_spoilt(heard, example, shared, Likeness(0.97 * share, "reads like"))


def _whole_sounds(heard: Form, example: Form) -> Likeness:
    shared = _shared(heard.sounds, example.sounds, 2)
    score = 0.94 * max(0.0, 1 - _DIFFERENT_SOUND * (1 - _weighted_share(heard, example, shared)))
    return _unless_spoilt(heard, example, shared, Likeness(score, "sounds like"))


def _within(heard: Form, example: Form) -> Likeness:
    start = heard.letters.find(example.letters)
    if start < 0:
        return NOTHING_ALIKE
    size = len(example.tokens)
    score = 0.97 - _left_over(heard, start, start + size, size) / size
    return _unless_spoilt(heard, example, _stretch(heard, start, start + size, example), Likeness(score, "holds"))


def _sounds_within(heard: Form, example: Form) -> Likeness:
    found = fuzz.partial_ratio_alignment(example.sounds, heard.sounds)
    if found is None:
        return NOTHING_ALIKE
    start, end = found.dest_start // 2, (found.dest_end + 1) // 2
    shared = _shared(heard.sounds[2 * start : 2 * end], example.sounds, 2)
    there = [0.0] * start + shared[0] + [0.0] * (len(heard.tokens) - end)
    weight = sum(heard.weights[start:end]) + example.weight
    alike = (_weigh(heard.weights, there) + _weigh(example.weights, shared[1])) / weight
    score = (
        0.95 - _DIFFERENT_SOUND * (1 - alike) - _left_over(heard, start, end, len(example.tokens)) / len(example.tokens)
    )
    return _unless_spoilt(heard, example, (there, shared[1]), Likeness(score, "holds what sounds like"))


def _in_order(heard: Form, example: Form, shared: _Shared) -> Likeness:
    if len(example.tokens) < 3 or min(shared[1]) < 1:
        return NOTHING_ALIKE
    coverage = _weigh(heard.weights, shared[0]) / heard.weight
    score = 0.9 - 1.7 * (1 - coverage) / len(example.tokens)
    return _unless_spoilt(heard, example, shared, Likeness(score, "holds, with words between, the words of"))


def _any_order(heard: Form, example: Form) -> Likeness:
    """Half what sounds the two share in any order, half what neighbouring pairs of them."""
    if not heard.pairs or not example.pairs:
        return NOTHING_ALIKE
    shared = _held_by(heard.keys, example.keys), _held_by(example.keys, heard.keys)
    pairs = 2 * sum(_held_by(heard.pairs, example.pairs)) / (len(heard.pairs) + len(example.pairs))
    share = (_weighted_share(heard, example, shared) + pairs) / 2
    return _unless_spoilt(heard, example, shared, Likeness(0.95 * share, "says in another order what sounds like"))


def _held_by(items: Sequence[object], others: Sequence[object]) -> list[float]:
    """For each item, 1 if the others hold one for it, each of them counted once."""
    left: dict[object, int] = {}
    for other in others:
        left[other] = left.get(other, 0) + 1
    held = []
    for item in items:
        many = left.get(item, 0)
        held.append(1.0 if many else 0.0)
        left[item] = many - 1 if many else 0
    return held


def _keyword(heard: Form, example: Form) -> Likeness:
    start = example.letters.find(heard.letters)
    if start < 0:
        return NOTHING_ALIKE
    end = start + len(heard.tokens)
    score = 0.95 - 0.7 * (1 - _coverage(example, start, end))
    swapped = _stretch(example, start, end, heard)
    return _unless_spoilt(heard, example, (swapped[1], swapped[0]), Likeness(score, "is the keyword of"))


def _shared(heard: str, example: str, symbols: int) -> _Shared:
    """What the longest common subsequence shares, `symbols` symbols a token; of sounds also, by what the confusion
    channel gives for it, what stands for each other between two shared stretches."""
    left, right = [0.0] * (len(heard) // symbols), [0.0] * (len(example) // symbols)
    a = b = 0
    for block in LCSseq.opcodes(heard, example).as_matching_blocks():
        if symbols == _HALVES and 0 < block.a - a == block.b - b:
            for n in range(block.a - a):
                worth = _confused(example[b + n], heard[a + n]) / symbols
                left[(a + n) // symbols] += worth
                right[(b + n) // symbols] += worth
        a, b = block.a + block.size, block.b + block.size
        for n in range(block.size):
            left[(block.a + n) // symbols] += 1 / symbols
            right[(block.b + n) // symbols] += 1 / symbols
    return left, right


@lru_cache(maxsize=4096)
def _confused(said: str, heard: str) -> float:
    """How far a symbol of `sounds` speaks for another, in [0, 1]."""
    one, other = half_of(said), half_of(heard)
    return shipped().credit(one, other) if one and other and one.endswith("-") == other.endswith("-") else 0.0


def _stretch(outer: Form, start: int, end: int, inner: Form) -> _Shared:
    return [float(start <= n < end) for n in range(len(outer.tokens))], [1.0] * len(inner.tokens)


def _weigh(weights: Sequence[float], shares: Sequence[float]) -> float:
    return float(sum(map(mul, weights, shares)))


def _weighted_share(heard: Form, example: Form, shared: _Shared) -> float:
    both = _weigh(heard.weights, shared[0]) + _weigh(example.weights, shared[1])
    return both / (heard.weight + example.weight)


def _coverage(outer: Form, start: int, end: int) -> float:
    return sum(outer.weights[start:end]) / outer.weight


def _left_over(heard: Form, start: int, end: int, size: int) -> float:
    """How much of a turn an example of `size` tokens leaves over that matched from `start` to `end`."""
    behind = sum(heard.weights[end:]) / heard.weight if size == _SHORT else 0.0
    return 1 - _coverage(heard, start, end) + behind


def _unless_spoilt(heard: Form, example: Form, shared: _Shared, likeness: Likeness) -> Likeness:
    if likeness.score <= SPOILT:
        return Likeness(max(0.0, likeness.score), likeness.how)
    here = _negated_alone(heard.negators, shared[0], 2)
    if here != _negated_alone(example.negators, shared[1], len(example.tokens)):
        return Likeness(SPOILT, f"is the denial of, or denied by, what else {likeness.how}")
    return likeness


def _negated_alone(negates: Sequence[bool], shares: Sequence[float], reach: int) -> bool:
    """Whether a negator that is not shared stands among what is, up to `reach` tokens before it, or one after."""
    if True not in negates:
        return False
    touched = [n for n, share in enumerate(shares) if share >= 0.5]
    if not touched:
        return False
    return any(negates[n] and shares[n] < 1 for n in range(len(negates)) if touched[0] - reach <= n <= touched[-1] + 1)
