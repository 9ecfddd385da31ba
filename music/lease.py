"""Keeping a lease while one call takes its time."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from types import TracebackType

from django.db import Error as DbError
from django.db import connections

from music.models import MusicTrack

logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Renews the track's lease every third of it, from a thread, until the block ends.

    So a lease can be short, and a killed worker's track is free again soon, while a provider may block for minutes. A
    process that was stopped renews too late and finds the fence closed. Past the deadline nothing is renewed: a call
    that hangs loses its track.
    """

    def __init__(self, track: MusicTrack, lease: timedelta) -> None:
        self._track = track
        self._lease = lease
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{track.pk}", daemon=True)

    def __enter__(self) -> LeaseKeeper:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _keep(self) -> None:
        try:
            while not self._done.wait(self._lease.total_seconds() / 3):
                try:
                    if not self._track.renew(self._lease):
                        logger.info("lease of track %s is lost; its result will be dropped", self._track.pk)
                        return
                except DbError:
                    logger.warning("could not renew the lease of track %s", self._track.pk, exc_info=True)
                    connections.close_all()
        finally:
            connections.close_all()
