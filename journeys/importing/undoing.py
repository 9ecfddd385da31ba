"""Taking an import back: what it made goes, as far as its reader has not worked on it since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from journeys.models import Book, ImportRow, Journey, Reader, ReadingLog, RowOutcome, Share
from journeys.services.books import discard_books
from music.models import MusicTrack


def undo_rows(reader: Reader, rows: Sequence[ImportRow]) -> None:
    """Delete the journeys that these rows made and the logs that they added, within a transaction.

    A journey that was changed since, has music or is shown to others stays, and its row says so.
    """
    made = {row.journey_id: row for row in rows if row.journey_id and row.data.get("made")}
    journeys = {
        journey.pk: journey for journey in Journey.objects.select_for_update().filter(pk__in=made, reader=reader)
    }
    busy = set(MusicTrack.objects.filter(log__journey__in=journeys).values_list("log__journey", flat=True))
    busy |= set(Share.objects.filter(journey__in=journeys).values_list("journey", flat=True))
    untouched = [
        pk
        for pk, journey in journeys.items()
        if pk not in busy and journey.updated_at == datetime.fromisoformat(made[pk].data["stamp"])
    ]
    books = {journeys[pk].book_id for pk in untouched}
    for row in rows:
        if row.data.get("made"):
            gone = row.journey_id is None or row.journey_id in untouched
        else:
            gone = _take_words_back(row)
        row.outcome, row.reason = (RowOutcome.SKIPPED, "undone") if gone else (RowOutcome.IMPORTED, "touched")
        row.choice = ""
        if gone:
            row.journey = None
    ImportRow.objects.bulk_update(rows, ["outcome", "reason", "choice", "journey"])
    Journey.objects.filter(pk__in=untouched).delete()
    discard_books(Book.objects.filter(pk__in=books, source="manual", journeys__isnull=True))


def _take_words_back(row: ImportRow) -> bool:
    """Delete the logs that were added to a journey that was there, unless they have got their music or other words."""
    if row.journey_id is None:
        return True
    added = ReadingLog.objects.filter(journey=row.journey_id, import_key__in=row.data.get("added", ()))
    added.filter(track__isnull=True, updated_at=datetime.fromisoformat(row.data["stamp"])).delete()
    return not added.exists()
