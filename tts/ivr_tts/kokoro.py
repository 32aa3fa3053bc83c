"""The default voice: Kokoro-82M v1.0 (int8 ONNX) on onnxruntime, Mandarin first, 24 kHz.

Decided: one thread renders, with one onnxruntime thread in it, so that a call being rendered leaves the other cores to
recognition; text goes through it sentence by sentence, so that the first sounds early. The model is loaded by the first
text. The same text gives the same bytes (measured: the model draws no random numbers).

The default voice, by free recognition over µ-law at 8 kHz, each voice at its own speed, characters wrong
of 16 prompts (homophones count as wrong): zm_yunxia 7 %, zf_xiaoyi 8-9, zm_yunjian 9, zm_yunxi 9, zf_xiaoxiao 9-10,
zf_xiaobei 11, zm_yunyang 16, zf_xiaoni 33; differences under 2 points are noise. yunxia and xiaoyi have a child's
pitch (300 Hz), so xiaoxiao, a grown woman's (250 Hz), speaks: 4 % of syllables wrong on 18 other prompts. Slower (0.9)
was no clearer, nor were tone sandhi or words without spaces between them.

Options: `model`: the folder that holds a `*.onnx`, `config.json` (for its vocabulary) and `voices/<voice>.bin`;
`voice` (zf_/zm_ speak Mandarin, af_/am_ English); `speed` from 0.5 to 2.0.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ivr_tts.api import SynthesisError, VoiceUnusable
from ivr_tts.phonemes import phonemes
from ivr_tts.prompt_audio import for_telephone, to_pcm
from ivr_tts.sentences import Piece, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_VOICE = "zf_xiaoxiao"
DEFAULT_SPEED = 1.0
MOST_TOKENS = 510  # the model's context of 512 less the padding at both ends
_RENDERING = "r1"  # changes when this code makes other sound of the same text, so that cached prompts are rendered anew
_PIECE_TIMEOUT_S = 60.0
_MEND = "run `ivr models install kokoro-82m-v1.0-int8`"


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any
    vocabulary: dict[str, int]
    style: NDArray[np.float32]

    def speech(self, tokens: list[int], speed: float) -> NDArray[np.float32]:
        """`tokens` (1 to 510) at 24 kHz; the style vector is chosen by their number."""
        given = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self.style[len(tokens) - 1],
            "speed": np.array([speed], dtype=np.float32),
        }
        return np.asarray(self.session.run(None, given)[0], dtype=np.float32)


def _load(folder: Path, voice: str) -> _Model:
    import onnxruntime  # noqa: PLC0415  half a second that only a voice being used should cost

    found = sorted(folder.glob("*.onnx"))
    if not found:
        raise VoiceUnusable(f"The voice model is missing in {folder}: {_MEND}.")
    style_file = folder / "voices" / f"{voice}.bin"
    if not style_file.is_file():
        have = ", ".join(sorted(path.stem for path in style_file.parent.glob("z*.bin"))) or "none"
        raise VoiceUnusable(f"The voice {voice} is missing in {folder} (there is: {have}): {_MEND}.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        vocabulary = json.loads((folder / "config.json").read_text(encoding="utf-8"))["vocab"]
        style = np.fromfile(style_file, dtype=np.float32).reshape(MOST_TOKENS, 1, -1)
        session = onnxruntime.InferenceSession(str(found[0]), options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # onnxruntime's errors share no root of their own
        raise VoiceUnusable(f"The voice model in {folder} is damaged ({fault}): {_MEND}.") from fault
    return _Model(session, vocabulary, style)


class KokoroVoice:
    """A `Synthesizer`; `rate` 24,000 Hz."""

    rate = 24000

    def __init__(self, folder: Path, *, voice: str = DEFAULT_VOICE, speed: float = DEFAULT_SPEED) -> None:
        self.fingerprint = f"kokoro-82m-v1.0/{_RENDERING}/{voice}/{speed:g}"
        self._folder, self._voice, self._speed = folder, voice, speed
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kokoro")
        self._model: _Model | None = None
        self._closed = False

    async def speak(self, text: str, /) -> AsyncIterator[bytes]:
        """One piece of PCM a sentence (or clause). Raises VoiceUnusable, SynthesisError."""
        loop = asyncio.get_running_loop()
        for piece in pieces(text):
            if self._closed:
                raise SynthesisError("The voice is closed: open another.")
            try:
                async with asyncio.timeout(_PIECE_TIMEOUT_S):
                    pcm = await loop.run_in_executor(self._thread, self._render, piece)
            except TimeoutError:
                raise SynthesisError(
                    f"The voice was silent for {_PIECE_TIMEOUT_S:g} s: give it more processor."
                ) from None
            if pcm:
                yield pcm

    async def close(self) -> None:
        """Free the model; waits for the sentence being rendered, if any."""
        self._closed = True
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        self._model = None

    def _render(self, piece: Piece) -> bytes:
        if self._model is None:
            self._model = _load(self._folder, self._voice)
        tokens = [self._model.vocabulary[sign] for sign in phonemes(piece.text) if sign in self._model.vocabulary]
        if not tokens:
            return b""
        if len(tokens) > MOST_TOKENS:
            middle = len(piece.text) // 2
            return self._render(Piece(piece.text[:middle], 0)) + self._render(
                Piece(piece.text[middle:], piece.pause_ms)
            )
        try:
            speech = self._model.speech(tokens, self._speed)
        except Exception as fault:  # onnxruntime's errors share no root of their own
            raise SynthesisError(f"The voice failed on a sentence ({fault}): {_MEND}, or change the prompt.") from fault
        return to_pcm(for_telephone(speech, self.rate, pause_ms=piece.pause_ms))


def engine(options: Mapping[str, str], /) -> KokoroVoice:
    """Entry point of `ivr.tts`; see the head of this file. Raises VoiceUnusable for options that cannot be used."""
    if "model" not in options:
        raise VoiceUnusable(f"No folder is given for the voice model: set `model`, or {_MEND}.")
    try:
        speed = float(options.get("speed", DEFAULT_SPEED))
    except ValueError:
        speed = 0.0
    if not 0.5 <= speed <= 2.0:
        raise VoiceUnusable(f"The voice's speed cannot be {options['speed']}: give a number from 0.5 to 2.0.")
    return KokoroVoice(Path(options["model"]).expanduser(), voice=options.get("voice", DEFAULT_VOICE), speed=speed)
