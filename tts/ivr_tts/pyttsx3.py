"""The voice of last resort: pyttsx3, which speaks with espeak-ng. English is clear; its Mandarin is hardly understood
(FACTS), but a caller who hears something still knows that the line lives, and keys still work.

Decided: one process a text. espeak-ng keeps one state a process, pyttsx3 prints, loops and may wait for ever, and both
can crash; a process of its own is bounded in time, ends with the caller's interest, and takes nothing with it. It
costs about 0.3 s a text. pyttsx3 looks for a system libespeak-ng; the wheel `espeakng-loader` is loaded before it
asks, under the name it asks for, so no system package is needed.

Options: `voice` (espeak-ng's name, default by the text: cmn or en-us), `rate` in words a minute (default 170).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
import tempfile
import wave
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import numpy as np

from ivr_tts.api import SynthesisError, VoiceUnusable
from ivr_tts.prompt_audio import for_telephone, from_pcm, to_pcm

DEFAULT_WORDS_A_MINUTE = 170
_TIMEOUT_S = 15.0
_LONGEST_TEXT = 2000
_HAN = re.compile(r"[\u3400-\u9fff]")


class EspeakVoice:
    """A `Synthesizer`; `rate` 22,050 Hz, the only one that pyttsx3 writes."""

    rate = 22050

    def __init__(self, *, voice: str = "", words_a_minute: int = DEFAULT_WORDS_A_MINUTE) -> None:
        self.fingerprint = f"pyttsx3/r1/{voice or 'by-text'}/{words_a_minute}"
        self._voice, self._words_a_minute = voice, words_a_minute

    async def speak(self, text: str, /) -> AsyncIterator[bytes]:
        """The whole text as one piece. Raises SynthesisError within 15 s at the latest."""
        if not re.search(r"\w", text):
            return
        with tempfile.TemporaryDirectory(prefix="ivr-tts-") as folder:
            target = Path(folder) / "speech.wav"
            await self._write(text[:_LONGEST_TEXT], target)
            pcm = await asyncio.to_thread(self._read, target)
        if pcm:
            yield pcm

    async def close(self) -> None:
        """Nothing is held between texts."""

    async def _write(self, text: str, target: Path) -> None:
        voice = self._voice or ("cmn" if _HAN.search(text) else "en-us")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ivr_tts.pyttsx3", str(target), voice, str(self._words_a_minute)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                _, said = await process.communicate(text.encode())
        except TimeoutError:
            raise SynthesisError(f"pyttsx3 did not speak within {_TIMEOUT_S:g} s: try another voice.") from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            last = (said.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
            raise SynthesisError(f"pyttsx3 cannot speak ({last}): install espeakng-loader and pyttsx3 anew.")

    def _read(self, target: Path) -> bytes:
        try:
            with wave.open(str(target), "rb") as file:
                signal = from_pcm(file.readframes(file.getnframes()))
        except (wave.Error, EOFError, OSError) as fault:
            raise SynthesisError(f"pyttsx3 wrote no speech ({fault}): try another voice.") from fault
        return to_pcm(for_telephone(np.asarray(signal), self.rate))


def engine(options: Mapping[str, str], /) -> EspeakVoice:
    """Entry point of `ivr.tts`; see the head of this file. Raises VoiceUnusable for options that cannot be used."""
    rate = options.get("rate", str(DEFAULT_WORDS_A_MINUTE))
    if not (rate.isascii() and rate.isdigit() and 80 <= int(rate) <= 450):
        raise VoiceUnusable(f"The voice's rate cannot be {rate}: give words a minute from 80 to 450.")
    return EspeakVoice(voice=options.get("voice", ""), words_a_minute=int(rate))


def _speak_here(target: str, voice: str, words_a_minute: str) -> None:
    """In the process of one text: from standard input into the WAV file `target`."""
    import ctypes  # noqa: PLC0415  only the child needs these

    import espeakng_loader  # noqa: PLC0415

    ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
    os.environ["ESPEAK_DATA_PATH"] = str(espeakng_loader.get_data_path())
    import pyttsx3  # noqa: PLC0415  finds the library loaded above

    speaker = pyttsx3.init("espeak")
    speaker.setProperty("voice", voice)
    speaker.setProperty("rate", int(words_a_minute))
    speaker.save_to_file(sys.stdin.buffer.read().decode(), target)
    speaker.runAndWait()


if __name__ == "__main__":
    _speak_here(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # espeak-ng is known to assert while Python takes it down; the file is written
