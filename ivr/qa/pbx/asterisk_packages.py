"""A real Asterisk 22 in the user's cache folder, with nothing installed on the machine and no root needed.

Decided: the packages come from Debian's next release through apt itself, in an apt world of its own whose list of
installed packages is empty. So every library, the C library included, comes along and runs under its own loader; the
host's packages are neither used nor touched. The mirror is the one the host's apt is set to; signatures are checked.

An interrupted download goes on where it stopped (apt keeps partial files), an archive that does not unpack is fetched
again, and the finished tree appears under its name in one rename: what is there is whole. Two runs wait for each other.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import IvrError

SUITE = "forky"  # Debian 14, the first to carry Asterisk 22
PACKAGES = ("asterisk", "asterisk-modules", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav")
LEFT_OUT = (
    "usr/bin",
    "etc",
    "var",
    "usr/lib/x86_64-linux-gnu/gconv",
    *(f"usr/share/{folder}" for folder in ("doc", "man", "locale", "i18n", "zoneinfo", "perl*")),
)
KEYRINGS = ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp")
DOWNLOAD_SECONDS = 900
TRIES = 3


class AsteriskUnavailable(IvrError):  # noqa: N818  the reason why nothing is measured, not a fault of the project
    """Why no Asterisk can be had on this machine, in words for who wanted to run it."""


@dataclass(frozen=True, slots=True)
class AsteriskTree:
    """An unpacked Asterisk; `root` holds `usr/...` as on a Debian system."""

    root: Path

    @property
    def libraries(self) -> Path:
        return self.root / "usr/lib/x86_64-linux-gnu"

    @property
    def modules(self) -> Path:
        return self.libraries / "asterisk/modules"

    @property
    def data(self) -> Path:
        """What Asterisk calls `astdatadir`: sounds, music, documentation."""
        return self.root / "usr/share/asterisk"

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs this Asterisk under its own loader and libraries."""
        loader = self.libraries / "ld-linux-x86-64.so.2"
        return [str(loader), "--library-path", str(self.libraries), str(self.root / "usr/sbin/asterisk"), *arguments]


def cache_folder() -> Path:
    """Where the tree is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "ivr-hotline" / "asterisk"


def installed_asterisk(cache: Path | None = None) -> AsteriskTree:
    """The cached tree, downloaded first if need be (about 107 MB, 20 s). Raises AsteriskUnavailable with the reason."""
    _means()
    cache = cache or cache_folder()
    recipe = hashlib.sha256(repr((SUITE, PACKAGES, LEFT_OUT, 1)).encode()).hexdigest()[:8]
    root = cache / f"{SUITE}-{recipe}"
    if not root.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / "lock"):
            if not root.is_dir():
                _install(cache / "apt", root)
    return AsteriskTree(root)


def _means() -> None:
    if platform.machine() != "x86_64":
        raise AsteriskUnavailable(f"the test Asterisk is for x86_64 and this machine is {platform.machine()}")
    for tool in ("apt-get", "dpkg-deb", "tar", "setpriv"):
        if shutil.which(tool) is None:
            raise AsteriskUnavailable(f"{tool} is missing: the test Asterisk is unpacked from Debian packages")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait for another run that is installing; the lock ends with its holder, whatever happens to it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(world: Path, root: Path) -> None:
    unpacking = root.with_suffix(".unpacking")
    for attempt in range(1, TRIES + 1):
        archives = _download(world)
        shutil.rmtree(unpacking, ignore_errors=True)
        unpacking.mkdir()
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            whole = pool.map(lambda archive: _unpack(archive, unpacking), archives)
        damaged = [path for path, good in zip(archives, whole, strict=True) if not good]
        if not damaged:
            break
        for path in damaged:
            path.unlink()
        if attempt == TRIES:
            raise AsteriskUnavailable(f"{damaged[0].name} arrives damaged from the mirror each time")
    english = unpacking / "usr/share/asterisk/sounds/en"
    if not english.exists():  # a link that the package makes when installed, not when unpacked
        english.symlink_to("en_US_f_Allison")
    unpacking.rename(root)
    shutil.rmtree(world, ignore_errors=True)


def _download(world: Path) -> list[Path]:
    """Every archive that Asterisk needs, all the way down to the C library."""
    _own_world(world)
    _apt(world, "update")
    _apt(world, "--download-only", "install", *PACKAGES)
    archives = sorted((world / "archives").glob("*.deb"))
    if not any(path.name.startswith("asterisk_") for path in archives):
        raise AsteriskUnavailable(f"apt ended well but brought no Asterisk; see {world}")
    return archives


def _mirror() -> str:
    """The Debian mirror that this machine's own apt is set to."""
    sites = _run(["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"], seconds=30).split()
    found = [site for site in sorted(set(sites)) if "security" not in site]
    if not found:
        raise AsteriskUnavailable("this machine's apt names no mirror: set one in /etc/apt/sources.list.d")
    return next((site for site in found if site.rstrip("/").endswith("/debian")), found[0])


def _own_world(world: Path) -> None:
    """An apt world that shares nothing with the host's but how to reach the mirror (proxies, certificates)."""
    for folder in ("lists/partial", "archives/partial", "etc"):
        (world / folder).mkdir(parents=True, exist_ok=True)
    (world / "status").touch()
    key = next((path for name in KEYRINGS if (path := Path("/usr/share/keyrings") / name).exists()), None)
    if key is None:
        raise AsteriskUnavailable("Debian's signing keys are missing: apt install debian-archive-keyring")
    (world / "sources.list").write_text(f"deb [signed-by={key}] {_mirror()} {SUITE} main\n")
    settings = {
        "Dir::State": world,
        "Dir::State::Lists": world / "lists",
        "Dir::State::status": world / "status",
        "Dir::Cache": world,
        "Dir::Cache::archives": world / "archives",
        "Dir::Etc::sourcelist": world / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::main": "/dev/null",  # the host's hooks after an update are about the host's cache
        "Dir::Etc::parts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::Bin::dpkg": "/bin/true",
        "Dir::Log": world,
        "Acquire::Check-Valid-Until": "false",  # a frozen mirror is as good for tests
        "Acquire::Languages": "none",
        "Acquire::Retries": 3,
        "APT::Architecture": "amd64",
        "APT::Architectures": "amd64",
        "APT::Install-Recommends": "false",
        "APT::Keep-Downloaded-Packages": "true",
        "APT::Sandbox::User": "root",  # stay who we are: the cache is ours
        "APT::Update::Error-Mode": "any",
    }
    how_to_reach = _run(["apt-config", "dump", "Acquire"], seconds=30)
    own = "".join(f'{key} "{value}";\n' for key, value in settings.items())
    (world / "apt.conf").write_text(how_to_reach + own)


def _apt(world: Path, *words: str) -> None:
    settings = {**os.environ, "APT_CONFIG": str(world / "apt.conf"), "LC_ALL": "C"}
    with_us = ["setpriv", "--pdeathsig", "KILL"]  # a killed test run leaves no download behind that holds apt's locks
    _run([*with_us, "apt-get", "-q", "-y", *words], seconds=DOWNLOAD_SECONDS, environment=settings)


def _run(command: list[str], *, seconds: int, environment: dict[str, str] | None = None) -> str:
    """The output of a command that must go well; its last words are the reason when it does not."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        reason = f"apt took over {seconds} s to bring Asterisk; the next run goes on where it stopped"
        raise AsteriskUnavailable(reason) from None
    if done.returncode:
        words = " ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-2:])
        raise AsteriskUnavailable(f"apt could not bring Asterisk from this machine's mirror: {words}")
    return done.stdout


def _unpack(archive: Path, root: Path) -> bool:
    """Unpack one archive under `root`; False if it is damaged."""
    left_out = [f"--exclude=./{path}" for path in LEFT_OUT]
    unwrap = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    unpack = ["tar", "-x", "-C", str(root), "--no-same-owner", *left_out]
    with subprocess.Popen(unwrap, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as deb:
        tar = subprocess.run(unpack, stdin=deb.stdout, capture_output=True, check=False)
    return deb.returncode == 0 and tar.returncode == 0
