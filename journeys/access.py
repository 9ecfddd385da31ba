"""Who may touch what: a reader's own journeys and logs, and what was published. The rest does not exist (404)."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404

from journeys.models import Export, Import, Journey, Progress, ReadingLog, Share


def own_journey(reader: Any, journey_id: uuid.UUID) -> Journey:
    """The reader's journey with its book. Raises `Http404`."""
    return get_object_or_404(Journey.objects.for_reader(reader).select_related("book", "reader"), pk=journey_id)


def own_log(reader: Any, journey_id: uuid.UUID, log_id: uuid.UUID) -> ReadingLog:
    """A log of the reader's journey. Raises `Http404`."""
    logs = ReadingLog.objects.filter(journey__in=Journey.objects.for_reader(reader), journey_id=journey_id)
    return get_object_or_404(logs.select_related("journey__book", "journey__reader", "track"), pk=log_id)


def own_progress(reader: Any, journey_id: uuid.UUID, progress_id: uuid.UUID) -> Progress:
    """A note of how far the reader's journey was. Raises `Http404`."""
    notes = Progress.objects.filter(journey__in=Journey.objects.for_reader(reader), journey_id=journey_id)
    return get_object_or_404(notes.select_related("journey__book", "journey__reader"), pk=progress_id)


def shared_journey(token: str) -> Share:
    """The public page at this address, with its journey; one whose reader staff have locked out is not shown.

    Raises `Http404`.
    """
    shares = Share.objects.select_related("journey__book", "journey__reader")
    return get_object_or_404(shares, token=token, journey__reader__is_active=True)


def own_import(reader: Any, import_id: uuid.UUID) -> Import:
    """A file that the reader brought along. Raises `Http404`."""
    return get_object_or_404(Import.objects.filter(reader=reader).select_related("reader"), pk=import_id)


def own_export(reader: Any, export_id: uuid.UUID) -> Export:
    """The reader's archive. Raises `Http404`."""
    return get_object_or_404(Export.objects.filter(reader=reader), pk=export_id)
