"""What every test of the project is held to, whoever wrote it.

- Each test names exactly one tier (unit, wire, calls, audio, asterisk, console), or nothing is run at all.
- A test that leaves an asyncio task or a child process behind fails, by name.
- What could not be run here is skipped loudly: the last lines of a run say which tier lacks what, so that a green run
  cannot be mistaken for a whole one.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
from collections import Counter
from multiprocessing import forkserver, resource_tracker
from os import getpid
from pathlib import Path

import pytest
import pytest_asyncio

TIERS = ("unit", "wire", "calls", "audio", "asterisk", "console")
SPEECH = Path(__file__).resolve().parents[2] / "shared" / "speech"


def pytest_collection_modifyitems(items):
    """Refuse the run when a test names no tier, or two."""
    homeless = [item.nodeid for item in items if sum(item.get_closest_marker(tier) is not None for tier in TIERS) != 1]
    if homeless:
        shown = "\n  ".join(homeless[:20])
        raise pytest.UsageError(
            f"{len(homeless)} tests do not name exactly one tier ({', '.join(TIERS)}); "
            f"write `pytestmark = pytest.mark.unit` or another at the head of the file:\n  {shown}"
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    """Say as the last thing which tiers were not run, and why."""
    yield
    missing = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        tier = next((tier for tier in TIERS if tier in report.keywords), "unknown")
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        missing[tier, reason.removeprefix("Skipped: ")] += 1
    for (tier, reason), tests in sorted(missing.items()):
        terminalreporter.write_line(f"NOT RUN: tier {tier}, {tests} tests: {reason}", yellow=True, bold=True)


@pytest.fixture(autouse=True)
def _leaks_nothing(request):
    """Fail the test that leaves a process or a task behind; what fixtures of a wider scope keep running is theirs."""
    before = _children()
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("_leaks_no_task")
    yield
    left = {pid: name for pid, name in _children().items() if pid not in before}
    if left:
        pytest.fail(f"the test left child processes running: {left}; end them and wait for them before it ends")


@pytest_asyncio.fixture
async def _leaks_no_task():
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)  # a task cancelled in the test's last line may take its leave
    left = [task for task in asyncio.all_tasks() - before if task is not asyncio.current_task()]
    if left:
        names = "\n  ".join(f"{task.get_name()}: {task.get_coro()}" for task in left)
        pytest.fail(f"the test left asyncio tasks running; cancel and await them before it ends:\n  {names}")


def _children():
    """Name by pid of this process's living children, but for those that multiprocessing keeps for good."""
    own = str(getpid())
    kept = {resource_tracker._resource_tracker._pid, forkserver._forkserver._forkserver_pid}
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = stat.read_text(errors="replace").rpartition(")")
        except (FileNotFoundError, ProcessLookupError):  # ended while we looked
            continue
        if rest.split()[1] == own and int(stat.parent.name) not in kept:
            found[int(stat.parent.name)] = head.partition("(")[2]
    return found


@pytest.fixture(scope="session")
def speech_folder():
    """The folder of real people's recordings that stands beside the checkout; the test is skipped where it does not."""
    if not SPEECH.is_dir():
        pytest.skip(f"no recordings of real people: {SPEECH.parent.name}/{SPEECH.name} is not beside the checkout")
    return SPEECH


@pytest.fixture(scope="session")
def model():
    """`model(name)` is the folder of an installed model; the test is skipped, naming the mend, where it is missing."""

    def folder(name):
        from ivr.errors import ModelError  # noqa: PLC0415  most tests need no models

        try:
            return importlib.import_module("ivr.models.store").model_dir(name)
        except ModelError as missing:
            pytest.skip(str(missing))

    return folder
