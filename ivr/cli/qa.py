"""`ivr qa WHAT`: recorded callers against every change, one module `qa_<name>` each."""

from __future__ import annotations

from ivr.cli.command_group import CommandGroup

_GROUP = CommandGroup("qa", "what to do")
arguments, run, parser_of, tools = _GROUP.arguments, _GROUP.run, _GROUP.parser_of, _GROUP.tools
