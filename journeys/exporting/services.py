"""What a reader can ask of exports. Pages and the API both call these."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from journeys.models import EXPORTS_FOLDER, IMPORTS_FOLDER, Export, ExportState, Import, Reader
from music.storage import SeenFile, StorageFailed, audio_storage, remove_files

logger = logging.getLogger(__name__)

EVERYTHING = "everything"
ORPHAN_AFTER_SECONDS = 24 * 3600.0  # an upload has no row to show for it yet


def request_everything(reader: Any) -> Export:
    """Have everything packed into one file; where that is under way already, it is that one."""
    with transaction.atomic():
        list(Reader.objects.select_for_update().filter(pk=reader.pk).values_list("pk"))
        under_way = Export.objects.filter(reader=reader, kind=EVERYTHING, state=ExportState.REQUESTED).first()
        return under_way or Export.objects.create(reader=reader, kind=EVERYTHING, due_at=Now())


def delete_export(export: Export) -> None:
    """Delete the export and its file."""
    with transaction.atomic():
        current = Export.objects.select_for_update().filter(pk=export.pk).first()
        if current is None:
            return
        key = str(current.file.name or "")
        current.delete()
        if key:
            transaction.on_commit(lambda: remove_files([key]), robust=True)


def kept_until(export: Export) -> datetime | None:
    """When a finished export is deleted."""
    return export.finished_at + timedelta(days=settings.EXPORT_KEEP_DAYS) if export.finished_at else None


def tidy_exports() -> int:
    """Delete exports that have been there long enough, and files of imports and exports that no row knows; how many
    exports."""
    old = Export.objects.filter(finished_at__lt=Now() - timedelta(days=settings.EXPORT_KEEP_DAYS))
    count = 0
    for export in old.order_by("finished_at")[:500]:
        delete_export(export)
        count += 1
    try:
        _remove_orphans()
    except StorageFailed as error:
        logger.error("the files of imports and exports could not be checked: %s", error)
    return count


def _remove_orphans() -> None:
    known = set(Import.objects.exclude(file="").values_list("file", flat=True))
    known |= set(Export.objects.exclude(file="").values_list("file", flat=True))
    seen: list[SeenFile] = [*audio_storage().listing(IMPORTS_FOLDER), *audio_storage().listing(EXPORTS_FOLDER)]
    before = time.time() - ORPHAN_AFTER_SECONDS
    remove_files([file.key for file in seen if file.key not in known and file.modified < before])
