"""Whether anybody still wants the piece that is being made."""

from __future__ import annotations

import time

from django.db import Error as DbError

from music.models import MusicTrack

ASK_EVERY = 0.4
"""Seconds between two looks at the row: a cancelled piece is to stop within one."""


class Cancellation:
    """Called again and again while a piece is made: True once its track is no longer held by this worker, because it
    was cancelled, deleted or given to another."""

    def __init__(self, track: MusicTrack) -> None:
        self._track = track
        self._asked_at = time.monotonic()
        self._cancelled = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if not self._cancelled and now - self._asked_at >= ASK_EVERY:
            self._asked_at = now
            try:
                self._cancelled = not self._track.is_held()
            except DbError:  # nobody knows: the piece is finished, and its last step looks again
                self._cancelled = False
        return self._cancelled
