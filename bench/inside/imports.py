"""The inner part of `bench.imports`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date

import django
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models.functions import Now

django.setup()

from bench import measure  # noqa: E402
from journeys.importing import job  # noqa: E402
from journeys.importing.services import begin_import, confirm, counts_of  # noqa: E402
from journeys.models import Book, Import, Journey, Reader, ReadingLog  # noqa: E402

AT_ONCE = 500


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    rows = parser.parse_args().rows
    alice = Reader.objects.create_user("alice", "alice@example.org", "wonderland-7")
    inserting = timed(lambda: insert(alice, rows))
    record = begin_import(reader=alice, file=file(rows), name="library.csv")
    reading = timed(lambda: work(record))
    assert counts_of(record)["new"] == rows, counts_of(record)
    confirm(record)
    taking = timed(lambda: work(record))
    assert counts_of(record)["imported"] == rows
    again = begin_import(reader=alice, file=file(rows), name="library.csv")
    reading_again = timed(lambda: work(again))
    assert counts_of(again)["duplicate"] == rows
    measure.table(
        (f"{connection.vendor}, {rows:,} rows", "seconds", "of bare insertion"),
        ("bare insertion", f"{inserting:.1f}", "1 ×"),
        ("read and match", f"{reading:.1f}", measure.times(reading, inserting)),
        ("take in", f"{taking:.1f}", measure.times(taking, inserting)),
        ("both", f"{reading + taking:.1f}", measure.times(reading + taking, inserting)),
        ("read again: all here", f"{reading_again:.1f}", measure.times(reading_again, inserting)),
    )


def timed(what: Callable[[], object]) -> float:
    began = time.monotonic()
    what()
    return time.monotonic() - began


def work(record: Import) -> None:
    Import.objects.filter(pk=record.pk).update(due_at=Now())
    job.work(record.pk)
    record.refresh_from_db()


def insert(reader: Reader, rows: int) -> None:
    for start in range(0, rows, AT_ONCE):
        numbers = range(start, min(rows, start + AT_ONCE))
        with transaction.atomic():
            books = [Book(title=f"There already {n}", authors=f"Author {n % 300}", added_by=reader) for n in numbers]
            Book.objects.bulk_create(books)
            journeys = [Journey(reader=reader, book=book, status="finished", theme_seed=1) for book in books]
            Journey.objects.bulk_create(journeys)
            ReadingLog.objects.bulk_create(
                ReadingLog(journey=journey, version=version, memo="a note" * version, logged_on=date(2024, 1, 1))
                for journey in journeys
                for version in (0, 1)
            )


def file(rows: int) -> SimpleUploadedFile:
    columns = "Book Id,Title,Author,ISBN13,My Rating,Exclusive Shelf,Date Read,Bookshelves,Private Notes"
    lines = (
        f'{n},"Brought along {n}",Author {n % 300},,{n % 6},read,2024/01/{n % 28 + 1:02},"shelf-{n % 40}",note {n}'
        for n in range(rows)
    )
    return SimpleUploadedFile("library.csv", "\n".join((columns, *lines)).encode())


if __name__ == "__main__":
    main()
