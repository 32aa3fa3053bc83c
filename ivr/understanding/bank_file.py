"""The file of a bank: numpy arrays one after another, mapped when loaded, so that loading reads no more than it checks.

    8 bytes   IVRBANK and the version's digit
    8 bytes   length of the header, little endian
    header    JSON: {"arrays": {name: {"dtype", "shape", "offset"}}, "size": bytes after the header, "crc32": of those}
    arrays    little endian, each at a multiple of 64 bytes from the header's end

Written beside and then renamed: who reads finds the old bank or the new one, never half of one.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.errors import IvrError

_NAME, _VERSION = b"IVRBANK", b"1"
_ALIGNED = 64
_AT_ONCE = 1 << 24


class BankError(IvrError):
    """A bank's file is no bank, of another version, cut short or damaged; or a bank was asked what it cannot do."""


def write(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write `arrays`; raises OSError where the folder is missing or full."""
    described: dict[str, object] = {}
    offset, check = 0, 0
    beside = path.with_name(path.name + ".part")
    parts: list[bytes] = []
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        padded = data + bytes(-len(data) % _ALIGNED)
        described[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "offset": offset}
        parts.append(padded)
        offset += len(padded)
        check = zlib.crc32(padded, check)
    header = json.dumps({"arrays": described, "size": offset, "crc32": check}).encode()
    header += b" " * (-(len(header) + 16) % _ALIGNED)
    with beside.open("wb") as file:
        file.write(_NAME + _VERSION + len(header).to_bytes(8, "little") + header)
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read(path: Path) -> dict[str, NDArray[np.generic]]:
    """The arrays, mapped and not to be written to. Raises `BankError`, and OSError where the file cannot be read."""
    with path.open("rb") as file:
        start = file.read(16)
        if len(start) < 16 or start[:7] != _NAME:
            raise BankError(f"{path} is no bank of questions: build it again with Bank.build(...).save(path).")
        if start[7:8] != _VERSION:
            found, known = start[7:8].decode("ascii", "replace"), _VERSION.decode()
            raise BankError(f"{path} is a bank of version {found}, and this program reads {known}: build it again.")
        length = int.from_bytes(start[8:], "little")
        begin = 16 + length
        size = path.stat().st_size
        if begin > size:
            raise BankError(f"{path} is cut short within its header: build it again.")
        try:
            header = json.loads(file.read(length))
            arrays, expected, check = header["arrays"], int(header["size"]), int(header["crc32"])
        except (ValueError, KeyError, TypeError) as error:
            raise BankError(f"{path} has a damaged header: build it again.") from error
        if size - begin != expected:
            raise BankError(f"{path} holds {size - begin} bytes where its header says {expected}: build it again.")
        found_check = 0
        while block := file.read(_AT_ONCE):
            found_check = zlib.crc32(block, found_check)
    if found_check != check:
        raise BankError(f"{path} is damaged, its checksum does not match: build it again.")
    return {
        name: np.memmap(path, each["dtype"], "r", begin + each["offset"], tuple(each["shape"]))
        if 0 not in each["shape"]
        else np.zeros(tuple(each["shape"]), each["dtype"])
        for name, each in arrays.items()
    }
