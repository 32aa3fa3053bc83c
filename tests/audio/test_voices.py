"""The real voices: what a caller hears over a telephone is what was meant, soon, and evenly loud.

Prompts are rendered, sent through µ-law at 8 kHz, and recognised freely (no grammar) by the Mandarin Vosk model.
Counted are syllables without tone, because 按键 and 案件 are one sound and no fault of the voice.
"""

from __future__ import annotations

import json
import re
import time

import numpy as np
import pytest
from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

from ivr.audio import level_dbfs, samples, through_g711
from ivr.errors import ModelError
from ivr.models.store import model_dir
from ivr_tts import kokoro, pyttsx3
from ivr_tts.api import SynthesisError, VoiceUnusable
from ivr_tts.cache import PromptCache
from ivr_tts.phonemes import phonemes
from ivr_tts.spoken_text import spoken
from ivr_tts.voice import Voice

pytestmark = pytest.mark.audio

PROMPTS = [
    "您好，欢迎致电云服务客服热线。",
    "请问有什么可以帮您？",
    "您的账号是12345678，对吗？",
    "您本月的账单是128.50元。",
    "请在2026-11-20以前支付。",
    "对不起，我没有听清楚，请再说一遍。",
    "正在为您转接人工客服，请不要挂机。",
    "您的账户因为密码输错太多次被锁定了。",
    "目前华东地区的云服务器有故障，预计下午3:30恢复。",
    "感谢您的来电，再见。",
]
MOST_SYLLABLES_WRONG = 0.12  # measured: 0.02; Vosk's dither moves it by some syllables from run to run


def _installed(name):
    try:
        return model_dir(name)
    except ModelError as fault:
        pytest.skip(str(fault))


@pytest.fixture(scope="module")
def kokoro_folder():
    return _installed("kokoro-82m-v1.0-int8")


@pytest.fixture
async def voice(kokoro_folder, tmp_path):
    voice = Voice(kokoro.engine({"model": str(kokoro_folder)}), cache=PromptCache(tmp_path / "cache"))
    yield voice
    await voice.close()


@pytest.fixture(scope="module")
def heard_over_the_phone():
    folder = _installed("vosk-model-small-cn-0.22")
    import vosk  # noqa: PLC0415  loads a large library that only this tier needs

    vosk.SetLogLevel(-1)
    model = vosk.Model(str(folder))

    def heard(pcm):
        recognizer = vosk.KaldiRecognizer(model, 8000)
        sound = bytes(4800) + through_g711(pcm) + bytes(8000)
        texts = [
            json.loads(recognizer.Result())["text"]
            for at in range(0, len(sound), 3200)
            if recognizer.AcceptWaveform(sound[at : at + 3200])
        ]
        return "".join([*texts, json.loads(recognizer.FinalResult())["text"]]).replace(" ", "")

    return heard


def syllables(text):
    return lazy_pinyin(re.sub(r"\W", "", text).replace("幺", "一"))


async def spoken_pcm(voice, text):
    return b"".join([piece async for piece in voice.render(text)])


async def test_prompts_are_understood_over_a_telephone(voice, heard_over_the_phone):
    wrong = said = 0
    told = []
    for prompt in PROMPTS:
        meant = syllables(spoken(prompt))
        heard = heard_over_the_phone(await spoken_pcm(voice, prompt))
        faults = Levenshtein.distance(meant, syllables(heard))
        wrong, said = wrong + faults, said + len(meant)
        told.append(f"{faults} of {len(meant)}: {prompt} -> {heard}")
    print(f"{wrong} of {said} syllables wrong\n" + "\n".join(told))  # noqa: T201  shown by pytest when it fails
    assert wrong / said <= MOST_SYLLABLES_WRONG


async def test_a_prompt_begins_at_once_and_is_as_loud_as_telephone_speech_should_be(voice):
    pcm = await spoken_pcm(voice, "您好，欢迎致电云服务客服热线。")
    signal = np.abs(samples(pcm))
    assert np.flatnonzero(signal > 0.02)[0] / 8000 < 0.060
    assert len(signal) / 8000 - np.flatnonzero(signal > 0.02)[-1] / 8000 < 0.2
    assert level_dbfs(pcm) == pytest.approx(-21, abs=2.5)


async def test_a_kept_prompt_is_spoken_at_once_and_is_the_same(voice):
    first = await spoken_pcm(voice, "好的，请稍等。")
    await voice.prepare(["好的，请稍等。"])
    began = time.perf_counter()
    assert await spoken_pcm(voice, "好的，请稍等。") == first
    assert time.perf_counter() - began < 0.25


async def test_the_same_text_is_the_same_sound_in_another_voice_object(kokoro_folder):
    sounds = []
    for _ in range(2):
        engine = kokoro.engine({"model": str(kokoro_folder)})
        sounds.append(b"".join([piece async for piece in engine.speak("好的。")]))
        await engine.close()
    assert sounds[0] == sounds[1]
    assert sounds[0]


async def test_english_words_and_letters_in_a_mandarin_prompt_are_spoken(voice):
    without = len(await spoken_pcm(voice, "您的账号有问题。"))
    with_letters = len(await spoken_pcm(voice, "您的VIP账号有App问题。"))
    assert with_letters - without > 0.6 * 16000


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("VIP", "vˈi ˈI pˈi"),
        ("A W S", "ˈA dˈʌbᵊljˌu ˈɛs"),
        ("Can I help you?", "kæn I hˈɛlp ju?"),
        ("请按 1", "ʨʰi↓ŋ a↘n i→"),
        ("，。", ""),
        ("㐂请", "ʨʰi↓ŋ"),  # the first has no reading in the dictionary, and costs no other
    ],
)
def test_every_sign_that_can_be_pronounced_is(text, sounds):
    assert phonemes(text).strip() == sounds


async def test_a_text_far_beyond_the_model_s_context_is_spoken_whole(voice):
    assert len(await spoken_pcm(voice, "W" + "网" * 130)) / 16000 > 20


async def test_text_without_anything_to_pronounce_is_silence_and_no_fault(voice):
    assert await spoken_pcm(voice, "……") == b""


@pytest.mark.parametrize("harm", ["missing", "no voice", "torn", "no vocabulary"])
async def test_a_missing_or_damaged_model_names_the_command_that_mends_it(kokoro_folder, tmp_path, harm):
    folder = tmp_path / "model"
    if harm != "missing":
        (folder / "voices").mkdir(parents=True)
        network = next(kokoro_folder.glob("*.onnx"))
        if harm == "no vocabulary":
            (folder / network.name).symlink_to(network)
        else:
            (folder / network.name).write_bytes(b"torn")
            (folder / "config.json").symlink_to(kokoro_folder / "config.json")
        if harm != "no voice":
            (folder / "voices" / "zm_yunjian.bin").symlink_to(kokoro_folder / "voices" / "zm_yunjian.bin")
    engine = kokoro.engine({"model": str(folder), "voice": "zm_yunjian"})
    with pytest.raises(VoiceUnusable, match=r"ivr models install kokoro"):
        await anext(engine.speak("您好"))
    await engine.close()


@pytest.mark.parametrize("options", [{}, {"model": ".", "speed": "fast"}, {"model": ".", "speed": "9"}])
def test_options_that_cannot_be_used_are_refused(options):
    with pytest.raises(VoiceUnusable):
        kokoro.engine(options)


@pytest.mark.parametrize("text", ["您好，请稍等。", "Hello, please wait."])
async def test_the_last_resort_speaks_without_a_model_or_a_system_package(text):
    pcm = b"".join([piece async for piece in pyttsx3.engine({}).speak(text)])
    assert 0.5 < len(pcm) / 44100 < 4
    assert level_dbfs(pcm) == pytest.approx(-21, abs=3)


async def test_a_last_resort_that_hangs_is_ended_in_time(monkeypatch):
    monkeypatch.setattr(pyttsx3, "_TIMEOUT_S", 0.01)
    with pytest.raises(SynthesisError, match="did not speak"):
        await anext(pyttsx3.engine({}).speak("您好"))


async def test_without_the_model_the_last_resort_speaks(tmp_path):
    engine = kokoro.engine({"model": str(tmp_path)})
    voice = Voice(engine, cache=PromptCache(tmp_path / "cache"), last_resort=pyttsx3.engine({}))
    assert len(await spoken_pcm(voice, "您好，请稍等。")) > 8000
    await voice.close()


ENGLISH_PROMPTS = [
    "Hello, and welcome to the cloud support hotline.",
    "How can I help you today?",
    "Your bill this month is 128 yuan.",
    "Please say that again.",
    "I will connect you with a colleague. Please stay on the line.",
    "Your account has been locked because the password was wrong too many times.",
    "Thank you for calling. Goodbye.",
]
MOST_WORDS_WRONG = 0.15  # measured: 2 of 58 words


async def test_english_prompts_are_understood_over_a_telephone(kokoro_folder, tmp_path, model):
    folder = model("vosk-model-small-en-us-0.15")
    import vosk  # noqa: PLC0415  loads a large library that only this tier needs

    vosk.SetLogLevel(-1)
    ears = vosk.Model(str(folder))
    engine = kokoro.engine({"model": str(kokoro_folder), "voice": "af_heart"})
    voice = Voice(engine, cache=PromptCache(tmp_path / "cache"))
    wrong = said = 0
    for prompt in ENGLISH_PROMPTS:
        pcm = b"".join([piece async for piece in voice.render(prompt, "en")])
        recognizer = vosk.KaldiRecognizer(ears, 8000)
        recognizer.AcceptWaveform(bytes(4800) + through_g711(pcm) + bytes(8000))
        meant = re.sub(r"[^a-z ]", "", spoken(prompt, "en").lower().replace("-", " ")).split()
        heard = json.loads(recognizer.FinalResult())["text"].split()
        wrong, said = wrong + Levenshtein.distance(meant, heard), said + len(meant)
    await voice.close()
    print(f"{wrong} of {said} words wrong")  # noqa: T201  shown by pytest when it fails
    assert wrong / said <= MOST_WORDS_WRONG
