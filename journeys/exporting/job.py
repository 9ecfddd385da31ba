"""The worker's side of an export: the same leases and fencing as an import's (`journeys.importing.job`)."""

from __future__ import annotations

import logging
import tempfile
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import F, Sum
from django.db.models.functions import Now

from journeys.exporting.archives import write_everything
from journeys.models import EXPORTS_FOLDER, Export, ExportState
from music.models import MusicTrack, TrackStatus
from music.storage import StorageFailed, free_bytes, has_room, remove_files

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
SAVE_LEASE = timedelta(hours=1)
"""To bring the whole archive to where it is kept: nobody can say in between that it goes on."""
TRIES = 5


class Lost(Exception):
    """Another worker has taken the export over, or its reader has deleted it."""


def work(export_id: uuid.UUID) -> None:
    """Take the export up, if it is due, and put its archive together. Quiet when there is nothing to do."""
    due = Export.objects.filter(pk=export_id, due_at__lte=Now())
    if not due.update(fencing_token=F("fencing_token") + 1, due_at=Now() + LEASE, done=0, total=None):
        return
    export = Export.objects.select_related("reader").get(pk=export_id)
    try:
        _put_together(export)
    except Lost:
        logger.info("export %s was taken over or is gone", export.pk)
    except (StorageFailed, OSError) as error:
        logger.error("export %s: %s", export.pk, error)
        _fail(export, "storage_failed")


def _put_together(export: Export) -> None:
    if export.fencing_token > TRIES:
        _fail(export, "worker_lost")
        return
    if not _has_room_for(export):
        _fail(export, "storage_failed")
        return

    def told(done: int, total: int) -> None:
        _write(export, done=done, total=total, due_at=Now() + LEASE)

    # Two workers may be at it when one was thought dead: each has a place of its own.
    key = f"{EXPORTS_FOLDER}/{export.pk}-{export.fencing_token}.zip"
    with tempfile.TemporaryFile() as draft:
        write_everything(export.reader, draft, told=told)
        size = draft.tell()
        _write(export, due_at=Now() + SAVE_LEASE)
        draft.seek(0)
        default_storage.save(key, File(draft))
    try:
        _write(export, file=key, size=size, state=ExportState.READY, due_at=None, finished_at=Now())
    except Lost:
        remove_files([key])
        raise
    _remove_older(export)
    logger.info("export %s is ready: %d bytes", export.pk, size)


def _has_room_for(export: Export) -> bool:
    """Whether there is room for the archive twice: as a draft, and where it is kept."""
    tracks = MusicTrack.objects.for_reader(export.reader).pieces().filter(status=TrackStatus.COMPLETED)
    needed = 2 * (tracks.aggregate(size=Sum("file_size"))["size"] or 0)
    return has_room() and min(free_bytes().values()) > needed


def _remove_older(export: Export) -> None:
    """The newest archive has all that the reader's earlier ones had."""
    older = Export.objects.filter(reader=export.reader_id, kind=export.kind, state=ExportState.READY)
    for pk, key in older.exclude(pk=export.pk).values_list("pk", "file"):
        if Export.objects.filter(pk=pk).delete()[0] and key:
            remove_files([key])


def _write(export: Export, **changes: Any) -> None:
    held = Export.objects.filter(pk=export.pk, fencing_token=export.fencing_token, due_at__isnull=False)
    if not held.update(**changes):
        raise Lost


def _fail(export: Export, code: str) -> None:
    try:
        _write(export, state=ExportState.FAILED, error_code=code, due_at=None, finished_at=Now())
    except Lost:
        return
    logger.warning("export %s failed: %s", export.pk, code)


def due_exports() -> Iterable[uuid.UUID]:
    """Exports that a worker should look at, the longest waiting first."""
    return Export.objects.filter(due_at__lte=Now()).order_by("due_at").values_list("pk", flat=True)
