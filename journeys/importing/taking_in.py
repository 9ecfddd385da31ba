"""Rows that the reader has confirmed become journeys, a batch in each transaction.

A batch does all of its rows or none, and says so in the rows themselves: whoever takes the import up after a crash goes
on with those that still say "new". Nothing here asks for music.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from journeys.catalogue.embedded import EmbeddedCatalogue
from journeys.catalogue.matching import fold
from journeys.importing.matching import BOOK, JOURNEY, RECORD
from journeys.importing.ours import log_key
from journeys.importing.records import Passage, Record, words_key
from journeys.models import (
    Book,
    ImportRow,
    Journey,
    JourneyStatus,
    Progress,
    Reader,
    ReadingLog,
    RowOutcome,
)
from journeys.services.books import book_from_record
from journeys.services.journeys import theme_seed_of
from journeys.services.readers import today_of
from journeys.services.tags import add_tags

WRITTEN_AT_ONCE = 500

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
    """Taking in the rows of one import. Keeps what it knows from batch to batch; `status` is the reader's choice for
    rows whose file names none."""

    def __init__(self, reader: Reader, *, status: str) -> None:
        self._reader = reader
        self._status = status or JourneyStatus.FINISHED
        self._today = today_of(reader)
        self._chosen: dict[uuid.UUID, Book] = {}
        self._records: dict[str, Book | None] = {}
        self._own: dict[tuple[str, str, str], Book] = {}
        for book in Book.objects.filter(added_by=reader, source="manual"):
            self._own[_book_key(book.title, book.authors, book.isbn13)] = book

    def take(self, rows: Sequence[ImportRow]) -> None:
        """Make journeys of these rows, or logs in the journeys they were said to join. Within a transaction."""
        # Held: of two imports that are taken in at once, the second sees what the first has made.
        list(Reader.objects.select_for_update().filter(pk=self._reader.pk).values_list("pk"))
        batch = _Batch()
        now = timezone.now()
        gone, here = self._gone(rows), self._here_meanwhile(rows)
        self._chosen = Book.objects.in_bulk(
            {row.choice.removeprefix(BOOK) for row in rows if row.choice.startswith(BOOK)}
        )
        for row in rows:
            record = Record.from_json(row.data)
            added: list[str] = []
            if row.pk in gone:
                row.outcome, row.reason = RowOutcome.FAILED, "journey_gone"
                continue
            if row.pk in here:
                row.outcome, row.reason = RowOutcome.DUPLICATE, "known"
                continue
            if row.choice.startswith(JOURNEY):
                row.journey, added = self._join(row, record, now)
            else:
                row.journey = self._begin(batch, row, record, now)
            row.outcome = RowOutcome.IMPORTED
            row.data = {
                "keys": sorted({key for passage in record.passages for key in passage.keys}),
                "music": {p.key: p.extra["music"] for p in record.passages if p.extra.get("music")},
                "added": added,
                "stamp": now.isoformat(),
                "made": not row.choice.startswith(JOURNEY),
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

    def _here_meanwhile(self, rows: Sequence[ImportRow]) -> set[int]:
        """Rows that were new when they were looked at, and that another import has taken in since."""
        unasked = {row.key: row.pk for row in rows if not row.reason}
        there = ImportRow.objects.filter(
            key__in=unasked, record__reader=self._reader, outcome=RowOutcome.IMPORTED, journey__isnull=False
        )
        return {unasked[key] for key in there.values_list("key", flat=True)}

    # A journey of its own

    def _begin(self, batch: _Batch, row: ImportRow, record: Record, now: datetime) -> Journey:
        book = self._book(batch, row.choice, record)
        status = record.status or self._status
        extra = record.extra
        started = None if status == JourneyStatus.WANT else record.started_on
        ended = record.ended_on if status in (JourneyStatus.FINISHED, JourneyStatus.STOPPED) else None
        seed = extra.get("theme_seed")
        journey = Journey(
            reader=self._reader,
            book=book,
            status=status,
            started_on=started,
            ended_on=ended,
            rating=record.rating,
            review=record.review,
            genre=extra.get("genre") or "",
            duration=extra.get("duration"),
            pages=extra.get("pages"),
            theme_seed=seed if seed is not None else theme_seed_of(book, self._reader),
            created_at=_moment(extra.get("created_at"), now),
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
                    created_at=_moment(each["created_at"], now),
                )
            )
        if status != JourneyStatus.WANT or record.passages:
            batch.logs += self._logs_of(journey, record, now)
        if status == JourneyStatus.WANT and record.passages:
            journey.status = JourneyStatus.READING  # who has written something down has begun to read
        return journey

    def _logs_of(self, journey: Journey, record: Record, now: datetime) -> list[ReadingLog]:
        """The journey's logs: v0, its beginning, and its passages in the order of their days."""
        first_day = record.started_on or min(
            (passage.on for passage in record.passages if passage.on), default=record.ended_on or self._today
        )
        if any(passage.extra for passage in record.passages):
            return self._our_logs(journey, record.passages, first_day, now)
        start = ReadingLog(journey=journey, version=0, emotions=list(record.moods), logged_on=first_day, created_at=now)
        return [start, *self._new_logs(journey, record.passages, 1, record.ended_on or first_day, now)]

    def _new_logs(
        self, journey: Journey, passages: Iterable[Passage], version: int, default: date, now: datetime
    ) -> list[ReadingLog]:
        ordered = sorted(passages, key=lambda passage: passage.on or default)
        return [
            ReadingLog(
                journey=journey,
                version=number,
                quote=passage.quote,
                memo=passage.memo,
                emotions=list(passage.extra.get("emotions", ())),
                page=passage.page,
                percent=passage.percent,
                logged_on=passage.on or default,
                import_key=passage.key,
                created_at=_moment(passage.extra.get("created_at"), now),
                updated_at=now,
            )
            for number, passage in enumerate(ordered, version)
        ]

    def _our_logs(
        self, journey: Journey, passages: Sequence[Passage], default: date, now: datetime
    ) -> list[ReadingLog]:
        """Logs of our own export, numbered as they were; what a file says twice of versions and ends is put right."""
        ordered = sorted(enumerate(passages), key=lambda each: (each[1].extra.get("version") or 0, each[0]))
        logs: list[ReadingLog] = []
        for _place, passage in ordered:
            wanted = passage.extra.get("version") or 0
            version = wanted if not logs else max(wanted, logs[-1].version + 1)
            is_final = bool(passage.extra.get("is_final")) and version > 0 and not any(log.is_final for log in logs)
            (log,) = self._new_logs(journey, [passage], version, default, now)
            log.is_final = is_final
            logs.append(log)
        if logs and logs[0].version > 0:
            logs.insert(0, ReadingLog(journey=journey, version=0, logged_on=default, created_at=now))
        return logs

    # The book

    def _book(self, batch: _Batch, choice: str, record: Record) -> Book:
        if choice.startswith(BOOK):
            if book := self._chosen.get(uuid.UUID(choice.removeprefix(BOOK))):
                return book
        elif choice.startswith(RECORD):
            if choice not in self._records:
                found = _catalogue.get(choice.removeprefix(RECORD).partition("/")[2])
                self._records[choice] = book_from_record(found) if found else None
            if book := self._records[choice]:
                return book
        key = _book_key(record.title, record.authors, record.isbn13)
        if key not in self._own:
            facts = record.extra.get("book", {})
            self._own[key] = Book(
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
            batch.books.append(self._own[key])
        return self._own[key]

    # A journey that is there

    def _join(self, row: ImportRow, record: Record, now: datetime) -> tuple[Journey, list[str]]:
        """Add the record's new words to the journey, and what it lacks; where the record goes on, the journey does.

        Returns the journey and the keys of the logs that were added.
        """
        journey = Journey.objects.get(pk=row.choice.removeprefix(JOURNEY))
        logs = list(journey.logs.order_by("version"))
        fresh = self._fresh(record, journey, logs)
        if row.reason == "changed" and record.status:
            journey.status = record.status
            journey.started_on = journey.started_on or record.started_on
            journey.ended_on = record.ended_on
        if journey.status == JourneyStatus.WANT and fresh:
            journey.status = JourneyStatus.READING
        journey.rating = journey.rating or record.rating
        journey.review = journey.review or record.review
        journey.updated_at = now
        journey.save(update_fields=["status", "started_on", "ended_on", "rating", "review", "updated_at"])
        default = record.ended_on or journey.ended_on or self._today
        if not logs and journey.status != JourneyStatus.WANT:
            logs = [ReadingLog.objects.create(journey=journey, version=0, logged_on=journey.started_on or default)]
        version = logs[-1].version + 1 if logs else 0
        if fresh and logs and logs[-1].is_final:  # the end stays the end
            version = logs[-1].version
            ReadingLog.objects.filter(pk=logs[-1].pk).update(version=version + len(fresh))
        ReadingLog.objects.bulk_create(
            self._new_logs(journey, fresh, version, default, now), batch_size=WRITTEN_AT_ONCE
        )
        return journey, [passage.key for passage in fresh]

    def _fresh(self, record: Record, journey: Journey, logs: list[ReadingLog]) -> list[Passage]:
        """The words that the journey has not, nor ever had from an import: what its reader has deleted stays away."""
        known = {key for log in logs for key in (log.import_key, log_key(log.pk), words_key(log.quote, log.memo))}
        for data in ImportRow.objects.filter(journey=journey).values_list("data", flat=True):
            known.update(data.get("keys", ()))
        return [passage for passage in record.passages if not known.intersection(passage.keys)]

    # Writing

    def _write(self, batch: _Batch) -> None:
        Book.objects.bulk_create(batch.books, batch_size=WRITTEN_AT_ONCE)
        Journey.objects.bulk_create(batch.journeys, batch_size=WRITTEN_AT_ONCE)
        ReadingLog.objects.bulk_create(batch.logs, batch_size=WRITTEN_AT_ONCE)
        Progress.objects.bulk_create(batch.progress, batch_size=WRITTEN_AT_ONCE)
        add_tags(self._reader.pk, batch.tags)


def _book_key(title: str, authors: str, isbn13: str) -> tuple[str, str, str]:
    return fold(title) or title, fold(authors), isbn13


def _moment(text: Any, default: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else default
