"""`ivr qa render FOLDER…`: make a case's recordings with the project's own voices, 8 kHz through G.711.

Every turn that has a `text` and no recording is spoken, with its `voice` or the case's. The case's `noise` goes in
before the line's coding, on the turn and half a second before and after it, as where somebody stands in noise and the
line is open only while they speak. Seeded by the file's name: the same case gives the same noise anywhere.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from ivr.audio import RATE, resample, samples, through_g711, to_pcm, write_audio
from ivr.cli.equipment import synthesizer_for
from ivr.cli.flows import flow_folder
from ivr.errors import ModelError
from ivr.flow.load import load
from ivr.qa.case import Noise, load_case
from ivr.qa.case_folder import find_cases
from ivr.qa.channels.noise import noise
from ivr.settings import Settings, load_settings
from ivr_tts.api import SynthesisError, Synthesizer
from ivr_tts.spoken_text import spoken

_LEAD_MS, _TAIL_MS = 120, 160
_NOISE_AROUND_MS = 500


@dataclasses.dataclass(frozen=True, slots=True)
class _Line:
    """One turn to be spoken."""

    file: Path
    text: str
    voice: str
    language: str
    noise: Noise | None


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", nargs="+", type=Path, metavar="FOLDER", help="a folder with case.yaml, or of such")
    parser.add_argument("--again", action="store_true", help="render again what a voice has spoken")


def run(args: argparse.Namespace) -> int:
    count = render(find_cases(args.cases), again=args.again, told=print)
    print(f"{count} recordings rendered")
    return 0


def render(folders: Sequence[Path], *, again: bool = False, told: Callable[[str], None] = lambda _: None) -> int:
    """Speak what the cases in `folders` lack, or with `again` all they say; returns how many turns that were, of which
    each is told. Raises FlowError, UsageError for a case that is none, ModelError where there is no voice."""
    lines = [line for folder in folders for line in _lines(folder, again=again)]
    try:
        asyncio.run(_render(lines, load_settings(), told))
    except SynthesisError as fault:
        raise ModelError(str(fault)) from fault
    return len(lines)


def _lines(folder: Path, *, again: bool) -> list[_Line]:
    """What of the case in `folder` has to be spoken. Raises FlowError, UsageError for a case or flow that is none."""
    loaded = load_case(folder)
    case, found = loaded.case, []
    main = _main_language(case.flow)
    for number, turn in enumerate(case.turns):
        file = loaded.recording(number)
        voice = turn.voice or case.voice
        # What has no voice was said by a person, and is never said again.
        if file is None or not turn.text or (file.exists() and not (again and voice)):
            continue
        found.append(_Line(file, turn.text, voice, _language(voice, main), case.noise))
    return found


@cache
def _main_language(flow: str) -> str:
    return load(flow_folder(flow)).hotline.language


def _language(voice: str, otherwise: str) -> str:
    """What a voice speaks, by the first letter of its name: z Mandarin, a and b English (tts/README.md)."""
    return {"z": "zh-CN", "a": "en", "b": "en"}.get(voice[:1], otherwise)


async def _render(lines: list[_Line], settings: Settings, told: Callable[[str], None]) -> None:
    """Voice by voice, so that each is loaded once."""
    for name, language in dict.fromkeys((line.voice, line.language) for line in lines):
        voice = synthesizer_for(
            dataclasses.replace(settings, voice=dataclasses.replace(settings.voice, name=name)), language
        )
        try:
            for line in lines:
                if (line.voice, line.language) == (name, language):
                    write_audio(line.file, await _spoken(voice, line))
                    told(f"{line.file}: {line.text}")
        finally:
            await voice.close()


async def _spoken(voice: Synthesizer, line: _Line) -> bytes:
    pcm = b"".join([piece async for piece in voice.speak(spoken(line.text, line.language))])
    ms = RATE // 1000 * 2
    quiet = (bytes(ms * _LEAD_MS), bytes(ms * _TAIL_MS))
    said = quiet[0] + resample(pcm, voice.rate) + quiet[1]
    return through_g711(said if line.noise is None else _in_noise(said, line.noise, line.file))


def _in_noise(said: bytes, wanted: Noise, file: Path) -> bytes:
    """`said` with the noise under it and around it; the ratio is to the mean power of the turn itself."""
    digest = hashlib.sha256(f"{file.resolve().parent.name}/{file.name}".encode()).digest()
    around = bytes(RATE // 1000 * 2 * _NOISE_AROUND_MS)
    level = float(np.sqrt(np.mean(samples(said) ** 2))) * 10 ** (-wanted.snr_db / 20)
    signal = samples(around + said + around)
    sound = np.resize(noise(wanted.kind, (digest[0], digest[1])), len(signal))
    return to_pcm((signal + np.float32(level) * sound).astype(np.float32))
