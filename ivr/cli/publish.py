"""`ivr publish FLOW`: keep the flow as a numbered version and let it answer, or pilot it on a share of callers.

Decided: what `ivr check` or `ivr test` refuses is refused, by running these very commands; with `--whatif`, so is what
would have made recorded calls go worse (qa_whatif.py). They run before anything is written, and what is published is
byte for byte what they saw. Running servers take it within a second or two.
"""

from __future__ import annotations

import argparse
import getpass
import importlib
import re
from pathlib import Path

from ivr.cli.equipment import voice_for
from ivr.cli.flows import flow_folder
from ivr.cli.main import parser_of
from ivr.cli.published import right_now, said, store_for
from ivr.cli.qa_whatif import since, tell, wide_console, with_progress
from ivr.dialogue.prompts import fixed_prompts
from ivr.errors import IvrError, VersionError
from ivr.flow.load import Flow, load
from ivr.flow.version_files import read_folder
from ivr.qa.whatif_figures import worse
from ivr.settings import Settings, load_settings

_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?", re.ASCII)


def share(written: str) -> int:
    """`10%` or `10` as a number of percent, 1 to 99."""
    number = written.removesuffix("%").strip()
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 99):
        raise argparse.ArgumentTypeError(f"{written} is no share: give a whole number of percent, 1% to 99%")
    return int(number)


def points(written: str) -> float:
    """`2%` or `2` as 0.02."""
    number = written.removesuffix("%").strip()
    if not _NUMBER.fullmatch(number) or float(number) > 100:
        raise argparse.ArgumentTypeError(f"{written} is no share: give percent, such as 2%")
    return float(number) / 100


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a folder with a flow.yaml, or a shipped hotline's name")
    parser.add_argument(
        "--share",
        type=share,
        default=0,
        metavar="PERCENT",
        help="a pilot: only so many callers get it, each always the same version; publish again without it for all",
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="what is new, for `ivr versions`")
    parser.add_argument(
        "--version", type=int, default=0, metavar="N", help="let this version, published before, answer again"
    )
    parser.add_argument(
        "--whatif",
        type=since,
        metavar="TIME",
        help="refuse it if the calls of this time (7d, 24h, or since a date) would have gone worse with it",
    )
    parser.add_argument(
        "--worse",
        type=points,
        default=0.02,
        metavar="PERCENT",
        help="with --whatif: how much worse is borne, in points of the calls (2); what may be chance always is",
    )
    parser.add_argument("--render", action="store_true", help="first render the prompts that are not rendered yet")


def run(args: argparse.Namespace) -> int:
    settings = load_settings()
    store = store_for(settings, args.flow)
    folder = store.folder / str(args.version) if args.version else _folder(args.flow)
    files = read_folder(folder)
    flow = store.load(args.version) if args.version else load(folder)
    if not _accepted(folder):
        print("nothing is published: mend this first")
        return 1
    if args.whatif is not None and not _no_worse(flow, store.hotline, Path(settings.hotline.calls), args):
        return 1
    _prompts(flow, folder, settings, render=args.render)
    if read_folder(folder) != files:
        raise VersionError(f"{folder} was changed while it was being checked: publish again.")
    if args.version:
        pointer = store.put_to_work(args.version, at=right_now(), share=args.share)
    else:
        who = _who()
        pointer = store.publish(files, flow.digest, at=right_now(), by=who, note=args.note, share=args.share)
    print(f"{store.hotline}: new calls get {said(pointer)}; calls that go on keep what they began with")
    return 0


def _folder(name: str) -> Path:
    path = flow_folder(name)
    return path.parent if path.name == "flow.yaml" else path


def _accepted(folder: Path) -> bool:
    """Whether `ivr check` and `ivr test` take the flow; they say why not."""
    if importlib.import_module("ivr.cli.check").run(parser_of("check").parse_args([str(folder)])) != 0:
        return False
    if not any(folder.glob("tests/*.yaml")):
        print(f"note: no tests stand in {folder / 'tests'}: `ivr chat FLOW --record FILE` writes one")
        return True
    return bool(importlib.import_module("ivr.cli.test").run(parser_of("test").parse_args([str(folder)])) == 0)


def _no_worse(flow: Flow, hotline: str, calls: Path, args: argparse.Namespace) -> bool:
    """Whether the recorded calls would not have gone worse with `flow`; says what would have."""
    seen = with_progress(flow, calls, args.whatif, of=hotline)
    if not seen.figures.calls:
        print(f"note: {calls} holds no call of this time that could be tried: nothing is known of how they would go")
        return True
    tell(seen, wide_console(), 5)
    found = worse(seen.figures.rows(), args.worse)
    for figure in found:
        print(f"{figure.name}: worse by more than {args.worse * 100:g} points, and more than chance")
    if found:
        print("nothing is published: mend this first, or publish without --whatif")
    return not found


def _prompts(flow: Flow, folder: Path, settings: Settings, *, render: bool) -> None:
    """Say how many prompts a caller would wait for, or render them."""
    if render:
        importlib.import_module("ivr.cli.prompts").run(parser_of("prompts").parse_args([str(folder)]))
        return
    try:
        for language in flow.words:
            voice = voice_for(settings, flow, language)
            missing = sum(not voice.ready(text, language) for text in fixed_prompts(flow, language))
            if missing:
                print(
                    f"note: {missing} prompts in {language} are not rendered yet: --render does it before callers wait"
                )
    except IvrError as fault:
        print(f"note: whether prompts are rendered is not known here: {fault}")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return ""
