"""Who may touch what: a reader's own journeys and logs. Everybody else's do not exist (404)."""

from __future__ import annotations

import uuid
from typing import Any

from django.shortcuts import get_object_or_404

from journeys.models import Journey, ReadingLog


def own_journey(reader: Any, journey_id: uuid.UUID) -> Journey:
    """The reader's journey with its book. Raises `Http404`."""
    return get_object_or_404(Journey.objects.for_reader(reader).select_related("book", "reader"), pk=journey_id)


def own_log(reader: Any, journey_id: uuid.UUID, log_id: uuid.UUID) -> ReadingLog:
    """A log of the reader's journey. Raises `Http404`."""
    logs = ReadingLog.objects.filter(journey__in=Journey.objects.for_reader(reader), journey_id=journey_id)
    return get_object_or_404(logs.select_related("journey__book", "journey__reader", "track"), pk=log_id)
