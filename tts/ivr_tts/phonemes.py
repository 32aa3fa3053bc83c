"""What Kokoro reads: a string of IPA signs, tone arrows and punctuation, made from Mandarin with English words in it.

Decided: only misaki's word-to-IPA step is used, not its whole front end. The v1.0 weights were trained on that
legacy path; the rest of it loses Latin letters, rewrites numbers that `spoken_text` has written out, and prints.
Latin words go through espeak-ng; words of capitals are spelled letter by letter ("VIP", "ECS"). Nothing that can be
pronounced is dropped: a digit that comes so far is read as a digit.
"""

from __future__ import annotations

import logging
import re
import unicodedata
import warnings
from collections.abc import Callable
from functools import cache

from ivr_tts.espeak_phonemes import english_phonemes

_RUNS = re.compile(r"(?P<han>[\u3400-\u9fff〇]+)|(?P<latin>[A-Za-z][A-Za-z' ]*)|(?P<mark>[,.!?:;]+)")
_MARKS = str.maketrans("、。…—~～()[]《》「」【】", ",.,,,,,,,,,,,,,,")
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_LONGEST_ABBREVIATION = 5
_log = logging.getLogger(__name__)


@cache
def _mandarin() -> Callable[[str], str]:
    """Words cut by jieba, then sounded by misaki; loading takes about a second, once."""
    with warnings.catch_warnings():  # jieba asks for pkg_resources and has escapes that newer Pythons warn about
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415  a second of loading that only a voice being used should cost
        from misaki.zh import ZHG2P  # noqa: PLC0415
    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    # Filled by hand: left to itself it trusts a file of a well-known name in the shared temporary folder.
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True

    def word(characters: str) -> str:
        try:
            return str(ZHG2P.word2ipa(characters))
        except ValueError:  # a rare character without a reading: it may not cost the caller the others
            if len(characters) == 1:
                _log.warning("a character without a reading was left out")
                return ""
            return "".join(word(character) for character in characters)

    return lambda run: " ".join(word(part) for part in cutter.lcut(run))


def _english(run: str) -> str:
    """A run of Latin words; single capitals and short words of capitals are named letter by letter."""
    words = run.split()
    prose = any(word[1:].islower() for word in words)  # then "I" and "A" are words, not letters
    sounds: list[str] = []
    pending: list[str] = []
    for word in words:
        single = len(word) == 1 and not (prose and word in "IAa")
        if single or (1 < len(word) <= _LONGEST_ABBREVIATION and word.isupper()):
            sounds += [english_phonemes(" ".join(pending)), *(english_phonemes(letter.upper()) for letter in word)]
            pending = []
        else:
            pending.append(word)
    sounds.append(english_phonemes(" ".join(pending)))
    return " ".join(sound for sound in sounds if sound)


def phonemes(text: str) -> str:
    """`text` in Kokoro's signs; "" if there is nothing in it to pronounce. The first call takes about a second.

    Raises VoiceUnusable.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_MARKS).translate(_DIGITS)
    sounds: list[str] = []
    for run in _RUNS.finditer(plain):
        if run["han"]:
            sounds.append(_mandarin()(run["han"].replace("〇", "零")))
        elif run["latin"]:
            sounds.append(_english(run["latin"]))
        elif sounds and not sounds[-1].endswith(tuple(",.!?:;")):
            sounds[-1] += run["mark"][-1]
    return " ".join(sounds)
