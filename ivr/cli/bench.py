"""`ivr bench WHAT`: measurements, one module `bench_<name>` each.

None of them is a test: they print figures beside the machine's own limit, and a person judges.
"""

from __future__ import annotations

from ivr.cli.command_group import CommandGroup

_GROUP = CommandGroup("bench", "what to measure")
arguments, run, parser_of, benchmarks = _GROUP.arguments, _GROUP.run, _GROUP.parser_of, _GROUP.tools
