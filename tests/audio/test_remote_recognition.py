"""Recognition over the network: the real model behind vosk-server's protocol hears what it hears in our own worker."""

import importlib.util
import json
from pathlib import Path

import pytest
from rapidfuzz.fuzz import ratio

from ivr.audio import read_audio, through_g711
from ivr_asr.vosk import Vosk
from ivr_asr.vosk_server import VoskServer

pytestmark = pytest.mark.audio

MODEL = "vosk-model-small-cn-0.22"
DIGITS = tuple("零一幺二两三四五六七八九")

_spec = importlib.util.spec_from_file_location(
    "vosk_protocol", Path(__file__).parents[1] / "unit" / "asr" / "vosk_protocol.py"
)
protocol = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(protocol)


class Decoder:
    """One connection's recogniser, used as vosk-server uses it."""

    def __init__(self, vosk, model, config):
        words = (json.dumps(config["phrase_list"], ensure_ascii=False),) if "phrase_list" in config else ()
        self._recognizer = vosk.KaldiRecognizer(model, config["sample_rate"], *words)
        self._recognizer.SetWords(config["words"])
        self._recognizer.SetMaxAlternatives(config["max_alternatives"])

    def accept(self, pcm):
        ended = self._recognizer.AcceptWaveform(pcm)
        return self._recognizer.Result() if ended else self._recognizer.PartialResult()

    def final(self):
        return self._recognizer.FinalResult()


async def hear(recognizer, pcm, phrases):
    hearing = await recognizer.open(phrases=phrases)
    for start in range(0, len(pcm), 1600):
        await hearing.feed(pcm[start : start + 1600])
    return await hearing.finish()


async def test_a_server_with_the_same_model_hears_the_same(model, speech_folder):
    import vosk  # noqa: PLC0415  Kaldi stays out of the other tiers

    vosk.SetLogLevel(-1)
    loaded = vosk.Model(str(model(MODEL)))
    rows = [line.split("\t") for line in (speech_folder / "zh" / "transcripts.tsv").read_text("utf-8").splitlines()]
    numbers = [speech_folder / "zh" / row[0] for row in rows[1:] if set(row[3]) <= set(DIGITS)][:3]
    here = Vosk(model(MODEL), workers=1)
    async with protocol.serve(lambda config: Decoder(vosk, loaded, config)) as address:
        remote = VoskServer([address])
        try:
            for path in numbers:
                pcm = through_g711(read_audio(path))
                for phrases in (DIGITS, ()):
                    ours, theirs = await hear(here, pcm, phrases), await hear(remote, pcm, phrases)
                    assert ratio(theirs.text, ours.text) >= (100 if phrases else 80)  # free n-bests part a little
                    assert theirs.confidence == pytest.approx(ours.confidence, abs=0.05)  # jieba's words are not ours
                    assert theirs.words
        finally:
            await remote.close()
            await here.close()
