"""`ivr cases render|check FOLDER…`: make a case's recordings with the project's own voices, and see that the
hotline does as expected.

`render` speaks every turn that has a `text` and whose recording is missing, with its `voice`, and sends it
through G.711. `check` plays the case on virtual time and compares.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses

from rich.console import Console

from ivr.audio import resample, through_g711, write_audio
from ivr.call.journal import MemoryJournal
from ivr.cli.conversation import Conversation
from ivr.cli.equipment import equipment_for, synthesizer_for
from ivr.cli.flows import case_folder, flow_folder
from ivr.simulate.recorded_call import play
from ivr.errors import ModelError
from ivr.flow.load import load
from ivr.qa.case import LoadedCase, load_case
from ivr.qa.verdict import Observed, differences
from ivr.settings import Settings, load_settings
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.virtual_loop import run as run_virtual
from ivr_tts.api import SynthesisError
from ivr_tts.spoken_text import spoken

_LEAD_MS, _TAIL_MS = 120, 160


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["render", "check"], help="make missing recordings, or play and compare")
    parser.add_argument("cases", nargs="+", type=case_folder, metavar="FOLDER", help="a folder with case.yaml")
    parser.add_argument("--again", action="store_true", help="render recordings that are there already")


def run(args: argparse.Namespace) -> int:
    cases = [load_case(folder) for folder in args.cases]
    settings = load_settings()
    if args.what == "render":
        try:
            asyncio.run(_render(cases, settings, again=args.again))
        except SynthesisError as fault:
            raise ModelError(str(fault)) from fault
        return 0
    failed = sum(run_virtual(_check(case, settings)) for case in cases)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


async def _render(cases: list[LoadedCase], settings: Settings, *, again: bool) -> None:
    for loaded in cases:
        language = load(flow_folder(loaded.case.flow)).hotline.language
        for turn in loaded.case.turns:
            if turn.audio is None or not turn.text or ((loaded.folder / turn.audio).exists() and not again):
                continue
            named = dataclasses.replace(settings, voice=dataclasses.replace(settings.voice, name=turn.voice))
            voice = synthesizer_for(named, language)
            try:
                pcm = b"".join([piece async for piece in voice.speak(spoken(turn.text, language))])
            finally:
                await voice.close()
            quiet = (bytes(16 * _LEAD_MS), bytes(16 * _TAIL_MS))
            write_audio(loaded.folder / turn.audio, through_g711(quiet[0] + resample(pcm, voice.rate) + quiet[1]))
            print(f"{loaded.folder / turn.audio}: {turn.text}")


async def _check(loaded: LoadedCase, settings: Settings) -> bool:
    """Play the case; True if it failed."""
    flow = load(flow_folder(loaded.case.flow))
    observed = Observed()
    console = Console()
    console.print(f"[bold]{loaded.folder.name}[/bold]  {loaded.case.case}")
    async with equipment_for(settings, flow, actions=MockActions(loaded.case.mock)) as equipment:
        await play(
            flow,
            loaded.turns(),
            equipment,
            journal=MemoryJournal(),
            observers=[Conversation(console), observed],
            caller=loaded.case.caller,
        )
    found = differences(loaded.case.expect, observed)
    for difference in found:
        console.print(f"  {difference}", style="red")
    return bool(found)
