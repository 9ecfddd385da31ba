"""Workers that die, come twice or come late: the row is the queue, and nothing is taken in twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from journeys import tasks
from journeys.importing import job
from journeys.importing.reasons import Refused
from journeys.importing.services import (
    ask_for_its_music,
    begin_import,
    confirm,
    delete_import,
    stop_asking,
)
from journeys.importing.taking_in import Taking
from journeys.models import Import, ImportRow, ImportState, Journey, Reader, ReadingLog
from journeys.tasks import sweep_transfers
from music.models import MusicTrack
from music.storage import StorageFailed
from tests.db.transfers import brought, outcomes, table, taken_in, worked
from tests.pure.importing import samples

ROWS = [{"Book Id": str(n), "Title": f"Book {n}", "Author": "Somebody", "Exclusive Shelf": "read"} for n in range(1, 8)]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "ROWS_AT_ONCE", 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("dies_after", [0, 1, 2, 3])
def test_a_worker_that_dies_while_taking_in_leaves_the_rest_to_the_next(
    alice: Reader, monkeypatch: pytest.MonkeyPatch, dies_after: int
) -> None:
    record = brought(alice, table(*ROWS))
    confirm(record)
    real, batches = Taking.take, []

    def dying(self: Taking, rows: list[ImportRow]) -> None:
        real(self, rows)
        if len(batches) == dies_after:
            raise OperationalError("the database went away")
        batches.append(len(rows))

    monkeypatch.setattr(Taking, "take", dying)
    with pytest.raises(OperationalError):
        worked(record)
    assert Journey.objects.count() == 2 * dies_after  # the batch in hand is undone as a whole
    monkeypatch.setattr(Taking, "take", real)
    assert worked(record).state == ImportState.DONE
    assert sorted(Journey.objects.values_list("book__title", flat=True)) == [row["Title"] for row in ROWS]
    assert {outcome for outcome, _ in outcomes(record)} == {"imported"}
    assert record.done == 7


@pytest.mark.django_db
@pytest.mark.usefixtures("small_batches")
def test_a_worker_that_dies_while_reading_leaves_a_file_to_read_anew(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = begin_import(reader=alice, file=SimpleUploadedFile("a.csv", table(*ROWS).encode()), name="a.csv")
    real = ImportRow.objects.bulk_create
    calls: list[int] = []

    def dying(rows: list[ImportRow], **options: Any) -> Any:
        calls.append(len(rows))
        if len(calls) == 3:
            raise OperationalError("the database went away")
        return real(rows, **options)

    monkeypatch.setattr(ImportRow.objects, "bulk_create", dying)
    with pytest.raises(OperationalError):
        worked(record)
    assert ImportRow.objects.count() == 4
    assert worked(record).state == ImportState.READY
    assert list(record.rows.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.django_db
@pytest.mark.usefixtures("small_batches")
def test_a_worker_that_was_thought_dead_writes_nothing_more(alice: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    record = brought(alice, table(*ROWS))
    confirm(record)
    real = Taking.take

    def overtaken(self: Taking, rows: list[ImportRow]) -> None:
        monkeypatch.setattr(Taking, "take", real)
        worked(record)  # another worker takes it over and does all of it
        real(self, rows)

    monkeypatch.setattr(Taking, "take", overtaken)
    Import.objects.filter(pk=record.pk).update(due_at=Now())
    job.work(record.pk)
    assert Journey.objects.count() == 7
    assert ReadingLog.objects.count() == 7


@pytest.mark.django_db
def test_an_import_that_a_worker_has_is_not_taken_by_another(alice: Reader) -> None:
    record = brought(alice, table(*ROWS))
    confirm(record)
    Import.objects.filter(pk=record.pk).update(due_at=Now())
    assert job.claim(record.pk)
    assert job.claim(record.pk) is None
    assert list(job.due_imports()) == []


@pytest.mark.django_db
def test_an_import_that_is_deleted_while_it_is_read_is_forgotten(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = job.parse_file

    def deleting(*arguments: Any, **named: Any) -> Any:
        delete_import(Import.objects.get())
        return real(*arguments, **named)

    monkeypatch.setattr(job, "parse_file", deleting)
    record = begin_import(reader=alice, file=SimpleUploadedFile("a.csv", table(*ROWS).encode()), name="a.csv")
    Import.objects.update(due_at=Now())
    job.work(record.pk)
    assert not Import.objects.exists()
    assert not ImportRow.objects.exists()


@pytest.mark.django_db
def test_confirming_twice_takes_in_once(alice: Reader) -> None:
    record = brought(alice, table(*ROWS))
    confirm(record)
    confirm(record)
    worked(record)
    confirm(record)
    assert Journey.objects.count() == 7


@pytest.mark.django_db
def test_the_same_file_in_two_windows_is_taken_in_once(alice: Reader) -> None:
    first, second = brought(alice, table(*ROWS)), brought(alice, table(*ROWS))
    confirm(first)
    confirm(second)
    worked(first)
    worked(second)
    assert Journey.objects.count() == 7
    assert {outcome for outcome, _ in outcomes(second)} == {"duplicate"}


@pytest.mark.django_db
def test_one_row_that_breaks_does_not_keep_the_others_out(alice: Reader) -> None:
    record = brought(alice, table(*ROWS))
    ImportRow.objects.filter(record=record, number=3).update(data={"title": "x", "rating": 900, "status": "read"})
    confirm(record)
    worked(record)
    assert outcomes(record)[2] == ("failed", "unexpected")
    assert Journey.objects.count() == 6


@pytest.mark.django_db
def test_the_sweep_finds_what_is_due(alice: Reader) -> None:
    record = begin_import(reader=alice, file=SimpleUploadedFile("a.csv", table(*ROWS).encode()), name="a.csv")
    sweep_transfers()
    record.refresh_from_db()
    assert record.state == ImportState.READY


@pytest.mark.django_db
def test_music_is_asked_for_as_far_as_the_readers_limit_goes(alice: Reader, settings: Any) -> None:
    settings.MUSIC_READER_LIMIT = 1
    record = taken_in(alice, samples.READWISE)
    assert record.state == ImportState.DONE
    ask_for_its_music(record)
    worked(record)
    assert MusicTrack.objects.count() == 1
    assert record.state == ImportState.SCORING
    worked(record)
    assert MusicTrack.objects.count() == 1
    MusicTrack.objects.get().cancel()
    worked(record)
    assert set(MusicTrack.objects.values_list("log__quote", flat=True)) == {
        "The bird fights\nits way out.",
        "Second one.",
    }
    assert record.state == ImportState.DONE


@pytest.mark.django_db
def test_asking_for_music_can_be_stopped(alice: Reader, settings: Any) -> None:
    settings.MUSIC_READER_LIMIT = 0
    record = taken_in(alice, samples.READWISE)
    ask_for_its_music(record)
    worked(record)
    stop_asking(record)
    assert record.state == ImportState.DONE
    assert not MusicTrack.objects.exists()


@pytest.mark.django_db
def test_ten_thousand_quotes_of_one_book(alice: Reader) -> None:
    quotes = "".join(f'"Thought {n}",Emma,Jane Austen,,,{n},2024-03-09\n' for n in range(10_000))
    record = taken_in(alice, f"Highlight,Title,Author,URL,Note,Location,Date\n{quotes}")
    assert outcomes(record) == [("imported", "")]
    assert Journey.objects.get().logs.count() == 10_001
    assert outcomes(taken_in(alice, f"Highlight,Title,Author,URL,Note,Location,Date\n{quotes}")) == [
        ("duplicate", "words_known")
    ]


@pytest.mark.django_db
def test_a_row_that_surprises_everybody_does_not_keep_the_others_out(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = brought(alice, table(*ROWS))
    confirm(record)
    real = Taking.take

    def surprised(self: Taking, rows: list[ImportRow]) -> None:
        if any(row.number == 3 for row in rows):
            raise OverflowError("date value out of range")
        real(self, rows)

    monkeypatch.setattr(Taking, "take", surprised)
    assert worked(record).state == ImportState.DONE
    assert outcomes(record)[2] == ("failed", "unexpected")
    assert Journey.objects.count() == 6


@pytest.mark.django_db
def test_a_storage_that_fails_while_taking_in_is_tried_again_and_nothing_is_undone(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = brought(alice, table(*ROWS))
    confirm(record)
    real = job.take_in_music

    def failing(*_: Any) -> bool:
        raise StorageFailed("the bucket is away")

    monkeypatch.setattr(job, "take_in_music", failing)
    assert worked(record).state == ImportState.IMPORTING
    assert record.due_at is not None
    assert record.rows.count() == Journey.objects.count() == 7
    monkeypatch.setattr(job, "take_in_music", real)
    assert worked(record).state == ImportState.DONE


@pytest.mark.django_db
@pytest.mark.parametrize("error", [FileNotFoundError(), Refused("archive_broken")])
def test_an_archive_that_is_lost_while_taking_in_costs_only_its_music(
    alice: Reader, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    record = brought(alice, table(*ROWS))
    confirm(record)

    def gone(*_: Any) -> bool:
        raise error

    monkeypatch.setattr(job, "take_in_music", gone)
    assert worked(record).state == ImportState.DONE
    assert {outcome for outcome, _ in outcomes(record)} == {"imported"}


@pytest.mark.django_db
def test_only_half_of_the_readers_limit_is_asked_for(alice: Reader, settings: Any) -> None:
    settings.MUSIC_READER_LIMIT = 4
    rows = "".join(f'"Thought {n}",Emma,Jane Austen,,,{n},2024-03-09\n' for n in range(5))
    record = taken_in(alice, f"Highlight,Title,Author,URL,Note,Location,Date\n{rows}")
    ask_for_its_music(record)
    worked(record)
    assert MusicTrack.objects.count() == 2


@pytest.mark.django_db
def test_a_log_whose_music_cannot_be_asked_for_does_not_keep_the_others_silent(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f'"Thought {n}",Emma,Jane Austen,,,{n},2024-03-0{n + 1}\n' for n in range(3))
    record = taken_in(alice, f"Highlight,Title,Author,URL,Note,Location,Date\n{rows}")
    real = job.ask_for_music

    def refusing(log: ReadingLog) -> Any:
        if log.quote == "Thought 0":
            raise ZeroDivisionError
        return real(log)

    monkeypatch.setattr(job, "ask_for_music", refusing)
    ask_for_its_music(record)
    assert worked(record).state == ImportState.DONE
    assert set(MusicTrack.objects.values_list("log__quote", flat=True)) == {"Thought 1", "Thought 2"}
    monkeypatch.setattr(job, "ask_for_music", real)
    ask_for_its_music(record)
    assert worked(record).state == ImportState.DONE
    assert MusicTrack.objects.count() == 3


@pytest.mark.django_db
def test_a_worker_has_no_more_than_two_threads_for_transfers(alice: Reader) -> None:
    record = begin_import(reader=alice, file=SimpleUploadedFile("a.csv", table(*ROWS).encode()), name="a.csv")
    with tasks._transfers, tasks._transfers:
        sweep_transfers()
        record.refresh_from_db()
        assert record.state == ImportState.UPLOADED
    sweep_transfers()
    record.refresh_from_db()
    assert record.state == ImportState.READY


@pytest.mark.django_db(transaction=True)
def test_the_account_is_held_before_the_import_as_its_deletion_does(alice: Reader) -> None:
    record = brought(alice, table(*ROWS))
    confirm(record)
    Import.objects.update(due_at=Now())
    with CaptureQueriesContext(connection) as queries:
        job.work(record.pk)
    said = [query["sql"] for query in queries]
    batch = said[next(place for place, sql in enumerate(said) if sql.startswith("BEGIN")) :]
    held = [
        Reader._meta.db_table in sql for sql in batch if Import._meta.db_table in sql or Reader._meta.db_table in sql
    ]
    assert held[0]
