"""Readwise's export of highlights, in both of its column sets, and its import format, which is what we write too.

Times are in UTC with an offset; cells hold many lines. Articles, tweets and podcasts are in the same file: what names
no book, or a web page, is left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, tzinfo

from journeys.catalogue.matching import fold
from journeys.importing import cells
from journeys.importing.records import FileRecord, Found, Passage, words
from journeys.importing.tables import Row, Table

COLUMN_SETS = (
    {"highlight", "booktitle", "bookauthor"},
    {"highlight", "title", "author", "note"},
    {"highlight", "title", "author", "date"},
)
_WEB_PAGE = re.compile(r"https?://|(?:saves|highlights) (?:from|by) ", re.IGNORECASE)
_TWEET = re.compile(r"@|(?:tweets?|threads?) (?:from|by) ", re.IGNORECASE)
_KINDS = ("articles", "tweets", "podcasts")
"""Of what is no book, as Readwise calls it."""


def parse(table: Table, zone: tzinfo = UTC) -> Found:
    """A record for each book, its highlights in the order of their days, which are those of the reader's `zone`."""
    left_out: Counter[str] = Counter()
    books: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    named: dict[tuple[str, str], tuple[str, str, set[str]]] = {}
    for row in table:
        title, authors = cells.line(row("Book Title", "Title")), cells.names(row("Book Author", "Author"))
        if kind := _kind_of_no_book(row, title):
            left_out[kind] += 1
            continue
        passages = _passages(row, zone)
        if not passages:
            left_out["empty"] += 1
            continue
        book = (fold(title) or title, fold(authors))
        named.setdefault(book, (title, authors, set()))[2].update(cells.listed(row("Document tags")))
        books[book] += passages
    records = [
        FileRecord(
            title=title,
            authors=authors,
            tags=tuple(sorted(tags)),
            passages=tuple(passages),
            origin=f"words:{':'.join(book)}",
        )
        for book, passages in books.items()
        for title, authors, tags in [named[book]]
    ]
    return Found(tuple(records), left_out)


def _passages(row: Row, zone: tzinfo) -> list[Passage]:
    kind = cells.line(row("Location Type")).casefold()
    place = cells.whole(row("Location"))
    return words(
        cells.prose(row("Highlight")),
        cells.prose(row("Note", "Annotation")),
        # Where the file does not say what is counted, as in the import format, it is pages.
        page=place if place is not None and place >= 0 and kind in ("page", "") else None,
        on=cells.day_in(row("Highlighted at", "Date"), zone),
    )


def _kind_of_no_book(row: Row, title: str) -> str:
    """What the row is from that is no book, as a code of `reasons.LEFT_OUT`; empty for a book."""
    category = cells.line(row("Category")).casefold()
    if category == "books":  # whatever its title looks like; an audiobook counts in time, too
        return "" if title else "untitled"
    if category:
        return category if category in _KINDS else "others"
    if cells.line(row("Location Type")).casefold() == "time_offset":
        return "podcasts"
    if _TWEET.match(title):
        return "tweets"
    if _WEB_PAGE.match(title):
        return "articles"
    return "" if title else "untitled"
