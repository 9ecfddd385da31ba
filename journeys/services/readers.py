"""Readers themselves: their date, and the end of an account."""

from __future__ import annotations

import zoneinfo
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from journeys.models import Book, Export, Import, Journey, Reader
from journeys.services.books import discard_books
from journeys.services.discarding import DISCARDED_AT_ONCE, discard
from journeys.services.holding import hold_reader
from journeys.services.sessions import end_sessions
from music.models import MusicTrack
from music.storage import remove_files


@transaction.atomic
def delete_reader(reader: Reader) -> None:
    """Delete an account with everything in it: journeys, logs, tracks, files, tokens, sessions, remembered answers, and
    books only it had typed in. What was paid for stays in the books, without a name. Quiet when it is gone already.
    """
    # What others hold while they work comes first. Who has a journey or a piece needs its reader to be there, by a
    # foreign key that is looked at when they commit: the reader's own row, held before, would have both wait for ever.
    hold_reader(reader.pk)
    list(Journey.objects.select_for_update().filter(reader=reader).order_by("pk").values_list("pk"))
    pieces = MusicTrack.objects.for_reader(reader).pieces()
    list(pieces.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    # Held: whatever the reader is adding at this moment in another window waits, and finds nobody to add it to.
    if not list(Reader.objects.select_for_update().filter(pk=reader.pk).values_list("pk")):
        return
    # Without the remakes, which go with their pieces: whoever holds both has taken the piece first.
    discard(pieces)
    own = Q(journeys__reader=reader) | Q(added_by=reader)
    books = list(Book.objects.filter(own, source="manual").values_list("pk", flat=True).distinct())
    archives = [
        *Import.objects.filter(reader=reader).exclude(file="").values_list("file", flat=True),
        *Export.objects.filter(reader=reader).exclude(file="").values_list("file", flat=True),
    ]
    Reader.objects.filter(pk=reader.pk).delete()
    transaction.on_commit(lambda: remove_files(archives), robust=True)
    for start in range(0, len(books), DISCARDED_AT_ONCE):
        discard_books(Book.objects.filter(pk__in=books[start : start + DISCARDED_AT_ONCE], journeys__isnull=True))
    transaction.on_commit(lambda: end_sessions(reader), robust=True)


def today_of(reader: Reader) -> date:
    """The date where the reader is, whatever zone the request speaks."""
    return timezone.localdate(timezone=zoneinfo.ZoneInfo(reader.time_zone))
