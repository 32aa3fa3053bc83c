"""`ivr qa WHAT`: recorded callers against every change, one module each.

A tool is a module `ivr.cli.qa_<name>` with `arguments(parser)` and `run(args) -> exit status`, like a command; its name
is found in the folder, and only the one that is asked for is imported.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

_PREFIX = "qa_"


def tools() -> list[str]:
    """The names of all there are."""
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(module.name.removeprefix(_PREFIX) for module in found if module.name.startswith(_PREFIX))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=tools(), help="what to do; `ivr qa WHAT --help` says more")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="its own options")


def run(args: argparse.Namespace) -> int:
    options = parser_of(args.what).parse_args(args.options)
    return int(_module(args.what).run(options))


def parser_of(what: str) -> argparse.ArgumentParser:
    """The parser of tool `what`, one of `tools()`."""
    module = _module(what)
    summary = (module.__doc__ or "").strip().split("\n\n")[0]
    parser = argparse.ArgumentParser(prog=f"ivr qa {what}", description=" ".join(summary.split()))
    module.arguments(parser)
    return parser


def _module(what: str) -> ModuleType:
    return importlib.import_module(f"ivr.cli.{_PREFIX}{what}")
