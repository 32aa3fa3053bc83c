"""The rules of the house that a machine can hold: which way imports point, what is pure, sizes, names, no addresses."""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
# From the outside in. A part may import what stands in the lines below its own, never beside it or above it.
LAYERS = (
    {"cli"},
    {"qa", "settings"},
    {"asterisk", "console", "simulate"},
    {"call"},
    {"dialogue"},
    {"flow"},
    {"understanding", "hearing", "models"},
    {"audio", "clock", "shipped"},
    {"errors"},
)
EVERYWHERE = {"shipped", "clock", "audio", "errors"}
PURE = ("flow", "understanding", "hearing", "dialogue")
NOT_IN_PURE = {"asyncio", "time", "random", "socket", "logging", "structlog", "threading", "subprocess", "secrets"}
NO_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "core", "common", "misc", "tools"}
PACKAGES = ("ivr", "asr/ivr_asr", "tts/ivr_tts")


def _sources(*folders):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _imports(path):
    """Every module that `path` imports, wherever in the file, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively: write the whole name"
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _part(module):
    """`ivr.call.line` is of the part `call`."""
    words = module.split(".")
    return words[1] if words[0] == "ivr" and len(words) > 1 else ""


def _layer(part):
    return next((depth for depth, parts in enumerate(LAYERS) if part in parts), None)


def wrong_way(part, imported):
    """Whether `part` may not import `imported`."""
    if part == imported or not imported or imported in EVERYWHERE:
        return False
    return _layer(imported) <= _layer(part)


def test_imports_point_one_way():
    wrong = []
    for path in _sources("ivr"):
        part = path.relative_to(ROOT / "ivr").parts[0].removesuffix(".py")
        if part == "__init__":
            continue
        assert _layer(part) is not None, f"ivr/{part} stands in no layer: say in this test where it belongs"
        for module, line in _imports(path):
            imported = _part(module)
            if (ROOT / "ivr" / imported).exists() or (ROOT / "ivr" / f"{imported}.py").exists():
                assert not imported or _layer(imported) is not None, imported
                if wrong_way(part, imported):
                    wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("part", "imported", "wrong"),
    [
        ("cli", "call", False),
        ("qa", "simulate", False),
        ("call", "dialogue", False),
        ("dialogue", "call", True),
        ("simulate", "asterisk", True),
        ("asterisk", "settings", True),
        ("flow", "dialogue", True),
        ("understanding", "hearing", True),
        ("call", "errors", False),
    ],
)
def test_the_test_of_directions_knows_right_from_wrong(part, imported, wrong):
    assert wrong_way(part, imported) is wrong


def test_the_pure_packages_know_no_clock_no_chance_and_no_socket():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in _sources(*(f"ivr/{part}" for part in PURE))
        for module, line in _imports(path)
        if module.split(".")[0] in NOT_IN_PURE
    ]
    assert not wrong, "\n".join(wrong)


def test_the_engines_never_import_the_hotline():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in _sources("asr", "tts")
        for module, line in _imports(path)
        if module.split(".")[0] == "ivr"
    ]
    assert not wrong, "\n".join(wrong)


def test_a_file_says_in_its_name_what_it_holds():
    wrong = [path for path in _sources(*PACKAGES, "tests") if NO_NAMES & set(path.stem.lower().split("_"))]
    assert not wrong


def test_every_module_says_at_its_head_what_it_rules():
    silent = [path for path in _sources(*PACKAGES) if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not silent


def test_files_and_functions_stay_small():
    large = []
    for path in _sources(*PACKAGES, "tests"):
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > 400:
            large.append(f"{path.relative_to(ROOT)} has {len(text.splitlines())} lines")
        large += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 60
        ]
    assert not large, "\n".join(large)


def _tracked_texts():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no git checkout: which files are the project's own is not known")
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and b"\0" not in (head := path.read_bytes()[:100_000]):
            yield name, head.decode("utf-8", "replace")


# Put together here, so that this file does not hold what it looks for.
_HOSTS = [
    words.replace(" ", ".")
    for words in (
        *("pypi org", "pythonhosted org", "npmjs org", "npmjs com", "yarnpkg com", "deb debian org", "crates io"),
        *("security debian org", "snapshot debian org", "archive ubuntu com", "conda anaconda org", "jfrog io"),
        *("registry docker", "ghcr io"),
    )
]
_FOLDERS = [f"/{word}/" for word in ("work", "root", "home", "Users")]
_ALLOWED_AFTER_HOME = r"(?:you|me|ivr|user|someone|asterisk|<|\$|\{|\.)"
ADDRESSES = re.compile("|".join(map(re.escape, _HOSTS)))
MACHINE = re.compile(rf"(?<![\w.~}}\])/-])(?:{'|'.join(map(re.escape, _FOLDERS))})(?!{_ALLOWED_AFTER_HOME})\w")


def test_no_registry_and_no_machine_is_named_in_any_file():
    wrong = []
    for (name, text), (pattern, what) in itertools.product(
        _tracked_texts(), ((ADDRESSES, "a package registry"), (MACHINE, "a folder of one machine"))
    ):
        wrong += [
            f"{name}:{text.count(chr(10), 0, found.start()) + 1} names {what}: {found.group()}"
            for found in pattern.finditer(text)
        ]
    assert not wrong, "\n".join(wrong)


def test_the_test_of_addresses_finds_them():
    assert ADDRESSES.search("see https://" + "pypi" + ".org/simple")
    assert MACHINE.search("in /" + "work/main")
    assert not any(MACHINE.search(f"{before}/{rest}") for before in ("~", "checkout") for rest in ("work/x", "home/y"))
    assert not MACHINE.search("/home/" + "you/x")
