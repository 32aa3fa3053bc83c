"""From settings to engines: the recogniser and the voice that a flow's language wants, found by entry point."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import structlog

from ivr.call.driver import Equipment
from ivr.clock import outside_work
from ivr.errors import ModelError, SettingsError
from ivr.flow.load import Flow
from ivr.models.store import model_dir, root
from ivr.settings import Settings
from ivr.shipped import shipped
from ivr_asr.api import RecognitionError, Recognizer
from ivr_tts.api import SynthesisError, Synthesizer
from ivr_tts.cache import PromptCache
from ivr_tts.recorded import RecordedPrompts
from ivr_tts.voice import Voice

_log = structlog.get_logger(__name__)
_MODELS = {"zh-CN": "vosk-model-small-cn-0.22", "en": "vosk-model-small-en-us-0.15"}
_KOKORO = "kokoro-82m-v1.0-int8"
_KOKORO_VOICES = {"zh-CN": "", "en": "af_heart"}


def recognizer_for(settings: Settings, language: str) -> Recognizer:
    """The recogniser that the settings name. Raises ModelError, SettingsError."""
    wanted = settings.recognition
    options = {"workers": str(wanted.workers or os.cpu_count() or 1)}
    if wanted.engine == "vosk":
        options["model"] = str(_model_folder(wanted.model or _MODELS[language]))
    return _engine("ivr.asr", wanted.engine, "[recognition] engine", options)  # type: ignore[no-any-return]


def synthesizer_for(settings: Settings, language: str) -> Synthesizer:
    """The voice that the settings name. Raises ModelError, SettingsError."""
    wanted = settings.voice
    options = {"speed": str(wanted.speed), "language": language}
    if voice := wanted.name or _KOKORO_VOICES.get(language, ""):
        options["voice"] = voice
    if wanted.engine == "kokoro":
        options["model"] = str(model_dir(_KOKORO))
    return _engine("ivr.tts", wanted.engine, "[voice] engine", options)  # type: ignore[no-any-return]


def voice_for(settings: Settings, flow: Flow, *, rendered: Path | None = None) -> Voice:
    """The voice with its prompts: recorded ones, those that ship, those rendered before, then the engine, then
    the last resort. `rendered`: where prompts rendered before are kept, if not where this user's are."""
    language = flow.hotline.language
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
    return Voice(synthesizer_for(settings, language), cache=cache, last_resort=last_resort)


@asynccontextmanager
async def equipment_for(settings: Settings, flow: Flow, *, rendered: Path | None = None) -> AsyncIterator[Equipment]:
    """Engines that are ready; they are closed at the end. `rendered`: as in `voice_for`. Raises ModelError where
    one cannot be had."""
    recognizer = recognizer_for(settings, flow.hotline.language)
    voice = voice_for(settings, flow, rendered=rendered)
    try:
        with outside_work():
            await recognizer.start()
        yield Equipment(recognizer, voice)
    except (RecognitionError, SynthesisError) as fault:
        raise ModelError(str(fault)) from fault
    finally:
        with outside_work():
            await voice.close()
            await recognizer.close()


def _engine(group: str, name: str, setting: str, options: Mapping[str, str]) -> Any:
    found = {point.name: point for point in entry_points(group=group)}
    if name not in found:
        raise SettingsError(f"{setting} is `{name}`: use one of {', '.join(sorted(found))}.")
    return found[name].load()(options)


def _model_folder(name: str) -> Path:
    return Path(name) if Path(name).is_dir() else model_dir(name)
