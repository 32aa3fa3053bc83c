"""`ivr models list | install | verify`."""

from __future__ import annotations

import argparse
from pathlib import Path

from ivr.errors import UsageError
from ivr.models import catalogue, store
from ivr.models.disk import megabytes
from ivr.models.install import install
from ivr.models.progress import for_this_output


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verbs and what each of them takes."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("list", help="show every model: what for, licence, size, whether installed")
    installing = verbs.add_parser("install", help="install models; without names those that the demo needs")
    installing.add_argument("names", nargs="*", metavar="NAME", help="as `ivr models list` shows it")
    installing.add_argument("--all", action="store_true", help="every model of the catalogue")
    installing.add_argument(
        "--from",
        dest="local",
        type=Path,
        metavar="FOLDER_OR_ARCHIVE",
        help="look here before the network (setting: IVR_MODELS_FROM)",
    )
    verifying = verbs.add_parser("verify", help="read every byte of the installed models and compare its sha256")
    verifying.add_argument("names", nargs="*", metavar="NAME", help="as `ivr models list` shows it")


def run(args: argparse.Namespace) -> int:
    """Do what the verb says; 1 if `verify` finds a fault."""
    if args.verb == "install":
        return _install(args)
    return _verify(args.names) if args.verb == "verify" else _list()


def _list() -> int:
    models = catalogue.load().values()
    width = max(len(model.name) for model in models)
    for model in models:
        state = store.fault_of(model) or "installed"
        wanted = "default" if model.default else "extra"
        print(f"{model.name:{width}}  {megabytes(model.size):>6}  {model.licence:10}  {wanted:7}  {state}")
        print(f"{'':{width}}  {model.purpose} ({model.language})")
    print(f"\nkept in {store.root()}")
    return 0


def _install(args: argparse.Namespace) -> int:
    if args.all and args.names:
        raise UsageError("--all installs every model: give either --all or names")
    names = list(catalogue.load()) if args.all else args.names
    installed = install(names, local=args.local, progress=for_this_output())
    if not installed:
        print(f"nothing to do: installed and whole in {store.root()}")
    return 0


def _verify(names: list[str]) -> int:
    models = catalogue.load()
    chosen = catalogue.choose(names, models)
    if not names:
        chosen = [model for model in models.values() if model.default or store.folder_of(model).is_dir()]
    faults = 0
    for model in chosen:
        fault = store.fault_of(model, thorough=True)
        store.remember(model, fault)
        faults += bool(fault)
        print(f"{model.name}: {fault or 'whole'}" + (f": run `ivr models install {model.name}`" if fault else ""))
    return 1 if faults else 0
