"""Which of the books that a search found a reader knows already: being read, on their list, or behind them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q

from journeys.catalogue import BookRecord
from journeys.catalogue.library import MANUAL, record_from_book
from journeys.catalogue.matching import fold
from journeys.models import Journey, JourneyStatus

_FIRST = (JourneyStatus.READING, JourneyStatus.WANT, JourneyStatus.FINISHED, JourneyStatus.STOPPED)
"""Of several journeys with one book: what is going on comes before what has been."""


def journeys_with(reader: Any, records: Sequence[BookRecord]) -> list[Journey | None]:
    """For each record the reader's own journey with that book, or None; one query for all of them.

    It is that book when it came from the same record of a source, or names the same ISBN. Title and author tell it
    where the record stands for a work, in whatever edition, or the reader typed the book in without an ISBN.
    """
    if not records:
        return []
    known = Q(book__isbn13__in={record.isbn13 for record in records if record.isbn13})
    known |= Q(book__title__in={record.title for record in records})
    by_source: dict[str, set[str]] = defaultdict(set)
    for record in records:
        by_source[record.source].add(record.source_id)
    for source, ids in by_source.items():
        if source == MANUAL:
            known |= Q(book__in=[uuid.UUID(each) for each in ids])
        else:
            known |= Q(book__source=source, book__source_id__in=ids)
    journeys = Journey.objects.for_reader(reader).filter(known).select_related("book").order_by("-updated_at")
    found: dict[tuple[str, ...], Journey] = {}
    for journey in sorted(journeys, key=lambda each: _FIRST.index(JourneyStatus(each.status))):
        book = record_from_book(journey.book)
        for key in _keys(book):
            found.setdefault(key, journey)
        if book.source == MANUAL and not book.isbn13:
            for key in _names(book):
                found.setdefault(("typed", *key), journey)
    return [next((found[key] for key in _asked(record) if key in found), None) for record in records]


def _keys(record: BookRecord) -> Iterator[tuple[str, ...]]:
    yield "record", record.source, record.source_id
    if record.isbn13:
        yield "isbn", record.isbn13
    for name in _names(record):
        yield "work", *name


def _asked(record: BookRecord) -> Iterator[tuple[str, ...]]:
    yield from (key for key in _keys(record) if key[0] != "work" or not record.isbn13)
    yield from (("typed", *name) for name in _names(record))


def _names(record: BookRecord) -> list[tuple[str, str]]:
    return [(fold(record.title), fold(author)) for author in record.authors or ("",)]
