"""Holding what a change is about, to the end of its transaction.

Whoever holds both has taken the reader first: else two of them would wait for each other.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404

from journeys.models import Journey, Reader


def hold_reader(reader_id: Any) -> None:
    """Hold a reader's row, so that what they may have only once is not made twice."""
    # Not against the foreign keys of what is being added: a log need not wait for it.
    list(Reader.objects.select_for_update(no_key=True).filter(pk=reader_id).values_list("pk"))


def hold_journey(journey: Journey) -> Journey:
    """The journey as it is now, held. Raises `Http404` when it was deleted meanwhile."""
    for current in Journey.objects.select_for_update().filter(pk=journey.pk):
        return current
    raise Http404
