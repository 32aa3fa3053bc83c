"""`pytest audio_fixtures/`: recorded cases are collected as tests, in anyone's project.

Decided: a `case.yaml` with a `case:` and a `flow:` is a case, any other is nobody's of ours. Cases are played in one
process beside pytest's own, which is kept from case to case, so a crash in one is that case's failure; pytest-xdist
gives each of its workers one. `-k TAG` chooses by tag, what is known to fail is an xfail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ivr.qa.run_cases import CasePool
    from ivr.qa.run_result import CaseResult

_HEAD = 16_384
_OURS = (re.compile(rb"^case:", re.MULTILINE), re.compile(rb"^flow:", re.MULTILINE))
_POOL: pytest.StashKey[CasePool] = pytest.StashKey()

# Nothing of the hotline is imported before a case is found: the plugin is loaded by every pytest of the environment.


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A recorded case is a file of one test."""
    if file_path.name != "case.yaml":
        return None
    with file_path.open("rb") as file:
        head = file.read(_HEAD)
    return CaseFile.from_parent(parent, path=file_path) if all(word.search(head) for word in _OURS) else None


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the process that has played the cases, if there was one."""
    pool = config.stash.get(_POOL, None)
    if pool is not None:
        del config.stash[_POOL]
        pool.__exit__(None, None, None)


class CaseFailed(Exception):  # noqa: N818  as pytest's own outcomes are called
    """A case did not go as it should."""

    def __init__(self, result: CaseResult) -> None:
        super().__init__(result.case)
        self.result = result


class CaseFile(pytest.File):
    """A case.yaml."""

    def collect(self) -> Iterator[pytest.Item]:
        """The one case in it. One that cannot be read is a test that fails, and no end of the run."""
        from ivr.errors import FlowError  # noqa: PLC0415  see above
        from ivr.qa.case import load_case  # noqa: PLC0415  see above

        item = CaseItem.from_parent(self, name=self.path.parent.name)
        try:
            case = load_case(self.path.parent).case
        except FlowError:
            pass  # told when it is played
        else:
            item.extra_keyword_matches.update({*case.tags, case.flow})
        yield item


class CaseItem(pytest.Item):
    """A recorded case."""

    def runtest(self) -> None:
        """Play it."""
        [result] = _pool(self.config).play([self.path.parent])
        if result.verdict == "known":
            pytest.xfail(result.known_failure)
        if result.verdict != "passed":
            raise CaseFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """What was expected and what came, by turn and line."""
        if isinstance(excinfo.value, CaseFailed):
            from ivr.cli.case_report import as_text  # noqa: PLC0415  see above

            return as_text(excinfo.value.result)
        return str(super().repr_failure(excinfo, style))  # type: ignore[arg-type]

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands."""
        return self.path, 0, self.name


def _pool(config: pytest.Config) -> CasePool:
    if _POOL not in config.stash:
        from ivr.cli.case_setup import setup_for  # noqa: PLC0415  see above
        from ivr.qa.run_cases import CasePool  # noqa: PLC0415  see above
        from ivr.settings import load_settings  # noqa: PLC0415  see above

        config.stash[_POOL] = CasePool(setup_for(load_settings()))
    return config.stash[_POOL]
