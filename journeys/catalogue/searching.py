"""Search in everything there is: what is here at once, what others know within a budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from journeys.catalogue.base import BookRecord, BookSource
from journeys.catalogue.embedded import EmbeddedCatalogue
from journeys.catalogue.isbn import looks_like_isbn, normalise_isbn
from journeys.catalogue.library import MANUAL, Library
from journeys.catalogue.merging import merge, ranked
from journeys.catalogue.remote import (
    SourceAnswer,
    SourceState,
    ask_again,
    ask_all,
    keep_records,
    kept_record,
    remote_query,
)
from journeys.catalogue.sources import REMOTE_NAMES, remote_sources

SEARCH_LIMIT = 20
"""Results shown for one search: so many from here, and as many again from elsewhere."""

EMBEDDED = EmbeddedCatalogue()
SOURCES: tuple[BookSource, ...] = (EMBEDDED,)
"""Those that need neither network nor database, in the order they are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search has found."""

    here: list[BookRecord]
    """From the catalogue and the database, with what the sources elsewhere add to them."""
    elsewhere: list[BookRecord]
    """What only the sources elsewhere know."""
    answers: tuple[SourceAnswer, ...]
    """What came of asking each source elsewhere; empty where none is set up, or the query is none for them."""

    @property
    def records(self) -> list[BookRecord]:
        return [*self.here, *self.elsewhere]

    @property
    def is_pending(self) -> bool:
        """Whether there are sources that could still be asked."""
        return any(answer.state is SourceState.PENDING for answer in self.answers)

    @property
    def silent(self) -> tuple[str, ...]:
        """The names of the sources whose answer is missing: the results are only a part."""
        missing = (SourceState.FAILED, SourceState.SKIPPED)
        return tuple(answer.name for answer in self.answers if answer.state in missing)

    @property
    def nobody_answered(self) -> bool:
        """Whether all sources elsewhere were asked in vain: that nothing was found there says nothing."""
        return bool(self.answers) and len(self.silent) == len(self.answers)


def search_books(query: str, *, limit: int = SEARCH_LIMIT, reader: Any = None) -> list[BookRecord]:
    """Up to `limit` books that are here, for a title, author or ISBN, the best first; nothing found is an empty list.

    Without a reader it is the embedded catalogue alone.
    """
    found: list[BookRecord] = []
    for source in SOURCES:
        found += source.search(query, limit=limit - len(found))
    if reader is None:
        return found
    leads, others = merge(found, Library(reader).search(query, limit=limit))
    return (leads + others)[:limit]


def search_everywhere(
    query: str, *, reader: Any = None, limit: int = SEARCH_LIMIT, seconds: float | None = None
) -> Found:
    """What is here, and what the sources elsewhere answer within so many seconds (BOOK_SEARCH_SECONDS if not said).

    With 0 seconds nobody is waited for: what is known of their answers is there at once. Never raises for a source.
    """
    here = search_books(query, limit=limit, reader=reader)
    budget = settings.BOOK_SEARCH_SECONDS if seconds is None else seconds
    sent = remote_query(query)
    sources = remote_sources() if sent else ()
    answers = ask_all(sources, sent, seconds=budget) if sources else []
    theirs = [record for answer in answers for record in answer.records]
    here, elsewhere = merge(here, theirs)
    elsewhere = ranked(query, elsewhere)[:limit]
    keep_records(elsewhere)
    return Found(here=here, elsewhere=elsewhere, answers=tuple(answers))


def query_hint(query: str) -> str:
    """What is wrong with the query itself, in words for its reader; empty when nothing is."""
    if looks_like_isbn(query) and normalise_isbn(query) is None:
        return _(
            "This looks like an ISBN, but its check digit does not fit: please compare it with the one on the book."
        )
    return ""


def find_record(source: str, source_id: str, *, reader: Any = None) -> BookRecord | None:
    """The record that a search returned with these, or None when either is unknown or it is gone.

    It is looked up anew, whoever names it: in the answers of the last day, in the database, then at the source itself.
    Raises `SourceFailed` when the source would have to be asked and gives no answer. Without a reader none of the books
    that readers typed in is found.
    """
    if source == EMBEDDED.name:
        return EMBEDDED.get(source_id)
    if source == MANUAL:
        return Library(reader).get(source_id) if reader is not None else None
    if source not in REMOTE_NAMES:
        return None
    if record := kept_record(source, source_id) or Library(reader).find(source, source_id):
        return record
    return look_up(source, source_id, seconds=settings.BOOK_SEARCH_SECONDS)


def look_up(source: str, source_id: str, *, seconds: float) -> BookRecord | None:
    """What the source elsewhere itself says of its record, which may be more than its search did; None when it knows no
    such record, or is not set up. Raises `SourceFailed`."""
    asked = next((each for each in remote_sources(seconds) if each.name == source), None)
    return ask_again(asked, source_id) if asked and source_id else None
