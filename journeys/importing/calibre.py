"""calibre's catalogue as CSV: a library rather than a record of reading, so the reader says what its books are."""

from __future__ import annotations

from journeys.importing import cells
from journeys.importing.records import FileRecord
from journeys.importing.tables import Row, Table

COLUMN_SETS = ({"title", "authors", "uuid"}, {"title", "authors", "authorsort"}, {"title", "authors", "libraryname"})
"""Whoever writes the catalogue chooses its columns."""


def parse(table: Table) -> list[FileRecord]:
    """A record for each row, without a status."""
    # Stars are written as themselves, or as halves of them.
    highest = max((cells.stars(row("rating"), 20) or 0 for row in table), default=0)
    out_of = 10 if highest > 5 else 5
    return [_record(row, out_of) for row in table]


def _record(row: Row, out_of: int) -> FileRecord:
    published = cells.day(row("pubdate"))
    languages = cells.listed(row("languages"))
    origin = cells.line(row("uuid", "id"))
    return FileRecord(
        title=cells.line(row("title")),
        authors=cells.names(row("authors")),
        isbn13=cells.isbn(row("isbn"), *(part.removeprefix("isbn:") for part in cells.listed(row("identifiers")))),
        publisher=cells.line(row("publisher")),
        # Where calibre knows no date, it writes the year 101.
        year=published.year if published else None,
        language=_LANGUAGES.get(languages[0].casefold(), "") if languages else "",
        rating=cells.stars(row("rating"), out_of),
        tags=cells.listed(row("tags")),
        origin=f"calibre:{origin}" if origin else "",
    )


_LANGUAGES = {"kor": "ko", "eng": "en", "jpn": "ja", "fra": "fr", "deu": "de", "spa": "es", "zho": "zh", "rus": "ru"}
