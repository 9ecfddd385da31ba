"""The books that are in the database already: those that sources gave, and the ones this reader typed in."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from journeys.catalogue.base import BookRecord
from journeys.catalogue.embedded import EmbeddedCatalogue
from journeys.catalogue.isbn import normalise_isbn
from journeys.catalogue.matching import FoldedText, Query
from journeys.models import Book, Journey
from music.brief import Mood

MANUAL = "manual"
OWN_LOOKED_AT = 1000
"""Of a reader's own books, the newest, with every way of spelling; beyond them the database looks for the letters."""
OTHERS_LOOKED_AT = 200
_SEARCHED = ("title", "title_en", "authors", "authors_en")
_MOODS = frozenset(str(mood) for mood in Mood)


@dataclass(frozen=True, slots=True)
class Library:
    """The database as this reader may see it: what another reader typed in is theirs alone."""

    reader: Any
    name = "library"

    def search(self, query: str, *, limit: int) -> list[BookRecord]:
        """See `BookSource.search`. The embedded catalogue's books are left to it."""
        books = self._visible().exclude(source=EmbeddedCatalogue.name).order_by("-created_at")
        if isbn := normalise_isbn(query):
            return [record_from_book(book) for book in books.filter(isbn13=isbn)[:limit]]
        wanted = Query.of(query)
        if wanted is None or limit <= 0:
            return []
        own = books.filter(self._own())[:OWN_LOOKED_AT]
        lettered = Q()
        letters = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", query))
        for word in letters.split():
            lettered &= Q(*((f"{name}__icontains", word) for name in _SEARCHED), _connector=Q.OR)
        found = {book.pk: book for book in chain(own, books.filter(lettered)[:OTHERS_LOOKED_AT])}
        ranks = [
            (rank, len(book.title), number, book)
            for number, book in enumerate(found.values())
            if (rank := wanted.match(_folded(book.title, book.title_en), _folded(*_people(book)))) is not None
        ]
        ranks.sort(key=lambda each: each[:3])
        return [record_from_book(book) for *_, book in ranks[:limit]]

    def find(self, source: str, source_id: str) -> BookRecord | None:
        """The record of a book that is here, by the source it came from."""
        if source == MANUAL:
            return self.get(source_id)
        book = Book.objects.filter(source=source, source_id=source_id).first() if source_id else None
        return record_from_book(book) if book else None

    def get(self, source_id: str) -> BookRecord | None:
        """A book that this reader typed in, by its own id."""
        try:
            book = self._visible().filter(source=MANUAL, pk=uuid.UUID(source_id)).first()
        except ValueError:
            return None
        return record_from_book(book) if book else None

    def _visible(self) -> QuerySet[Book]:
        return Book.objects.filter(~Q(source=MANUAL) | self._own())

    def _own(self) -> Q:
        return Q(added_by=self.reader) | Q(Exists(Journey.objects.filter(reader=self.reader, book=OuterRef("pk"))))


def record_from_book(book: Book) -> BookRecord:
    """A book of the database as a search result; its source and id are those that it came from."""
    return BookRecord(
        source=book.source,
        source_id=str(book.pk) if book.source == MANUAL else book.source_id,
        title=book.title,
        title_en=book.title_en,
        authors=tuple(name for name in book.authors.split(", ") if name),
        authors_en=tuple(filter(None, [book.authors_en])),
        publisher=book.publisher,
        year=book.year,
        language=book.language,
        isbn13=book.isbn13,
        pages=book.pages,
        description_ko=book.description_ko,
        description_en=book.description_en,
        moods=tuple(Mood(mood) for mood in book.moods if mood in _MOODS),
        cover_url=book.cover_url,
        source_url=book.source_url,
        picture=book.picture,
    )


def _people(book: Book) -> tuple[str, ...]:
    return tuple(filter(None, (book.authors, book.authors_en)))


def _folded(*texts: str) -> list[FoldedText]:
    return [FoldedText.of(text) for text in texts if text]
