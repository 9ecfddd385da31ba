"""What the tests of a track's life do to its row."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models.functions import Now

from music import generation
from music.models import MusicTrack, ProviderGate


def make_due(track: MusicTrack) -> None:
    """Due at once, and the next in turn."""
    MusicTrack.objects.filter(pk=track.pk, due_at__isnull=False).update(due_at=Now())
    MusicTrack.objects.filter(pk=track.pk, turn__gte=0).update(turn=0)


def open_gates() -> None:
    """The moment for which gates stay shut is over."""
    ProviderGate.objects.update(not_before=None)


def lose_worker(track: MusicTrack) -> None:
    past = Now() - timedelta(seconds=1)
    MusicTrack.objects.filter(pk=track.pk).update(lease_until=past, due_at=past)


def advance(track: MusicTrack) -> MusicTrack:
    make_due(track)
    generation.advance(track.pk)
    track.refresh_from_db()
    return track


def past_deadline(track: MusicTrack) -> None:
    MusicTrack.objects.filter(pk=track.pk).update(deadline_at=Now() - timedelta(seconds=1))


def claimed(track: MusicTrack) -> MusicTrack:
    worker = MusicTrack.claim(track.pk, lease=timedelta(seconds=9), deadline=timedelta(minutes=5))
    assert worker
    return worker


def files() -> list[str]:
    """The keys of all that is stored, drafts included."""
    media = Path(settings.MEDIA_ROOT)
    return sorted(path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file())


@contextmanager
def meanwhile(*works: Callable[[], object]) -> Iterator[None]:
    """Each in a thread and on connections of its own, while the body runs; it ends when all of them have.

    What one of them raises is raised at the end, whatever became of the body.
    """

    def alone(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        at_work = [threads.submit(alone, work) for work in works]
        try:
            yield
        finally:
            for each in at_work:
                each.result()


@contextmanager
def while_another_waits(work: Callable[[], object]) -> Iterator[Callable[[], None]]:
    """Gives what begins `work` in a thread on connections of its own, and returns when it waits for a row that the body
    holds. Ends when the work has, and raises what it raised. Skipped where the database locks no rows."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks no rows")
    begun = threading.Event()

    def other() -> None:
        begun.wait(30)
        work()

    def begin() -> None:
        begun.set()
        end = time.monotonic() + 20
        while not _somebody_waits():
            assert time.monotonic() < end, "nobody waits"
            time.sleep(0.02)

    with meanwhile(other):
        try:
            yield begin
        finally:
            begun.set()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
