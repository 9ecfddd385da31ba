"""Readwise's export of highlights, in both of its column sets, and its import format, which is what we write too.

Times are in UTC with an offset; cells hold many lines. Articles, tweets and podcasts are in the same file: what names
no book, or a web page, is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict

from journeys.catalogue.matching import fold
from journeys.importing import cells
from journeys.importing.records import Passage, Record, words
from journeys.importing.tables import Row, Table

COLUMN_SETS = (
    {"highlight", "booktitle", "bookauthor"},
    {"highlight", "title", "author", "note"},
    {"highlight", "title", "author", "date"},
)
_NO_BOOK = re.compile(r"^(?:https?://|@)|^(?:tweets?|threads?|saves|highlights) (?:from|by) ", re.IGNORECASE)


def parse(table: Table) -> list[Record]:
    """A record for each book, its highlights in the order of their days."""
    books: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    named: dict[tuple[str, str], tuple[str, str, set[str]]] = {}
    for row in table:
        title, authors = cells.line(row("Book Title", "Title")), cells.names(row("Book Author", "Author"))
        if not title or _is_no_book(row, title):
            continue
        passages = _passages(row)
        if not passages:
            continue
        book = (fold(title) or title, fold(authors))
        named.setdefault(book, (title, authors, set()))[2].update(cells.listed(row("Document tags")))
        books[book] += passages
    return [
        Record(
            title=title,
            authors=authors,
            tags=tuple(sorted(tags)),
            passages=tuple(passages),
            origin=f"words:{':'.join(book)}",
        )
        for book, passages in books.items()
        for title, authors, tags in [named[book]]
    ]


def _passages(row: Row) -> list[Passage]:
    kind = cells.line(row("Location Type")).casefold()
    place = cells.whole(row("Location"))
    return words(
        cells.prose(row("Highlight")),
        cells.prose(row("Note", "Annotation")),
        # Where the file does not say what is counted, as in the import format, it is pages.
        page=place if place is not None and place >= 0 and kind in ("page", "") else None,
        on=cells.day(row("Highlighted at", "Date")),
    )


def _is_no_book(row: Row, title: str) -> bool:
    category = cells.line(row("Category")).casefold()
    kind = cells.line(row("Location Type")).casefold()
    return category not in ("", "books") or kind == "time_offset" or bool(_NO_BOOK.match(title))
