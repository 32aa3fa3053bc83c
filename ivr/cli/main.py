"""The `ivr` command: finds the subcommand's module, runs it, and turns what a person can mend into one line.

A command is a module `ivr.cli.<name>` with `HELP` (one line), `arguments(parser)` and `run(args) -> exit
status`. Only the module that is asked for is imported, so `ivr --help` takes no longer than Python does.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from ivr.errors import IvrError

COMMANDS = {
    "demo": "play a recorded caller through the hotline, then open a browser phone",
    "serve": "answer real calls behind Asterisk",
    "chat": "talk to a flow in text",
    "call": "play a recording to a flow, without Asterisk",
    "check": "find every mistake in a flow",
    "replay": "run a call's journal again and show the first difference",
    "models": "list, install and verify speech models and voices",
    "cases": "render and check recorded cases",
    "prompts": "render a flow's prompts ahead",
    "bench": "measure: reply gap by stage",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ivr", description="A voice hotline: flows in YAML, speech recognised offline."
    )
    parser.add_argument("command", choices=[*COMMANDS], metavar="COMMAND", help="one of the following")
    parser.epilog = "commands: " + "; ".join(f"{name}: {what}" for name, what in COMMANDS.items())
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 on success, 1 for a fault, 2 for wrong usage, 130 after Ctrl-C."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in COMMANDS:
        _parser().parse_args(words or ["--help"])
        return 2
    module = importlib.import_module(f"ivr.cli.{words[0]}")
    parser = argparse.ArgumentParser(prog=f"ivr {words[0]}", description=COMMANDS[words[0]])
    module.arguments(parser)
    try:
        return int(module.run(parser.parse_args(words[1:])))
    except IvrError as fault:
        print(f"ivr {words[0]}: {fault}", file=sys.stderr)
        return fault.exit_status
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
