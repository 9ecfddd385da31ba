"""Finding a book: the one place the rest of the product asks, whatever sources stand behind it."""

from journeys.catalogue.base import BookRecord, BookSource, SourceFailed
from journeys.catalogue.names import source_text
from journeys.catalogue.remote import SourceAnswer, SourceState
from journeys.catalogue.searching import (
    SEARCH_LIMIT,
    SOURCES,
    Found,
    find_record,
    look_up,
    query_hint,
    search_books,
    search_everywhere,
)

__all__ = [
    "SEARCH_LIMIT",
    "SOURCES",
    "BookRecord",
    "BookSource",
    "Found",
    "SourceAnswer",
    "SourceFailed",
    "SourceState",
    "find_record",
    "look_up",
    "query_hint",
    "search_books",
    "search_everywhere",
    "source_text",
]
