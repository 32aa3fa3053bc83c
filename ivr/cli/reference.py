"""`ivr reference [TOPIC]`: what there is to write, from the code that reads it.

Decided: whatever a page says of a word, a setting, an option or a line of the journal is generated here, between
`<!-- ivr reference TOPIC -->` and `<!-- end -->`. `--into docs` writes it anew; a test fails when a page lags behind.
`ivr reference schema` is the language as a JSON Schema for editors, `ivr reference case schema` that of recorded
cases; they stand beside the pages as docs/flow.schema.json and docs/case.schema.json. What no generator can know, how
and why, is written by people around it.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import re
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ivr.cli import bench, qa
from ivr.cli.main import COMMANDS, parser_of
from ivr.dialogue.commands import Command
from ivr.dialogue.events import Event
from ivr.errors import UsageError
from ivr.flow import reference as flow
from ivr.flow.json_schema import json_schema_text
from ivr.qa.case_schema import case_schema
from ivr.settings import Settings

_REGION = re.compile(r"(<!-- ivr reference (?P<topic>[a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "topic", nargs="*", default=["flow"], metavar="TOPIC", help=f"one of {_all_topics()}; left out: flow"
    )
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="rewrite the generated parts of the pages in here")


def run(args: argparse.Namespace) -> int:
    if args.into:
        for page in sorted(args.into.glob("*.md")):
            written = page.read_text(encoding="utf-8")
            if (fresh := renewed(written)) != written:
                page.write_text(fresh, encoding="utf-8")
                print(f"{page}: renewed")
        for file, text in schemas().items():
            (args.into / f"{file}.schema.json").write_text(text, encoding="utf-8")
        return 0
    wanted = {"schema": "flow", "case schema": "case"}.get(" ".join(args.topic))
    if wanted is not None:
        print(schemas()[wanted], end="")
        return 0
    print(text_of(" ".join(args.topic)))
    return 0


def _all_topics() -> str:
    return ", ".join([*topics(), "schema", "case schema"])


def schemas() -> dict[str, str]:
    """The JSON Schemas that editors read, by what they are of."""
    return {"flow": json_schema_text(), "case": json_schema_text(case_schema())}


def topics() -> dict[str, Callable[[], str]]:
    """Every topic, by the words that ask for it."""
    return {
        "flow": flow.reference,
        "settings": settings,
        "journal events": lambda: "\n\n".join(map(_record, typing.get_args(Event))),
        "journal commands": lambda: "\n\n".join(map(_record, typing.get_args(Command))),
        "commands": overview,
        **{f"command {name}": lambda name=name: command(name) for name in COMMANDS},  # type: ignore[misc]
        **{f"qa {what}": lambda what=what: tool(what) for what in qa.tools()},  # type: ignore[misc]
    }


def text_of(topic: str) -> str:
    """The reference of `topic` as Markdown. Raises UsageError that lists the topics."""
    known = topics()
    if topic not in known:
        raise UsageError(f"there is no topic `{topic}`: give one of {', '.join(known)}.")
    return known[topic]()


def renewed(page: str) -> str:
    """`page` with what stands between its marks generated anew."""
    return _REGION.sub(lambda found: f"{found[1]}\n{text_of(found['topic'])}\n\n{found[3]}", page)


def settings() -> str:
    """A table a section of ivr.toml: name, default, the environment's name."""
    return "\n\n".join(_section(item.name, getattr(Settings(), item.name)) for item in dataclasses.fields(Settings))


def _section(name: str, defaults: Any) -> str:
    rows = [
        f"| `{item.name}` | `{_toml(getattr(defaults, item.name))}` | `{f'IVR_{name}_{item.name}'.upper()}` |"
        for item in dataclasses.fields(defaults)
    ]
    head = ["| setting | default | in the environment |", "|---|---|---|"]
    return "\n".join([f"### [{name}]", "", inspect.getdoc(defaults) or "", "", *head, *rows])


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def overview() -> str:
    """Every command with what it is for."""
    rows = [f"| [`ivr {name}`](#ivr-{name}) | {what} |" for name, what in COMMANDS.items()]
    return "\n".join(["| command | |", "|---|---|", *rows])


def command(name: str) -> str:
    """What command `name` takes, verb by verb where it has verbs; of `qa`, what its tools are for."""
    if name == "qa":
        tools = [f"| [`ivr qa {what}`](qa.md#ivr-qa-{what}) | {_first_sentence(what)} |" for what in qa.tools()]
        return "\n".join(["| tool | |", "|---|---|", *tools])
    rows = _arguments(parser_of(name), "")
    for what in bench.benchmarks() if name == "bench" else ():
        rows += _arguments(bench.parser_of(what), f"{what} ")
    return "\n".join(["| argument | meaning |", "|---|---|", *rows])


def tool(what: str) -> str:
    """What `ivr qa WHAT` takes."""
    return "\n".join(["| argument | meaning |", "|---|---|", *_arguments(qa.parser_of(what), "")])


def _first_sentence(what: str) -> str:
    """What a tool's module says first of it, after its own name."""
    said = (qa.parser_of(what).description or "").rpartition("`: ")[2]
    return said.split(". ")[0].rstrip(".")


def _arguments(parser: argparse.ArgumentParser, verb: str) -> list[str]:
    rows: list[str] = []
    for action in parser._actions:  # noqa: SLF001  argparse has no public way to ask a parser what it takes
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  the same
            meanings = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001  the same
            for name, inner in action.choices.items():
                rows += [f"| `{name}` | {meanings.get(name, '')} |", *_arguments(inner, f"{name} ")]
        elif action.dest != "help":
            rows.append(f"| `{verb}{_spelt(action)}` | {action.help or ''} |")
    return rows


def _spelt(action: argparse.Action) -> str:
    value = r"\|".join(map(str, action.choices)) if action.choices else str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return value + ("…" if action.nargs in {"*", "+"} else "")
    return action.option_strings[-1] + (f" {value}" if action.nargs != 0 else "")


def _record(kind: type) -> str:
    fields = [item.name for item in dataclasses.fields(kind) if item.name != "at"]
    shown = ", ".join(f"`{name}`" for name in fields) or "none"
    return f"### {kind.__name__}\n\n{inspect.getdoc(kind)}\n\nFields: {shown}."
