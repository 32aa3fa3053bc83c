"""Commands with tools of their own (`ivr bench turn`, `ivr qa run`): one module a tool, found by its name.

A tool is a module `ivr.cli.<group>_<name>` with `arguments(parser)` and `run(args) -> exit status`, like a command;
only the one that is asked for is imported.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True, slots=True)
class CommandGroup:
    """The tools of `ivr <name>`; `purpose` is what its help says of the choice between them."""

    name: str
    purpose: str

    def tools(self) -> list[str]:
        """The names of all there are."""
        prefix = f"{self.name}_"
        found = pkgutil.iter_modules([str(Path(__file__).parent)])
        return sorted(module.name.removeprefix(prefix) for module in found if module.name.startswith(prefix))

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take a tool, and leave what follows to it."""
        what = f"{self.purpose}; `ivr {self.name} WHAT --help` says more"
        parser.add_argument("what", choices=self.tools(), help=what)
        parser.add_argument("options", nargs=argparse.REMAINDER, help="its own options")

    def run(self, args: argparse.Namespace) -> int:
        """Run the tool; its exit status."""
        return int(self._module(args.what).run(self.parser_of(args.what).parse_args(args.options)))

    def parser_of(self, what: str) -> argparse.ArgumentParser:
        """The parser of tool `what`, one of `tools()`."""
        module = self._module(what)
        summary = (module.__doc__ or "").strip().split("\n\n")[0]
        parser = argparse.ArgumentParser(prog=f"ivr {self.name} {what}", description=" ".join(summary.split()))
        module.arguments(parser)
        return parser

    def _module(self, what: str) -> ModuleType:
        return importlib.import_module(f"ivr.cli.{self.name}_{what}")
