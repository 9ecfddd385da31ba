"""What the reader's side does in the background."""

from __future__ import annotations

import logging
import threading

from celery import shared_task

from journeys import covers
from journeys.exporting import job as export_job
from journeys.importing import job as import_job
from journeys.services import completing
from music.storage import StorageFailed

logger = logging.getLogger(__name__)

_transfers = threading.BoundedSemaphore(2)
"""Imports and exports take minutes: most threads of a worker stay with the short work that music waits for."""


@shared_task(name="journeys.complete_books")  # type: ignore[untyped-decorator]
def complete_books() -> None:
    """Look for the covers and pages of books that were chosen lately."""
    completing.complete_books()


@shared_task(name="journeys.check_covers")  # type: ignore[untyped-decorator]
def check_covers() -> None:
    """Remove covers that belong to no book, once a day."""
    try:
        if removed := covers.remove_orphans():
            logger.info("removed %d covers that belonged to no book", removed)
    except StorageFailed as error:
        logger.error("the covers could not be checked: %s", error)


@shared_task(name="journeys.sweep_transfers")  # type: ignore[untyped-decorator]
def sweep_transfers() -> None:
    """Work on imports and exports that are due, in at most two threads of this process. Whoever takes one has it for a
    lease; the next sweep passes it by."""
    if not _transfers.acquire(blocking=False):
        return
    try:
        for import_id in import_job.due_imports():
            import_job.work(import_id)
        for export_id in export_job.due_exports():
            export_job.work(export_id)
    finally:
        _transfers.release()
