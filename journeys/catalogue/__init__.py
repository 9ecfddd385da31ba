"""Finding a book: the one place the rest of the product asks, whatever sources stand behind it."""

from __future__ import annotations

from journeys.catalogue.base import BookRecord, BookSource
from journeys.catalogue.embedded import EmbeddedCatalogue

__all__ = ["SEARCH_LIMIT", "SOURCES", "BookRecord", "BookSource", "find_record", "search_books"]

SEARCH_LIMIT = 20
"""Results shown for one search."""

SOURCES: tuple[BookSource, ...] = (EmbeddedCatalogue(),)
"""In the order they are asked; the records of an earlier source come first."""


def search_books(query: str, *, limit: int = SEARCH_LIMIT) -> list[BookRecord]:
    """Up to `limit` books for a title, author or ISBN, the best first; nothing found is an empty list."""
    found: list[BookRecord] = []
    for source in SOURCES:
        found += source.search(query, limit=limit - len(found))
    return found


def find_record(source: str, source_id: str) -> BookRecord | None:
    """The record with this id in the source of that name, or None when either is unknown."""
    return next((candidate.get(source_id) for candidate in SOURCES if candidate.name == source), None)
