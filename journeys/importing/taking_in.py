"""Rows that the reader has confirmed become journeys, a batch in each transaction.

A batch does all of its rows or none, and says so in the rows themselves: whoever takes the import up after a crash goes
on with those that still say "new". Nothing here asks for music.
"""

from __future__ import annotations

import uuid
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils import timezone

from journeys.catalogue.embedded import EmbeddedCatalogue
from journeys.catalogue.matching import fold
from journeys.importing.joining import Joined, join
from journeys.importing.logs import WRITTEN_AT_ONCE, moment_of, new_logs, our_logs
from journeys.importing.matching import BOOK, JOURNEY, NEW_BOOK, RECORD
from journeys.importing.meanwhile import here_meanwhile
from journeys.importing.records import FileRecord
from journeys.models import (
    Book,
    Import,
    ImportFormat,
    ImportRow,
    Journey,
    JourneyStatus,
    Progress,
    ReadingLog,
    RowOutcome,
)
from journeys.services.books import book_from_record
from journeys.services.holding import hold_reader
from journeys.services.journeys import theme_seed_of
from journeys.services.readers import today_of
from journeys.services.tags import add_tags

_catalogue = EmbeddedCatalogue()


@dataclass(slots=True)
class _Batch:
    """What a batch is going to write."""

    books: list[Book] = field(default_factory=list)
    journeys: list[Journey] = field(default_factory=list)
    logs: list[ReadingLog] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)
    tags: dict[uuid.UUID, tuple[str, ...]] = field(default_factory=dict)


class Taking:
    """Taking in the rows of one import. Keeps what it knows from batch to batch."""

    def __init__(self, record: Import) -> None:
        self._reader = record.reader
        self._status = str(record.mapping.get("status", "")) or JourneyStatus.FINISHED  # of rows whose file names none
        self._is_ours = record.format == ImportFormat.OURS
        self._today = today_of(record.reader)
        self._chosen: dict[uuid.UUID, Book] = {}
        self._records: dict[str, Book | None] = {}
        # The books that this import has made: several of its rows may be of one. What the reader had before was
        # offered in the preview, and a row that is of a new book all the same is so because it differs, or was said to.
        self._made: dict[tuple[str, str, str], Book] = {}
        made = record.rows.filter(choice=NEW_BOOK, outcome=RowOutcome.IMPORTED).values("journey")
        for book in Book.objects.filter(journeys__in=made, source="manual"):
            self._made[self._book_key(book.title, book.authors, book.isbn13)] = book

    def take(self, rows: Sequence[ImportRow]) -> None:
        """Make journeys of these rows, or logs in the journeys they were said to join. Within a transaction."""
        # Held: of two imports that are taken in at once, the second sees what the first has made.
        hold_reader(self._reader.pk)
        batch = _Batch()
        now = timezone.now()
        records = {row.pk: FileRecord.from_json(row.data) for row in rows}
        gone = self._gone(rows)
        here = here_meanwhile(self._reader, rows, {pk: self._last_day(record) for pk, record in records.items()})
        self._chosen = Book.objects.in_bulk(
            {row.choice.removeprefix(BOOK) for row in rows if row.choice.startswith(BOOK)}
        )
        for row in rows:
            record = records[row.pk]
            joined = Joined()
            if row.pk in gone:
                row.outcome, row.reason = RowOutcome.FAILED, "journey_gone"
                continue
            if row.pk in here:
                row.outcome, row.reason = RowOutcome.DUPLICATE, "known"
                continue
            if row.choice.startswith(JOURNEY):
                joined = join(row, record, today=self._today, now=now)
                if not joined:
                    row.outcome = RowOutcome.DUPLICATE
                    row.reason = "words_known" if record.passages else "known"
                    continue
                row.journey = joined.journey
            else:
                row.journey = self._begin(batch, row, record, now)
            row.outcome = RowOutcome.IMPORTED
            row.data = {
                "keys": sorted({key for passage in record.passages for key in passage.keys}),
                "music": {p.key: p.extra["music"] for p in record.passages if p.extra.get("music")},
                "added": joined.added,
                "before": joined.before,
                "start": joined.start,
                "stamp": now.isoformat(),
                "made": not row.choice.startswith(JOURNEY),
                "remarks": list(record.remarks),
            }
        self._write(batch)
        # An upsert of rows that are all there: several times faster than one UPDATE with a case for each of them.
        ImportRow.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["outcome", "reason", "journey", "data"],
        )

    def _gone(self, rows: Sequence[ImportRow]) -> set[int]:
        """Rows that were to join a journey that has been deleted since."""
        wanted = {row.pk: row.choice.removeprefix(JOURNEY) for row in rows if row.choice.startswith(JOURNEY)}
        # Held to the end: no log may take a version between our looking and our writing.
        there = set(
            Journey.objects.select_for_update()
            .filter(pk__in=set(wanted.values()), reader=self._reader)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        return {pk for pk, journey_id in wanted.items() if uuid.UUID(journey_id) not in there}

    # A journey of its own

    def _begin(self, batch: _Batch, row: ImportRow, record: FileRecord, now: datetime) -> Journey:
        book = self._book(batch, row.choice, record)
        status = record.status or self._status
        extra = record.extra
        started = None if status == JourneyStatus.WANT else record.started_on
        seed = extra.get("theme_seed")
        journey = Journey(
            reader=self._reader,
            book=book,
            status=status,
            started_on=started,
            ended_on=self._last_day(record),
            rating=record.rating,
            review=record.review,
            genre=extra.get("genre") or "",
            duration=extra.get("duration"),
            pages=extra.get("pages"),
            theme_seed=seed if seed is not None else theme_seed_of(book, self._reader),
            created_at=moment_of(extra.get("created_at"), self._noon(record.added_on, now)),
            updated_at=now,
        )
        batch.journeys.append(journey)
        if record.tags:
            batch.tags[journey.pk] = record.tags
        for each in extra.get("progress", ()):
            batch.progress.append(
                Progress(
                    journey=journey,
                    page=each["page"],
                    percent=each["percent"],
                    read_on=date.fromisoformat(each["read_on"]),
                    created_at=moment_of(each["created_at"], now),
                )
            )
        if status != JourneyStatus.WANT or record.passages:
            batch.logs += self._logs_of(journey, record, now)
        if status == JourneyStatus.WANT and record.passages:
            journey.status = JourneyStatus.READING  # who has written something down has begun to read
        return journey

    def _last_day(self, record: FileRecord) -> date | None:
        """The last day of the journey that the record is to become."""
        ended = (record.status or self._status) in (JourneyStatus.FINISHED, JourneyStatus.STOPPED)
        return record.ended_on if ended else None

    def _noon(self, day: date | None, now: datetime) -> datetime:
        """Noon of that day where the reader is; now for none, and for a day to come or before the calendars agree."""
        if day is None or not date(1900, 1, 1) <= day < self._today:
            return now
        return datetime.combine(day, time(12), tzinfo=zoneinfo.ZoneInfo(self._reader.time_zone))

    def _logs_of(self, journey: Journey, record: FileRecord, now: datetime) -> list[ReadingLog]:
        """The journey's logs: v0, its beginning, and its passages in the order of their days."""
        first_day = record.started_on or min(
            (passage.on for passage in record.passages if passage.on), default=record.ended_on or self._today
        )
        if any(passage.extra for passage in record.passages):
            return our_logs(journey, record.passages, first_day, now)
        start = ReadingLog(journey=journey, version=0, emotions=list(record.moods), logged_on=first_day, created_at=now)
        default = record.ended_on or record.last_told_day or first_day
        return [start, *new_logs(journey, record.passages, 1, default, now)]

    # The book

    def _book(self, batch: _Batch, choice: str, record: FileRecord) -> Book:
        if choice.startswith(BOOK):
            if book := self._chosen.get(uuid.UUID(choice.removeprefix(BOOK))):
                return book
        elif choice.startswith(RECORD):
            if choice not in self._records:
                found = _catalogue.get(choice.removeprefix(RECORD).partition("/")[2])
                self._records[choice] = book_from_record(found) if found else None
            if book := self._records[choice]:
                return book
        key = self._book_key(record.title, record.authors, record.isbn13)
        if key not in self._made:
            facts = record.extra.get("book", {})
            self._made[key] = Book(
                title=record.title,
                authors=record.authors,
                publisher=record.publisher,
                year=record.year,
                language=record.language,
                isbn13=record.isbn13,
                pages=record.pages,
                added_by=self._reader,
                **{
                    name: facts[name]
                    for name in ("title_en", "authors_en", "description_ko", "description_en", "moods")
                    if name in facts
                },
            )
            batch.books.append(self._made[key])
        return self._made[key]

    def _book_key(self, title: str, authors: str, isbn13: str) -> tuple[str, str, str]:
        """By which two rows are of one book: in our own export to the letter, else by their bare letters."""
        return (title, authors, isbn13) if self._is_ours else (fold(title) or title, fold(authors), isbn13)

    # Writing

    def _write(self, batch: _Batch) -> None:
        Book.objects.bulk_create(batch.books, batch_size=WRITTEN_AT_ONCE)
        Journey.objects.bulk_create(batch.journeys, batch_size=WRITTEN_AT_ONCE)
        ReadingLog.objects.bulk_create(batch.logs, batch_size=WRITTEN_AT_ONCE)
        Progress.objects.bulk_create(batch.progress, batch_size=WRITTEN_AT_ONCE)
        add_tags(self._reader.pk, batch.tags)
