"""StoryGraph's export: quarter stars, a list of the dates of all readings, and moods, which are nearly our own.

`ISBN/UID` may hold an ISBN, an ASIN or anything; exports of 2021 say `ISBN` and `Author`. Each entry of `Dates Read` is
“first-last” or the last day alone, and a reading, so a journey, of its own.
"""

from __future__ import annotations

import re
from datetime import date

from journeys.catalogue.matching import fold
from journeys.importing import cells
from journeys.importing.records import FileRecord
from journeys.importing.tables import Row, Table
from journeys.models import JourneyStatus

COLUMNS = {"title", "readstatus", "starrating"}

STATUSES = {
    "to-read": JourneyStatus.WANT,
    "currently-reading": JourneyStatus.READING,
    "read": JourneyStatus.FINISHED,
    "did-not-finish": JourneyStatus.STOPPED,
    "paused": JourneyStatus.STOPPED,
}
_DATE = r"\d{4}[/.-]\d{1,2}[/.-]\d{1,2}"
_READING = re.compile(rf"^(?:({_DATE})?\s*-\s*)?({_DATE})?$")


def parse(table: Table) -> list[FileRecord]:
    """A record for each reading; the rating, review and moods are the last one's."""
    return [record for row in table for record in _records(row)]


def _records(row: Row) -> list[FileRecord]:
    known = STATUSES.get(cells.line(row("Read Status")).casefold(), "")
    readings = _readings(row("Dates Read"))
    last = cells.day(row("Last Date Read"))
    is_unread = _is_unread(row("Dates Read")) or cells.is_unread_day(row("Last Date Read"))
    if not readings:
        readings = [(None, last)]
    # A row that only carries tags has no status; dates tell that it was read.
    status = known or (JourneyStatus.FINISHED if readings[-1][1] or is_unread else JourneyStatus.WANT)
    title, authors = cells.line(row("Title")), cells.names(row("Authors", "Author"))
    number = cells.isbn(row("ISBN/UID", "ISBN"))
    origin = f"storygraph:{fold(title)}:{fold(authors)}:{number}"
    records = []
    for place, (started, ended) in enumerate(readings):
        is_last = place == len(readings) - 1
        records.append(
            FileRecord(
                title=title,
                authors=authors,
                isbn13=number,
                status=status if is_last else JourneyStatus.FINISHED,
                started_on=started,
                ended_on=ended,
                added_on=cells.day(row("Date Added")),
                rating=cells.stars(row("Star Rating")) if is_last else None,
                review=cells.prose(row("Review")) if is_last else "",
                tags=cells.listed(row("Tags")),
                moods=cells.feelings(cells.listed(row("Moods"))) if is_last else (),
                origin=origin if len(readings) == 1 else f"{origin}:{started or ''}-{ended or ''}",
                remarks=("date_unread",) if is_unread and is_last else (),
            )
        )
    return records


def _readings(text: str) -> list[tuple[date | None, date | None]]:
    """The first and the last day of every reading, the earliest first."""
    found = []
    for part in text.split(","):
        if match := _READING.match(part.strip()):
            first, last = (cells.day(each) if each else None for each in match.groups())
            if first or last:
                found.append((first, last))
    return sorted(found, key=lambda reading: reading[1] or reading[0] or date.max)


def _is_unread(text: str) -> bool:
    """Whether one of the readings has a day that cannot be read."""
    for part in text.split(","):
        match = _READING.match(part.strip())
        days = [each for each in match.groups() if each] if match else [part]
        if any(cells.is_unread_day(each) for each in days):
            return True
    return False
