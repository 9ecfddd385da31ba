"""Cleaning up: timelines and closed orders that have grown old, files that belong to nothing, pieces without a file.

All of it goes in small steps by an index, holds no lock for longer than one step, and may be cut off or done twice.
"""

from __future__ import annotations

import logging
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from music.models import AttemptState, Heartbeat, MusicTrack, SubmissionAttempt, TrackEvent, TrackStatus
from music.storage import AtomicFileSystemStorage, audio_storage, iter_files

logger = logging.getLogger(__name__)

DELETED_AT_ONCE = 1000
BATCHES = 200  # of one run; what is left is taken by the next
ABANDONED_AFTER = timedelta(days=1)

LOOKED_UP_AT_ONCE = 500
ORPHAN_AFTER_SECONDS = 24 * 3600.0  # what is being stored at this moment has no row to show for it yet
DRAFT_AFTER_SECONDS = 3600.0
MOST_REMOVED = 1000
MOST_REMOVED_SHARE = 0.1
FEW = 5  # what one or two crashes leave behind, in a storage of whatever size

Item = TypeVar("Item")


# Rows that have grown old


def prune() -> dict[str, int]:
    """Forget what MUSIC_EVENTS_DAYS and MUSIC_ATTEMPTS_DAYS say is old enough; how many of what."""
    return {"events": _prune_events(), "orders": _prune_orders(), "abandoned": _settle_abandoned_orders()}


def delete_in_batches(rows: models.QuerySet[Any]) -> int:
    """Delete rows, in the order given, a thousand in a transaction of their own, so that nobody waits for long."""
    deleted = 0
    for _ in range(BATCHES):
        ids = list(rows.values_list("pk", flat=True)[:DELETED_AT_ONCE])
        if ids:
            rows.model._default_manager.filter(pk__in=ids).delete()
            deleted += len(ids)
        if len(ids) < DELETED_AT_ONCE:
            break
    return deleted


def _prune_events() -> int:
    """The timelines of tracks that have ended; those of unfinished ones stay whole."""
    old = Now() - timedelta(days=settings.MUSIC_EVENTS_DAYS)
    return delete_in_batches(TrackEvent.objects.filter(at__lt=old, track__due_at__isnull=True).order_by("at"))


def _prune_orders() -> int:
    """Orders whose outcome is known and whose track has ended or is gone. What nobody knows yet stays for staff."""
    old = Now() - timedelta(days=settings.MUSIC_ATTEMPTS_DAYS)
    settled = SubmissionAttempt.objects.filter(
        Q(track__isnull=True) | Q(track__due_at__isnull=True), closed_at__lt=old, watch_at__isnull=True
    ).order_by("closed_at")
    # State by state: the index begins with it.
    return sum(
        delete_in_batches(settled.filter(state=state)) for state in (AttemptState.NOT_SUBMITTED, AttemptState.SUBMITTED)
    )


def _settle_abandoned_orders() -> int:
    """An order that was under way when its track was deleted or cancelled, and whose worker never came back: no claim
    will ever find it, and staff should know that it may have been paid for."""
    abandoned = SubmissionAttempt.objects.filter(
        Q(track__isnull=True) | Q(track__due_at__isnull=True),
        state=AttemptState.OPEN,
        opened_at__lt=Now() - ABANDONED_AFTER,
    )
    return SubmissionAttempt.objects.filter(pk__in=abandoned.values("pk")).update(
        state=AttemptState.UNKNOWN, closed_at=Now(), error="its track had ended and the worker was lost while ordering"
    )


# Files and rows beside each other


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesReport:
    """What a look at all files and all finished pieces has found."""

    files: int
    pieces: int
    lost: int
    """Finished pieces whose file is gone or has another size."""
    orphans: int
    """Files that no row knows, older than a day."""
    removed: int
    drafts: int
    refused: bool
    """There were so many orphans that none was removed: rather the database is wrong than the files."""


def check_files(
    *, dry_run: bool = False, force: bool = False, tell: Callable[[str], None] = logger.warning
) -> FilesReport:
    """Hold the stored files against the finished pieces: remove files that belong to nothing, `tell` of everything that
    is removed or not as it should be.

    With `dry_run` nothing is removed. Without `force` a multitude is not removed either: more than MOST_REMOVED, or
    more than a tenth of all. After the restoring of an old backup every newer file looks as if it belonged to nothing.

    Takes as much memory for a million files as for ten: what was listed is kept in a temporary file. Raises
    `StorageFailed` where the storage cannot be listed.
    """
    began = _clock()
    with closing(sqlite3.connect("", isolation_level=None)) as seen:  # a private file, gone when it is closed
        files = _list_into(seen)
        pieces, lost = _look_for_files(seen, began, tell)
        orphans = _mark_orphans(seen, tell)
        kept = files - orphans
        allowed = orphans <= MOST_REMOVED and (
            orphans <= MOST_REMOVED_SHARE * files or (orphans <= FEW and orphans < kept)
        )
        refused = bool(orphans) and not allowed and not force
        removed = 0
        if not refused:
            removed = _remove_orphans(seen, dry_run, tell)
    drafts = 0
    if not dry_run and isinstance(default_storage, AtomicFileSystemStorage):
        drafts = default_storage.remove_drafts(older_than=DRAFT_AFTER_SECONDS)
    report = FilesReport(
        files=files, pieces=pieces, lost=lost, orphans=orphans, removed=removed, drafts=drafts, refused=refused
    )
    Heartbeat.tally("files", {"checks": 1, "lost": lost, "orphans": orphans, "removed": removed, "drafts": drafts})
    if lost:
        logger.error("%d finished pieces have lost their file: manage.py check_files names them", lost)
    if refused:
        logger.error(
            "%d of %d files belong to nothing, too many to remove unasked: manage.py check_files", orphans, files
        )
    return report


def _clock() -> datetime:
    """The database's time, which finished pieces are stamped by."""
    Heartbeat.beat("files")
    now: datetime = Heartbeat.objects.annotate(clock=Now()).values_list("clock", flat=True).get(pk="files")
    return now


def _list_into(seen: sqlite3.Connection) -> int:
    """Write every stored file down; how many."""
    seen.execute("PRAGMA journal_mode = OFF")
    seen.execute(
        "CREATE TABLE seen (key TEXT PRIMARY KEY, size INTEGER, modified REAL, known INTEGER DEFAULT 0, "
        "orphan INTEGER DEFAULT 0) WITHOUT ROWID"
    )
    for batch in _batches(iter_files()):
        seen.execute("BEGIN")
        seen.executemany(
            "INSERT OR REPLACE INTO seen (key, size, modified) VALUES (?, ?, ?)",
            [(file.key, file.size, file.modified) for file in batch],
        )
        seen.execute("COMMIT")
    return int(seen.execute("SELECT count(*) FROM seen").fetchone()[0])


def _look_for_files(seen: sqlite3.Connection, began: datetime, tell: Callable[[str], None]) -> tuple[int, int]:
    """Look every finished piece's files up in the listing, and mark them as known; how many pieces, how many lost.

    By the rows and not by the ids in the keys: a piece that was made again keeps its id, and its file has the remake's.
    """
    pieces = lost = 0
    for batch in _finished_pieces():
        pieces += len(batch)
        wanted = {
            key: size for _pk, file, midi, size, _at in batch for key, size in ((file, size), (midi, None)) if key
        }
        sizes = _sizes(seen, wanted)
        seen.executemany("UPDATE seen SET known = 1 WHERE key = ?", [(key,) for key in sizes])
        for pk, file, midi, size, finished_at in batch:
            told = [
                trouble
                for key, expected in ((file, size), (midi, None))
                if key
                and (trouble := _trouble(key, expected, sizes.get(key)))
                # One that was finished after the listing began may be missing from it.
                and (finished_at < began or _trouble(key, expected, audio_storage().size_of(key)))
            ]
            lost += bool(told)
            for trouble in told:
                tell(f"track {pk}: {trouble}")
    return pieces, lost


def _trouble(key: str, expected: int | None, found: int | None) -> str:
    if found is None:
        return f"{key} is gone"
    if expected is not None and found != expected:
        return f"{key} has {found} bytes instead of {expected}"
    return ""


def _finished_pieces() -> Iterator[list[tuple[uuid.UUID, str, str, int | None, datetime]]]:
    """All finished pieces in batches, by the primary key: (id, file, score, size of the file, finished at)."""
    rows = MusicTrack.objects.filter(status=TrackStatus.COMPLETED).order_by("pk")
    columns = rows.values_list("pk", "file", "midi", "file_size", "finished_at")
    last: uuid.UUID | None = None
    while True:
        following = columns if last is None else columns.filter(pk__gt=last)
        batch: list[Any] = list(following[:LOOKED_UP_AT_ONCE])
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _sizes(seen: sqlite3.Connection, keys: Iterable[str]) -> dict[str, int]:
    """The sizes of those of the keys that were listed."""
    found = {}
    for key in keys:
        if row := seen.execute("SELECT size FROM seen WHERE key = ?", (key,)).fetchone():
            found[key] = int(row[0])
    return found


def _mark_orphans(seen: sqlite3.Connection, tell: Callable[[str], None]) -> int:
    """Mark the files that belong to nothing and may be removed; how many.

    A file of a track that is unfinished or in error may still be taken up by it, and stays. Which tracks those are is
    asked before who uses the files: a remake that ends in between has handed its file to its piece by then.
    """
    old = time.time() - ORPHAN_AFTER_SECONDS
    orphans = 0
    for batch in _keys(seen, "known = 0 AND modified < ?", old):
        owners = {key: owner for key in batch if (owner := _owner_of(key))}
        for key in set(batch) - owners.keys():
            tell(f"{key} is no name of ours; it is left alone")
        unended = set(
            MusicTrack.objects.filter(pk__in=set(owners.values()))
            .exclude(status=TrackStatus.COMPLETED)
            .values_list("pk", flat=True)
        )
        free = [key for key, owner in owners.items() if owner not in unended]
        # No index serves this one, nor need it: it is asked about the few files that no piece has claimed above.
        used = {
            key
            for names in MusicTrack.objects.filter(Q(file__in=free) | Q(midi__in=free)).values_list("file", "midi")
            for key in names
        }
        unwanted = [(key,) for key in free if key not in used]
        seen.executemany("UPDATE seen SET orphan = 1 WHERE key = ?", unwanted)
        orphans += len(unwanted)
    return orphans


def _owner_of(key: str) -> uuid.UUID | None:
    """The id of the track that a file was stored for; None for a name that we would never give."""
    parts = key.split("/")
    try:
        return uuid.UUID(parts[1]) if len(parts) == 3 else None
    except ValueError:
        return None


def _remove_orphans(seen: sqlite3.Connection, dry_run: bool, tell: Callable[[str], None]) -> int:
    removed = 0
    for batch in _keys(seen, "orphan = 1"):
        for key in batch:
            tell(f"{key} belongs to nothing" + ("" if dry_run else "; it is removed"))
        if not dry_run:
            audio_storage().remove(batch)
            removed += len(batch)
    return removed


def _keys(seen: sqlite3.Connection, condition: str, *values: object) -> Iterator[list[str]]:
    """The keys for which it holds, in order and in batches; the table may be written between two of them."""
    last = ""
    while batch := [
        str(row[0])
        for row in seen.execute(
            f"SELECT key FROM seen WHERE {condition} AND key > ? ORDER BY key LIMIT ?",  # noqa: S608  # our own words
            (*values, last, LOOKED_UP_AT_ONCE),
        )
    ]:
        yield batch
        last = batch[-1]


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, LOOKED_UP_AT_ONCE)):
        yield batch
