"""Fetches from official addresses, where they can be reached, and goes on where an earlier try broke off.

Many machines reach the package registries and nothing else. So a host gets one try of five seconds in a run, name
lookup included, all hosts of a run at the same time; one that does not answer, or breaks off before a byte has
come, is not asked again.
"""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from ivr.errors import ModelError
from ivr.models.catalogue import Download, Source
from ivr.models.disk import writing
from ivr.models.downloads import arrived, place_for
from ivr.models.progress import Progress

_SECONDS_TO_CONNECT = 5.0
_SECONDS_WITHOUT_A_BYTE = 10.0
_TRIES = 10
_LARGEST_UNKNOWN = 1 << 30
_CHUNK = 1 << 18


class UnreachableError(ModelError):
    """A host that does not answer from this machine; other places may have the same."""


class Web:
    """One run's view of the web: remembers which hosts do not answer. `expected` are addresses it may be asked for."""

    def __init__(self, expected: Iterable[str] = ()) -> None:
        self._expected = list(expected)
        self._silent: dict[str, str] = {}
        self._answers: set[str] = set()

    def fetch(self, source: Source, into: Path, progress: Progress) -> list[Path]:
        """Bring every download of `source` below `into`; gives their paths. Raises ModelError."""
        return [self._fetch(download, into, progress) for download in source.downloads]

    def _greet(self, address: str) -> None:
        """Find out, all at once and in five seconds at the most, whether this host and the expected can be reached."""
        hosts = {_host_of(expected) for expected in (*self._expected, address)} - self._answers - self._silent.keys()
        # Name lookup cannot be given a time limit, so it is done in threads that nobody waits for at exit.
        found: dict[str, str] = {}
        threads = [threading.Thread(target=_knock, args=(host, found), daemon=True) for host in hosts]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + _SECONDS_TO_CONNECT
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        for host in hosts:
            reason = found.get(host, "no answer in 5 seconds")
            if reason:
                self._silent[host] = reason
            else:
                self._answers.add(host)

    def _fetch(self, download: Download, into: Path, progress: Progress) -> Path:
        host = _host_of(download.what)
        self._greet(download.what)
        if host in self._silent:
            raise UnreachableError(f"{host} cannot be reached ({self._silent[host]})")
        target = place_for(download, into)
        if arrived(download, target):
            return target
        partial = target.with_name(target.name + ".part")
        fault = ""
        progress.start(target.name, download.size)
        for _ in range(_TRIES):
            have = _size(partial)
            try:
                _continue(download, partial, progress)
            except urllib.error.HTTPError as refusal:
                refusal.close()
                if refusal.code == 416:
                    partial.unlink(missing_ok=True)
                    continue
                raise ModelError(f"{host} answers {refusal.code} {refusal.reason} for {download.what}") from refusal
            except (urllib.error.URLError, HTTPException, OSError) as broken:
                fault = f"the connection to {host} broke off ({getattr(broken, 'reason', None) or broken})"
                if _size(partial) <= have:
                    self._silent[host] = fault
                    break
                continue
            if arrived(download, partial):
                partial.rename(target)
                return target
            fault = f"{download.what} has another sha256 than expected"
            partial.unlink()
        raise ModelError(fault)


def _continue(download: Download, partial: Path, progress: Progress) -> None:
    """Fetch what `partial` lacks; returns when the server has sent all. Raises what urllib raises, and ModelError."""
    have = _size(partial)
    if download.size and have >= download.size:
        return
    request = urllib.request.Request(download.what, headers={"User-Agent": "ivr-hotline"})  # noqa: S310  see catalogue
    if have:
        request.add_header("Range", f"bytes={have}-")
    response: HTTPResponse
    with urllib.request.urlopen(request, timeout=_SECONDS_WITHOUT_A_BYTE) as response:  # noqa: S310  the same
        resumed = response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        have = have if resumed else 0
        most = download.size or _LARGEST_UNKNOWN
        expected = int(response.headers.get("Content-Length") or 0)
        start = have
        with writing(partial.parent):
            sink = partial.open("ab" if resumed else "wb")
        with sink:
            while chunk := response.read(_CHUNK):
                have += len(chunk)
                if have > most:
                    raise ModelError(f"{download.what} is longer than the {most} bytes expected")
                with writing(partial.parent):
                    sink.write(chunk)
                    sink.flush()
                progress.reach(have)
        if expected and have - start < expected:
            raise ConnectionError(f"{have - start} of {expected} bytes came")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _host_of(address: str) -> str:
    return urllib.parse.urlsplit(address).netloc


def _knock(host: str, found: dict[str, str]) -> None:
    """Put "" into `found` if the host accepts a connection (or a proxy will be asked instead), else why it does not."""
    proxies = urllib.request.getproxies()
    if ("https" in proxies or "http" in proxies) and not urllib.request.proxy_bypass(host):
        found[host] = ""
        return
    name, _, port = host.partition(":")
    try:
        socket.create_connection((name, int(port or 443)), timeout=_SECONDS_TO_CONNECT).close()
        found[host] = ""
    except OSError as fault:
        found[host] = str(fault.strerror or fault)
