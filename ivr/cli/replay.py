"""`ivr replay FILE`: run a call's journal again and show the first difference.

The call is replayed against the version it ran on, found among those published by the digest that its journal names;
if there is none, against the folder as it stands.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from ivr.call.journal import Exchange, Header, is_whole, read_journal
from ivr.cli.flows import flow_folder
from ivr.cli.published import store_for
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.replay import Divergence, replay
from ivr.flow.load import Flow, load
from ivr.settings import load_settings

_CUT_OFF = "the journal is cut off before the call's end (or the call still goes on)"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("journal", type=Path, metavar="FILE", help="a call's .jsonl file")
    parser.add_argument("--flow", help="replay against this flow instead of the one the call ran on")


def run(args: argparse.Namespace) -> int:
    header, exchanges = read_journal(args.journal)
    flow = load(flow_folder(args.flow)) if args.flow else _flow_of(header)
    if flow.digest != header.flow_digest:
        print(f"note: the flow has changed since the call ({header.flow_digest} then, {flow.digest} now)")
    divergence = replay(Dialogue(flow), ((exchange.event, exchange.commands) for exchange in exchanges))
    whole = is_whole(exchanges)
    if divergence is None or (not whole and _only_cut_off(divergence, exchanges)):
        commands = sum(len(exchange.commands) for exchange in exchanges)
        same = f"the same: {len(exchanges)} events gave the same {commands} commands"
        print(f"{args.journal}: {same}" if whole else f"{args.journal}: {_CUT_OFF}; up to there {same}")
        return 0
    _show(args.journal, header, exchanges, divergence)
    return 1


def _flow_of(header: Header) -> Flow:
    store = store_for(load_settings(), header.flow)
    number = store.find(header.flow_digest, header.flow_version)
    return store.load(number) if number else load(flow_folder(header.flow))


def _only_cut_off(found: Divergence, exchanges: list[Exchange]) -> bool:
    """Whether nothing is different but that the last event's commands were not all written."""
    return found.exchange == len(exchanges) - 1 and found.then is None


def _show(path: Path, header: Header, exchanges: list[Exchange], found: Divergence) -> None:
    exchange = exchanges[found.exchange]
    print(f"{path}:{exchange.line}: call {header.call_id} goes another way here, {found.event.at:.2f} s into the call")
    print(f"  event   {_text(found.event)}")
    print(f"  then    {_text(found.then)}")
    print(f"  now     {_text(found.now)}")


def _text(what: object) -> str:
    if what is None:
        return "(nothing more)"
    fields = {name: value for name, value in asdict(what).items() if name != "at"}  # type: ignore[call-overload]
    return f"{type(what).__name__} {json.dumps(fields, ensure_ascii=False)}"
