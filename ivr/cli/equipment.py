"""From settings to engines: the recogniser and the voice that each of a flow's languages wants, found by entry point,
and what carries its actions out.

Decided: without the main language's engines there is no hotline. A second language's recogniser may be missing: that is
said once, loudly, and its callers, who can still press keys, come to a person sooner. What the settings name (a model,
a voice) is the main language's; a second one takes its own default.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import structlog

from ivr.call.actions import Actions, RealActions
from ivr.call.driver import Equipment
from ivr.call.mouth import Renders
from ivr.clock import outside_work
from ivr.errors import ModelError, SettingsError
from ivr.flow.load import Flow
from ivr.hearing.silero import SILERO_FILE, SILERO_MODEL
from ivr.hearing.voice_activity import VoiceActivity, VoiceSettings, settings_for
from ivr.models.store import model_dir, root
from ivr.settings import Settings
from ivr.shipped import shipped
from ivr_asr.api import RecognitionError, Recognizer
from ivr_tts.api import SynthesisError, Synthesizer
from ivr_tts.cache import PromptCache
from ivr_tts.recorded import RecordedPrompts
from ivr_tts.voice import Voice
from ivr_tts.voices import Voices

_log = structlog.get_logger(__name__)
_MODELS = {"zh-CN": "vosk-model-small-cn-0.22", "en": "vosk-model-small-en-us-0.15"}
_KOKORO = "kokoro-82m-v1.0-int8"
_KOKORO_VOICES = {"zh-CN": "", "en": "af_heart"}


def recognizer_for(settings: Settings, language: str) -> Recognizer:
    """The recogniser that the settings name. Raises ModelError, SettingsError."""
    wanted = settings.recognition
    options = {
        "workers": str(wanted.workers or os.cpu_count() or 1),
        "hearings": str(wanted.hearings),
        "denoise": str(wanted.denoise).lower(),
        "addresses": ",".join(wanted.addresses),
    }
    if wanted.engine == "vosk":
        options["model"] = str(_model_folder(wanted.model or _MODELS[language]))
    elif wanted.engine == "cached":
        # What is in the cache needs no model, so a missing one is told by the first that is not.
        name = wanted.model or _MODELS[language]
        options["model"] = name if Path(name).is_dir() else str(root() / name)
        options["folder"] = str(root().parent / "recognised")
    return _engine("ivr.asr", wanted.engine, "[recognition] engine", options)  # type: ignore[no-any-return]


def model_name(settings: Settings) -> str:
    """What recognises, in a word: the model that the settings name, or the main languages' own."""
    return Path(settings.recognition.model).name or ", ".join(_MODELS.values())


def synthesizer_for(settings: Settings, language: str) -> Synthesizer:
    """The voice that the settings name. Raises ModelError, SettingsError."""
    wanted = settings.voice
    options = {"speed": str(wanted.speed), "language": language}
    if voice := wanted.name or _KOKORO_VOICES.get(language, ""):
        options["voice"] = voice
    if wanted.engine == "kokoro":
        options["model"] = str(model_dir(_KOKORO))
    return _engine("ivr.tts", wanted.engine, "[voice] engine", options)  # type: ignore[no-any-return]


def for_language(settings: Settings, flow: Flow, language: str) -> Settings:
    """`settings` as they are for `language`: what they name is the main language's, and a second one gets half the
    workers."""
    if language == flow.hotline.language:
        return settings
    workers = max(1, (settings.recognition.workers or os.cpu_count() or 1) // 2)
    return dataclasses.replace(
        settings,
        recognition=dataclasses.replace(settings.recognition, model="", workers=workers),
        voice=dataclasses.replace(settings.voice, name=""),
    )


def voice_for(settings: Settings, flow: Flow, language: str = "", *, rendered: Path | None = None) -> Voice:
    """The voice of `language` (the flow's main one if left out) with its prompts: recorded ones, those that ship, those
    rendered before, then the engine, then the last resort. `rendered`: where prompts rendered before are kept, if not
    where this user's are."""
    language = language or flow.hotline.language
    recorded = None
    try:
        if settings.voice.recorded:
            recorded = RecordedPrompts(Path(settings.voice.recorded), language=language)
    except SynthesisError as fault:
        raise SettingsError(str(fault)) from fault
    cache = PromptCache(
        rendered or root().parent / "prompts", shipped=[shipped(f"tts/prompts/{flow.name}")], recorded=recorded
    )
    last_resort: Synthesizer = _engine("ivr.tts", "pyttsx3", "", {"language": language})
    engine = synthesizer_for(for_language(settings, flow, language), language)
    return Voice(engine, cache=cache, last_resort=last_resort)


def hearing_for(detector: str) -> VoiceSettings:
    """How `detector`, one of `DETECTORS`, tells speech from noise, its model loaded, so that the first caller does not
    wait for it. Raises ModelError."""
    needs_model = detector != "webrtcvad"
    wanted = settings_for(detector, str(model_dir(SILERO_MODEL) / SILERO_FILE) if needs_model else "")
    VoiceActivity(wanted)
    return wanted


def actions_for(settings: Settings) -> Actions:
    """Services, codes and callbacks as the settings say; `close` it at the end."""
    wanted = settings.verification
    return RealActions(
        Path(settings.hotline.calls) / "callbacks.jsonl",
        sender=wanted.sender,
        totp=wanted.totp,
        authorization=wanted.authorization,
    )


@asynccontextmanager
async def equipment_for(
    settings: Settings,
    flow: Flow,
    *,
    rendered: Path | None = None,
    actions: Actions | None = None,
    voice: Renders | None = None,
) -> AsyncIterator[Equipment]:
    """Engines that are ready; they are closed at the end. `rendered`: as in `voice_for`. `actions`: mocks, where
    nothing true shall be asked. `voice`: what speaks in every language, instead of those of the settings. Raises
    ModelError where one cannot be had."""
    async with AsyncExitStack() as opened:
        voices: dict[str, Voice] = {}
        for language in flow.words if voice is None else ():
            voices[language] = voice_for(settings, flow, language, rendered=rendered)
            opened.push_async_callback(_closed, voices[language])
        actions = actions or actions_for(settings)
        opened.push_async_callback(actions.close)
        recognizer = recognizer_for(settings, flow.hotline.language)
        opened.push_async_callback(_closed, recognizer)
        try:
            with outside_work():
                hearing = await asyncio.to_thread(hearing_for, settings.hearing.voice_activity)
                await recognizer.start()
            others = await _other_recognizers(settings, flow, opened)
            voice = voice or Voices(voices, flow.hotline.language)
            yield Equipment(recognizer, voice, actions, others, hearing)
        except (RecognitionError, SynthesisError) as fault:
            raise ModelError(str(fault)) from fault


async def _other_recognizers(settings: Settings, flow: Flow, opened: AsyncExitStack) -> dict[str, Recognizer]:
    """Those of the flow's other languages that can be had; the log says which cannot."""
    found: dict[str, Recognizer] = {}
    for language in flow.hotline.also:
        try:
            recognizer = recognizer_for(for_language(settings, flow, language), language)
            opened.push_async_callback(_closed, recognizer)
            with outside_work():
                await recognizer.start()
        except (ModelError, RecognitionError) as fault:
            _log.warning("callers who speak this language are not understood", language=language, why=str(fault))
        else:
            found[language] = recognizer
    return found


async def _closed(engine: Voice | Recognizer) -> None:
    with outside_work():
        await engine.close()


def _engine(group: str, name: str, setting: str, options: Mapping[str, str]) -> Any:
    found = _engines_of(group)
    if name not in found:
        raise SettingsError(f"{setting} is `{name}`: use one of {', '.join(sorted(found))}.")
    return found[name].load()(options)


@cache
def _engines_of(group: str) -> dict[str, EntryPoint]:
    """Found once: every package's metadata is read for it, and a run of cases opens engines a call."""
    return {point.name: point for point in entry_points(group=group)}


def _model_folder(name: str) -> Path:
    return Path(name) if Path(name).is_dir() else model_dir(name)
