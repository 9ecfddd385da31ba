"""Bounded pairs of hands: threads of this process for what waits on somebody else's server.

A sweep only takes what there are free hands for, hands it over and goes on, so that a slow provider keeps no sweep, and
a slow download no order, from its turn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec

from django.db import connections

logger = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")


class Hands:
    """So many jobs of one kind at a time, and never a queue of them. The threads come with the first job."""

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._count = count
        self._busy = 0
        self._changed = threading.Condition()
        self._pool: ThreadPoolExecutor | None = None

    @property
    def free(self) -> int:
        """How many jobs would be begun at once, at this moment."""
        return max(0, self._count - self._busy)

    def give(self, job: Callable[Arguments, object], /, *args: Arguments.args, **options: Arguments.kwargs) -> bool:
        """Have the job done, if there is a free pair of hands; False when there is none (any more).

        What the job raises is logged; its database connection is given back.
        """
        with self._changed:
            if self._busy >= self._count:
                return False
            self._busy += 1
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._count, thread_name_prefix=self._name)

        def work() -> None:
            try:
                job(*args, **options)
            except Exception:
                logger.exception("a %s job failed", self._name)
            finally:
                connections.close_all()
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()

        self._pool.submit(work)
        return True

    def wait_until_idle(self, seconds: float = 30.0) -> bool:
        """Wait for all jobs to end; False when some have not after `seconds`."""
        until = time.monotonic() + seconds
        with self._changed:
            while self._busy:
                if not self._changed.wait(max(0.0, until - time.monotonic())) and time.monotonic() >= until:
                    return False
        return True
