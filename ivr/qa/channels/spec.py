"""What `--augment` and `--over` say, such as `noise=babble@10dB,codec=gsm`: parsed, checked, and written back.

Decided: the order in which effects are written means nothing; they act in the order of KINDS, which is the way that a
voice goes: the caller, what sounds around them, the microphone, the coder, the packets. Each kind stands once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.errors import UsageError
from ivr.flow.near_miss import did_you_mean
from ivr.qa.channels.codec import CODECS
from ivr.qa.channels.loss import LOSSES, MOST_LOST
from ivr.qa.channels.noise import NOISES
from ivr.qa.channels.speed import FASTEST, SLOWEST

_SEED = "seed="
_NUMBER = r"[-+]?\d+(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of effect: the `names` it comes under (none: only a strength), its strength's `unit` and least and
    greatest value (None: it has no strength), and what a strength means."""

    names: tuple[str, ...]
    unit: str
    range: tuple[float, float] | None
    example: str
    means: str


KINDS = {
    "speed": Kind((), "", (SLOWEST, FASTEST), "speed=1.2", "times as fast, the voice as high as before"),
    "level": Kind((), "dBFS", (-60, -6), "level=-40dBFS", "active level of the caller's speech (P.56)"),
    "noise": Kind(NOISES, "dB", (-10, 60), "noise=babble@10dB", "mean power of the noise below the active speech"),
    "echo": Kind((), "dB", (-60, 0), "echo=-12dB", "gain of the hotline's own voice that comes back"),
    "clip": Kind((), "dB", (0, 40), "clip=12dB", "cut off so far below the highest peak of the speech"),
    "codec": Kind(CODECS, "", None, "codec=gsm", "coding of the network"),
    "loss": Kind(LOSSES, "%", (0, 100 * MOST_LOST), "loss=burst@5%", "mean share of the packets that never come"),
    "jitter": Kind((), "ms", (0, 500), "jitter=40ms", "interarrival jitter (RFC 3550)"),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One of KINDS; `name` is "" where the kind has none, `strength` None where it has none."""

    kind: str
    name: str = ""
    strength: float | None = None

    def __str__(self) -> str:
        at = "" if self.strength is None else f"{self.strength:g}{KINDS[self.kind].unit}"
        return f"{self.kind}={self.name}{'@' if self.name and at else ''}{at}"


@dataclass(frozen=True, slots=True)
class Channel:
    """Effects of different kinds, in the order of KINDS; none: the recordings as they are. `str` can be parsed again
    and is the same for the same channel. `seed` is what its chance is drawn from, with the case and the turn."""

    effects: tuple[Effect, ...] = ()
    seed: int = 1

    def __str__(self) -> str:
        return ",".join([*map(str, self.effects), *([f"seed={self.seed}"] if self.seed != 1 else [])])

    def __bool__(self) -> bool:
        return bool(self.effects)

    def get(self, kind: str) -> Effect | None:
        """The effect of that kind, if it is there."""
        return next((effect for effect in self.effects if effect.kind == kind), None)


CLEAR = Channel()
"""The recordings as they are."""


def parse_channel(text: str) -> Channel:
    """`kind=value` with commas between, and `seed=2` for other noise of the same kind. Raises UsageError that says what
    can be written."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    seeds = [part for part in parts if part.startswith(_SEED)]
    effects = [_effect(part) for part in parts if part not in seeds]
    if len(seeds) > 1 or not all(part.removeprefix(_SEED).isdecimal() for part in seeds):
        raise UsageError(f"{text}: a seed is one whole number from 0: write seed=2.")
    return _channel(effects, int(seeds[0].removeprefix(_SEED)) if seeds else 1)


def parse_sweep(text: str, base: Channel = CLEAR) -> list[Channel]:
    """One kind at several strengths (`noise=babble@20,10,5dB`) or under several names (`codec=alaw,gsm`): `base` with
    each, in the order written. Raises UsageError."""
    kind, _, values = text.strip().partition("=")
    rule = _kind(kind, text)
    parts = [part.strip() for part in values.split(",")]
    name, at, first = parts[0].rpartition("@")
    if rule.range is not None:
        parts = [first, *(part.removeprefix(f"{name}@") for part in parts[1:])]
    effects = [_effect(f"{kind}={name}{at}{part}") for part in parts]
    if len(set(effects)) < len(effects):
        raise UsageError(f"{text} says the same strength twice: write each once.")
    return [_channel([*base.effects, effect], base.seed) for effect in effects]


def _channel(effects: Sequence[Effect], seed: int) -> Channel:
    kinds = [effect.kind for effect in effects]
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise UsageError(f"{kind} is said twice ({', '.join(map(str, effects))}): keep one of them.")
    return Channel(tuple(sorted(effects, key=lambda effect: list(KINDS).index(effect.kind))), seed)


def _kind(kind: str, text: str) -> Kind:
    if kind in KINDS:
        return KINDS[kind]
    every = f"write one such as {', '.join(rule.example for rule in KINDS.values())}."
    raise UsageError(f"“{text}” is no effect: {did_you_mean(kind, KINDS, every)}")


def _effect(text: str) -> Effect:
    kind, _, value = text.partition("=")
    rule = _kind(kind.strip(), text)
    name, _, strength = value.strip().rpartition("@") if rule.names and rule.range else ("", "", value.strip())
    if rule.names and rule.range is None:
        name, strength = value.strip(), ""
    if rule.names and name not in rule.names:
        hint = did_you_mean(name, rule.names, f"write one of {', '.join(rule.names)}, such as {rule.example}.")
        raise UsageError(f"{text}: “{name}” is no {kind}: {hint}")
    return Effect(kind.strip(), name, _strength(strength, rule, text))


def _strength(text: str, rule: Kind, whole: str) -> float | None:
    if rule.range is None:
        return None
    match = re.fullmatch(f"({_NUMBER})(?:{re.escape(rule.unit)})?", text.strip(), re.IGNORECASE)
    least, most = rule.range
    if not match or not least <= float(match[1]) <= most:
        unit = f" {rule.unit}" if rule.unit else ""
        raise UsageError(
            f"{whole}: “{text}” is no strength from {least:g} to {most:g}{unit} ({rule.means}): write {rule.example}."
        )
    return float(match[1]) + 0.0
