"""How often something may happen to one subject, such as a telephone number; remembered without the number itself."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque

from ivr.clock import now

_KEY = secrets.token_bytes(32)


def digest(*parts: str) -> bytes:
    """32 bytes that stand for `parts` in this process, and tell nobody else anything."""
    return hmac.digest(_KEY, "\0".join(parts).encode(errors="surrogatepass"), hashlib.sha256)


class RateLimit:
    """At most `times` within `seconds`, a subject; what is older is forgotten, so memory is bounded by the traffic."""

    def __init__(self, times: int, seconds: float) -> None:
        self._times, self._seconds = times, seconds
        self._happened: dict[bytes, deque[float]] = {}

    def allows(self, subject: str) -> bool:
        """Whether it may happen once more now."""
        self._forget()
        return len(self._happened.get(digest(subject), ())) < self._times

    def count(self, subject: str) -> None:
        """It happened."""
        self._happened.setdefault(digest(subject), deque()).append(now())

    def forgive(self, subject: str) -> None:
        """The last one does not count."""
        if moments := self._happened.get(digest(subject)):
            moments.pop()

    def _forget(self) -> None:
        before = now() - self._seconds
        for key, moments in list(self._happened.items()):
            while moments and moments[0] <= before:
                moments.popleft()
            if not moments:
                del self._happened[key]
