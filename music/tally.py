"""Counting what this process does, and writing it down now and then for health checks and metrics."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter

from django.db import DatabaseError

from music.models import Heartbeat

logger = logging.getLogger(__name__)

WRITE_EVERY_SECONDS = 5.0
NAME = "sweep"

_counts: Counter[str] = Counter()
_lock = threading.Lock()
_written_at = 0.0


def count(**counts: float) -> None:
    """Add to the counters. Every process shares the row they end in, so they are written together, some seconds apart;
    what a process that is killed had not written yet is lost."""
    global _written_at
    with _lock:
        for name, value in counts.items():
            _counts[name] += value  # type: ignore[assignment]  # a Counter counts fractions just as well
        if time.monotonic() - _written_at < WRITE_EVERY_SECONDS:
            return
        collected = dict(_counts)
        _counts.clear()
        _written_at = time.monotonic()
    try:
        Heartbeat.tally(NAME, collected)
    except DatabaseError:
        with _lock:
            _counts.update(collected)
        logger.warning("the counters could not be written", exc_info=True)
