"""The `ivr` command: finds the subcommand's module, runs it, and turns what a person can mend into one line.

A command is a line in COMMANDS and a module `ivr.cli.<name>` with `arguments(parser)` and `run(args) -> exit
status`. Only the module that is asked for is imported, so `ivr --help` takes no longer than Python does.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence

from ivr.errors import FlowError, IvrError

COMMANDS = {
    "demo": "play a recorded caller through the hotline, then open a browser phone",
    "serve": "answer real calls behind Asterisk",
    "chat": "talk to a flow in text",
    "call": "play a recording to a flow, without Asterisk",
    "check": "find every mistake in a flow",
    "test": "play the tests of a flow, and say which steps they go",
    "graph": "draw a flow's steps and ways as an SVG",
    "publish": "let a version of a flow answer, for all callers or a share of them",
    "versions": "list a flow's versions and compare how their calls ended",
    "rollback": "let the version before answer again",
    "replay": "run a call's journal again and show the first difference",
    "models": "list, install and verify speech models and voices",
    "qa": "play recorded callers to a hotline, and show what a change makes of them",
    "learn": "learn what the recogniser mishears, and how sure is sure enough",
    "prompts": "render a flow's prompts ahead",
    "reference": "print what there is to write: the flow language, settings, commands, the journal",
    "bench": "measure: the reply gap by stage, turns and calls a second",
}


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of command `name`, one of COMMANDS."""
    parser = argparse.ArgumentParser(prog=f"ivr {name}", description=COMMANDS[name])
    importlib.import_module(f"ivr.cli.{name}").arguments(parser)
    return parser


def _overview() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    return argparse.ArgumentParser(
        prog="ivr",
        usage="ivr COMMAND …",
        description="A voice hotline: flows in YAML, speech recognised offline.",
        epilog="\n".join(
            [
                "commands:",
                *(f"  {name:{width}}  {what}" for name, what in COMMANDS.items()),
                "",
                "`ivr COMMAND --help` says what each takes.",
            ]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _unknown(name: str) -> int:
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    mend = f"did you mean `{near[0]}`?" if near else "`ivr --help` lists the commands."
    print(f"ivr: there is no command `{name}`: {mend}", file=sys.stderr)
    return 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 on success, 1 for a fault, 2 for wrong usage, 130 after Ctrl-C, 141 if nobody reads on."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help"}:
        _overview().print_help()
        return 0 if words else 2
    name = words[0]
    if name not in COMMANDS:
        return _unknown(name)
    try:
        args = parser_of(name).parse_args(words[1:])
        return int(importlib.import_module(f"ivr.cli.{name}").run(args))
    except IvrError as fault:
        # A flow's mistakes are lines that begin with file:line:column, as editors and CI want them.
        in_flow = isinstance(fault, FlowError)
        print(f"{fault}\nivr {name}: mend this first." if in_flow else f"ivr {name}: {fault}", file=sys.stderr)
        return fault.exit_status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `ivr … | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


if __name__ == "__main__":
    sys.exit(main())
