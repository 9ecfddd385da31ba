"""Goodreads' library export, in its old form (31 columns) and its new one (24), and tables of other programs like it.

ISBNs come as `="978…"`, empty ones as `=""`; a rating of 0 is none; the exclusive shelf may be one of the reader's own;
reviews hold a little HTML. Of several readings the file dates only the last one.
"""

from __future__ import annotations

from journeys.importing import cells
from journeys.importing.records import FileRecord, words
from journeys.importing.tables import Row, Table
from journeys.models import JourneyStatus

COLUMNS = {"title", "author", "exclusiveshelf", "myrating"}
"""What a table must have to be one, as `tables.column_key` compares names."""

SHELVES = {
    "to-read": JourneyStatus.WANT,
    "want-to-read": JourneyStatus.WANT,
    "currently-reading": JourneyStatus.READING,
    "read": JourneyStatus.FINISHED,
    "did-not-finish": JourneyStatus.STOPPED,
    "dnf": JourneyStatus.STOPPED,
    "abandoned": JourneyStatus.STOPPED,
    "stopped": JourneyStatus.STOPPED,
    "paused": JourneyStatus.STOPPED,
    "on-hold": JourneyStatus.STOPPED,
}


def parse(table: Table) -> list[FileRecord]:
    """A record for each row."""
    return [_record(row) for row in table]


def _record(row: Row) -> FileRecord:
    shelf = cells.line(row("Exclusive Shelf")).casefold()
    read_on = cells.day(row("Date Read"))
    is_unread = cells.is_unread_day(row("Date Read"))
    # Of a shelf of the reader's own: whoever has read it on some day has read it.
    status = SHELVES.get(shelf, JourneyStatus.FINISHED if read_on or is_unread else JourneyStatus.WANT)
    shelves = [name for name in cells.listed(row("Bookshelves")) if name.casefold() not in SHELVES]
    if shelf and shelf not in SHELVES:
        shelves.append(cells.line(row("Exclusive Shelf")))
    notes = cells.prose(row("Private Notes"))
    book_id = cells.line(row("Book Id"))
    return FileRecord(
        title=cells.line(row("Title")),
        authors=cells.names(row("Author"), row("Additional Authors")),
        isbn13=cells.isbn(row("ISBN13"), row("ISBN")),
        publisher=cells.line(row("Publisher")),
        year=cells.whole(row("Original Publication Year", "Year Published")),
        pages=cells.whole(row("Number of Pages")),
        status=status,
        started_on=cells.day(row("Date Started")),
        ended_on=read_on,
        added_on=cells.day(row("Date Added")),
        rating=cells.stars(row("My Rating")),
        review=cells.prose(row("My Review")),
        tags=tuple(shelves),
        passages=tuple(words("", notes, on=read_on or cells.day(row("Date Added")))),
        origin=f"goodreads:{book_id}" if book_id else "",
        remarks=("date_unread",) if is_unread or cells.is_unread_day(row("Date Started")) else (),
    )
