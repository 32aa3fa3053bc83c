"""How English words sound, in IPA, asked of libespeak-ng by ctypes; the library comes in the wheel `espeakng-loader`.

Only its text-to-phonemes half is used here, to feed Kokoro; its voice is in pyttsx3.py, in a process of its own. The
library keeps one state a process, so every call is made under one lock.
"""

from __future__ import annotations

import ctypes
import threading
from functools import cache

import espeakng_loader

from ivr_tts.api import VoiceUnusable

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000  # without it the library ends our process when its data is missing
_UTF8 = 1
_IPA_WITH_TIES = 0x02 | 0x80 | ord("^") << 8

# espeak-ng writes diphthongs and affricates as two signs; Kokoro's training data (misaki) has one each.
_TO_KOKORO = (
    ("a^ɪ", "I"),
    ("a^ʊ", "W"),
    ("e^ɪ", "A"),
    ("o^ʊ", "O"),
    ("ɔ^ɪ", "Y"),
    ("d^ʒ", "ʤ"),
    ("t^ʃ", "ʧ"),
    ("ə^l", "ᵊl"),
    ("ɜːɹ", "ɜɹ"),
    ("ɜː", "ɜɹ"),
    ("ɚ", "əɹ"),
    ("ɐ", "ə"),
    ("ɾ", "T"),
    ("r", "ɹ"),
    ("ː", ""),
    ("^", ""),
    ("\u0329", ""),
)

_lock = threading.Lock()


@cache
def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path())
    except (OSError, RuntimeError) as fault:
        raise VoiceUnusable(f"espeak-ng cannot be loaded ({fault}): install espeakng-loader anew.") from fault
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    if library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT) < 0:
        raise VoiceUnusable(f"espeak-ng cannot read its data in {data}: install espeakng-loader anew.")
    if library.espeak_SetVoiceByName(b"en-us") != 0:
        raise VoiceUnusable(f"espeak-ng has no English in {data}: install espeakng-loader anew.")
    return library


def english_phonemes(text: str) -> str:
    """American English `text` in Kokoro's IPA, one space between words; punctuation is dropped.

    Raises VoiceUnusable.
    """
    with _lock:
        library = _library()
        rest = ctypes.c_char_p(text.encode())
        clauses: list[str] = []
        while rest.value:
            clauses.append(library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA_WITH_TIES).decode())
    phonemes = " ".join(clause.strip() for clause in clauses if clause.strip())
    for theirs, ours in _TO_KOKORO:
        phonemes = phonemes.replace(theirs, ours)
    return phonemes
