"""What the engineer sets: `ivr.toml` in the working folder (or the file IVR_CONFIG names), then the environment.

`[asterisk] ami_secret` is IVR_ASTERISK_AMI_SECRET in the environment, which wins: secrets belong there. Every
setting has a default that works on one box, so a hotline without an ivr.toml is a hotline. An unknown name is
a mistake and is said to be one.
"""

from __future__ import annotations

import dataclasses
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import process

from ivr.asterisk.settings import AsteriskSettings
from ivr.errors import SettingsError
from ivr.hearing.voice_activity import DETECTORS


@dataclass(frozen=True, slots=True)
class HotlineSettings:
    """`[hotline]`: `flow` is a shipped hotline's name or a folder; `calls` is where journals and recordings go;
    `record` keeps both directions of every call; `drain_s` is how long running calls may still take when the
    server is told to end; `versions` is where `ivr publish` keeps versions: once there is one, it answers."""

    flow: str = "cloud_support"
    calls: str = "calls"
    record: bool = True
    drain_s: float = 120.0
    versions: str = "versions"


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """`[recognition]`: `engine` is an entry point of `ivr.asr`; `model` is empty for the flow's language's;
    `workers` 0 is one a core; `hearings` is how many turns are decoded at once, 41 MB each (0: 20 a worker), more
    wait; `addresses` are those of recognition servers, for the engine `vosk_server`; `denoise` takes steady noise such
    as hiss out of a turn first; voices in the background grow worse by it."""

    engine: str = "vosk"
    model: str = ""
    workers: int = 0
    hearings: int = 0
    addresses: tuple[str, ...] = ()
    denoise: bool = False


@dataclass(frozen=True, slots=True)
class HearingSettings:
    """`[hearing]`: `voice_activity` tells the caller's speech from noise: `webrtcvad`, or `silero`, which is less
    fooled by music and a street, costs 0.1 % of a core a call more and needs `ivr models install silero-vad-6`;
    `silero_alone` asks no other detector first, and is there to be measured."""

    voice_activity: str = "webrtcvad"

    def __post_init__(self) -> None:
        """Raises SettingsError for a detector that there is not."""
        if self.voice_activity not in DETECTORS:
            raise SettingsError(
                f"[hearing] voice_activity is `{self.voice_activity}`: use one of {', '.join(DETECTORS)}."
            )


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """`[voice]`: `engine` is an entry point of `ivr.tts`; `name` is empty for the flow's language's; `speed`
    1.0 is the voice's own; `recorded` is a folder of recorded prompts, which take precedence."""

    engine: str = "kokoro"
    name: str = ""
    speed: float = 1.0
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """`[console]`: where the browser phone is served. Keep it on loopback: a browser gives its microphone to
    nothing else without TLS."""

    host: str = "127.0.0.1"
    port: int = 8088

    def __post_init__(self) -> None:
        """Raises SettingsError for a port that is none."""
        if not 0 <= self.port <= 65535:
            raise SettingsError(f"the browser phone's port is {self.port}: give one from 0 (any free one) to 65535.")


@dataclass(frozen=True, slots=True)
class VerificationSettings:
    """`[verification]`: `sender` is the address to which `{"to", "code"}` is posted, so that a one-time code is sent;
    `totp` the one to which `{"to"}` is posted, and which answers `{"secret": base32}` of the caller's authenticator;
    `authorization` the header sent to both. In all of them `{env.X}` stands for the environment's X, and in
    `authorization` `{secret.X}` for its IVR_SECRET_X."""

    sender: str = ""
    totp: str = ""
    authorization: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it."""

    hotline: HotlineSettings = field(default_factory=HotlineSettings)
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)
    hearing: HearingSettings = field(default_factory=HearingSettings)
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    verification: VerificationSettings = field(default_factory=VerificationSettings)
    asterisk: AsteriskSettings = field(default_factory=AsteriskSettings)


def load_settings(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read `path` (or IVR_CONFIG, or ./ivr.toml if there is one) and the environment. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    named = path or (Path(environment["IVR_CONFIG"]) if "IVR_CONFIG" in environment else None)
    file = named or Path("ivr.toml")
    written: dict[str, Any] = {}
    if named is not None or file.exists():
        try:
            written = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as fault:
            raise SettingsError(f"{file} cannot be read ({fault}): check the path and its permissions.") from fault
        except tomllib.TOMLDecodeError as fault:
            raise SettingsError(f"{file} is not TOML: {fault}. Mend that line; texts stand in quotes.") from fault
    sections = {section.name: section for section in dataclasses.fields(Settings)}
    for name in written:
        _known(name, sections, f"{file}: section [{name}]")
    made = {
        name: _section(name, section.default_factory, written.get(name, {}), environment, file)
        for name, section in sections.items()
    }
    return Settings(**made)


def _section(name: str, default: Any, written: Any, environment: Mapping[str, str], file: Path) -> Any:
    defaults = default()
    if not isinstance(written, dict):
        raise SettingsError(f"{file}: `{name}` must be a section: write [{name}] on a line of its own.")
    known = {item.name: getattr(defaults, item.name) for item in dataclasses.fields(defaults)}
    values: dict[str, Any] = {}
    for key, value in written.items():
        _known(key, known, f"{file}: `{key}` in [{name}]")
        values[key] = _value(value, known[key], f"{file}: `{key}` in [{name}]")
    for key, example in known.items():
        variable = f"IVR_{name}_{key}".upper()
        if variable in environment:
            values[key] = _value(environment[variable], example, f"the environment's {variable}")
    return dataclasses.replace(defaults, **values)


def _value(value: Any, example: Any, where: str) -> Any:
    try:
        if isinstance(example, bool):
            return {"true": True, "false": False}[str(value).lower()]
        if isinstance(example, int | float) and not isinstance(value, bool):
            return _of_kind(type(example), value)
        if isinstance(example, tuple):
            items = value.split(",") if isinstance(value, str) else value
            return tuple(str(item).strip() for item in items)
    except (ValueError, KeyError, TypeError):
        pass
    else:
        if isinstance(value, str):
            return value
    wanted = {bool: "true or false", int: "a whole number", float: "a number", tuple: "a list of texts"}.get(
        type(example), "a text"
    )
    raise SettingsError(f"{where} is {value!r}: give {wanted}.")


def _of_kind(kind: type[int | float], value: Any) -> int | float:
    """`value` as a number without losing any of it. Raises ValueError."""
    number = kind(value)
    if not math.isfinite(number) or (isinstance(value, float) and number != value):
        raise ValueError(value)
    return number


def _known(name: str, known: Mapping[str, Any], where: str) -> None:
    if name not in known:
        near = process.extractOne(name, list(known), score_cutoff=60)
        mend = f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(known)}."
        raise SettingsError(f"{where} is not a setting: {mend}")
