"""Books that come into the database, from a source or typed in, and go again."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from journeys.catalogue import BookRecord
from journeys.models import Book
from journeys.services.texts import nfc
from music.storage import remove_files


def book_from_record(record: BookRecord) -> Book:
    """The book of a search result: one row for each record of a source, made when somebody first chooses it.

    What a row that is there already does not know is taken from the record; what it knows stays. Where nobody has said
    the pages yet the sources are asked anew: one may have been added. The row of a book that a reader typed in is that
    very book; raises `Book.DoesNotExist` when it has gone meanwhile.
    """
    if record.source == "manual":
        return Book.objects.get(pk=record.source_id)
    facts = _facts(record)
    wanting = {"complete_at": Now()} if record.cover_url or record.isbn13 else {}
    book, created = Book.objects.get_or_create(
        source=record.source, source_id=record.source_id, defaults={**facts, **wanting}
    )
    gaps = {name: value for name, value in facts.items() if value and not getattr(book, name)}
    if created:
        return book
    has_more_to_ask = "cover_url" in gaps or "isbn13" in gaps or not (book.pages or facts["pages"])
    if changes := {**gaps, **(wanting if has_more_to_ask else {})}:
        Book.objects.filter(pk=book.pk).update(**changes)
    for name, value in gaps.items():
        setattr(book, name, value)
    return book


def add_book(*, reader: Any, title: str, authors: str = "", isbn13: str = "", pages: int | None = None) -> Book:
    """A book that a reader typed in, because no source knows it. Its ISBN may tell more about it later."""
    return Book.objects.create(
        title=nfc(title),
        authors=nfc(authors),
        isbn13=isbn13,
        pages=pages,
        added_by=reader,
        complete_at=Now() if isbn13 else None,
    )


def discard_books(books: QuerySet[Book]) -> None:
    """Delete books that nobody reads, with their covers."""
    keys = list(books.exclude(cover="").values_list("cover", flat=True))
    books.delete()
    transaction.on_commit(lambda: remove_files(keys), robust=True)


def _facts(record: BookRecord) -> dict[str, Any]:
    """What the record says, as the columns of a book have room for it."""
    facts: dict[str, Any] = {
        "title": record.title,
        "title_en": record.title_en,
        "authors": ", ".join(record.authors),
        "authors_en": ", ".join(record.authors_en),
        "publisher": record.publisher,
        "year": record.year,
        "language": record.language,
        "isbn13": record.isbn13,
        "pages": record.pages,
        "description_ko": record.description_ko,
        "description_en": record.description_en,
        "moods": [str(mood) for mood in record.moods],
        "cover_url": record.cover_url,
        "source_url": record.source_url,
    }
    for name, value in facts.items():
        field = Book._meta.get_field(name)
        if isinstance(field, models.CharField) and field.max_length:
            facts[name] = value[: field.max_length]
    return facts
