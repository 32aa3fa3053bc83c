"""`ivr qa capture CALL_ID`: make a case of a call that was made: its journal and its recording become a folder with
case.yaml, in which personal data is replaced, for a person to confirm.

What is personal and cannot be replaced is listed, and then nothing is written, unless `--keep-personal` is given.
"""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from ivr.audio import read_audio, write_audio
from ivr.call.journal import Exchange, is_whole, read_journal
from ivr.cli.flows import flow_folder
from ivr.cli.qa_render import render
from ivr.dialogue.events import CallStarted
from ivr.errors import AudioError, JournalError, ModelError, UsageError
from ivr.flow.load import load
from ivr.qa.capture import Captured, capture, rewrite, write
from ivr.settings import load_settings

_CALLERS_CHANNEL = 0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("call", metavar="CALL_ID", help="a call's id, or its journal's file")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="the new case (audio_fixtures/captured_CALL_ID)")
    parser.add_argument("--calls", type=Path, metavar="DIR", help="the journals, if not those of this hotline")
    parser.add_argument("--flow", default="", metavar="F", help="the flow, if it is not found by the journal's name")
    parser.add_argument("--keep-personal", action="store_true", help="keep names, numbers and the voice as they are")


def run(args: argparse.Namespace) -> int:
    journal = _journal(args)
    header, exchanges = read_journal(journal)
    if not is_whole(exchanges):
        raise JournalError(f"{journal} is cut off before the call's end: a case needs to know how it ended.")
    folder = args.to or Path("audio_fixtures") / f"captured_{header.call_id}"
    if folder.exists():
        raise UsageError(f"{folder} is there already: give another place with --to.")
    flow = load(flow_folder(args.flow or header.flow))
    made = capture(
        header,
        exchanges,
        _callers_sound(journal, exchanges),
        flow,
        seed=secrets.randbits(64),
        keep_personal=args.keep_personal,
    )
    if made.not_safe and not args.keep_personal:
        for what in made.not_safe:
            print(f"  {what}")
        print("this is personal, and nothing can stand for it: nothing is written; --keep-personal keeps it all")
        return 1
    try:
        write(made, folder)
    except OSError as fault:
        raise UsageError(f"{folder} cannot be written ({fault.strerror}): give another place with --to.") from fault
    _speak(made, folder)
    print(f"{folder}: {len(made.case['turns'])} turns, {made.numbers} numbers replaced")
    print(f"confirm what it expects, then `ivr qa run {folder}`")
    return 0


def _journal(args: argparse.Namespace) -> Path:
    given = Path(args.call)
    if given.suffix == ".jsonl":
        return given
    return (args.calls or Path(load_settings().hotline.calls)) / f"{args.call}.jsonl"


def _callers_sound(journal: Path, exchanges: list[Exchange]) -> bytes:
    """The caller's channel of the recording beside the journal; nothing for a call in text."""
    if any(isinstance(exchange.event, CallStarted) and exchange.event.hears == "text" for exchange in exchanges):
        return b""
    recording = journal.with_suffix(".flac")
    try:
        return read_audio(recording, channel=_CALLERS_CHANNEL)
    except AudioError as fault:
        raise AudioError(f"{fault} A case of a call in speech needs it: `record` in [hotline] keeps it.") from fault


def _speak(made: Captured, folder: Path) -> None:
    """Have another voice speak what held personal data; without one it is silence, and the case says so."""
    if not made.to_speak:
        return
    try:
        render([folder], told=print)
    except ModelError as fault:
        for name, ms in made.to_speak.items():
            if not (folder / name).exists():
                write_audio(folder / name, bytes(16 * max(20, ms)))
                made.head.append(f"{name} is silence: no voice was there to speak it; `ivr qa render --again` does.")
        rewrite(made, folder)
        print(f"note: turns with personal data are silent, for there is no voice: {fault}")
