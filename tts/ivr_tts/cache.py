"""Rendered prompts, kept by content: the key is the sha256 of the voice's fingerprint and the text.

Decided: 8 kHz 16-bit FLAC, half the size of PCM and without loss; it carries the MD5 of its samples, which every read
checks, so a damaged file is never played: it is logged and counts as absent, and the prompt is rendered again. Several
folders are read in order (what the hotline ships, then what this machine has rendered); only the last is written,
atomically, readable by its owner alone, because a prompt may hold what a caller was told. It is kept under a size:
what was heard longest ago goes first.

All of this touches the disk for a millisecond or so: call it in a thread. `has` is one look at a folder and may stay
on the loop.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile

from ivr_tts.prompt_audio import TELEPHONE_RATE
from ivr_tts.recorded import RecordedPrompts

_FLAC_MAGIC = b"fLaC"
_STREAMINFO_MD5 = slice(26, 42)  # RFC 9639, 8.2: the last 16 bytes of the first metadata block
_LEAVE_SHARE = 0.8
_log = logging.getLogger(__name__)


def prompt_key(text: str, fingerprint: str) -> str:
    """The name of a rendering: 64 hexadecimal digits."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).hexdigest()


class PromptCache:
    """Recorded prompts, shipped prompts, and a folder of this machine's own, in this order of precedence."""

    def __init__(
        self,
        folder: Path,
        *,
        shipped: Sequence[Path] = (),
        recorded: RecordedPrompts | None = None,
        limit_mb: int = 200,
    ) -> None:
        """`folder` is written and made when needed; `shipped` folders are only read, those that exist."""
        self._folder = folder
        self._recorded = recorded
        self._folders = (*shipped, folder)
        self._limit = limit_mb * 1_000_000
        self._size: int | None = None

    def has(self, text: str, fingerprint: str) -> bool:
        """Whether `find` has something to give, as far as can be told without reading it."""
        if self._recorded is not None and text in self._recorded:
            return True
        name = f"{prompt_key(text, fingerprint)}.flac"
        return any((folder / name).is_file() for folder in self._folders)

    def find(self, text: str, fingerprint: str) -> bytes | None:
        """The prompt as 8 kHz 16-bit mono PCM, or None. A damaged file is logged, passed over, and removed if ours."""
        if self._recorded is not None and (recording := self._recorded.find(text)) is not None:
            return recording
        name = f"{prompt_key(text, fingerprint)}.flac"
        for folder in self._folders:
            path = folder / name
            try:
                pcm = _decoded(path.read_bytes())
            except FileNotFoundError:
                continue
            except (OSError, ValueError, soundfile.LibsndfileError) as fault:
                _log.warning(
                    "cached prompt damaged, rendering it again", extra={"path": str(path), "fault": str(fault)}
                )
                if folder == self._folder:
                    with suppress(OSError):
                        path.unlink()
                continue
            if folder == self._folder:
                with suppress(OSError):
                    os.utime(path)  # heard just now: the last to go
            return pcm
        return None

    def store(self, text: str, fingerprint: str, pcm: bytes) -> None:
        """Keep 8 kHz 16-bit mono `pcm`; a full or forbidden disk is logged and costs only a rendering next time."""
        content = _encoded(pcm)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, unfinished = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                Path(unfinished).replace(self._folder / f"{prompt_key(text, fingerprint)}.flac")
            except OSError:
                Path(unfinished).unlink(missing_ok=True)
                raise
            self._keep_small(len(content))
        except OSError as fault:
            _log.warning("prompt not kept", extra={"folder": str(self._folder), "fault": str(fault)})

    def _keep_small(self, added: int) -> None:
        if self._size is not None:
            self._size += added
            if self._size <= self._limit:
                return
        kept = sorted(((file.stat(), file) for file in self._folder.glob("*.flac")), key=lambda item: item[0].st_mtime)
        self._size = sum(stat.st_size for stat, _ in kept)
        if self._size <= self._limit:
            return
        for stat, file in kept[:-1]:  # never the newest, however large
            if self._size <= self._limit * _LEAVE_SHARE:
                return
            file.unlink(missing_ok=True)
            self._size -= stat.st_size


def _encoded(pcm: bytes) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.frombuffer(pcm, dtype="<i2"), TELEPHONE_RATE, format="FLAC", subtype="PCM_16")
    return out.getvalue()


def _decoded(content: bytes) -> bytes:
    """Raises ValueError if the samples are not those that were stored."""
    if not content.startswith(_FLAC_MAGIC):
        raise ValueError("no FLAC file")
    signal, rate = soundfile.read(io.BytesIO(content), dtype="int16")
    pcm = bytes(signal.astype("<i2").tobytes())
    if rate != TELEPHONE_RATE or signal.ndim != 1:
        raise ValueError(f"{rate} Hz and {signal.ndim} dimensions instead of 8 kHz mono")
    if hashlib.md5(pcm, usedforsecurity=False).digest() != content[_STREAMINFO_MD5]:
        raise ValueError("the checksum of its samples differs")
    return pcm
