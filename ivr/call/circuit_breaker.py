"""A service that is down is left alone for a while, so that callers get the flow's other way at once.

Decided: five failures in a row open the breaker; then one question in ten seconds goes through, and the first that is
answered closes it. Time is the loop's.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from ivr.clock import now

FAILURES = 5
REST_S = 10.0


@dataclass(slots=True)
class _Health:
    failures: int = 0
    asked_at: float = 0.0


class CircuitBreaker:
    """One for all services; `key` is whatever tells them apart."""

    def __init__(self) -> None:
        self._health: dict[Hashable, _Health] = {}

    def may_ask(self, key: Hashable) -> bool:
        """Whether the service may be asked now; a yes while it is ill is the only one for ten seconds."""
        health = self._health.get(key)
        if health is None or health.failures < FAILURES:
            return True
        if now() - health.asked_at < REST_S:
            return False
        health.asked_at = now()
        return True

    def answered(self, key: Hashable) -> None:
        """It lives: whatever it said."""
        self._health.pop(key, None)

    def failed(self, key: Hashable) -> None:
        """It did not answer, or with nothing but its own trouble."""
        health = self._health.setdefault(key, _Health())
        health.failures += 1
        health.asked_at = now()
