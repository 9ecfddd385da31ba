"""The reader's record as tables that other services take in: Goodreads' library, Readwise's highlights.

UTF-8 with a byte order mark, so that spreadsheets show Hangul. A cell that a spreadsheet would compute gets an
apostrophe before it, which our own import takes away again.
"""

from __future__ import annotations

import csv
import io
import zoneinfo
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from journeys.exporting.document import journey_batches
from journeys.models import Journey, JourneyStatus, Reader, ReadingLog

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

GOODREADS_COLUMNS = (
    *("Book Id", "Title", "Author", "Author l-f", "Additional Authors", "ISBN", "ISBN13", "My Rating"),
    *("Average Rating", "Publisher", "Binding", "Number of Pages", "Year Published", "Original Publication Year"),
    *(
        "Date Read",
        "Date Added",
        "Bookshelves",
        "Bookshelves with positions",
        "Exclusive Shelf",
        "My Review",
        "Spoiler",
    ),
    *("Private Notes", "Read Count", "Owned Copies"),
)
READWISE_COLUMNS = ("Highlight", "Title", "Author", "URL", "Note", "Location", "Date")
_SHELVES = {
    JourneyStatus.WANT: "to-read",
    JourneyStatus.READING: "currently-reading",
    JourneyStatus.FINISHED: "read",
    JourneyStatus.STOPPED: "did-not-finish",
}


def goodreads_rows(reader: Reader) -> Iterator[list[str]]:
    """A row for each journey. Goodreads counts whole stars: quarters are rounded, a half up, as nobody else's are."""
    yield list(GOODREADS_COLUMNS)
    zone = zoneinfo.ZoneInfo(reader.time_zone)
    for batch in journey_batches(reader):
        for journey in batch:
            yield [guarded(cell) for cell in _goodreads_row(journey, zone)]


def _goodreads_row(journey: Journey, zone: zoneinfo.ZoneInfo) -> list[str]:
    book = journey.book
    first, _comma, others = book.authors.partition(", ")
    shelf = _SHELVES[JourneyStatus(journey.status)]
    tags = ", ".join(tag.name for tag in journey.tags.all())
    cells: dict[str, Any] = {
        "Book Id": str(journey.pk),
        "Title": book.title,
        "Author": first,
        "Additional Authors": others,
        "ISBN13": book.isbn13,
        "My Rating": max(1, (journey.rating + 2) // 4) if journey.rating else 0,
        "Publisher": book.publisher,
        "Number of Pages": journey.page_count or "",
        "Original Publication Year": book.year if book.year is not None else "",
        "Date Read": _slashed(journey.ended_on),
        "Date Added": _slashed(journey.created_at.astimezone(zone).date()),
        "Bookshelves": tags,
        "Exclusive Shelf": shelf,
        "My Review": journey.review,
        "Read Count": 1 if journey.status == JourneyStatus.FINISHED else 0,
        "Owned Copies": 0,
    }
    return [str(cells.get(column, "")) for column in GOODREADS_COLUMNS]


def readwise_rows(reader: Reader) -> Iterator[list[str]]:
    """A row for each log with a quote, its memo beside it, and for each with a memo alone, which is then its text."""
    yield list(READWISE_COLUMNS)
    for batch in journey_batches(reader):
        books = {journey.pk: journey.book for journey in batch}
        logs = ReadingLog.objects.filter(journey__in=batch).order_by("journey__created_at", "journey", "version")
        for log in logs.iterator(chunk_size=500):
            if not (log.quote or log.memo):
                continue
            book = books[log.journey_id]
            cells = [
                log.quote or log.memo,
                book.title,
                book.authors,
                "",
                log.memo if log.quote else "",
                "" if log.page is None else str(log.page),
                log.logged_on.isoformat(),
            ]
            yield [guarded(cell) for cell in cells]


def guarded(cell: str) -> str:
    """The cell as a spreadsheet will show and not compute it."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def csv_text(rows: Iterable[list[str]]) -> Iterator[str]:
    """The table as text, row by row."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow(row)
        yield line.getvalue()


def _slashed(day: date | None) -> str:
    return f"{day.year:04}/{day.month:02}/{day.day:02}" if day else ""
