"""What happens between the look at a file and its taking in: in the app, in a second window, at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now

from journeys.importing import job, joining
from journeys.importing.records import FileRecord
from journeys.importing.services import choose, confirm, reopen, undo
from journeys.models import Import, Journey, Reader, ReadingLog
from journeys.services import LogEntry, add_log, finish_journey, start_journey, want_book
from journeys.services.books import add_book
from journeys.services.holding import hold_journey
from journeys.services.journeys import stop_journey
from journeys.services.logs import ask_for_music
from journeys.services.record import edit_record
from music.models import MusicTrack
from tests.db.steps import while_another_waits
from tests.db.transfers import brought, outcomes, table, taken_in, worked

EMMA = {"Book Id": "1", "Title": "Emma", "Author": "Jane Austen", "Exclusive Shelf": "read", "Date Read": "2020/02/20"}
READWISE = "Highlight,Book Title,Book Author,Amazon Book ID,Note\nA clever sentence.,Emma,Jane Austen,,\n"


@pytest.fixture
def reading(alice: Reader) -> Journey:
    book = add_book(reader=alice, title="Emma", authors="Jane Austen")
    return start_journey(reader=alice, book=book, started_on=date(2020, 1, 10))


def going_on(journey: Journey, data: str) -> Import:
    """This file looked at and confirmed; it says that the journey has gone on."""
    record = brought(journey.reader, data)
    assert outcomes(record) == [("choice", "changed")]
    assert choose(record, {1: f"journey:{journey.pk}"})
    confirm(record)
    return record


@pytest.mark.django_db
def test_a_journey_that_was_finished_meanwhile_keeps_its_end(reading: Journey) -> None:
    record = going_on(reading, table({**EMMA, "Date Read": "", "My Rating": "4"}))
    finish_journey(reading, LogEntry(memo="done", logged_on=date(2020, 3, 1)))
    worked(record)
    reading.refresh_from_db()
    assert (reading.status, reading.ended_on, reading.rating) == ("finished", date(2020, 3, 1), 16)


@pytest.mark.django_db
def test_a_wanted_book_that_was_finished_meanwhile_is_not_being_read_again(alice: Reader) -> None:
    wanted = want_book(reader=alice, book=add_book(reader=alice, title="Emma", authors="Jane Austen"))
    record = going_on(wanted, table({**EMMA, "Exclusive Shelf": "currently-reading", "Date Read": ""}))
    Journey.objects.filter(pk=wanted.pk).update(status="reading", started_on=date(2020, 1, 10))
    ReadingLog.objects.create(journey=wanted, version=0, logged_on=date(2020, 1, 10))
    wanted.refresh_from_db()
    finish_journey(wanted, LogEntry(memo="done", logged_on=date(2020, 3, 1)))
    worked(record)
    wanted.refresh_from_db()
    assert (wanted.status, wanted.ended_on) == ("finished", date(2020, 3, 1))
    assert outcomes(record) == [("duplicate", "known")]


@pytest.mark.django_db
def test_a_journey_that_was_stopped_meanwhile_stays_so(reading: Journey) -> None:
    record = going_on(reading, table(EMMA))
    stop_journey(reading)
    stopped_on = reading.ended_on
    worked(record)
    reading.refresh_from_db()
    assert (reading.status, reading.ended_on) == ("stopped", stopped_on)


@pytest.mark.django_db
def test_a_journey_does_not_end_before_it_began(alice: Reader) -> None:
    book = add_book(reader=alice, title="Emma", authors="Jane Austen")
    journey = start_journey(reader=alice, book=book, started_on=date(2020, 5, 10))
    worked(going_on(journey, table(EMMA)))
    journey.refresh_from_db()
    assert (journey.started_on, journey.ended_on) == (date(2020, 5, 10), date(2020, 5, 10))
    edit_record(journey, {"rating": 20})


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    [
        (None, (None, date(2020, 4, 30)), (None, date(2020, 4, 30))),
        (date(2020, 4, 2), (date(2020, 4, 1), date(2020, 4, 30)), (date(2020, 4, 2), date(2020, 4, 30))),
        (date(2020, 5, 10), (date(2020, 4, 1), date(2020, 4, 30)), (date(2020, 4, 1), date(2020, 4, 30))),
        (date(2020, 5, 10), (None, date(2020, 4, 30)), (date(2020, 5, 10), date(2020, 5, 10))),
        (date(2020, 5, 10), (date(2020, 4, 1), None), (date(2020, 5, 10), None)),
    ],
)
def test_the_day_of_ours_is_kept_where_the_end_is_not_before_it(ours: Any, theirs: Any, both: Any) -> None:
    started_on, ended_on = theirs
    record = FileRecord(title="x", status="finished", started_on=started_on, ended_on=ended_on)
    assert joining._days(ours, record) == both


@pytest.mark.django_db
@pytest.mark.parametrize("last_day", ["2023/05/06", ""])
def test_another_reading_in_two_windows_is_taken_in_once(alice: Reader, last_day: str) -> None:
    taken_in(alice, table({**EMMA, "Date Read": "2018/01/01"}))
    later = table({**EMMA, "Book Id": "2", "Date Read": last_day})
    first, second = brought(alice, later), brought(alice, later)
    for record in (first, second):
        if not last_day:
            Import.objects.get(pk=record.pk).rows.update(outcome="new", reason="another_reading", choice="new")
        assert outcomes(record) == [("new", "another_reading")]
        confirm(record)
    assert outcomes(worked(first)) == [("imported", "another_reading")]
    assert outcomes(worked(second)) == [("duplicate", "known")]
    assert Journey.objects.count() == 2


@pytest.mark.django_db
def test_a_book_of_its_own_in_two_windows_is_taken_in_once(alice: Reader) -> None:
    add_book(reader=alice, title="Emma", authors="Jane Austen")
    data = table({**EMMA, "Author": ""})
    records = [brought(alice, data), brought(alice, data)]
    for record in records:
        assert choose(record, {1: "new"})
        confirm(record)
    assert [outcomes(worked(record)) for record in records] == [
        [("imported", "your_choice")],
        [("duplicate", "known")],
    ]
    assert Journey.objects.count() == 1


@pytest.mark.django_db
def test_another_reading_that_its_reader_has_chosen_is_taken_in(alice: Reader) -> None:
    taken_in(alice, table(EMMA))
    journey = Journey.objects.get()
    record = brought(alice, READWISE.replace("clever", "second"))
    Import.objects.get(pk=record.pk).rows.update(
        outcome="new", reason="your_choice", choice=f"book:{journey.book_id}", key="another"
    )
    confirm(record)
    assert outcomes(worked(record)) == [("imported", "your_choice")]
    again = brought(alice, table({**EMMA, "Date Read": "2021/01/01"}))
    again.rows.update(outcome="new", reason="your_choice", choice=f"book:{journey.book_id}")
    again.rows.update(data={**again.rows.get().data, "ended_on": "2020-02-20"})
    confirm(again)
    assert outcomes(worked(again)) == [("imported", "your_choice")]
    assert Journey.objects.filter(ended_on=date(2020, 2, 20)).count() == 2


@pytest.mark.django_db
def test_a_question_that_a_later_import_has_answered_is_not_answered_twice(alice: Reader) -> None:
    mine = add_book(reader=alice, title="Emma", authors="Jane Austen")
    data = table({**EMMA, "Author": ""})
    first = taken_in(alice, data)
    assert outcomes(first) == [("skipped", "not_chosen")]
    second = brought(alice, data)
    choose(second, {1: f"book:{mine.pk}"})
    confirm(second)
    assert outcomes(worked(second)) == [("imported", "your_choice")]
    reopen(first)
    choose(first, {1: f"book:{mine.pk}"})
    confirm(first)
    assert outcomes(worked(first)) == [("duplicate", "known")]
    assert Journey.objects.count() == 1


@pytest.mark.django_db
def test_a_reading_that_was_written_down_here_meanwhile_is_not_taken_in(alice: Reader) -> None:
    book = add_book(reader=alice, title="Emma", authors="Jane Austen")
    record = brought(alice, table(EMMA))
    confirm(record)
    journey = start_journey(reader=alice, book=book, started_on=date(2020, 2, 1))
    finish_journey(journey, LogEntry(logged_on=date(2020, 2, 20)))
    assert outcomes(worked(record)) == [("duplicate", "known")]
    assert Journey.objects.get() == journey


@pytest.mark.django_db
def test_readings_of_one_file_that_ended_on_one_day_are_all_taken_in(
    alice: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "ROWS_AT_ONCE", 1)
    add_book(reader=alice, title="Emma", authors="Jane Austen")
    record = taken_in(alice, table(EMMA, {**EMMA, "Book Id": "2"}))
    assert outcomes(record) == [("imported", ""), ("imported", "")]


@contextmanager
def _waiting(record: Import) -> Iterator[Callable[[], None]]:
    """A worker that takes the import up as soon as what is given is called, which returns when the worker waits."""
    Import.objects.filter(pk=record.pk).update(due_at=Now())
    with while_another_waits(lambda: job.work(record.pk)) as begin:
        yield begin
    record.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_log_is_written_into_a_journey_for_which_an_import_waits(reading: Journey) -> None:
    record = brought(reading.reader, READWISE)
    confirm(record)
    with _waiting(record) as begin, transaction.atomic():
        hold_journey(reading)
        begin()
        add_log(reading, LogEntry(memo="my own"))
    assert (record.state, outcomes(record)) == ("done", [("imported", "joins")])
    assert [log.memo or log.quote for log in reading.logs.order_by("version")] == ["", "my own", "A clever sentence."]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_joined", [False, True])
def test_music_that_is_asked_for_at_this_moment_keeps_its_log(alice: Reader, is_joined: bool) -> None:
    if is_joined:
        want_book(reader=alice, book=add_book(reader=alice, title="Emma", authors="Jane Austen"))
    record = taken_in(alice, READWISE)
    undo(record)
    log = ReadingLog.objects.exclude(quote="").get()
    with _waiting(record) as begin, transaction.atomic():
        ask_for_music(log)
        begin()
    assert (record.state, outcomes(record)) == ("done", [("imported", "touched")])
    assert MusicTrack.objects.get().log == log
