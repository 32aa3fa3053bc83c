"""`ivr check --words`: what a flow's callers may say and the recogniser can never hear, by its vocabulary.

A phrase with a word that the model lacks is left out of every grammar in silence (FACTS.md: Mandarin models know words,
not characters), so that callers who say it are never understood.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.cli.equipment import recognizer_for
from ivr.dialogue.vocabulary import vocabulary_for
from ivr.flow.load import Flow
from ivr.settings import load_settings
from ivr.understanding.result import State
from ivr_asr.vosk import Vosk


async def lacking_words(flow: Flow) -> list[str]:
    """A line for each phrase that cannot be heard, split into words that can, what is lacking in brackets.

    Raises ModelError, RecognitionError.
    """
    settings = load_settings()
    lines: list[str] = []
    for language, phrases in _phrases(flow):
        recognizer = recognizer_for(settings, language)
        if not isinstance(recognizer, Vosk):
            lines.append(f"{language}: the recogniser `{settings.recognition.engine}` does not tell its vocabulary")
            continue
        try:
            missing = await recognizer.missing(phrases)
        finally:
            await recognizer.close()
        lines += [
            f"{language}: advice: “{phrase}” is never heard, since the recogniser lacks what stands in "
            f"brackets: {split}: add another way of saying it, in words that it has"
            for phrase, split in missing
        ]
        lines += [] if missing else [f"{language}: the recogniser knows every word of {len(phrases)} phrases"]
    return lines


def _phrases(flow: Flow) -> Iterator[tuple[str, tuple[str, ...]]]:
    for language, understanding in vocabulary_for(flow).items():
        words = flow.words[language]
        state = State(tuple(words.intents), tuple(words.faqs))  # the universals are not the designer's to mend
        slots = [slot for _, _, step in flow.every_step() for slot in (step.collect or {}).values()]
        ways = [way for slot in slots for prompt in slot.options.values() for way in prompt.get(language, ())]
        plain = [way for slot in slots for prompt in slot.options.values() for way in prompt.get("", ())]
        yield language, tuple(dict.fromkeys((*understanding.phrases(state), *ways, *plain)))
