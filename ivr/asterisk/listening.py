"""Why a server of ours cannot listen, in words that name the setting which mends it."""

from __future__ import annotations

import errno
import socket

from ivr.errors import ServerError


def cannot_listen(what: str, host: str, port: int, setting: str, fault: OSError) -> ServerError:
    """The fault of binding `what` (such as "the FastAGI server") to `host`:`port`.

    `setting` is the stem of the two settings, `agi` for `agi_host` and `agi_port`.
    """
    where = f"{what} cannot listen on {host}:{port}"
    if fault.errno == errno.EADDRINUSE:
        return ServerError(
            f"{where}: something else already holds that port, perhaps another `ivr serve`. End it, or set "
            f"{setting}_port in [asterisk] of ivr.toml to a free port."
        )
    if fault.errno == errno.EACCES:
        return ServerError(f"{where}: ports under 1024 need rights we do not have. Set {setting}_port to a higher one.")
    if fault.errno == errno.EADDRNOTAVAIL or isinstance(fault, socket.gaierror):
        return ServerError(
            f"{where}: {host} is no address of this machine. Set {setting}_host in [asterisk] of ivr.toml to one of "
            "its addresses."
        )
    return ServerError(f"{where}: {fault}. See {setting}_host and {setting}_port in [asterisk] of ivr.toml.")
