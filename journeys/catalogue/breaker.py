"""A circuit breaker for each source: one that keeps failing is left alone for a while, then tried with one question.

Its state is in the cache: losing it costs a few questions in vain.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache

FAILURES = 3
WINDOW_SECONDS = 60
REST_SECONDS = 60.0
LONGEST_REST = 3600.0
PROBE_SECONDS = 15
"""Longer than any answer takes (`SLOWEST_SECONDS`): a probe whose process died is followed by another."""
MARK_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Breaker:
    """The breaker of the source with this name."""

    name: str

    @property
    def rests(self) -> bool:
        """Whether the source is not to be asked at all now."""
        return bool(_cache().get(self._key("open")))

    def admits(self) -> bool:
        """Whether this question may be asked. After a rest only one is, until its outcome is known."""
        if self.rests:
            return False
        if not _cache().get(self._key("tripped")):
            return True
        return _cache().add(self._key("probe"), 1, PROBE_SECONDS)

    def worked(self) -> None:
        _cache().delete_many([self._key(each) for each in ("failures", "tripped", "probe")])

    def failed(self, rest: float | None = None) -> None:
        """Count a failure. Enough of them, a failed probe, or one with a `rest` (in seconds) open the breaker."""
        cache = _cache()
        failures = 1
        if not cache.add(self._key("failures"), 1, WINDOW_SECONDS):
            try:
                failures = cache.incr(self._key("failures"))
            except ValueError:  # it has just run out
                cache.add(self._key("failures"), 1, WINDOW_SECONDS)
        if rest is None and failures < FAILURES and not cache.get(self._key("tripped")):
            return
        cache.set(self._key("open"), 1, min(rest or REST_SECONDS, LONGEST_REST))
        cache.set(self._key("tripped"), 1, MARK_SECONDS)
        cache.delete_many([self._key("failures"), self._key("probe")])

    def _key(self, what: str) -> str:
        return f"breaker:{self.name}:{what}"


def _cache() -> BaseCache:
    return caches["books"]
