"""`ivr call FLOW --audio caller.wav`: play a recording to a flow through the very pipeline that serves
telephones, without Asterisk.

On virtual time by default: it takes as long as recognition takes, and the same recording gives the same
journal. `--live` lets time pass as it does, so that the reply gaps are true.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from rich.console import Console

from ivr.audio import cannot_write, read_audio, write_audio
from ivr.call.journal import JournalFile, MemoryJournal
from ivr.cli import picture
from ivr.cli.conversation import Conversation
from ivr.cli.equipment import equipment_for
from ivr.cli.flows import case_folder, flow_folder
from ivr.errors import UsageError
from ivr.flow.load import Flow, load
from ivr.qa.case import load_case
from ivr.settings import load_settings
from ivr.simulate.caller import CallerTurn
from ivr.simulate.mock_actions import MockActions
from ivr.simulate.recorded_call import play
from ivr.simulate.virtual_loop import run as run_virtual


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name")
    parser.add_argument(
        "--audio",
        type=Path,
        metavar="FILE",
        help="the caller, from the moment the hotline answers: WAV or FLAC",
    )
    parser.add_argument(
        "--case", type=case_folder, metavar="FOLDER", help="the caller as a case: a folder with case.yaml"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="write what the caller heard to this .wav or .flac")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="write the call's journal here")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the printed conversation as a picture")
    parser.add_argument("--live", action="store_true", help="let time pass as it does")
    parser.add_argument("--explain", action="store_true", help="say why every turn was understood as it was")


def run(args: argparse.Namespace) -> int:
    if (args.audio is None) == (args.case is None):
        raise UsageError("give the caller as one of --audio FILE or --case FOLDER.")
    if args.record and (why := cannot_write(args.record)):
        raise UsageError(why)
    flow = load(flow_folder(args.flow))
    if args.case:
        loaded = load_case(args.case)
        work = _call(flow, loaded.turns(), MockActions(loaded.case.mock), args)
    else:
        work = _call(flow, [CallerTurn(pcm=read_audio(args.audio), at_once=True)], None, args)
    return asyncio.run(work) if args.live else run_virtual(work)


async def _call(flow: Flow, turns: list[CallerTurn], world: MockActions | None, args: argparse.Namespace) -> int:
    heard = bytearray()
    console = picture.console() if args.svg else Console()
    async with equipment_for(load_settings(), flow, actions=world) as equipment:
        await play(
            flow,
            turns,
            equipment,
            journal=JournalFile(args.journal) if args.journal else MemoryJournal(),
            observers=[Conversation(console, explain=args.explain)],
            heard=heard.extend,
        )
    if args.svg:
        picture.save(console, args.svg, f"ivr call {args.flow}")
        print(f"the conversation as a picture: {args.svg}")
    if args.record:
        write_audio(args.record, bytes(heard))
        print(f"what the caller heard: {args.record}")
    return 0
