"""What a chosen book still lacks, page count and cover above all, is looked for in the background.

The book's row is the queue: `complete_at` says when to look. A worker that dies in the middle leaves a later time
there.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from journeys.catalogue import BookRecord, SourceFailed, look_up, search_everywhere
from journeys.catalogue.library import record_from_book
from journeys.catalogue.merging import combine
from journeys.catalogue.sources import SLOWEST_SECONDS
from journeys.covers import NoCover, fetch_cover
from journeys.models import Book
from music.storage import remove_files

logger = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=7)
AT_ONCE = 10
"""Of one run. With a run every ten seconds that is the one question a second that Open Library asks for."""
RUN_SECONDS = 30.0
"""After which a run begins with no further book: the next run is near."""


def complete_books() -> int:
    """Complete the books that are due, the longest waiting first; how many were looked at."""
    end = time.monotonic() + RUN_SECONDS
    due = Book.objects.filter(complete_at__lte=Now()).order_by("complete_at").values_list("pk", flat=True)
    done = 0
    for pk in list(due[:AT_ONCE]):
        if time.monotonic() > end:
            break
        claimed = Book.objects.filter(pk=pk, complete_at__lte=Now()).update(complete_at=Now() + AGAIN_AFTER)
        book = Book.objects.filter(pk=pk).first() if claimed else None
        if book is None:
            continue
        done += 1
        answered = _fill_gaps(book)
        has_cover = _have_cover(book)
        young = Q(created_at__gt=Now() - GIVEN_UP_AFTER)
        rows = Book.objects.filter(pk=pk)
        (rows if answered and has_cover else rows.exclude(young)).update(complete_at=None)
    return done


def _fill_gaps(book: Book) -> bool:
    """Take over what the book's row does not know and others do. False when some gave no answer."""
    found, answered = _ask_by_isbn(book) if book.isbn13 else _ask_its_source(book)
    same = [record for record in found if record.isbn13 == book.isbn13]
    more = combine([record_from_book(book), *same])
    for name, empty in (
        ("pages", {"pages__isnull": True}),
        ("year", {"year__isnull": True}),
        ("publisher", {"publisher": ""}),
    ):
        if value := getattr(more, name):
            # A reader, or another worker, may have filled it in meanwhile.
            Book.objects.filter(pk=book.pk, **empty).update(**{name: value})
    if not book.cover and more.cover_url != book.cover_url:
        Book.objects.filter(pk=book.pk).update(cover_url=more.cover_url)
        book.cover_url = more.cover_url
    return answered


def _ask_by_isbn(book: Book) -> tuple[list[BookRecord], bool]:
    """All sources: by an ISBN some tell what their search by title leaves out, as Aladin does the page count."""
    found = search_everywhere(book.isbn13, seconds=SLOWEST_SECONDS)
    return found.records, not found.silent


def _ask_its_source(book: Book) -> tuple[list[BookRecord], bool]:
    """For a book without an ISBN the source that gave it, by its own number, which tells as much."""
    if book.pages:
        return [], True
    try:
        record = look_up(book.source, book.source_id, seconds=SLOWEST_SECONDS)
    except SourceFailed:
        return [], False
    return [record] if record else [], True


def _have_cover(book: Book) -> bool:
    """Fetch the book's cover where it has none yet. False when it should be tried again."""
    if book.cover or not book.cover_url:
        return True
    try:
        key = fetch_cover(book.pk, book.cover_url)
    except NoCover as error:
        logger.info("no cover for book %s: %s", book.pk, error)
        if not error.again:
            Book.objects.filter(pk=book.pk, cover="").update(cover_url="")
        return not error.again
    stored = Book.objects.filter(pk=book.pk, cover="").update(cover=key)
    if not stored and not Book.objects.filter(pk=book.pk, cover=key).exists():
        # The book was deleted meanwhile, or has another picture; with this very one, somebody was only faster.
        remove_files([key])
    return True
