"""`ivr prompts FLOW`: render every fixed prompt of a flow ahead, so that no caller waits for a voice.

With `--to FOLDER` those of the main language go there beside `prompts.tsv`, which says which file holds which text:
that is how tts/prompts/<hotline>/ is made. Without it those of every language go to this machine's cache.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ivr.cli.equipment import for_language, synthesizer_for, voice_for
from ivr.cli.flows import flow_folder
from ivr.dialogue.prompts import fixed_prompts
from ivr.errors import ModelError
from ivr.flow.load import Flow, load
from ivr.settings import Settings, load_settings
from ivr_tts.api import SynthesisError
from ivr_tts.cache import PromptCache, prompt_key
from ivr_tts.spoken_text import spoken
from ivr_tts.voice import Voice


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="write there, with an index, and remove what is said no longer",
    )


def run(args: argparse.Namespace) -> int:
    flow, settings = load(flow_folder(args.flow)), load_settings()
    said = rendered = 0
    index: dict[str, str] = {}
    for language in flow.words:
        texts = fixed_prompts(flow, language)
        try:
            rendered += asyncio.run(_render(flow, settings, texts, language, folder=args.to, index=index))
        except SynthesisError as fault:
            raise ModelError(str(fault)) from fault
        said += len(texts)
    if args.to is not None:
        _write_index(args.to, index)
    print(f"{flow.hotline.hotline}: {said} prompts, {rendered} rendered now")
    return 0


async def _render(
    flow: Flow, settings: Settings, texts: list[str], language: str, *, folder: Path | None, index: dict[str, str]
) -> int:
    """Render what is missing; returns how many that were. `index` is told which file holds which text."""
    if folder is None:
        voice = voice_for(settings, flow, language)
    else:
        engine = synthesizer_for(for_language(settings, flow, language), language)
        voice = Voice(engine, cache=PromptCache(folder))
        index.update({f"{prompt_key(spoken(text, language), engine.fingerprint)}.flac": text for text in texts})
    missing = [text for text in texts if not voice.ready(text, language)]
    try:
        with _bar() as bar:
            task = bar.add_task(f"rendering {language}", total=len(missing))
            await voice.prepare(
                missing, language, progress=lambda done, _total, _text: bar.update(task, completed=done)
            )
    finally:
        await voice.close()
    return len(missing)


def _write_index(folder: Path, names: dict[str, str]) -> None:
    """Say which file holds which text, and remove the files of what is said no longer."""
    for file in folder.glob("*.flac"):
        if file.name not in names:
            file.unlink()
    lines = [f"{name}\t{text}\n" for name, text in names.items()]
    (folder / "prompts.tsv").write_text("".join(lines), encoding="utf-8")


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
