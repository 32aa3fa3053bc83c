"""`ivr rollback FLOW`: end the pilot, or let the version before answer again; running servers follow in a second.

Nothing is checked but that the version is as it was published: this is for the night on which something goes wrong.
"""

from __future__ import annotations

import argparse

from ivr.cli.published import right_now, said, store_for
from ivr.settings import load_settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("flow", metavar="FLOW", help="a flow that was published: its folder or name")
    parser.add_argument("--to", type=int, metavar="N", help="this version, instead of the one before")


def run(args: argparse.Namespace) -> int:
    store = store_for(load_settings(), args.flow)
    pointer = store.roll_back(at=right_now()) if args.to is None else store.put_to_work(args.to, at=right_now())
    print(f"{store.hotline}: new calls get {said(pointer)}; calls that go on keep what they began with")
    return 0
