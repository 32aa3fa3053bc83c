"""What recorded cases are played with: which they are, and the engines that each process opens for them.

Decided: recognition goes through the cache in this user's folder, and the hotline speaks with what ships (see
`ivr.qa.shipped_prompts`), unless the true voice is asked for.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from ivr.call.actions import Actions
from ivr.call.driver import Equipment
from ivr.cli.equipment import equipment_for, model_name
from ivr.cli.flows import flow_folder
from ivr.flow.load import Flow
from ivr.qa.case_folder import find_cases
from ivr.qa.case_worker import Setup
from ivr.qa.channels.spec import CLEAR, Channel, parse_channel
from ivr.qa.shipped_prompts import ShippedPrompts
from ivr.settings import Settings
from ivr.shipped import shipped

AUGMENT_HELP = "what lies between callers and the hotline, such as noise=babble@10dB,codec=gsm (see docs/qa.md)"


def channel_option(text: str) -> Channel:
    """`--augment`, for argparse. Raises UsageError with what can be written."""
    return parse_channel(text)


def setup_for(
    settings: Settings,
    *,
    channel: Channel = CLEAR,
    folder: Path | None = None,
    keep_audio: bool = False,
    true_voice: bool = False,
    cached: bool = True,
) -> Setup:
    """Engines as `settings` say, one recognition worker a process. `cached`: recognition is remembered on disk."""
    engine = "cached" if cached and settings.recognition.engine == "vosk" else settings.recognition.engine
    alone = dataclasses.replace(
        settings, recognition=dataclasses.replace(settings.recognition, engine=engine, workers=1)
    )
    equip = functools.partial(equipped, alone, true_voice)
    return Setup(flow_folder, equip, channel, folder, keep_audio, model_name(settings))


def equipped(
    settings: Settings,
    true_voice: bool,  # noqa: FBT001  the order in which `partial` fills them
    flow: Flow,
    actions: Actions,
) -> AbstractAsyncContextManager[Equipment]:
    """Engines for one call of `flow`."""
    voice = None if true_voice else _shipped_prompts(shipped(f"tts/prompts/{flow.name}"))
    return equipment_for(settings, flow, actions=actions, voice=voice)


@functools.cache
def _shipped_prompts(folder: Path) -> ShippedPrompts:
    """For all calls of this process: they do not change meanwhile, and reading them is a tenth of what a call costs."""
    return ShippedPrompts(folder)


def case_folders(places: Sequence[str]) -> list[Path]:
    """The cases in `places`: folders with a case.yaml, folders of such, or names of shipped cases; all that ship where
    there is none. Raises UsageError."""
    return find_cases(map(_place, places)) if places else find_cases([shipped("audio_fixtures")])


def _place(name: str) -> Path:
    in_shipped = shipped("audio_fixtures") / name
    return in_shipped if not Path(name).exists() and "/" not in name and in_shipped.is_dir() else Path(name)
